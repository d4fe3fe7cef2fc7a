//! An invented organisation to measure with: who leads, who works, which teams. Its passphrases are
//! written here and its codes are printed, so nothing real may ever be put in it.

use crate::{
    config::Config,
    error::{Failure, Kind, Outcome},
    installation::{self, Folder, SystemClock, seed},
    stores::{StoreArguments, Stores},
};
use domain::{
    Compartments,
    entry::Profile,
    id::{PersonId, TeamId},
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use service::{
    Clock, InitRequest, NewMember, NewPerson, Possession, Service, ServiceError, Session,
    SessionToken, SignInName, WorkerSession,
};
use std::{fs, sync::Arc};

const ADMINISTRATOR: &str = "Administration";
const LEAD: &str = "Mesure";
const PASSPHRASE: &str = "mesure horloge grenier 83";

/// Whoever may sign in, as `demo --json` tells it too.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ToldWorker {
    pub(super) name: String,
    pub(super) passphrase: String,
    pub(super) device_code: String,
    pub(super) team: String,
    pub(super) role: String,
}

/// A card that opens a record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ToldCard {
    pub(super) person: String,
    pub(super) code: String,
    pub(super) pin: String,
}

/// What a measure over HTTP needs to know.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Told {
    #[serde(default)]
    pub(super) url: String,
    #[serde(default)]
    pub(super) data: String,
    /// The engine that keeps the records, with its version.
    #[serde(default)]
    pub(super) engine: String,
    pub(super) workers: Vec<ToldWorker>,
    #[serde(default)]
    pub(super) cards: Vec<ToldCard>,
}

fn told_path(config: &Config) -> std::path::PathBuf {
    config.data.join("bench.json")
}

/// An installation to measure with, and the session of whoever leads its teams.
pub(super) struct Crew {
    pub(super) config: Config,
    pub(super) service: Service,
    pub(super) told: Told,
    administrator: WorkerSession,
    pub(super) lead: Arc<WorkerSession>,
    lead_device: Possession,
}

fn refused(error: &dyn std::error::Error) -> Failure {
    Failure::new(Kind::SignIn, error.to_string())
}

fn passphrase() -> SecretString {
    SecretString::from(PASSPHRASE)
}

pub(super) async fn worker(
    service: &Service,
    token: Option<&SessionToken>,
) -> Outcome<WorkerSession> {
    let token = token.ok_or_else(|| Failure::new(Kind::SignIn, "no session"))?;
    match service.resume(token).await? {
        Some(Session::Worker(session)) => Ok(session),
        _ => Err(Failure::new(Kind::SignIn, "no session")),
    }
}

async fn enter(service: &Service, name: &str, device: &Possession) -> Outcome<WorkerSession> {
    let token = service
        .sign_in_worker(name, &passphrase(), device)
        .await
        .map_err(|e| refused(&e))?;
    worker(service, Some(&token)).await
}

/// Enrols a device with a code; gives its secret and a session.
async fn enrol(service: &Service, name: &str, code: &str) -> Outcome<(Possession, WorkerSession)> {
    let enrolled = service
        .enrol(name, code, &passphrase())
        .await
        .map_err(|e| refused(&e))?;
    let session = worker(service, enrolled.token.as_ref()).await?;
    Ok((enrolled.device, session))
}

/// A new member whose keys an administrator stated; gives their device and a session.
async fn member(
    service: &Service,
    administrator: &WorkerSession,
    name: &str,
) -> Outcome<(Possession, WorkerSession)> {
    let new = NewMember {
        name: name.into(),
        job: String::new(),
    };
    let invited = service.invite(administrator, &new).await?;
    let enrolled = service
        .enrol(name, &invited.code, &passphrase())
        .await
        .map_err(|e| refused(&e))?;
    service.state_keys(administrator, invited.account).await?;
    let session = enter(service, name, &enrolled.device).await?;
    Ok((enrolled.device, session))
}

impl Crew {
    /// Opens the installation of that data folder, or begins it: an administrator and a lead.
    pub(super) async fn open(mut config: Config) -> Outcome<Self> {
        if told_path(&config).exists() {
            return Self::resume(config).await;
        }
        let folder = Folder(config.data.clone());
        folder.make()?;
        let (storage, shares) = Stores::of(&config)?.begin().await?;
        let request = InitRequest {
            organisation: "Mesures".into(),
            administrator: ADMINISTRATOR.into(),
            job: String::new(),
            threshold: 1,
            keepers: 1,
        };
        let pepper = folder.pepper_or_new()?;
        let now = SystemClock.now();
        let made = service::init(&*storage, &pepper, seed()?, now, PASSPHRASE, &request).await?;
        folder.write_server(made.server.0, &made.server.1)?;
        config.root_fingerprint = Some(made.fingerprint.to_string());
        let text = format!("root_fingerprint = \"{}\"\n", made.fingerprint);
        let text = text + &config.places_lines();
        installation::write_private(&folder.config(), text.as_bytes())?;
        let clock = Arc::new(SystemClock);
        let service = installation::over(&config, (storage, shares), clock).await?;
        let (_, administrator) = enrol(&service, ADMINISTRATOR, &made.code).await?;
        let (lead_device, lead) = member(&service, &administrator, LEAD).await?;
        let mut crew = Self {
            told: Told {
                data: config.data.display().to_string(),
                engine: service.engine().await?,
                ..Told::default()
            },
            config,
            service,
            administrator,
            lead: Arc::new(lead),
            lead_device,
        };
        crew.tell(ADMINISTRATOR, "", "administrator").await?;
        crew.tell(LEAD, "", "lead").await?;
        crew.write_told()?;
        Ok(crew)
    }

    async fn resume(mut config: Config) -> Outcome<Self> {
        let unreadable = |e: &dyn std::error::Error| {
            Failure::io("bench.json cannot be read in the data folder", e)
        };
        let text = fs::read_to_string(told_path(&config)).map_err(|e| unreadable(&e))?;
        let mut told: Told = serde_json::from_str(&text).map_err(|e| unreadable(&e))?;
        if config.root_fingerprint.is_none() {
            config.root_fingerprint = Config::load(Some(&config.data), None)?.root_fingerprint;
        }
        let service = installation::open(&config, Arc::new(SystemClock)).await?;
        told.engine = service.engine().await?;
        let code = |name: &str| {
            let found = told.workers.iter().find(|w| w.name == name);
            let found = found.map(|w| w.device_code.clone());
            found.ok_or_else(|| Failure::new(Kind::Usage, "bench.json tells of no lead"))
        };
        let (_, administrator) = enrol(&service, ADMINISTRATOR, &code(ADMINISTRATOR)?).await?;
        let (lead_device, _) = enrol(&service, LEAD, &code(LEAD)?).await?;
        let lead = enter(&service, LEAD, &lead_device).await?;
        Ok(Self {
            config,
            service,
            told,
            administrator,
            lead: Arc::new(lead),
            lead_device,
        })
    }

    /// Adds someone's code to what is told.
    async fn tell(&mut self, name: &str, team: &str, role: &str) -> Outcome<()> {
        let own;
        let session = match name {
            ADMINISTRATOR => &self.administrator,
            LEAD => &*self.lead,
            _ => {
                own = member(&self.service, &self.administrator, name).await?.1;
                &own
            }
        };
        let code = self
            .service
            .demo_device_code(session, &passphrase())
            .await?;
        let account = session.account;
        self.told.workers.push(ToldWorker {
            name: name.into(),
            passphrase: PASSPHRASE.into(),
            device_code: code,
            team: team.into(),
            role: role.into(),
        });
        let mine = self.lead.teams.iter().find(|t| t.team.name == team);
        if let Some(team) = mine.map(|t| t.team.id) {
            self.service
                .join_team(&self.administrator, account, team, false)
                .await?;
            self.service
                .welcome(&self.lead, team, account, Compartments::usual())
                .await?;
        }
        Ok(())
    }

    fn write_told(&self) -> Outcome<()> {
        let path = told_path(&self.config);
        let failed = |e: std::io::Error| Failure::io("bench.json cannot be replaced", &e);
        // Whole or as it was, whenever this is stopped: without it nothing goes on.
        let part = path.with_extension("part");
        if part.exists() {
            fs::remove_file(&part).map_err(failed)?;
        }
        let text = serde_json::to_string(&self.told).unwrap_or_default();
        installation::write_private(&part, text.as_bytes())?;
        fs::rename(&part, &path).map_err(failed)
    }

    /// That team, made where it is not there; the lead leads it.
    pub(super) async fn teams(&mut self, names: &[String]) -> Outcome<Vec<TeamId>> {
        let known = |crew: &Self, name: &str| {
            let mut teams = crew.lead.teams.iter();
            teams.find(|t| t.team.name == name).map(|t| t.team.id)
        };
        let mut made = false;
        for name in names {
            if known(self, name).is_none() {
                let team = self.service.add_team(&self.administrator, name).await?;
                self.service
                    .join_team(&self.administrator, self.lead.account, team, true)
                    .await?;
                made = true;
            }
        }
        if made {
            // Coming in makes the keys of new teams; coming in again brings them.
            enter(&self.service, LEAD, &self.lead_device).await?;
            let lead = enter(&self.service, LEAD, &self.lead_device).await?;
            self.lead = Arc::new(lead);
        }
        let found: Option<Vec<TeamId>> = names.iter().map(|name| known(self, name)).collect();
        found.ok_or_else(|| Failure::new(Kind::SignIn, "a team of the measure is missing"))
    }

    /// Workers of those teams, one each, and some cards: once.
    pub(super) async fn staff(&mut self, teams: &[String]) -> Outcome<()> {
        if self.told.workers.iter().any(|w| w.role == "worker") {
            return Ok(());
        }
        let mut number = 0;
        for team in teams {
            // A filling that was stopped here left members that nobody was told of.
            let name = loop {
                number += 1;
                let name = format!("{LEAD} {number}");
                if self.service.sign_in_name(&name).await? == SignInName::Free {
                    break name;
                }
            };
            self.tell(&name, team, "worker").await?;
        }
        for worker in self.told.workers.clone() {
            if worker.role == "worker" {
                let session = self.enter(&worker).await?;
                self.cards_of(&session).await?;
            }
        }
        self.write_told()
    }

    /// A session of someone who was told of.
    pub(super) async fn enter(&self, told: &ToldWorker) -> Outcome<WorkerSession> {
        let enrolled = enrol(&self.service, &told.name, &told.device_code).await?;
        Ok(enrolled.1)
    }

    async fn cards_of(&mut self, session: &WorkerSession) -> Outcome<()> {
        const CARDS_A_TEAM: usize = 2;
        let people = self.service.people(session, "", None).await?;
        for line in people.lines.iter().take(CARDS_A_TEAM) {
            let pin = "794613";
            let made = self.service.make_card(session, line.person, pin, false);
            let made = match made.await {
                Ok(made) => made,
                // Theirs was made before a filling was stopped, and its code is lost.
                Err(ServiceError::Invalid { field: "card", .. }) => continue,
                Err(error) => return Err(error.into()),
            };
            self.told.cards.push(ToldCard {
                person: line.name.clone(),
                code: made.code,
                pin: pin.into(),
            });
        }
        Ok(())
    }
}

/// A fresh installation in a temporary folder, with one lead of one team.
pub(super) struct Bench {
    _folder: tempfile::TempDir,
    pub(super) config: Config,
    pub(super) service: Service,
    device: Possession,
}

impl Bench {
    pub(super) async fn prepare(stores: &StoreArguments) -> Outcome<(Self, WorkerSession)> {
        let folder = tempfile::tempdir().map_err(|e| Failure::io("no temporary folder", &e))?;
        let mut config = Config {
            data: folder.path().join("data"),
            ..Config::default()
        };
        stores.tell(&mut config)?;
        let mut crew = Crew::open(config).await?;
        crew.teams(&["Mesures".into()]).await?;
        let bench = Self {
            _folder: folder,
            config: crew.config,
            service: crew.service,
            device: crew.lead_device,
        };
        let (_, session) = bench.sign_in().await?;
        Ok((bench, session))
    }

    pub(super) async fn sign_in(&self) -> Outcome<(SessionToken, WorkerSession)> {
        let token = self
            .service
            .sign_in_worker(LEAD, &passphrase(), &self.device)
            .await
            .map_err(|e| refused(&e))?;
        let session = worker(&self.service, Some(&token)).await?;
        Ok((token, session))
    }

    pub(super) async fn people(
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
