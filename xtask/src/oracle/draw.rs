//! Households drawn from a seed: who lives together, ages, incomes month by month, dwelling, and how
//! all that is told: every month, by years, or only what the rights ask. They are invented, and only
//! have to reach the corners of the rules.

mod people;
mod plan;
mod told;

use plan::Plan;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use serde_json::{Map, Value as Json, json};
pub(super) use told::{STYLES, Told};

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

    pub(super) fn one<T: Copy + Default>(&mut self, of: &[T]) -> T {
        let at = usize::try_from(self.below(u32::try_from(of.len()).unwrap_or(1))).unwrap_or(0);
        of.get(at).copied().unwrap_or_default()
    }

    pub(super) fn day(&mut self, year: i32) -> String {
        format!("{year}-{:02}-{:02}", 1 + self.below(12), 1 + self.below(28))
    }
}

/// Adds one household to a situation, its names beginning with `name`.
pub(super) fn household(draw: &mut Draw, name: &str, told: Told, into: &mut Json) {
    let plan = Plan::drawn(draw);
    let mut adults = Vec::new();
    for (place, age) in plan.ages.iter().enumerate() {
        let adult = format!("{name}a{place}");
        let person = people::adult(draw, told, *age, plan.leaning);
        add(into, "individus", &adult, person);
        adults.push(adult);
    }
    let mut children = Vec::new();
    for place in 0..plan.children {
        let child = format!("{name}e{place}");
        let person = people::child(draw, told, plan.leaning);
        add(into, "individus", &child, person);
        children.push(child);
    }
    fiscal(draw, name, (&adults, &children), into);
    home(draw, &plan, name, told, (&adults, &children), into);
    let recent = draw.chance(plan.alone_recently);
    let mut family = Map::new();
    family.insert("parents".to_owned(), json!(adults));
    family.insert("enfants".to_owned(), json!(children));
    family.insert(
        "rsa_isolement_recent".to_owned(),
        told.state(&json!(recent)),
    );
    add(into, "familles", name, Json::Object(family));
}

fn fiscal(
    draw: &mut Draw,
    name: &str,
    (adults, children): (&[String], &[String]),
    into: &mut Json,
) {
    let married = adults.len() == 2 && draw.chance(70);
    let apart = adults.len() == 2 && !married;
    let declaring = adults.get(..if apart { 1 } else { adults.len() });
    let first = json!({ "declarants": declaring, "personnes_a_charge": children });
    add(into, "foyers_fiscaux", name, first);
    if apart {
        let second = json!({ "declarants": [adults.get(1)] });
        add(into, "foyers_fiscaux", &format!("{name}b"), second);
    }
}

fn home(
    draw: &mut Draw,
    plan: &Plan,
    name: &str,
    told: Told,
    (adults, children): (&[String], &[String]),
    into: &mut Json,
) {
    let status = draw.one(plan.statuses);
    let commune = draw.one(plan.communes);
    let mut home = Map::new();
    let mut say = |key: &str, value: Json| home.insert(key.to_owned(), value);
    say("personne_de_reference", json!([adults.first()]));
    if let Some(second) = adults.get(1) {
        say("conjoint", json!([second]));
    }
    say("enfants", json!(children));
    say("statut_occupation_logement", told.state(&json!(status)));
    if told.by_commune {
        say("depcom", told.state(&json!(commune)));
    } else {
        let zone = draw.one(&["zone_1", "zone_2", "zone_3"]);
        say("zone_apl", told.state(&json!(zone)));
    }
    let rents = status.starts_with("locataire") || (status == "primo_accedant" && draw.chance(70));
    let rent = if rents { 180 + draw.below(900) } else { 0 };
    say("loyer", told.amount(f64::from(rent)));
    if rents && draw.chance(plan.shares) {
        say("coloc", told.state(&json!(true)));
    }
    if rents && draw.chance(plan.room) {
        say("logement_chambre", told.state(&json!(true)));
    }
    add(into, "menages", name, Json::Object(home));
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
