//! Adults and children: ages, work, unemployment, pensions, disability, nationality.

use super::plan::Leaning;
use super::{Draw, Told};
use serde_json::{Map, Value as Json, json};

type Facts = Map<String, Json>;

fn say(facts: &mut Facts, key: &str, value: Json) {
    facts.insert(key.to_owned(), value);
}

/// What a month brings, and when it began or ended.
#[derive(Clone, Copy)]
struct Income {
    monthly: f64,
    /// Counted from year 0; none: always.
    from: Option<i32>,
    until: Option<i32>,
}

impl Income {
    const NONE: Self = Self {
        monthly: 0.0,
        from: None,
        until: None,
    };

    fn at(self, month: i32) -> f64 {
        let begun = self.from.is_none_or(|from| month >= from);
        let lasts = self.until.is_none_or(|until| month < until);
        if begun && lasts { self.monthly } else { 0.0 }
    }
}

fn euros(draw: &mut Draw, least: u32, more: u32) -> f64 {
    let whole = f64::from(least + draw.below(more));
    if draw.chance(10) {
        whole + f64::from(draw.below(100)) / 100.0
    } else {
        whole
    }
}

/// An adult of about that age.
pub(super) fn adult(draw: &mut Draw, told: Told, age: i32, leaning: Leaning) -> Json {
    let mut facts = Map::new();
    let born = draw.day(told.year - age);
    say(&mut facts, "date_naissance", json!({ "ETERNITY": born }));
    let retired = age >= 62 && draw.chance(80);
    let student = !retired && age < 27 && draw.chance(leaning.studies);
    let works = !retired && draw.chance(if student { 35 } else { leaning.works });
    let unemployed = !retired && !works && !student && draw.chance(leaning.seeks);
    let activity = match (retired, student, works, unemployed) {
        (true, ..) => "retraite",
        (_, true, ..) => "etudiant",
        (_, _, true, _) => "actif",
        (_, _, _, true) => "chomeur",
        _ => "inactif",
    };
    say(&mut facts, "activite", told.state(&json!(activity)));
    let turn = told.now() - i32::try_from(draw.below(20)).unwrap_or(0);
    let mut wage = Income::NONE;
    let mut benefit = Income::NONE;
    let mut pension = Income::NONE;
    if works {
        // Around the ceilings, where rules turn, rather than evenly.
        wage.monthly = match draw.below(5) {
            0 => euros(draw, 50, 650),
            1 | 2 => euros(draw, 600, 1600),
            3 => euros(draw, 1400, 2200),
            _ => euros(draw, 2500, 7000),
        };
        if draw.chance(25) {
            wage.from = Some(turn);
            if draw.chance(50) {
                benefit.monthly = euros(draw, 400, 1400);
                benefit.until = Some(turn);
            }
        }
    } else if !retired && draw.chance(30) {
        // A job that ended.
        wage.monthly = euros(draw, 600, 2400);
        wage.until = Some(turn);
    }
    if unemployed && draw.chance(60) {
        benefit.monthly = euros(draw, 400, 1400);
        benefit.from = wage.until;
    }
    if unemployed && draw.chance(60) {
        let began = wage.until.unwrap_or(turn);
        let day = format!(
            "{}-{:02}-01",
            began.div_euclid(12),
            began.rem_euclid(12) + 1
        );
        say(&mut facts, "date_debut_chomage", json!({ "ETERNITY": day }));
    }
    if retired {
        pension.monthly = euros(draw, 300, 2200);
    }
    for (income, taxable, net) in [
        (wage, "salaire_imposable", "salaire_net"),
        (benefit, "chomage_imposable", "chomage_net"),
        (pension, "retraite_imposable", "retraite_nette"),
    ] {
        say(&mut facts, taxable, told.moving(|m| income.at(m)));
        say(&mut facts, net, told.moving(|m| income.at(m)));
    }
    say(&mut facts, "retraite_brute", told.moving(|m| pension.at(m)));
    rarer(draw, told, (age, student), leaning, &mut facts);
    Json::Object(facts)
}

fn rarer(
    draw: &mut Draw,
    told: Told,
    (age, student): (i32, bool),
    leaning: Leaning,
    facts: &mut Facts,
) {
    if student && draw.chance(40) {
        say(facts, "boursier", told.monthly_state(&json!(true)));
    }
    if age < 62 && draw.chance(5) {
        let pension = euros(draw, 250, 900);
        say(facts, "pensions_invalidite", told.amount(pension));
    }
    if draw.chance(leaning.foreign) {
        let nation = draw.one(&["DZ", "ML", "PT", "RO", "GB", "CH", "AF"]);
        let title = draw.below(14);
        say(facts, "nationalite", told.state(&json!(nation)));
        say(
            facts,
            "duree_possession_titre_sejour",
            told.state(&json!(title)),
        );
    }
    if draw.chance(leaning.alimony) {
        let alimony = euros(draw, 40, 400);
        say(facts, "pensions_alimentaires_percues", told.amount(alimony));
    }
    if draw.chance(leaning.disabled) {
        let rate = draw.one(&[0.3, 0.5, 0.6, 0.79, 0.8, 0.9]);
        say(facts, "taux_incapacite", told.state(&json!(rate)));
        let disabled = draw.chance(60);
        say(facts, "handicap", told.state(&json!(disabled)));
        let restricted = draw.chance(70);
        say(
            facts,
            "aah_restriction_substantielle_durable_acces_emploi",
            told.state(&json!(restricted)),
        );
    }
    if age >= 60 && draw.chance(leaning.unfit) {
        say(facts, "inapte_travail", told.state(&json!(true)));
    }
    if draw.chance(60) {
        let status = draw.one(&["marie", "celibataire", "divorce", "pacse", "veuf"]);
        say(facts, "statut_marital", told.state(&json!(status)));
    }
    if draw.chance(4) {
        let saved = euros(draw, 500, 20_000);
        say(facts, "livret_a", told.monthly_state(&json!(saved)));
    }
    if draw.chance(2) {
        let ass = euros(draw, 200, 350);
        say(facts, "ass", told.amount(ass));
    }
}

/// A child of any age up to 21; one in a hundred is expected.
pub(super) fn child(draw: &mut Draw, told: Told, leaning: Leaning) -> Json {
    let mut facts = Map::new();
    let age = i32::try_from(draw.below(22)).unwrap_or(0);
    let born = if draw.chance(1) {
        // In the seventh month of a pregnancy.
        let month = told.now() + 2;
        let day = 1 + draw.below(28);
        format!(
            "{}-{:02}-{day:02}",
            month.div_euclid(12),
            month.rem_euclid(12) + 1
        )
    } else {
        let born = draw.day(told.year - age);
        let now = format!("{}-{:02}-01", told.year, told.month);
        if born > now {
            draw.day(told.year - 1)
        } else {
            born
        }
    };
    say(&mut facts, "date_naissance", json!({ "ETERNITY": born }));
    if age >= 15 && draw.chance(30) {
        let wage = euros(draw, 200, 1600);
        say(&mut facts, "salaire_net", told.amount(wage));
    }
    if age >= 18 {
        let activity = draw.one(&["etudiant", "etudiant", "chomeur", "inactif", "actif"]);
        say(&mut facts, "activite", told.state(&json!(activity)));
    }
    let shared = draw.chance(leaning.alternating);
    say(&mut facts, "garde_alternee", told.state(&json!(shared)));
    Json::Object(facts)
}
