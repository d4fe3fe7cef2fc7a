//! The reference's own tests, asked of our law.

use super::{households::Asking, modelled, near};
use crate::run::{Done, program, quietly};
use rights::{Law, json};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// What became of the values expected of one variable.
#[derive(Default)]
struct Count {
    passed: usize,
    failed: usize,
    ledger: usize,
    /// An input, or a date, that we do not model.
    left: usize,
    older: usize,
    older_left: usize,
}

pub(super) fn run(asking: &Asking<'_>) -> Done {
    let (place, verbose) = (asking.place, asking.verbose);
    let (law, ledger) = (asking.law, asking.ledger);
    let (sources, meta) = (
        place.sources.display().to_string(),
        place.meta.display().to_string(),
    );
    let lines = quietly(program(
        &place.python,
        &["xtask/oracle/cases.py", &sources, &meta],
    ))?;
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut blockers: BTreeMap<String, usize> = BTreeMap::new();
    let mut others = 0;
    for line in lines.lines() {
        let case: Json = serde_json::from_str(line).map_err(|e| e.to_string())?;
        let empty = Vec::new();
        for output in case
            .get("outputs")
            .and_then(Json::as_array)
            .unwrap_or(&empty)
        {
            let name = output.get(3).and_then(Json::as_str).unwrap_or_default();
            if !modelled(law, name) {
                others += 1;
                continue;
            }
            if asking.only.is_some_and(|only| only != name) {
                continue;
            }
            let count = counts.entry(name.to_owned()).or_default();
            let file = text(&case, "file");
            let number = case
                .get("number")
                .and_then(Json::as_u64)
                .unwrap_or_default();
            match asked(law, &case, output) {
                Err(blocker) => {
                    if !recent(output) {
                        count.older_left += 1;
                        continue;
                    }
                    count.left += 1;
                    if !ledger.leaves(&blocker) {
                        *blockers.entry(blocker).or_default() += 1;
                    }
                }
                Ok((ours, expected)) => {
                    let (absolute, relative) = margins(&case, name);
                    let margin = absolute.max(relative * expected.abs());
                    let same = |ours: Option<f64>| ours.is_some_and(|v| near(v, expected, margin));
                    if same(ours) {
                        count.passed += 1;
                    } else if !recent(output) {
                        count.older += 1;
                    } else if ledger.explains(file, number, name)
                        || ledger
                            .reading(name, |law| {
                                Ok(asked(law, &case, output).is_ok_and(|(ours, _)| same(ours)))
                            })?
                            .is_some()
                    {
                        count.ledger += 1;
                    } else {
                        count.failed += 1;
                        if verbose {
                            println!(
                                "  {file}#{number} {name}: ours {ours:?}, expected {expected} (±{margin})"
                            );
                        }
                    }
                }
            }
        }
    }
    print(&counts, &blockers, others);
    Ok(())
}

fn text<'a>(case: &'a Json, key: &str) -> &'a str {
    case.get(key).and_then(Json::as_str).unwrap_or_default()
}

/// Cases from 2018 on are those we answer for; older ones are counted.
fn recent(output: &Json) -> bool {
    let when = output.get(4).and_then(Json::as_str).unwrap_or_default();
    let digits: String = when.chars().filter(char::is_ascii_digit).take(4).collect();
    digits.parse::<u32>().is_ok_and(|year| year >= 2018)
}

/// The margin of a case: at least one cent, which is what amounts are paid in.
fn margins(case: &Json, name: &str) -> (f64, f64) {
    let of = |key: &str| {
        let map = case.get(key)?;
        map.get(name).or_else(|| map.get("default"))?.as_f64()
    };
    (
        of("absolute").unwrap_or(0.0).max(0.01),
        of("relative").unwrap_or(0.0),
    )
}

/// Ours and what is expected; or the first thing that we do not model.
fn asked(law: &Law, case: &Json, output: &Json) -> Result<(Option<f64>, f64), String> {
    if let Some(reason) = case.get("unread").and_then(Json::as_str) {
        return Err(reason.to_owned());
    }
    let get = |at: usize| output.get(at).and_then(Json::as_str);
    let (plural, name, period) = (get(0), get(3), get(4));
    let (Some(plural), Some(name), Some(period)) = (plural, name, period) else {
        return Err("an output without a name".to_owned());
    };
    let expected = match output.get(5) {
        Some(Json::Bool(value)) => f64::from(u8::from(*value)),
        Some(Json::Number(value)) => value.as_f64().unwrap_or(f64::NAN),
        // One of a list: whether ours is that one.
        Some(Json::String(_)) => 1.0,
        _ => return Err("an expected value that is no value of ours".to_owned()),
    };
    let mut situation = case.get("situation").cloned().unwrap_or_default();
    let people: Vec<String> = situation
        .get("individus")
        .and_then(Json::as_object)
        .map(|p| p.keys().cloned().collect())
        .unwrap_or_default();
    let all = situation.as_object_mut().ok_or("no situation")?;
    let place = all
        .entry(plural.to_owned())
        .or_insert_with(|| Json::Object(Map::new()));
    let place = place.as_object_mut().ok_or("no entity")?;
    let instance = match get(1) {
        Some(name) => name.to_owned(),
        // A group nobody described: each person forms their own.
        None => match place.keys().next() {
            Some(name) => name.clone(),
            None => {
                let first = people.first().cloned().unwrap_or_default();
                let role = match plural {
                    "familles" => "parents",
                    "foyers_fiscaux" => "declarants",
                    _ => "personne_de_reference",
                };
                let mut group = Map::new();
                group.insert(
                    role.to_owned(),
                    Json::Array(vec![Json::String(first.clone())]),
                );
                place.insert(first.clone(), Json::Object(group));
                first
            }
        },
    };
    let whom = place.get_mut(&instance).and_then(Json::as_object_mut);
    let whom = whom.ok_or_else(|| format!("nobody named {instance}"))?;
    let values = whom
        .entry(name.to_owned())
        .or_insert_with(|| Json::Object(Map::new()));
    let values = values.as_object_mut().ok_or("no periods")?;
    if values.contains_key(period) {
        return Err("the output is an input".to_owned());
    }
    values.insert(period.to_owned(), Json::Null);
    let answer = json::calculate(law, &situation).map_err(|fault| {
        let way = fault.way.get(2).cloned().unwrap_or_default();
        format!("{way}: {}", fault.what)
    })?;
    if let Some(refused) = answer.get("non_calcule").and_then(Json::as_object) {
        let reason = refused
            .values()
            .next()
            .and_then(Json::as_str)
            .unwrap_or_default();
        return Err(reason.to_owned());
    }
    let ours = answer.pointer(&format!(
        "/{plural}/{}/{name}/{period}",
        instance.replace('~', "~0").replace('/', "~1")
    ));
    let ours = match ours {
        Some(Json::Bool(value)) => Some(f64::from(u8::from(*value))),
        Some(Json::Number(value)) => value.as_f64(),
        Some(found @ Json::String(_)) => Some(f64::from(u8::from(output.get(5) == Some(found)))),
        _ => None,
    };
    Ok((ours, expected))
}

fn print(counts: &BTreeMap<String, Count>, blockers: &BTreeMap<String, usize>, others: usize) {
    println!("The reference's tests: values expected of what we model, from 2018 on");
    println!(
        "{:48} {:>7} {:>7} {:>7} {:>13} {:>16} {:>20}",
        "variable",
        "passed",
        "failed",
        "ledger",
        "not modelled",
        "older, differing",
        "older, not modelled"
    );
    let mut total = Count::default();
    for (name, count) in counts {
        println!(
            "{name:48} {:>7} {:>7} {:>7} {:>13} {:>16} {:>20}",
            count.passed, count.failed, count.ledger, count.left, count.older, count.older_left
        );
        total.passed += count.passed;
        total.failed += count.failed;
        total.ledger += count.ledger;
        total.left += count.left;
        total.older += count.older;
        total.older_left += count.older_left;
    }
    println!(
        "{:48} {:>7} {:>7} {:>7} {:>13} {:>16} {:>20}",
        "all", total.passed, total.failed, total.ledger, total.left, total.older, total.older_left
    );
    println!("{others} values are expected of variables that we do not model");
    if blockers.is_empty() {
        println!("What is not modelled from 2018 on stands in the ledger, with why");
    } else {
        println!("Not modelled, and not in the ledger:");
        let mut all: Vec<(&String, &usize)> = blockers.iter().collect();
        all.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (blocker, count) in all.iter().take(40) {
            println!("  {count:>5} × {blocker}");
        }
    }
}
