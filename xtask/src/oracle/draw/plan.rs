//! What a household is drawn to be: most are ordinary, each other kind leans to one corner of the law,
//! so that a few hundred households reach it.

use super::Draw;

/// Of a hundred adults or children whom it can concern, how many.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leaning {
    /// In work, of those who neither retired nor study.
    pub works: u32,
    /// In studies, under 27.
    pub studies: u32,
    /// Out of work and looking for some, of those who do not work.
    pub seeks: u32,
    /// With a rate of incapacity.
    pub disabled: u32,
    /// Of another nationality.
    pub foreign: u32,
    /// Receiving alimony.
    pub alimony: u32,
    /// Unfit for work, from sixty on.
    pub unfit: u32,
    /// Children living in turn with each parent.
    pub alternating: u32,
}

const ORDINARY: Leaning = Leaning {
    works: 62,
    studies: 35,
    seeks: 50,
    disabled: 12,
    foreign: 8,
    alimony: 10,
    unfit: 15,
    alternating: 8,
};

const STATUSES: &[&str] = &[
    "locataire_hlm",
    "locataire_hlm",
    "locataire_vide",
    "locataire_vide",
    "locataire_vide",
    "locataire_meuble",
    "proprietaire",
    "primo_accedant",
    "loge_gratuitement",
    "locataire_foyer",
    "sans_domicile",
];

const RENTED: &[&str] = &["locataire_hlm", "locataire_vide", "locataire_meuble"];

const COMMUNES: &[&str] = &[
    "75056", "69123", "13055", "59350", "31555", "35238", "87085", "15014", "97411", "97209",
    "93066", "38185", "2A004", "63113", "23096",
];

/// Guadeloupe, Martinique, Guyane, La Réunion, Mayotte.
const OVERSEAS: &[&str] = &[
    "97105", "97209", "97302", "97411", "97416", "97608", "97611",
];

/// A household to be drawn.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// Ages of the adults, one or two.
    pub ages: Vec<i32>,
    pub children: u32,
    pub leaning: Leaning,
    pub statuses: &'static [&'static str],
    pub communes: &'static [&'static str],
    /// Of a hundred tenants, those who share a flat.
    pub shares: u32,
    /// Of a hundred tenants, those who rent a room.
    pub room: u32,
    /// Of a hundred families, those alone for less than eighteen months.
    pub alone_recently: u32,
}

impl Plan {
    pub(super) fn drawn(draw: &mut Draw) -> Self {
        let mut plan = Self::ordinary(draw);
        match draw.below(22) {
            0 => {
                plan.ages = adults(draw, 60, 26, 20);
                plan.children = 4 + draw.below(5);
            }
            1 | 2 => {
                plan.ages = adults(draw, 15, 24, 26);
                plan.children = 1 + draw.below(3);
                plan.leaning.alternating = 80;
                plan.leaning.alimony = 45;
                plan.alone_recently = 60;
            }
            3 | 4 => {
                plan.ages = adults(draw, 15, 18, 9);
                plan.children = draw.one(&[0, 0, 0, 1]);
                plan.leaning.studies = 90;
                plan.statuses = &["locataire_vide", "locataire_meuble", "locataire_foyer"];
                (plan.shares, plan.room) = (30, 30);
            }
            5 | 6 => plan.leaning.disabled = 85,
            7 | 8 => {
                plan.ages = adults(draw, 45, 62, 26);
                plan.children = u32::from(draw.chance(8));
                plan.leaning.unfit = 40;
            }
            9 => plan.leaning.foreign = 80,
            10 | 11 => plan.communes = OVERSEAS,
            12 => {
                let (first, younger) = (adults(draw, 0, 40, 38), 10 + draw.below(16));
                let younger = i32::try_from(younger).unwrap_or(10);
                let second = first.iter().map(|age| (age - younger).max(18));
                plan.ages = first.iter().copied().chain(second).collect();
            }
            13 => plan.statuses = &["proprietaire"],
            14 => {
                plan.leaning.works = 5;
                plan.leaning.seeks = 95;
            }
            15 => {
                plan.statuses = RENTED;
                (plan.shares, plan.room) = (70, 15);
            }
            _ => {}
        }
        plan
    }

    fn ordinary(draw: &mut Draw) -> Self {
        let (from, span) = match draw.below(10) {
            0..=1 => (58, 28),
            2 => (18, 8),
            _ => (20, 42),
        };
        let children = match from {
            58 => draw.below(2),
            18 => draw.one(&[0, 0, 0, 1]),
            _ => draw.one(&[0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 5]),
        };
        Self {
            ages: adults(draw, 45, from, span),
            children,
            leaning: ORDINARY,
            statuses: STATUSES,
            communes: COMMUNES,
            shares: 12,
            room: 8,
            alone_recently: 30,
        }
    }
}

/// One adult, or two of a hundred in `couple`, aged from `from` over `span` years.
fn adults(draw: &mut Draw, couple: u32, from: i32, span: u32) -> Vec<i32> {
    let count = 1 + u32::from(draw.chance(couple));
    let ages = (0..count).map(|_| from + i32::try_from(draw.below(span)).unwrap_or(0));
    ages.collect()
}
