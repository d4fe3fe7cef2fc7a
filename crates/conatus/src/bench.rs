//! Measuring, in one run with the floor beside it: machines are noisy, ratios are not.

use crate::{
    config::Config,
    error::{Failure, Kind, Outcome},
    installation::{self, Folder, SystemClock, seed},
    out::say,
    serve,
    stores::{StoreArguments, Stores},
};
use axum::body::Body;
use clap::{Args, Subcommand};
use domain::{
    Compartment, document::DocumentFacts, entry::Profile, id::PersonId, words::DocumentKind,
};
use http_body_util::BodyExt;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use secrecy::SecretString;
use serde_json::{Value, json};
use service::{
    Clock, InitRequest, NewDocument, NewMember, NewPerson, Service, Session, SessionToken, Who,
    WorkerSession,
};
use std::{
    fs,
    io::Write,
    net::SocketAddr,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

/// What to measure.
#[derive(Debug, Subcommand)]
pub(crate) enum BenchCommand {
    /// Opening a record through HTTP, against reading, opening and one insert alone
    OpenRecord(OpenRecord),
    /// Putting a document in, against sealing in memory and writing to disk
    Upload(Upload),
}

/// Opening a record.
#[derive(Debug, Args)]
pub(crate) struct OpenRecord {
    /// Entries of each record
    #[arg(long, default_value_t = 200)]
    entries: usize,
    /// Records opened, each by each session
    #[arg(long, default_value_t = 60)]
    people: usize,
    /// Requests at once
    #[arg(long, value_delimiter = ',', default_value = "1,8")]
    concurrency: Vec<usize>,
    #[command(flatten)]
    stores: StoreArguments,
    /// Print one object of JSON
    #[arg(long)]
    json: bool,
}

/// Putting a document in.
#[derive(Debug, Args)]
pub(crate) struct Upload {
    /// The document's size
    #[arg(long, default_value = "50MB", value_parser = size)]
    size: usize,
    /// How many times
    #[arg(long, default_value_t = 5)]
    times: usize,
    #[command(flatten)]
    stores: StoreArguments,
    /// Print one object of JSON
    #[arg(long)]
    json: bool,
}

fn size(text: &str) -> Result<usize, String> {
    let digits = text.trim_end_matches("MB");
    let number: usize = digits
        .parse()
        .map_err(|_| "a size such as 50MB".to_owned())?;
    Ok(if text.ends_with("MB") {
        number * 1_000_000
    } else {
        number
    })
}

struct Bench {
    _folder: tempfile::TempDir,
    config: Config,
    service: Service,
    passphrase: SecretString,
    device: service::Possession,
}

const WORKER: &str = "Mesure";

/// A fresh installation with one lead.
async fn prepare(stores: &StoreArguments) -> Outcome<(Bench, WorkerSession)> {
    let folder = tempfile::tempdir().map_err(|e| Failure::io("no temporary folder", &e))?;
    let mut config = Config {
        data: folder.path().join("data"),
        ..Config::default()
    };
    stores.tell(&mut config)?;
    let places = Folder(config.data.clone());
    places.make()?;
    let pepper = places.pepper_or_new()?;
    let (storage, shares) = Stores::of(&config)?.begin().await?;
    let request = InitRequest {
        organisation: "Mesures".into(),
        administrator: "Administration".into(),
        job: String::new(),
        threshold: 1,
        keepers: 1,
    };
    let text = "mesure horloge grenier 83";
    let made = service::init(
        &*storage,
        &pepper,
        seed()?,
        SystemClock.now(),
        text,
        &request,
    )
    .await?;
    places.write_server(made.server.0, &made.server.1)?;
    config.root_fingerprint = Some(made.fingerprint.to_string());
    storage.close().await;
    shares.close().await;
    let service = installation::open(&config, Arc::new(SystemClock)).await?;
    let passphrase = SecretString::from(text);
    let failed = |e: &dyn std::error::Error| Failure::new(Kind::SignIn, e.to_string());
    let enrolled = service
        .enrol("Administration", &made.code, &passphrase)
        .await
        .map_err(|e| failed(&e))?;
    let administrator = worker(&service, enrolled.token.as_ref()).await?;
    let team = service.add_team(&administrator, "Mesures").await?;
    let new = NewMember {
        name: WORKER.into(),
        job: String::new(),
    };
    let invited = service.invite(&administrator, &new).await?;
    let enrolled = service
        .enrol(WORKER, &invited.code, &passphrase)
        .await
        .map_err(|e| failed(&e))?;
    service.state_keys(&administrator, invited.account).await?;
    service
        .join_team(&administrator, invited.account, team, true)
        .await?;
    let device = enrolled.device;
    let bench = Bench {
        _folder: folder,
        config,
        service,
        passphrase,
        device,
    };
    let (_, session) = bench.sign_in().await?;
    Ok((bench, session))
}

async fn worker(service: &Service, token: Option<&SessionToken>) -> Outcome<WorkerSession> {
    let token = token.ok_or_else(|| Failure::new(Kind::SignIn, "no session"))?;
    match service.resume(token).await? {
        Some(Session::Worker(session)) => Ok(session),
        _ => Err(Failure::new(Kind::SignIn, "no session")),
    }
}

impl Bench {
    async fn sign_in(&self) -> Outcome<(SessionToken, WorkerSession)> {
        let token = self
            .service
            .sign_in_worker(WORKER, &self.passphrase, &self.device)
            .await
            .map_err(|e| Failure::new(Kind::SignIn, e.to_string()))?;
        let session = worker(&self.service, Some(&token)).await?;
        Ok((token, session))
    }

    async fn people(
        &self,
        session: &WorkerSession,
        count: usize,
        entries: usize,
    ) -> Outcome<Vec<PersonId>> {
        let team = session.teams.first().map(|t| t.team.id);
        let team = team.ok_or_else(|| Failure::new(Kind::SignIn, "no team"))?;
        let texts: Vec<String> = (0..entries.saturating_sub(2))
            .map(|i| format!("Écrit {i} : {}", "la lettre a été lue ensemble. ".repeat(6)))
            .collect();
        let mut people = Vec::new();
        for number in 0..count {
            let profile = Profile {
                given_names: format!("Personne {number}"),
                birth_name: "Mesure".into(),
                ..Profile::default()
            };
            let new = NewPerson {
                profile,
                recovery: false,
                referent: false,
            };
            let person = self.service.new_person(session, team, new).await?;
            self.service.write_many(session, person, &texts).await?;
            people.push(person);
        }
        Ok(people)
    }
}

/// Processor time used by this program so far.
fn cpu() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<u64> = after
        .split_whitespace()
        .filter_map(|f| f.parse().ok())
        .collect();
    // Fields 14 and 15, in hundredths of a second; the state letter before them is no number.
    let ticks = fields.get(10).unwrap_or(&0) + fields.get(11).unwrap_or(&0);
    Duration::from_millis(ticks * 10)
}

/// Resident memory now, in bytes.
fn memory() -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text
        .lines()
        .find(|l| l.starts_with("VmRSS:"))
        .unwrap_or_default();
    line.split_whitespace()
        .nth(1)
        .and_then(|k| k.parse::<u64>().ok())
        .unwrap_or(0)
        * 1024
}

fn machine() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find(|l| l.starts_with("model name"));
    let model = model
        .and_then(|l| l.split(": ").nth(1))
        .unwrap_or("unknown");
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{model}, {cores} cores")
}

fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(0.0, |d| d.as_secs_f64() * 1000.0)
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

type Http = Client<hyper_util::client::legacy::connect::HttpConnector, Body>;

async fn get(client: &Http, url: &str, cookie: &str) -> Outcome<usize> {
    let request = axum::http::Request::builder()
        .uri(url)
        .header("cookie", cookie)
        .body(Body::empty())
        .map_err(|e| Failure::io("the address is not one", &e))?;
    let answer = client
        .request(request)
        .await
        .map_err(|e| Failure::io("no answer", &e))?;
    let status = answer.status();
    let body = answer
        .into_body()
        .collect()
        .await
        .map_err(|e| Failure::io("no body", &e))?;
    if !status.is_success() {
        return Err(Failure::new(
            Kind::Store,
            format!("a page answered {status}"),
        ));
    }
    Ok(body.to_bytes().len())
}

/// Opens every record by as many sessions at once, through HTTP; gives each time.
async fn through_http(
    bench: &Bench,
    url: &str,
    people: &[PersonId],
    at_once: usize,
) -> Outcome<(Vec<Duration>, Duration, Duration)> {
    let mut tasks = Vec::new();
    for _ in 0..at_once {
        let (token, _) = bench.sign_in().await?;
        tasks.push(format!("__Host-s={}", token.to_cookie()));
    }
    let (before, started) = (cpu(), Instant::now());
    let mut running = Vec::new();
    for (shift, cookie) in tasks.into_iter().enumerate() {
        let url = url.to_owned();
        let mut people = people.to_vec();
        let by = shift * people.len() / at_once.max(1);
        people.rotate_left(by);
        running.push(tokio::spawn(async move {
            let client: Http = Client::builder(TokioExecutor::new()).build_http();
            let mut times = Vec::with_capacity(people.len());
            for person in people {
                let begun = Instant::now();
                get(&client, &format!("{url}/dossiers/{person}"), &cookie).await?;
                times.push(begun.elapsed());
            }
            Ok::<_, Failure>(times)
        }));
    }
    let mut times = Vec::new();
    for task in running {
        times.extend(
            task.await
                .map_err(|e| Failure::io("a reader stopped", &e))??,
        );
    }
    Ok((times, started.elapsed(), cpu().saturating_sub(before)))
}

async fn floor(bench: &Bench, people: &[PersonId], at_once: usize) -> Outcome<Vec<Duration>> {
    let mut running = Vec::new();
    for shift in 0..at_once {
        let (_, session) = bench.sign_in().await?;
        let service = bench.service.clone();
        let mut people = people.to_vec();
        let by = shift * people.len() / at_once.max(1);
        people.rotate_left(by);
        running.push(async move {
            let mut times = Vec::with_capacity(people.len());
            for person in people {
                let begun = Instant::now();
                service.floor(&session, person).await?;
                times.push(begun.elapsed());
            }
            Ok::<_, service::ServiceError>(times)
        });
    }
    let mut tasks = Vec::new();
    for future in running {
        tasks.push(tokio::spawn(future));
    }
    let mut times = Vec::new();
    for task in tasks {
        times.extend(
            task.await
                .map_err(|e| Failure::io("a reader stopped", &e))??,
        );
    }
    Ok(times)
}

fn say_results(name: &str, engine: &str, results: &[Value], json: bool) -> Outcome<()> {
    let whole =
        json!({ "bench": name, "engine": engine, "machine": machine(), "results": results });
    if json {
        say!("{whole}")?;
    } else {
        say!("{name}, {engine}, {}", machine())?;
        for result in results {
            say!("  {result}")?;
        }
    }
    Ok(())
}

async fn open_record(arguments: OpenRecord) -> Outcome<()> {
    let (bench, session) = prepare(&arguments.stores).await?;
    let people = bench
        .people(&session, arguments.people, arguments.entries)
        .await?;
    let listener = serve::bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    let address = listener
        .local_addr()
        .map_err(|e| Failure::io("the port is unknown", &e))?;
    let app = serve::pages(&bench.service, &bench.config);
    let server = tokio::spawn(async move {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        axum::serve(listener, app).await
    });
    let url = format!("http://{address}");
    // Once over everything first: statements prepared, chains followed, pages of the file cached.
    through_http(&bench, &url, &people, 1).await?;
    let mut results = Vec::new();
    for at_once in arguments.concurrency {
        let mut least = floor(&bench, &people, at_once).await?;
        let (mut times, whole, used) = through_http(&bench, &url, &people, at_once).await?;
        least.sort_unstable();
        times.sort_unstable();
        let (p50, floor_p50) = (percentile(&times, 50), percentile(&least, 50));
        let requests = u32::try_from(times.len()).unwrap_or(u32::MAX);
        results.push(json!({
            "concurrency": at_once,
            "entries": arguments.entries,
            "requests": requests,
            "p50_ms": rounded(p50),
            "p99_ms": rounded(percentile(&times, 99)),
            "rps": rounded(f64::from(requests) / whole.as_secs_f64()),
            "cpu_ms": rounded(used.as_secs_f64() * 1000.0 / f64::from(requests)),
            "floor_p50_ms": rounded(floor_p50),
            "floor_p99_ms": rounded(percentile(&least, 99)),
            "ratio": rounded(p50 / floor_p50),
        }));
    }
    server.abort();
    let engine = bench.service.engine().await?;
    say_results("open-record", &engine, &results, arguments.json)?;
    bench.service.close().await;
    Ok(())
}

/// Sealing in memory, then writing and syncing: the least that putting a document in can cost.
fn upload_floor(bench: &Bench, content: &[u8]) -> Outcome<Duration> {
    let begun = Instant::now();
    let sealed = service::seal_whole(content)?;
    let path = bench.config.data.join("floor");
    let written = fs::File::create(&path).and_then(|mut file| {
        file.write_all(&sealed)?;
        file.sync_all()
    });
    written.map_err(|e| Failure::io("the disk refuses", &e))?;
    let took = begun.elapsed();
    fs::remove_file(path).map_err(|e| Failure::io("the disk refuses", &e))?;
    Ok(took)
}

async fn upload(arguments: Upload) -> Outcome<()> {
    let (bench, session) = prepare(&arguments.stores).await?;
    let people = bench.people(&session, 1, 4).await?;
    let person = people
        .first()
        .copied()
        .ok_or_else(|| Failure::new(Kind::Store, "no person"))?;
    let who = Who::Worker(&session, person);
    let mut piece = vec![0x20u8; 64 * 1024];
    piece[..9].copy_from_slice(b"%PDF-1.7\n");
    let (mut times, mut least) = (Vec::new(), Vec::new());
    // What signing in took (64 MiB) was given back: what matters is how far this goes above.
    let before = memory();
    let mut highest = before;
    for _ in 0..arguments.times {
        let begun = Instant::now();
        let mut upload = bench
            .service
            .begin_upload(&who, Compartment::Social)
            .await?;
        let mut left = arguments.size;
        while left > 0 {
            let now = left.min(piece.len());
            upload.push(&piece[..now]).await?;
            left -= now;
            highest = highest.max(memory());
        }
        let facts = DocumentFacts {
            kind: DocumentKind::Other,
            title: String::new(),
            issued: None,
            valid_until: None,
        };
        let new = NewDocument {
            name: "mesure.pdf".into(),
            facts,
        };
        bench.service.finish_upload(&who, upload, new).await?;
        times.push(begun.elapsed());
    }
    let growth = highest.saturating_sub(before);
    let content = vec![0x20u8; arguments.size];
    for _ in 0..arguments.times {
        least.push(upload_floor(&bench, &content)?);
    }
    times.sort_unstable();
    least.sort_unstable();
    let (p50, floor_p50) = (percentile(&times, 50), percentile(&least, 50));
    #[expect(clippy::cast_precision_loss, reason = "megabytes, for people")]
    let megabytes = arguments.size as f64 / 1e6;
    let results = [json!({
        "bytes": arguments.size,
        "p50_ms": rounded(p50),
        "floor_p50_ms": rounded(floor_p50),
        "mb_per_s": rounded(megabytes / (p50 / 1000.0)),
        "ratio_of_floor_speed": rounded(floor_p50 / p50),
        "memory_growth_bytes": growth,
    })];
    let engine = bench.service.engine().await?;
    say_results("upload", &engine, &results, arguments.json)?;
    bench.service.close().await;
    Ok(())
}

pub(crate) async fn bench(command: BenchCommand) -> Outcome<ExitCode> {
    match command {
        BenchCommand::OpenRecord(arguments) => open_record(arguments).await?,
        BenchCommand::Upload(arguments) => upload(arguments).await?,
    }
    Ok(ExitCode::SUCCESS)
}
