//! What opening, appending, listing and searching cost, and what a person takes on disk, as people
//! become many: one store an engine, grown step by step. Each step begins a node anew, so that
//! nothing is remembered from the one before.

use super::{
    crew::Crew,
    machine::{cpu, percentile, rounded, say_results},
    seed::{self, Filled},
};
use crate::{
    config::Config,
    error::{Failure, Kind, Outcome},
    out::tell,
    stores::StoreArguments,
};
use clap::{Args, ValueEnum};
use domain::{Compartment, entry::Writing, id::PersonId, words::Nature};
use serde_json::{Value, json};
use service::{Which, Who, WorkerSession};
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

/// Records opened and written in at each step, picked by chance among all.
const PICKED: usize = 400;
/// Lists and searches at each step.
const LISTS: usize = 60;
/// As typed by someone in a hurry: exact, without accents, misspelt, a beginning.
const TYPED: [&str; 4] = ["Castagnet", "elodie", "hadouche", "mor"];

/// An engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    /// The embedded one, in a file
    Sqlite,
    /// A `PostgreSQL` server, at `--store`
    Postgres,
}

/// Growing a store.
#[derive(Debug, Args)]
pub(crate) struct ScaleArguments {
    /// Engines
    #[arg(long, value_delimiter = ',', default_value = "sqlite")]
    engine: Vec<Engine>,
    /// How many people at each step, fewest first
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000")]
    people: Vec<u64>,
    /// Entries of each record, two or more
    #[arg(long, default_value_t = 5)]
    entries: usize,
    #[command(flatten)]
    stores: StoreArguments,
    /// Print one object of JSON
    #[arg(long)]
    json: bool,
}

/// Times of one kind of act, and the processor time of all.
struct Times {
    each: Vec<Duration>,
    whole: Duration,
    used: Duration,
}

struct Clocked {
    each: Vec<Duration>,
    begun: Instant,
    cpu: Duration,
}

impl Clocked {
    fn new() -> Self {
        Self {
            each: Vec::new(),
            begun: Instant::now(),
            cpu: cpu(),
        }
    }

    fn since(&mut self, begun: Instant) {
        self.each.push(begun.elapsed());
    }

    fn end(mut self) -> Times {
        self.each.sort_unstable();
        Times {
            each: self.each,
            whole: self.begun.elapsed(),
            used: cpu().saturating_sub(self.cpu),
        }
    }
}

impl Times {
    fn told(&self, engine: &str, people: u64, what: &str, least: Option<f64>) -> (Value, f64) {
        let p50 = percentile(&self.each, 50);
        let floor = least.unwrap_or(p50);
        let count = f64::from(u32::try_from(self.each.len()).unwrap_or(u32::MAX)).max(1.0);
        let value = json!({
            "engine": engine,
            "people": people,
            "what": what,
            "p50_ms": rounded(p50),
            "p99_ms": rounded(percentile(&self.each, 99)),
            "rps": rounded(count / self.whole.as_secs_f64()),
            "cpu_ms": rounded(self.used.as_secs_f64() * 1000.0 / count),
            "floor_p50_ms": rounded(floor),
            "ratio": rounded(p50 / floor),
        });
        (value, p50)
    }
}

async fn open(crew: &Crew, people: &[PersonId]) -> Outcome<Times> {
    let mut times = Clocked::new();
    for person in people {
        let begun = Instant::now();
        crew.service
            .open_record(&crew.lead, *person, Which::All)
            .await?;
        times.since(begun);
    }
    Ok(times.end())
}

async fn append(crew: &Crew, people: &[PersonId]) -> Outcome<Times> {
    let mut times = Clocked::new();
    for person in people {
        let writing = Writing {
            nature: Nature::Fact,
            text: "Passage à l’accueil : la lettre a été lue ensemble.".into(),
            theme: None,
            about: None,
        };
        let who = Who::Worker(&crew.lead, *person);
        let begun = Instant::now();
        crew.service
            .write(&who, Compartment::Social, writing)
            .await?;
        times.since(begun);
    }
    Ok(times.end())
}

async fn list(crew: &Crew, worker: &WorkerSession, typed: &[&str]) -> Outcome<Times> {
    let mut times = Clocked::new();
    for number in 0..LISTS {
        let typed = typed[number % typed.len()];
        let begun = Instant::now();
        crew.service.people(worker, typed, None).await?;
        times.since(begun);
    }
    Ok(times.end())
}

/// What was measured at one number of people, by kind of act.
async fn measure(crew: &Crew) -> Outcome<Vec<(&'static str, Times)>> {
    let told = crew.told.workers.iter().find(|w| w.role == "worker");
    let told = told.ok_or_else(|| Failure::new(Kind::SignIn, "no worker to list with"))?;
    let worker = crew.enter(told).await?;
    let people = crew.service.some_people(PICKED).await?;
    let (warm, people) = people.split_at(people.len() / 8);
    // Statements prepared, connections open; each of the others is met for the first time.
    open(crew, warm).await?;
    append(crew, warm).await?;
    crew.service.people(&worker, "", None).await?;
    Ok(vec![
        ("open", open(crew, people).await?),
        ("open-again", open(crew, people).await?),
        ("append", append(crew, people).await?),
        ("list", list(crew, &worker, &[""]).await?),
        ("search", list(crew, &worker, &TYPED).await?),
    ])
}

fn told_store(engine: &str, people: u64, bytes: u64, filled: &Filled) -> Value {
    json!({
        "engine": engine,
        "people": people,
        "what": "store",
        "bytes": bytes,
        "bytes_per_person": bytes / people.max(1),
        "seeded": filled.entries,
        "seed_entries_per_s": filled.entries_per_second(),
    })
}

async fn grow(
    arguments: &ScaleArguments,
    engine: Engine,
    data: PathBuf,
    results: &mut Vec<Value>,
) -> Outcome<String> {
    let name = match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres if arguments.stores.store.is_some() => "postgres",
        Engine::Postgres => {
            return Err(
                Failure::new(Kind::Usage, "no PostgreSQL database was named")
                    .hint("give an empty one with --store postgres://…"),
            );
        }
    };
    let mut least: Vec<f64> = Vec::new();
    let mut known = name.to_owned();
    for people in &arguments.people {
        let mut config = Config {
            data: data.clone(),
            ..Config::default()
        };
        if matches!(engine, Engine::Postgres) {
            arguments.stores.tell(&mut config)?;
        }
        let mut crew = Crew::open(config).await?;
        known.clone_from(&crew.told.engine);
        let filled = seed::fill(&mut crew, *people, arguments.entries).await?;
        crew.service.checkpoint().await?;
        let there = crew.service.count_people().await?;
        for (at, (what, times)) in measure(&crew).await?.into_iter().enumerate() {
            let (value, p50) = times.told(name, there, what, least.get(at).copied());
            if least.len() == at {
                least.push(p50);
            }
            if !arguments.json {
                tell!("{name:>9} {there:>9} {what:<11} {value}");
            }
            results.push(value);
        }
        crew.service.close().await;
        let bytes = seed::bytes(&crew.config).await?;
        results.push(told_store(name, there, bytes, &filled));
    }
    Ok(known)
}

pub(super) async fn scale(data: Option<PathBuf>, arguments: ScaleArguments) -> Outcome<()> {
    let temporary = tempfile::tempdir().map_err(|e| Failure::io("no temporary folder", &e))?;
    let data = data.unwrap_or_else(|| temporary.path().to_owned());
    let (mut results, mut engines) = (Vec::new(), Vec::new());
    for engine in arguments.engine.clone() {
        let folder = match engine {
            Engine::Sqlite => data.join("sqlite"),
            Engine::Postgres => data.join("postgres"),
        };
        engines.push(grow(&arguments, engine, folder, &mut results).await?);
    }
    say_results("scale", &engines.join(", "), &results, arguments.json)
}
