//! Drawn households: the reference answers one output per fresh simulation, ours each household
//! apart, and values are compared within one cent.

use super::{Ledger, draw, install::Place, modelled, near};
use crate::run::Done;
use rights::{Law, json};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

/// What is asked: the variable, the plural of its entity, whether it is a year's.
const ASKED: &[(&str, &str, bool)] = &[
    ("af", "familles", false),
    ("cf", "familles", false),
    ("asf", "familles", false),
    ("ars", "familles", true),
    ("paje_base", "familles", false),
    ("paje_naissance", "familles", false),
    ("rfr", "foyers_fiscaux", true),
    ("cheque_energie", "menages", true),
    ("prestations_familiales_base_ressources", "familles", false),
    ("biactivite", "familles", false),
    ("rsa", "familles", false),
    ("ppa", "familles", false),
    ("aah", "individus", false),
    ("caah", "individus", false),
    ("asi", "individus", false),
    ("aspa", "familles", false),
    ("css_cmu_base_ressources", "familles", false),
    ("cmu_c", "familles", false),
    ("css_participation_forfaitaire", "familles", false),
];

/// Months of the households, one for each part of the draw.
const MONTHS: [(i32, u32); 4] = [(2025, 3), (2025, 11), (2026, 2), (2026, 6)];

#[derive(Default)]
struct Count {
    equal: usize,
    different: usize,
    refused: usize,
    /// Households for which theirs is above zero.
    positive: usize,
    seconds: f64,
}

pub(super) fn run(
    law: &Law,
    place: &Place,
    ledger: &Ledger,
    (seed, households): (u64, usize),
    only: Option<&str>,
    verbose: bool,
) -> Done {
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    for (part, (year, month)) in (0_u64..).zip(MONTHS) {
        let mut draw = draw::Draw::new(seed.wrapping_mul(31).wrapping_add(part));
        let apart: Vec<Json> = (0..households / MONTHS.len())
            .map(|number| {
                let mut one = Json::Object(Map::new());
                draw::household(&mut draw, &format!("h{number}"), year, month, &mut one);
                one
            })
            .collect();
        compare(
            law,
            place,
            &apart,
            (year, month),
            only,
            verbose,
            &mut counts,
        )?;
    }
    println!("Households drawn from seed {seed}: equal within one cent");
    println!(
        "{:48} {:>8} {:>9} {:>8} {:>9} {:>8}  in the ledger",
        "variable", "equal", "different", "refused", "positive", "percent"
    );
    for (name, count) in &counts {
        let all = count.equal + count.different + count.refused;
        let percent = 100.0 * share(count.equal, all);
        let law = ledger.explains("households", 0, name).unwrap_or("");
        println!(
            "{name:48} {:>8} {:>9} {:>8} {:>9} {percent:>7.2}%  {law}",
            count.equal, count.different, count.refused, count.positive
        );
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "thousands of households")]
fn share(part: usize, all: usize) -> f64 {
    part as f64 / all.max(1) as f64
}

fn compare(
    law: &Law,
    place: &Place,
    apart: &[Json],
    (year, month): (i32, u32),
    only: Option<&str>,
    verbose: bool,
    counts: &mut BTreeMap<&'static str, Count>,
) -> Done {
    let asked: Vec<_> = ASKED
        .iter()
        .copied()
        .filter(|(name, ..)| modelled(law, name) && only.is_none_or(|only| only == *name))
        .collect();
    let when = |yearly: bool| {
        if yearly {
            year.to_string()
        } else {
            format!("{year}-{month:02}")
        }
    };
    let outputs: Vec<Json> = asked
        .iter()
        .map(|(name, _, y)| json!([name, when(*y)]))
        .collect();
    let theirs = reference(place, &together(apart), &Json::Array(outputs))?;
    for (name, plural, yearly) in asked {
        let count = counts.entry(name).or_default();
        let Some(answer) = theirs.get(name) else {
            continue;
        };
        if let Some(fault) = answer.get("fault").and_then(Json::as_str) {
            return Err(format!("the reference does not answer {name}: {fault}"));
        }
        count.seconds += answer
            .get("calculated")
            .and_then(Json::as_f64)
            .unwrap_or_default();
        let list = |key: &str| {
            answer
                .get(key)
                .and_then(Json::as_array)
                .cloned()
                .unwrap_or_default()
        };
        let ids = list("ids");
        let values: BTreeMap<&str, f64> = ids
            .iter()
            .zip(list("values"))
            .filter_map(|(id, value)| Some((id.as_str()?, value.as_f64()?)))
            .collect();
        for one in apart {
            for (id, ours) in ours(law, one, (name, plural), &when(yearly))? {
                let Some(theirs) = values.get(id.as_str()) else {
                    continue;
                };
                count.positive += usize::from(*theirs > 0.0);
                match ours {
                    None => count.refused += 1,
                    Some(ours) if near(ours, *theirs, 0.0101) => count.equal += 1,
                    Some(ours) => {
                        count.different += 1;
                        if verbose {
                            println!(
                                "  {name} {} {id}: ours {ours}, theirs {theirs}\n    {one}",
                                when(yearly)
                            );
                        }
                    }
                }
            }
        }
    }
    Ok(())
}

/// Our values of one household, by instance.
fn ours(
    law: &Law,
    household: &Json,
    (name, plural): (&str, &str),
    when: &str,
) -> Result<Vec<(String, Option<f64>)>, String> {
    let mut asked = pruned(law, household);
    let instances = asked.get_mut(plural).and_then(Json::as_object_mut);
    for instance in instances.ok_or("no such entity")?.values_mut() {
        if let Some(instance) = instance.as_object_mut() {
            instance.insert(name.to_owned(), json!({ when: null }));
        }
    }
    let answer = json::calculate(law, &asked).map_err(|fault| fault.to_string())?;
    let instances = answer
        .get(plural)
        .and_then(Json::as_object)
        .ok_or("no answer")?;
    let values = instances.iter().map(|(id, instance)| {
        let value = instance.get(name).and_then(|v| v.get(when));
        let value = value.and_then(|v| v.as_f64().or(v.as_bool().map(|b| f64::from(u8::from(b)))));
        (id.clone(), value)
    });
    Ok(values.collect())
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

fn reference(
    place: &Place,
    situation: &Json,
    asked: &Json,
) -> Result<BTreeMap<String, Json>, String> {
    let mut child = Command::new(&place.python)
        .args(["xtask/oracle/reference.py", "ask", &asked.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("{}: {e}", place.python))?;
    let mut input = child.stdin.take().ok_or("no input")?;
    input
        .write_all(situation.to_string().as_bytes())
        .map_err(|e| e.to_string())?;
    drop(input);
    let output = child.stdout.take().ok_or("no output")?;
    let mut answers = BTreeMap::new();
    for line in BufReader::new(output).lines() {
        let line = line.map_err(|e| e.to_string())?;
        let answer: Json = serde_json::from_str(&line).map_err(|e| e.to_string())?;
        let name = answer
            .get("name")
            .and_then(Json::as_str)
            .unwrap_or_default();
        answers.insert(name.to_owned(), answer.clone());
    }
    let status = child.wait().map_err(|e| e.to_string())?;
    if status.success() {
        Ok(answers)
    } else {
        Err(format!("the reference ended with {status}"))
    }
}
