//! Rights: one household with its trace, many households, the interface; with the reference beside
//! when its Python is given.

use super::machine::{cpu, memory, percentile, rounded, say_results};
use crate::error::{Failure, Kind, Outcome};
use clap::Args;
use rights::{Absent, Entity, Evaluation, Law, Prepared, Room, Scalar, Situation, period::Period};
use serde_json::{Value, json};
use std::{
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

/// Six rights of one household.
const SIX: [&str; 6] = ["af", "cf", "asf", "paje_base", "rsa", "ppa"];

/// The same household asked of the reference, each right in a fresh simulation.
const REFERENCE: &str = "\
import json, sys, time
from openfisca_core.simulation_builder import SimulationBuilder
began = time.monotonic()
from openfisca_france import FranceTaxBenefitSystem
system = FranceTaxBenefitSystem()
ready = time.monotonic() - began
household = json.load(sys.stdin)
times = []
for _ in range(5):
    began = time.monotonic()
    for name in ['af', 'cf', 'asf', 'paje_base', 'rsa', 'ppa']:
        simulation = SimulationBuilder().build_from_entities(system, household)
        simulation.trace = True
        simulation.calculate(name, '2025-06')
    times.append(time.monotonic() - began)
print(json.dumps({'ready': ready, 'six': sorted(times)[2]}))
";

/// What the rules of law cost.
#[derive(Debug, Args)]
pub(crate) struct RightsArguments {
    /// How many households
    #[arg(long, default_value_t = 10_000)]
    households: usize,
    /// A Python where openfisca-france is installed, to be measured in the same run
    #[arg(long, value_name = "PYTHON")]
    reference: Option<PathBuf>,
    /// Print one object of JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn rights(arguments: &RightsArguments) -> Outcome<()> {
    let before = memory();
    let begun = Instant::now();
    let law = rights::compile_layers(&[rights::embedded()]).map_err(|faults| {
        let first = faults.first().map(ToString::to_string).unwrap_or_default();
        Failure::new(Kind::Found, first)
    })?;
    let ready = begun.elapsed();
    let used = memory().saturating_sub(before);
    let mut results = vec![json!({
        "case": "ready", "ms": milliseconds(ready), "law_bytes": used, "process_bytes": memory(),
    })];
    results.push(one(&law)?);
    results.push(many(&law, arguments.households)?);
    results.push(interface(&law)?);
    if let Some(python) = &arguments.reference {
        results.push(reference(python)?);
    }
    say_results("rights", "embedded law", &results, arguments.json)
}

fn milliseconds(duration: Duration) -> f64 {
    rounded(duration.as_secs_f64() * 1000.0)
}

fn ids(law: &Law) -> Outcome<Vec<u16>> {
    let ids = SIX.iter().map(|name| law.variable(name).map(|(id, _)| id));
    let ids: Option<Vec<u16>> = ids.collect();
    ids.ok_or_else(|| Failure::new(Kind::Found, "the law files lack one of the six rights"))
}

/// One household, its facts stated; the trace kept, as a page does.
fn one(law: &Law) -> Outcome<Value> {
    let ids = ids(law)?;
    let mut times = Vec::new();
    for number in 0..500 {
        let situation = household(law, number)?;
        let begun = Instant::now();
        let mut evaluation = Evaluation::traced(law, &situation);
        for id in &ids {
            std::hint::black_box(evaluation.value(*id, 0, Period::month(2025, 6)));
        }
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    Ok(json!({
        "case": "six rights with trace, one household",
        "p50_ms": rounded(percentile(&times, 50)), "p95_ms": rounded(percentile(&times, 95)),
    }))
}

fn many(law: &Law, households: usize) -> Outcome<Value> {
    let ids = ids(law)?;
    let situations: Outcome<Vec<Situation>> = (0..households).map(|n| household(law, n)).collect();
    let situations = situations?;
    let asked = |evaluation: &mut Evaluation<'_>| {
        for id in &ids {
            std::hint::black_box(evaluation.value(*id, 0, Period::month(2025, 6)));
        }
    };
    let (begun, spent) = (Instant::now(), cpu());
    let first = situations.first().cloned().unwrap_or_default();
    let prepared = Prepared::new(law, &first);
    let mut room = Room::default();
    for situation in &situations {
        let mut evaluation = prepared.evaluation(situation, room);
        asked(&mut evaluation);
        room = evaluation.leave();
    }
    let (took, used) = (begun.elapsed(), cpu().saturating_sub(spent));
    // The same without making the law ready for what these households state.
    let spent = cpu();
    for situation in &situations {
        asked(&mut Evaluation::new(law, situation));
    }
    let whole = cpu().saturating_sub(spent);
    Ok(json!({
        "case": "six rights, many households, one core",
        "households": households, "s": rounded(took.as_secs_f64()),
        "cpu_s": rounded(used.as_secs_f64()),
        "cpu_s_whole_law": rounded(whole.as_secs_f64()),
    }))
}

/// Text in, text out, as the interface does for each request.
fn interface(law: &Law) -> Outcome<Value> {
    let text = sent().to_string();
    let begun = Instant::now();
    let mut requests = 0_u32;
    while begun.elapsed() < Duration::from_secs(1) {
        let wrong = |what: String| Failure::new(Kind::Found, what);
        let sent: Value = serde_json::from_str(&text).map_err(|e| wrong(e.to_string()))?;
        let answer = rights::json::calculate(law, &sent).map_err(|e| wrong(e.to_string()))?;
        std::hint::black_box(answer.to_string());
        requests += 1;
    }
    let rate = f64::from(requests) / begun.elapsed().as_secs_f64();
    let sent: Value = sent();
    let trace = rights::json::trace(law, &sent, 50_000)
        .map_err(|e| Failure::new(Kind::Found, e.to_string()))?;
    Ok(json!({
        "case": "calculate, text in and out, one core",
        "requests_per_s": rounded(rate), "trace_bytes": trace.to_string().len(),
    }))
}

fn reference(python: &PathBuf) -> Outcome<Value> {
    use std::io::Write;
    let started = |e: &std::io::Error| Failure::io("the reference's Python does not start", e);
    let mut child = Command::new(python)
        .args(["-c", REFERENCE])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .map_err(|e| started(&e))?;
    let mut household = sent();
    for group in household
        .as_object_mut()
        .into_iter()
        .flat_map(|all| all.values_mut())
    {
        for content in group
            .as_object_mut()
            .into_iter()
            .flat_map(|all| all.values_mut())
        {
            if let Some(content) = content.as_object_mut() {
                content.retain(|_, value| value.get("2025-06") != Some(&Value::Null));
            }
        }
    }
    if let Some(mut input) = child.stdin.take() {
        input
            .write_all(household.to_string().as_bytes())
            .map_err(|e| started(&e))?;
    }
    let output = child.wait_with_output().map_err(|e| started(&e))?;
    let told: Value = serde_json::from_slice(&output.stdout)
        .map_err(|e| Failure::new(Kind::Found, "the reference does not answer").cause(&e))?;
    Ok(json!({ "case": "the reference: ready, six rights with trace", "s": told }))
}

/// An invented couple with two children, as JSON.
fn sent() -> Value {
    let ask = json!({ "2025-06": null });
    let months = |value: i32| json!({ "2023": value * 12, "2024": value * 12, "2025": value * 12 });
    json!({
        "individus": {
            "a": { "date_naissance": { "ETERNITY": "1988-04-02" }, "salaire_imposable": months(1300), "salaire_net": months(1250) },
            "b": { "date_naissance": { "ETERNITY": "1990-11-12" } },
            "c": { "date_naissance": { "ETERNITY": "2015-02-20" } },
            "d": { "date_naissance": { "ETERNITY": "2023-07-09" } },
        },
        "familles": { "f": {
            "parents": ["a", "b"], "enfants": ["c", "d"],
            "af": ask, "cf": ask, "asf": ask, "paje_base": ask, "rsa": ask, "ppa": ask,
        } },
        "foyers_fiscaux": { "f": { "declarants": ["a", "b"], "personnes_a_charge": ["c", "d"] } },
        "menages": { "m": { "personne_de_reference": ["a"], "conjoint": ["b"], "enfants": ["c", "d"] } },
    })
}

/// The same, as a record would state it, its amounts varied.
fn household(law: &Law, number: usize) -> Outcome<Situation> {
    let failed = |e: rights::Unplaced| Failure::new(Kind::Found, e.to_string());
    let mut situation = Situation::new(Absent::Default);
    let births = ["1988-04-02", "1990-11-12", "2015-02-20", "2023-07-09"];
    for name in ["a", "b", "c", "d"] {
        situation.add_person(name).map_err(failed)?;
    }
    for (entity, second) in [
        (Entity::Famille, 0),
        (Entity::FoyerFiscal, 0),
        (Entity::Menage, 1),
    ] {
        let child = if entity == Entity::Menage { 2 } else { 1 };
        let members = [(0, 0), (1, second), (2, child), (3, child)];
        situation.add_group(entity, "f", &members).map_err(failed)?;
    }
    let wage = i64::try_from(800 + number % 2000).unwrap_or(800) * 100;
    for (place, birth) in (0_u16..).zip(births) {
        if let (Some((id, _)), Ok(day)) = (law.variable("date_naissance"), birth.parse()) {
            situation.state(id, place, Period::Always, Scalar::Day(day));
        }
    }
    for name in ["salaire_imposable", "salaire_net"] {
        if let Some((id, _)) = law.variable(name) {
            for period in (2023..=2025).flat_map(Period::months_of) {
                situation.state(id, 0, period, Scalar::Number(rights::Ratio::whole(wage)));
            }
        }
    }
    Ok(situation)
}
