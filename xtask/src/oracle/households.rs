//! Drawn households: the reference answers one output per fresh simulation, ours each household
//! apart, and values are compared within one cent: the law as we read it, then with the reference's
//! readings of the ledger.

use super::coverage::Coverage;
use super::draw::{self, STYLES, Told};
use super::install::Place;
use super::readings::Ledger;
use super::reference::Reference;
use super::{modelled, near};
use crate::run::Done;
use rights::{Law, json};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// What is asked: the variable, the plural of its entity, whether it is a year's.
type Output = (&'static str, &'static str, bool);

/// The rights: enough of their values must be equal.
const RIGHTS: &[Output] = &[
    ("af", "familles", false),
    ("cf", "familles", false),
    ("asf", "familles", false),
    ("ars", "familles", true),
    ("paje_base", "familles", false),
    ("paje_naissance", "familles", false),
    ("cheque_energie", "menages", true),
    ("rsa", "familles", false),
    ("ppa", "familles", false),
    ("aah", "individus", false),
    ("caah", "individus", false),
    ("asi", "individus", false),
    ("aspa", "familles", false),
    ("cmu_c", "familles", false),
    ("css_participation_forfaitaire", "familles", false),
    ("aide_logement_montant", "familles", false),
    ("aide_logement", "familles", false),
    ("apl", "familles", false),
    ("als", "familles", false),
    ("alf", "familles", false),
];

/// What leads to them, shown beside: some of it the reference answers otherwise when asked of it than
/// when it needs it.
const STEPS: &[Output] = &[
    ("rfr", "foyers_fiscaux", true),
    ("prestations_familiales_base_ressources", "familles", false),
    ("biactivite", "familles", false),
    ("css_cmu_base_ressources", "familles", false),
    ("aide_logement_base_ressources", "familles", false),
];

/// Months of the households, one for each part of the draw.
const MONTHS: [(i32, u32); 4] = [(2025, 3), (2025, 11), (2026, 2), (2026, 6)];

/// Of a hundred values, how many must be equal with the ledger's readings.
const ENOUGH: f64 = 99.5;

#[derive(Default)]
struct Count {
    equal: usize,
    /// Differences that go away with a reading of the ledger.
    explained: BTreeMap<String, usize>,
    /// Equal as we read the law, and no longer with all of the reference's readings.
    worse: usize,
    different: usize,
    /// Those of `different` for which we give no value.
    refused: usize,
    /// Households for which theirs is above zero.
    positive: usize,
}

/// What is compared, and how it is told.
pub(super) struct Asking<'a> {
    pub law: &'a Law,
    pub place: &'a Place,
    pub ledger: &'a Ledger,
    pub only: Option<&'a str>,
    pub verbose: bool,
}

type Values = BTreeMap<(&'static str, String), Option<f64>>;

pub(super) fn run(asking: &Asking<'_>, (seed, households): (u64, usize)) -> Done {
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    let mut coverage = Coverage::default();
    let mut reference = Reference::start(asking.place)?;
    let parts = MONTHS.len() * STYLES.len();
    let all = MONTHS
        .iter()
        .flat_map(|month| STYLES.iter().map(move |style| (*month, *style)));
    for (part, ((year, month), style)) in (0_u64..).zip(all) {
        let told = Told {
            style,
            year,
            month,
            by_commune: part % 4 != 3,
        };
        let mut draw = draw::Draw::new(seed.wrapping_mul(31).wrapping_add(part));
        let apart: Vec<Json> = (0..households.div_ceil(parts))
            .map(|number| {
                let mut one = Json::Object(Map::new());
                draw::household(&mut draw, &format!("h{number}"), told, &mut one);
                one
            })
            .collect();
        for one in &apart {
            coverage.add(one);
        }
        compare(asking, &mut reference, &apart, told, &mut counts)?;
    }
    coverage.print()?;
    print(seed, &counts)
}

/// One cent. The reference holds numbers in single precision, which above some 65,000 euros no longer
/// tells cents apart: there, two of its own steps.
fn margin(expected: f64) -> f64 {
    (expected.abs() * f64::from(f32::EPSILON) * 2.0).max(0.0101)
}

fn print(seed: u64, counts: &BTreeMap<&str, Count>) -> Done {
    println!("Households drawn from seed {seed}: equal within one cent");
    println!(
        "{:40} {:>7} {:>8} {:>9} {:>9} {:>10} {:>8} {:>8}",
        "variable",
        "equal",
        "percent",
        "explained",
        "different",
        "with these",
        "refused",
        "positive"
    );
    let mut short = Vec::new();
    let mut readings: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, (name, ..)) in RIGHTS.iter().chain(STEPS).enumerate() {
        let Some(count) = counts.get(name) else {
            continue;
        };
        if place == RIGHTS.len() {
            println!("What leads to them");
        }
        let explained: usize = count.explained.values().sum();
        for (id, times) in &count.explained {
            *readings.entry(id).or_default() += times;
        }
        let all = count.equal + explained + count.different;
        let percent = 100.0 * share(count.equal, all);
        let with = 100.0 * share(count.equal + explained - count.worse, all);
        if with < ENOUGH && place < RIGHTS.len() {
            short.push(*name);
        }
        println!(
            "{name:40} {:>7} {percent:>7.2}% {explained:>9} {:>9} {with:>9.2}% {:>8} {:>8}",
            count.equal, count.different, count.refused, count.positive
        );
    }
    println!("Differences that a reading of the ledger explains, by reading");
    for (id, times) in readings {
        println!("{id:60} {times:>7}");
    }
    if short.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "less than {ENOUGH} % equal with the ledger: {}",
            short.join(", ")
        ))
    }
}

#[expect(clippy::cast_precision_loss, reason = "thousands of households")]
fn share(part: usize, all: usize) -> f64 {
    part as f64 / all.max(1) as f64
}

fn compare(
    asking: &Asking<'_>,
    reference: &mut Reference,
    apart: &[Json],
    told: Told,
    counts: &mut BTreeMap<&'static str, Count>,
) -> Done {
    let asked: Vec<_> = RIGHTS
        .iter()
        .chain(STEPS)
        .copied()
        .filter(|(name, ..)| {
            modelled(asking.law, name) && asking.only.is_none_or(|only| only == *name)
        })
        .collect();
    let when = |yearly: bool| {
        if yearly {
            told.year.to_string()
        } else {
            format!("{}-{:02}", told.year, told.month)
        }
    };
    let outputs: Vec<Json> = asked
        .iter()
        .map(|(name, _, y)| json!([name, when(*y)]))
        .collect();
    let theirs = theirs(reference, apart, &outputs, &asked)?;
    for one in apart {
        let mine = ours(asking.law, one, &asked, &when)?;
        let read = readings(asking, one, &asked, &when)?;
        for ((name, id), value) in &mine {
            let key = (*name, id.clone());
            let Some(expected) = theirs.get(&key).copied() else {
                continue;
            };
            let same =
                |value: Option<f64>| value.is_some_and(|v| near(v, expected, margin(expected)));
            let count = counts.entry(name).or_default();
            count.positive += usize::from(expected > 0.0);
            let after = read.get(&key).copied().flatten();
            if same(*value) {
                count.equal += 1;
                count.worse += usize::from(!same(after));
                if asking.verbose && !same(after) {
                    println!(
                        "  WORSE {name} {told:?} {id}: ours {value:?}, theirs {expected}, with the readings {after:?}\n    {one}"
                    );
                }
                continue;
            }
            let reading = asking.ledger.reading(name, |law| {
                let values = ours(law, one, &asked, &when)?;
                Ok(same(values.get(&key).copied().flatten()))
            })?;
            if let Some(reading) = reading {
                *count.explained.entry(reading.to_owned()).or_default() += 1;
                continue;
            }
            count.different += 1;
            count.refused += usize::from(value.is_none());
            if asking.verbose {
                println!(
                    "  {name} {told:?} {id}: ours {value:?}, theirs {expected}, with the readings {after:?}\n    {one}"
                );
            }
        }
    }
    Ok(())
}

fn theirs(
    reference: &mut Reference,
    apart: &[Json],
    outputs: &[Json],
    asked: &[Output],
) -> Result<BTreeMap<(&'static str, String), f64>, String> {
    let answers = reference.ask(&json!([outputs, together(apart)]))?;
    let mut all = BTreeMap::new();
    for (name, ..) in asked {
        let answer = answers
            .get(*name)
            .ok_or_else(|| format!("the reference says nothing of {name}"))?;
        if let Some(fault) = answer.get("fault").and_then(Json::as_str) {
            return Err(format!("the reference does not answer {name}: {fault}"));
        }
        let list = |key: &str| {
            let list = answer.get(key).and_then(Json::as_array);
            list.cloned().unwrap_or_default()
        };
        for (id, value) in list("ids").iter().zip(list("values")) {
            if let (Some(id), Some(value)) = (id.as_str(), value.as_f64()) {
                all.insert((*name, id.to_owned()), value);
            }
        }
    }
    Ok(all)
}

/// Our values of one household with the reference's readings.
fn readings(
    asking: &Asking<'_>,
    household: &Json,
    asked: &[Output],
    when: &impl Fn(bool) -> String,
) -> Result<Values, String> {
    let mut all = Values::new();
    for law in asking.ledger.laws() {
        let of_law = |(name, ..): &&Output| std::ptr::eq(asking.ledger.whole(name), law);
        let some: Vec<_> = asked.iter().filter(of_law).copied().collect();
        all.extend(ours(law, household, &some, when)?);
    }
    Ok(all)
}

/// Our values of one household, all asked at once: the order changes nothing.
fn ours(
    law: &Law,
    household: &Json,
    asked: &[Output],
    when: &impl Fn(bool) -> String,
) -> Result<Values, String> {
    let mut question = pruned(law, household);
    for (name, plural, yearly) in asked {
        let instances = question.get_mut(*plural).and_then(Json::as_object_mut);
        for instance in instances.ok_or("no such entity")?.values_mut() {
            if let Some(instance) = instance.as_object_mut() {
                instance.insert((*name).to_owned(), json!({ when(*yearly): null }));
            }
        }
    }
    let answer = json::calculate(law, &question).map_err(|fault| fault.to_string())?;
    let mut values = Values::new();
    for (name, plural, yearly) in asked {
        let instances = answer.get(*plural).and_then(Json::as_object);
        for (id, instance) in instances.ok_or("no answer")? {
            let value = instance.get(*name).and_then(|v| v.get(when(*yearly)));
            let value =
                value.and_then(|v| v.as_f64().or(v.as_bool().map(|b| f64::from(u8::from(b)))));
            values.insert((name, id.clone()), value);
        }
    }
    Ok(values)
}

/// Facts drawn for rights that the law files do not hold yet are left out of what we are asked.
fn pruned(law: &Law, household: &Json) -> Json {
    let mut household = household.clone();
    for instances in household
        .as_object_mut()
        .into_iter()
        .flat_map(Map::values_mut)
    {
        for content in instances
            .as_object_mut()
            .into_iter()
            .flat_map(Map::values_mut)
        {
            if let Some(content) = content.as_object_mut() {
                content.retain(|key, value| value.is_array() || law.variable(key).is_some());
            }
        }
    }
    household
}

fn together(apart: &[Json]) -> Json {
    let mut all: Map<String, Json> = Map::new();
    for one in apart {
        for (entity, instances) in one.as_object().into_iter().flatten() {
            let place = all
                .entry(entity.clone())
                .or_insert_with(|| Json::Object(Map::new()));
            if let (Some(place), Some(instances)) = (place.as_object_mut(), instances.as_object()) {
                place.extend(instances.clone());
            }
        }
    }
    Json::Object(all)
}
