//! Filling an engine with invented records, sealed, signed, chained and granted as any: as many at
//! once as there are processors, written in large transactions. What was filled stays, and the next
//! filling goes on from there.

use super::{
    crew::Crew,
    machine::{machine, rounded},
};
use crate::{
    config::Config,
    error::{Failure, Kind, Outcome},
    out::{say, tell},
    progress,
    stores::{StoreArguments, Stores},
};
use clap::Args;
use domain::{
    Compartment,
    entry::{Content, Profile, Writing},
    id::{PersonId, TeamId},
    step::Step,
    words::{Conduct, ContactMode, Nature, Theme},
};
use jiff::civil::{Date, date};
use serde_json::json;
use service::{NewPerson, NewRecord, SealedRecord, Service, ServiceError, WorkerSession};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::{Mutex, mpsc};

/// How many people a team accompanies, whatever their number in all.
const TEAM: usize = 200;
/// Teams of that size; whoever comes beyond belongs to a last one that nobody lists.
const TEAMS: usize = 25;
/// Teams that have a worker beside the lead.
const STAFFED: usize = 4;
/// People a transaction: large enough that its commit weighs little, small enough for a few seconds.
const BATCH: usize = 500;
const ELSEWHERE: &str = "Autres équipes";

const GIVEN: [&str; 16] = [
    "Amadou", "Mireille", "Farid", "Svetlana", "Jean-Luc", "Rahmat", "Fatou", "Kévin", "Roseline",
    "Élodie", "Blessing", "Patrick", "Tahmina", "Gérard", "Nour", "Omar",
];
const FAMILY: [&str; 16] = [
    "Diarra",
    "Castagnet",
    "Haddouche",
    "Morozova",
    "Berthomieu",
    "Stanikzai",
    "Ndiaye",
    "Delattre",
    "Payet",
    "Karimi",
    "Marchandeau",
    "Okafor",
    "Lozachmeur",
    "Begum",
    "Vasseur",
    "Kouyaté",
];
const WRITTEN: [&str; 4] = [
    "La personne est passée à l’accueil ce matin, sans rendez-vous. Le compte en ligne est bloqué \
     depuis le changement de numéro de téléphone.",
    "La lettre de la caisse demande l’avis d’impôt et une attestation de domiciliation. Lue ensemble.",
    "« Je veux faire la prochaine demande moi-même, avec quelqu’un à côté au début. »",
    "Nous avons convenu de rappeler la mairie jeudi et de préparer les pièces ensemble.",
];

/// Fills an engine.
#[derive(Debug, Args)]
pub(crate) struct SeedArguments {
    /// People in all, those who are there already included
    #[arg(long)]
    people: u64,
    /// Entries of each record, two or more
    #[arg(long, default_value_t = 5)]
    entries: usize,
    #[command(flatten)]
    stores: StoreArguments,
    /// Print one line of JSON that `bench load` reads
    #[arg(long)]
    json: bool,
}

/// What a filling did.
#[derive(Debug, Default)]
pub(super) struct Filled {
    pub(super) people: u64,
    pub(super) entries: u64,
    pub(super) took: Duration,
}

impl Filled {
    #[expect(clippy::cast_precision_loss, reason = "a rate, for people")]
    pub(super) fn entries_per_second(&self) -> f64 {
        rounded(self.entries as f64 / self.took.as_secs_f64().max(f64::EPSILON))
    }
}

/// Names of the teams that so many people need.
fn team_names(people: usize) -> Vec<String> {
    let small = people.div_ceil(TEAM).clamp(1, TEAMS);
    let mut names: Vec<String> = (1..=small).map(|n| format!("Équipe {n}")).collect();
    if people > TEAM * TEAMS {
        names.push(ELSEWHERE.into());
    }
    names
}

/// Someone's team: new teams are filled side by side, so that their people lie far apart, and with
/// whoever belongs elsewhere among them.
fn team_of(number: usize, before: usize, new: usize, teams: &[TeamId]) -> Option<TeamId> {
    let most = TEAM * TEAMS;
    let (from, to) = (before.min(most), (before + new).min(most));
    let places = to - from;
    // So many of the first `number` have a place in a small team, evenly.
    let taken = |n: usize| n * places / new.max(1);
    if taken(number + 1) == taken(number) {
        return teams.last().copied();
    }
    let first = from / TEAM;
    let count = to.div_ceil(TEAM).saturating_sub(first).max(1);
    teams.get(first + taken(number) % count).copied()
}

/// Spreads numbers that follow each other.
fn mixed(number: usize) -> usize {
    let mut z = (number as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    usize::try_from((z ^ (z >> 31)) >> 8).unwrap_or(number)
}

fn profile(number: usize) -> Profile {
    let chance = mixed(number);
    let days = i32::try_from(chance % 24_000).unwrap_or(0);
    let first = date(1940, 1, 1);
    let born = first.checked_add(jiff::Span::new().days(days)).ok();
    Profile {
        given_names: GIVEN[chance / 24_000 % GIVEN.len()].into(),
        birth_name: FAMILY[chance / 400_000 % FAMILY.len()].into(),
        born,
        phone: format!("06 39 98 {:02} {:02}", chance % 100, chance / 100 % 100),
        languages: "français".into(),
        ..Profile::default()
    }
}

fn content(number: usize, today: Date) -> (Compartment, Content) {
    let chance = mixed(number);
    let text = WRITTEN[chance % WRITTEN.len()].to_owned();
    let content = if chance.is_multiple_of(3) {
        Content::Step(Step {
            on: today,
            theme: Theme::Papers,
            contact: ContactMode::Office,
            conduct: [Conduct::Alone, Conduct::WithHelp][chance / 3 % 2],
            in_place: None,
            text,
            next_time: None,
        })
    } else {
        Content::Writing(Writing {
            nature: Nature::ALL[chance % Nature::ALL.len()],
            text,
            theme: Some(Theme::Housing),
            about: None,
        })
    };
    (Compartment::Social, content)
}

fn record(number: usize, person: PersonId, team: TeamId, entries: usize, today: Date) -> NewRecord {
    NewRecord {
        person,
        team,
        new: NewPerson {
            profile: profile(number),
            // The keepers' wraps are most of what a record takes to begin; some decline them.
            recovery: number.is_multiple_of(10),
            referent: true,
        },
        written: (2..entries)
            .map(|at| content(number * 64 + at, today))
            .collect(),
    }
}

/// What is sealed: people in order of identifier, by batches that whoever is free takes.
struct Work {
    service: Service,
    lead: Arc<WorkerSession>,
    people: Vec<PersonId>,
    teams: Vec<TeamId>,
    before: usize,
    entries: usize,
    next: AtomicUsize,
}

impl Work {
    fn batch(&self, from: usize) -> Result<Vec<SealedRecord>, ServiceError> {
        let today = self.service.today();
        let to = (from + BATCH).min(self.people.len());
        (from..to)
            .map(|at| {
                let team = team_of(at, self.before, self.people.len(), &self.teams);
                let team = team.ok_or(ServiceError::NotFound)?;
                let number = self.before + at;
                let record = record(number, self.people[at], team, self.entries, today);
                self.service.seal_record(&self.lead, &record)
            })
            .collect()
    }

    /// Seals until nothing is left or nobody takes it.
    fn seal(&self, to: &mpsc::Sender<Result<Vec<SealedRecord>, ServiceError>>) {
        loop {
            let from = self.next.fetch_add(BATCH, Ordering::Relaxed);
            if from >= self.people.len() {
                return;
            }
            let sealed = self.batch(from);
            let failed = sealed.is_err();
            if to.blocking_send(sealed).is_err() || failed {
                return;
            }
        }
    }
}

fn number(of: u64) -> usize {
    usize::try_from(of).unwrap_or(usize::MAX)
}

/// Has that many people be there.
pub(super) async fn fill(crew: &mut Crew, people: u64, entries: usize) -> Outcome<Filled> {
    let before = number(crew.service.count_people().await?);
    let new = number(people).saturating_sub(before);
    let names = team_names(number(people).max(before));
    let teams = crew.teams(&names).await?;
    let bar = progress::bar("people", new as u64);
    let started = Instant::now();
    let work = Arc::new(Work {
        service: crew.service.clone(),
        lead: Arc::clone(&crew.lead),
        people: crew.service.new_people(new),
        teams,
        before,
        entries: entries.max(2),
        next: AtomicUsize::new(0),
    });
    let (sender, receiver) = mpsc::channel(2);
    let mut running = Vec::new();
    for _ in 0..std::thread::available_parallelism().map_or(1, std::num::NonZero::get) {
        let (work, sender) = (Arc::clone(&work), sender.clone());
        running.push(tokio::task::spawn_blocking(move || work.seal(&sender)));
    }
    drop(sender);
    // One engine takes one writer at a time; the other is kept busy by two.
    let receiver = Arc::new(Mutex::new(receiver));
    let kept = Arc::new(AtomicU64::new(0));
    let mut writers = Vec::new();
    for _ in 0..2 {
        let (service, receiver) = (crew.service.clone(), Arc::clone(&receiver));
        let (kept, bar) = (Arc::clone(&kept), bar.clone());
        writers.push(tokio::spawn(async move {
            loop {
                let next = receiver.lock().await.recv().await;
                let Some(sealed) = next else {
                    return Ok::<_, ServiceError>(());
                };
                let sealed = sealed?;
                let count = sealed.len() as u64;
                let entries = service.keep_records(sealed).await?;
                kept.fetch_add(entries, Ordering::Relaxed);
                bar.inc(count);
            }
        }));
    }
    let stopped = |e: &dyn std::error::Error| Failure::io("filling stopped", e);
    for writer in writers {
        writer.await.map_err(|e| stopped(&e))??;
    }
    for sealer in running {
        sealer.await.map_err(|e| stopped(&e))?;
    }
    bar.finish_and_clear();
    let took = started.elapsed();
    let staffed: Vec<String> = names.into_iter().take(STAFFED).collect();
    crew.staff(&staffed).await?;
    Ok(Filled {
        people: new as u64,
        entries: kept.load(Ordering::Relaxed),
        took,
    })
}

fn data_folder(config: &Config, given: bool) -> Outcome<PathBuf> {
    if given {
        return Ok(config.data.clone());
    }
    Err(
        Failure::new(Kind::Usage, "the data folder to fill was not named")
            .hint("name one with --data: what is filled is invented, and must be told apart"),
    )
}

/// Refuses an installation that was not made by this.
fn check_invented(config: &Config) -> Outcome<()> {
    let folder = crate::installation::Folder(config.data.clone());
    let known = config.data.join("bench.json").exists();
    if known || !(folder.config().exists() || folder.main().exists()) {
        return Ok(());
    }
    Err(
        Failure::new(Kind::Usage, "this data folder is another installation's")
            .hint("fill a fresh one: nothing invented may ever join real records"),
    )
}

/// How many bytes the records take.
pub(super) async fn bytes(config: &Config) -> Outcome<u64> {
    let storage = Stores::of(config)?.main().await?;
    let bytes = storage.size().await?;
    storage.close().await;
    Ok(bytes)
}

pub(super) async fn seed(data: Option<PathBuf>, arguments: SeedArguments) -> Outcome<()> {
    let mut config = Config {
        data: data.clone().unwrap_or_default(),
        ..Config::default()
    };
    arguments.stores.tell(&mut config)?;
    data_folder(&config, data.is_some())?;
    check_invented(&config)?;
    let mut crew = Crew::open(config).await?;
    let filled = fill(&mut crew, arguments.people, arguments.entries).await?;
    crew.service.checkpoint().await?;
    crew.service.close().await;
    let bytes = bytes(&crew.config).await?;
    if arguments.json {
        let mut told = serde_json::to_value(&crew.told).unwrap_or_default();
        told["bench"] = json!("seed");
        told["machine"] = json!(machine());
        told["results"] = json!([{
            "people": filled.people,
            "entries": filled.entries,
            "seconds": rounded(filled.took.as_secs_f64()),
            "entries_per_s": filled.entries_per_second(),
            "bytes": bytes,
        }]);
        say!("{told}")?;
    } else {
        say!(
            "{} people, {} entries in {:.1} s: {:.0} entries a second",
            filled.people,
            filled.entries,
            filled.took.as_secs_f64(),
            filled.entries_per_second()
        )?;
        tell!("Codes to sign in with are in bench.json of the data folder.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn teams_stay_of_one_size_and_the_others_go_elsewhere() {
        for steps in [vec![1000, 10_000, 100_000], vec![40], vec![600, 4_900]] {
            let mut before = 0;
            let last = *steps.last().unwrap();
            let teams: Vec<TeamId> = (0..u8::try_from(team_names(last).len()).unwrap())
                .map(|n| TeamId::from_bytes([n; 16]))
                .collect();
            let mut sizes = vec![0; teams.len()];
            for all in steps {
                let known = &teams[..team_names(all).len()];
                for at in 0..all - before {
                    let team = team_of(at, before, all - before, known).unwrap();
                    sizes[teams.iter().position(|t| *t == team).unwrap()] += 1;
                }
                before = all;
            }
            let small = &sizes[..sizes.len().min(TEAMS)];
            assert!(small.iter().all(|size| *size <= TEAM), "{sizes:?}");
            assert_eq!(sizes.iter().sum::<usize>(), last);
        }
    }

    #[test]
    fn people_differ() {
        let people: std::collections::BTreeSet<String> =
            (0..1000).map(|n| format!("{:?}", profile(n))).collect();
        assert!(people.len() > 990);
    }
}
