//! Households drawn from a seed: who lives together, ages, incomes, dwelling. They are invented, and
//! only have to reach the corners of the rules.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use serde_json::{Map, Value as Json, json};

/// A source of choices.
pub(super) struct Draw(ChaCha8Rng);

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// From 0 to `below`, not included.
    pub(super) fn below(&mut self, below: u32) -> u32 {
        u32::try_from((u64::from(self.0.next_u32()) * u64::from(below)) >> 32).unwrap_or(0)
    }

    pub(super) fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let at = usize::try_from(self.below(u32::try_from(of.len()).unwrap_or(1))).unwrap_or(0);
        of.get(at).copied().unwrap_or_default()
    }

    fn day(&mut self, year: i32) -> String {
        format!("{year}-{:02}-{:02}", 1 + self.below(12), 1 + self.below(28))
    }
}

/// Adds one household to a situation, its names beginning with `name`.
pub(super) fn household(draw: &mut Draw, name: &str, year: i32, month: u32, into: &mut Json) {
    let couple = draw.chance(45);
    let old = draw.chance(20);
    let mut adults = Vec::new();
    for place in 0..=u32::from(couple) {
        let age = if old {
            58 + draw.below(27)
        } else {
            18 + draw.below(45)
        };
        let adult = format!("{name}a{place}");
        let person = adult_facts(draw, year, month, i32::try_from(age).unwrap_or(40));
        add(into, "individus", &adult, person);
        adults.push(adult);
    }
    let count = if old {
        draw.below(2)
    } else {
        [0, 0, 1, 1, 2, 2, 3, 3, 4, 5][draw.below(10) as usize]
    };
    let mut children = Vec::new();
    for place in 0..count {
        let child = format!("{name}e{place}");
        let person = child_facts(draw, year, month);
        add(into, "individus", &child, person);
        children.push(child);
    }
    groups(draw, name, year, month, (&adults, &children), into);
}

fn groups(
    draw: &mut Draw,
    name: &str,
    year: i32,
    month: u32,
    (adults, children): (&[String], &[String]),
    into: &mut Json,
) {
    let married = adults.len() == 2 && draw.chance(70);
    if adults.len() == 2 && !married {
        let first = json!({ "declarants": [adults.first()], "personnes_a_charge": children });
        add(into, "foyers_fiscaux", name, first);
        add(
            into,
            "foyers_fiscaux",
            &format!("{name}b"),
            json!({ "declarants": [adults.get(1)] }),
        );
    } else {
        let all = json!({ "declarants": adults, "personnes_a_charge": children });
        add(into, "foyers_fiscaux", name, all);
    }
    let statuses = [
        "locataire_hlm",
        "locataire_vide",
        "locataire_vide",
        "locataire_meuble",
        "proprietaire",
        "primo_accedant",
        "loge_gratuitement",
        "locataire_foyer",
        "sans_domicile",
    ];
    let status = draw.one(&statuses);
    let communes = [
        "75056", "69123", "13055", "59350", "31555", "35238", "87085", "15014", "97411", "97209",
    ];
    let commune = draw.one(&communes);
    let mut home = Map::new();
    home.insert("personne_de_reference".to_owned(), json!([adults.first()]));
    if let Some(second) = adults.get(1) {
        home.insert("conjoint".to_owned(), json!([second]));
    }
    home.insert("enfants".to_owned(), json!(children));
    // Said month by month: some of the reference's variables carry a value on, others do not.
    home.insert(
        "statut_occupation_logement".to_owned(),
        months(year, month, &json!(status)),
    );
    home.insert("depcom".to_owned(), months(year, month, &json!(commune)));
    let rent = if status.starts_with("locataire") {
        250 + draw.below(900)
    } else {
        0
    };
    home.insert("loyer".to_owned(), months(year, month, &json!(rent)));
    // Housing benefit is stated, as whoever receives it would state it.
    let benefit = if rent > 0 && draw.chance(60) {
        20 + draw.below(400)
    } else {
        0
    };
    let recent = draw.chance(30);
    let family = json!({
        "parents": adults,
        "enfants": children,
        "aide_logement": months(year, month, &json!(benefit)),
        "aide_logement_montant": months(year, month, &json!(benefit)),
        "rsa_isolement_recent": months(year, month, &json!(recent)),
    });
    add(into, "familles", name, family);
    add(into, "menages", name, Json::Object(home));
}

fn adult_facts(draw: &mut Draw, year: i32, month: u32, age: i32) -> Json {
    let mut facts = Map::new();
    let born = draw.day(year - age);
    facts.insert("date_naissance".to_owned(), json!({ "ETERNITY": born }));
    let retired = age >= 62 && draw.chance(80);
    let works = !retired && draw.chance(65);
    // Around the ceilings, where rules turn, rather than evenly.
    let salary = match (works, draw.below(5)) {
        (false, _) => 0,
        (true, 0) => draw.below(700),
        (true, 1 | 2) => 600 + draw.below(1600),
        (true, 3) => 1400 + draw.below(2200),
        (true, _) => 2500 + draw.below(7000),
    };
    let pension = if retired { 300 + draw.below(2200) } else { 0 };
    let unemployed = !retired && !works && draw.chance(40);
    let benefit = if unemployed {
        400 + draw.below(1400)
    } else {
        0
    };
    let years = |factor: u32| {
        let of = |back: i32| (format!("{}", year - back), json!(factor * 12));
        Json::Object((0..=3).map(of).collect())
    };
    facts.insert("salaire_imposable".to_owned(), years(salary));
    facts.insert(
        "salaire_net".to_owned(),
        months(year, month, &json!(salary)),
    );
    facts.insert("chomage_imposable".to_owned(), years(benefit));
    facts.insert(
        "chomage_net".to_owned(),
        months(year, month, &json!(benefit)),
    );
    facts.insert("retraite_imposable".to_owned(), years(pension));
    facts.insert(
        "retraite_nette".to_owned(),
        months(year, month, &json!(pension)),
    );
    facts.insert(
        "retraite_brute".to_owned(),
        months(year, month, &json!(pension)),
    );
    let activity = match (retired, works, unemployed) {
        (true, ..) => "retraite",
        (_, true, _) => "actif",
        (_, _, true) => "chomeur",
        _ => "inactif",
    };
    facts.insert("activite".to_owned(), months(year, month, &json!(activity)));
    if works && draw.chance(15) {
        // A job that began or ended in the last months.
        let ended = draw.chance(50);
        let turn = i32::try_from(draw.below(4)).unwrap_or(0);
        let now = year * 12 + i32::try_from(month).unwrap_or(1) - 1;
        if let Some(Json::Object(all)) = facts.get_mut("salaire_net") {
            for (period, value) in all.iter_mut() {
                let mut parts = period.split('-').filter_map(|p| p.parse::<i32>().ok());
                let at = parts.next().unwrap_or(0) * 12 + parts.next().unwrap_or(1) - 1;
                if (at >= now - turn) == ended {
                    *value = json!(0);
                }
            }
        }
    }
    if age < 62 && draw.chance(4) {
        let pension = 250 + draw.below(900);
        facts.insert(
            "pensions_invalidite".to_owned(),
            months(year, month, &json!(pension)),
        );
    }
    if draw.chance(5) {
        let title = draw.below(12);
        facts.insert("nationalite".to_owned(), months(year, month, &json!("DZ")));
        facts.insert(
            "duree_possession_titre_sejour".to_owned(),
            months(year, month, &json!(title)),
        );
    }
    if draw.chance(12) {
        let alimony = 40 + draw.below(400);
        facts.insert(
            "pensions_alimentaires_percues".to_owned(),
            months(year, month, &json!(alimony)),
        );
    }
    let disabled = draw.chance(10);
    if disabled {
        let rate = [0.5, 0.6, 0.79, 0.8, 0.9][draw.below(5) as usize];
        facts.insert(
            "taux_incapacite".to_owned(),
            months(year, month, &json!(rate)),
        );
        facts.insert("handicap".to_owned(), months(year, month, &json!(true)));
        let restricted = draw.chance(70);
        facts.insert(
            "aah_restriction_substantielle_durable_acces_emploi".to_owned(),
            months(year, month, &json!(restricted)),
        );
    }
    Json::Object(facts)
}

fn child_facts(draw: &mut Draw, year: i32, month: u32) -> Json {
    let mut facts = Map::new();
    let age = i32::try_from(draw.below(22)).unwrap_or(0);
    let born = if draw.chance(4) {
        // Expected in two months: the seventh month of a pregnancy.
        let index = month + 1;
        let year = year + i32::try_from(index / 12).unwrap_or(0);
        format!("{year}-{:02}-{:02}", index % 12 + 1, 1 + draw.below(28))
    } else {
        let born = draw.day(year - age);
        let now = format!("{year}-{month:02}-01");
        if born > now { draw.day(year - 1) } else { born }
    };
    facts.insert("date_naissance".to_owned(), json!({ "ETERNITY": born }));
    if age >= 15 && draw.chance(30) {
        let salary = 300 + draw.below(1500);
        facts.insert(
            "salaire_net".to_owned(),
            months(year, month, &json!(salary)),
        );
    }
    let shared = draw.chance(8);
    facts.insert(
        "garde_alternee".to_owned(),
        months(year, month, &json!(shared)),
    );
    Json::Object(facts)
}

/// The same value for every month from two years before to two years after.
fn months(year: i32, _month: u32, value: &Json) -> Json {
    let mut all = Map::new();
    for year in year - 2..=year {
        for month in 1..=12 {
            all.insert(format!("{year}-{month:02}"), value.clone());
        }
    }
    Json::Object(all)
}

fn add(into: &mut Json, entity: &str, name: &str, content: Json) {
    let Some(all) = into.as_object_mut() else {
        return;
    };
    let place = all
        .entry(entity.to_owned())
        .or_insert_with(|| Json::Object(Map::new()));
    if let Some(place) = place.as_object_mut() {
        place.insert(name.to_owned(), content);
    }
}
