//! An invented association with believable years behind it, in a fresh data folder. Nobody in it
//! exists; its codes and passphrases are printed, so nothing real may ever be put in it.

mod people;
mod procedures;
mod story;

use crate::{
    catalogue,
    config::Config,
    error::{Failure, Kind, Outcome},
    installation::{self, Folder, SystemClock, seed},
    out::{say, tell},
    rights, serve,
    stores::{StoreArguments, Stores},
};
use clap::Args;
use domain::{Compartments, id::TeamId};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde::Serialize;
use service::{Clock, FixedClock, InitRequest, NewMember, Service, Session, WorkerSession};
use std::{net::SocketAddr, path::PathBuf, process::ExitCode, sync::Arc};

/// Serves the invented association.
#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    /// The port on this machine; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    port: u16,
    #[command(flatten)]
    stores: StoreArguments,
    /// A real edition of the official catalogue (zip or tgz), instead of sample pages
    #[arg(long, value_name = "FILE")]
    catalogue: Option<PathBuf>,
    /// A folder of blank forms to fill
    #[arg(long, value_name = "DIR")]
    forms: Option<PathBuf>,
    /// Print one line of JSON when ready
    #[arg(long)]
    json: bool,
}

/// A worker of the demonstration.
#[derive(Debug, Serialize)]
struct DemoWorker {
    name: &'static str,
    passphrase: &'static str,
    device_code: String,
    team: &'static str,
    role: &'static str,
}

/// A person's card in the demonstration.
#[derive(Debug, Serialize)]
struct DemoCard {
    person: String,
    code: String,
    pin: &'static str,
}

#[derive(Debug, Serialize)]
struct Ready {
    url: String,
    data: String,
    engine: String,
    workers: Vec<DemoWorker>,
    cards: Vec<DemoCard>,
}

/// Name, job title, team, whether they lead it, passphrase.
type Cast = (&'static str, &'static str, usize, bool, &'static str);

const TEAMS: [&str; 2] = ["Accueil de jour", "Équipe mobile"];
const ADMINISTRATOR: (&str, &str) = ("Solène Administration", "horloge tilleul passerelle 27");
const CAST: [Cast; 5] = [
    (
        "Nadia Ferrand",
        "cheffe de service",
        0,
        true,
        "mésange grenier comptoir 41",
    ),
    (
        "Yann Le Bihan",
        "éducateur spécialisé",
        0,
        false,
        "lanterne ruisseau cahier 18",
    ),
    (
        "Oumou Cissé",
        "assistante sociale",
        0,
        false,
        "pivoine tambour escalier 63",
    ),
    (
        "Marc Aubertin",
        "chef de service",
        1,
        true,
        "cartable orage boussole 92",
    ),
    (
        "Inès Roumane",
        "médiatrice numérique",
        1,
        false,
        "girafe papier moulin 35",
    ),
];

pub(crate) struct Crew {
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) teams: Vec<TeamId>,
    pub(crate) sessions: Vec<WorkerSession>,
}

async fn enter(service: &Service, token: &service::SessionToken) -> Outcome<WorkerSession> {
    match service.resume(token).await? {
        Some(Session::Worker(session)) => Ok(session),
        _ => Err(Failure::new(
            Kind::SignIn,
            "the demonstration's worker could not come in",
        )),
    }
}

fn enrol_failed(error: &service::EnrolError) -> Failure {
    Failure::new(Kind::SignIn, "the demonstration's worker could not enrol").cause(error)
}

/// Makes the organisation, its teams and members.
async fn crew(
    service: &Service,
    clock: Arc<FixedClock>,
    code: &str,
) -> Outcome<(Crew, WorkerSession)> {
    let secret = SecretString::from(ADMINISTRATOR.1);
    let enrolled = service
        .enrol(ADMINISTRATOR.0, code, &secret)
        .await
        .map_err(|e| enrol_failed(&e))?;
    let token = enrolled
        .token
        .ok_or_else(|| Failure::new(Kind::SignIn, "no session"))?;
    let administrator = enter(service, &token).await?;
    let mut teams = Vec::new();
    for name in TEAMS {
        teams.push(service.add_team(&administrator, name).await?);
    }
    let mut sessions = Vec::new();
    for (name, job, team, lead, passphrase) in CAST {
        let new = NewMember {
            name: name.into(),
            job: job.into(),
        };
        let invited = service.invite(&administrator, &new).await?;
        let secret = SecretString::from(passphrase);
        let enrolled = service
            .enrol(name, &invited.code, &secret)
            .await
            .map_err(|e| enrol_failed(&e))?;
        service.state_keys(&administrator, invited.account).await?;
        service
            .join_team(&administrator, invited.account, teams[team], lead)
            .await?;
        let token = service
            .sign_in_worker(name, &secret, &enrolled.device)
            .await
            .map_err(|e| Failure::new(Kind::SignIn, e.to_string()))?;
        if !lead {
            let chief: &WorkerSession = &sessions[if team == 0 { 0 } else { 3 }];
            let mut opens = Compartments::usual();
            if job == "assistante sociale" {
                let more = [domain::Compartment::Health, domain::Compartment::Legal];
                opens = opens.iter().chain(more).collect();
            }
            service
                .welcome(chief, teams[team], invited.account, opens)
                .await?;
        }
        let session = enter(service, &token).await?;
        let session = if lead {
            enter(service, &token).await?
        } else {
            session
        };
        sessions.push(session);
    }
    Ok((
        Crew {
            clock,
            teams,
            sessions,
        },
        administrator,
    ))
}

fn fresh_folder(data: Option<PathBuf>) -> Outcome<(PathBuf, Option<tempfile::TempDir>)> {
    if let Some(path) = data {
        let empty = std::fs::read_dir(&path).map_or(true, |mut d| d.next().is_none());
        if !empty {
            return Err(
                Failure::new(Kind::Usage, format!("{} is not empty", path.display()))
                    .hint("the demonstration needs a fresh folder"),
            );
        }
        return Ok((path, None));
    }
    let folder = tempfile::Builder::new()
        .prefix("conatus-demo-")
        .tempdir()
        .map_err(|e| Failure::io("no temporary folder", &e))?;
    Ok((folder.path().to_owned(), Some(folder)))
}

async fn make(config: &mut Config) -> Outcome<(Vec<DemoWorker>, Vec<DemoCard>)> {
    let folder = Folder(config.data.clone());
    folder.make()?;
    let pepper = folder.pepper_or_new()?;
    let (storage, shares) = Stores::of(config)?.begin().await?;
    let now = SystemClock.now();
    let start = years_before(now, 3);
    let request = InitRequest {
        organisation: "Les Quatre Vents".into(),
        administrator: ADMINISTRATOR.0.into(),
        job: "administratrice".into(),
        threshold: 3,
        keepers: 5,
    };
    let made = service::init(
        &*storage,
        &pepper,
        seed()?,
        start,
        ADMINISTRATOR.1,
        &request,
    )
    .await?;
    folder.write_server(made.server.0, &made.server.1)?;
    config.root_fingerprint = Some(made.fingerprint.to_string());
    let text = format!("root_fingerprint = \"{}\"\n", made.fingerprint);
    let text = text + &config.places_lines();
    installation::write_private(&folder.config(), text.as_bytes())?;
    storage.close().await;
    shares.close().await;

    let clock = Arc::new(FixedClock::at(start));
    let past = installation::open(config, clock.clone()).await?;
    let (crew, administrator) = crew(&past, clock, &made.code).await?;
    let cards = story::tell(&past, &crew, start, now).await?;
    past.checkpoint().await?;
    crew.clock.set(now);
    past.sweep().await?;
    let mut workers = Vec::new();
    for ((name, _, team, lead, passphrase), session) in CAST.into_iter().zip(&crew.sessions) {
        let secret = SecretString::from(passphrase);
        workers.push(DemoWorker {
            name,
            passphrase,
            device_code: past.demo_device_code(session, &secret).await?,
            team: TEAMS[team],
            role: if lead { "lead" } else { "worker" },
        });
    }
    let secret = SecretString::from(ADMINISTRATOR.1);
    workers.push(DemoWorker {
        name: ADMINISTRATOR.0,
        passphrase: ADMINISTRATOR.1,
        device_code: past.demo_device_code(&administrator, &secret).await?,
        team: "",
        role: "administrator",
    });
    past.close().await;
    let cards = cards
        .into_iter()
        .map(|(person, code, pin)| DemoCard { person, code, pin })
        .collect();
    Ok((workers, cards))
}

fn years_before(now: Timestamp, years: i64) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(24 * 365 * years))
        .unwrap_or(now)
}

pub(crate) async fn demo(data: Option<PathBuf>, arguments: DemoArguments) -> Outcome<ExitCode> {
    serve::log(false);
    let (path, temporary) = fresh_folder(data)?;
    let listener = serve::bind(SocketAddr::from(([127, 0, 0, 1], arguments.port)))?;
    let address = listener
        .local_addr()
        .map_err(|e| Failure::io("the port is unknown", &e))?;
    let url = format!("http://{address}");
    let mut config = Config {
        data: path.clone(),
        listen: address,
        public_url: url.clone(),
        ..Config::default()
    };
    if let Some(forms) = &arguments.forms {
        let absolute = std::path::absolute(forms);
        config.forms = Some(absolute.map_err(|e| Failure::io("the folder of forms", &e))?);
    }
    arguments.stores.tell(&mut config)?;
    if let Some(file) = &arguments.catalogue {
        let folder = Folder(path.clone());
        folder.make()?;
        let (_, report) = catalogue::import_file(file, &folder.catalogue(), None)?;
        catalogue::told(&report);
    }
    if !arguments.json {
        tell!("Writing three invented years…");
    }
    let (workers, cards) = Box::pin(make(&mut config)).await?;
    let service = installation::open(&config, Arc::new(SystemClock)).await?;
    let ready = Ready {
        url,
        data: path.display().to_string(),
        engine: service.engine().await?,
        workers,
        cards,
    };
    if arguments.json {
        say!("{}", serde_json::to_string(&ready).unwrap_or_default())?;
    } else {
        say!("\n{}  (data: {})\n", ready.url, ready.data)?;
        say!(
            "Workers: open {}/appareil, type the name, the device code and the passphrase.",
            ready.url
        )?;
        for w in &ready.workers {
            say!("  {} · {} · {}", w.name, w.team, w.role)?;
            say!("    code {}   passphrase “{}”", w.device_code, w.passphrase)?;
        }
        say!(
            "\nCards: open {}/, type the code and the secret code.",
            ready.url
        )?;
        for c in &ready.cards {
            say!("  {} · {}   {}", c.person, c.code, c.pin)?;
        }
        say!("\nNobody here exists. Put nothing real in it. Ctrl-C stops.")?;
    }
    let law = Arc::new(rights::installed(&config)?);
    serve::run(service, &config, law, listener).await?;
    drop(temporary);
    Ok(ExitCode::SUCCESS)
}
