//! An installation in a temporary folder: one organisation, two teams, a lead and a worker in each.
//! Chance comes from [`SEED`], so that a story that fails fails again.

use crate::{engine::Engine, kept::Kept};
use domain::{
    Compartment, Compartments,
    entry::{Content, Profile, Writing},
    id::{AccountId, PersonId, ServerId, TeamId},
    record::Record,
    words::Nature,
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use secrecy::SecretString;
use service::{
    FixedClock, InitRequest, MadeCard, NewMember, NewPerson, Parts, Pepper, PersonSession,
    Possession, RecoverySheet, RootFingerprint, ServerKey, Service, Session, SessionToken,
    SigningKey, VerifyReport, Which, Who, WorkerSession,
};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};
use tempfile::TempDir;

const SEED: u8 = 9;
pub(crate) const PASSPHRASE: &str = "mésange grenier comptoir 41";
pub(crate) const PIN: &str = "2580";
pub(crate) const START: &str = "2026-03-02T08:00:00Z";

pub(crate) struct App {
    pub(crate) folder: TempDir,
    pub(crate) engine: Engine,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) service: Service,
    pub(crate) sheets: Vec<RecoverySheet>,
    pub(crate) administrator: WorkerSession,
    pub(crate) teams: [TeamId; 2],
    pub(crate) leads: Vec<WorkerSession>,
    pub(crate) workers: Vec<WorkerSession>,
    /// The tokens of the workers' sessions.
    pub(crate) tokens: Vec<SessionToken>,
    /// Those of the leads'.
    pub(crate) lead_tokens: Vec<SessionToken>,
    place: Place,
}

/// What is kept beside the stores.
#[derive(Clone)]
struct Place {
    root: RootFingerprint,
    server: (ServerId, [u8; 32]),
    clock: Arc<FixedClock>,
    kept: Kept,
    /// No two openings draw the same chance.
    opened: Arc<AtomicU8>,
}

/// A copy of an installation as it stood, in a folder of its own.
pub(crate) struct Copied {
    pub(crate) folder: TempDir,
    pub(crate) engine: Engine,
    place: Place,
}

/// A member who came in.
pub(crate) struct Member {
    pub(crate) account: AccountId,
    pub(crate) device: Possession,
    pub(crate) token: SessionToken,
    pub(crate) session: WorkerSession,
}

pub(crate) fn secret() -> SecretString {
    SecretString::from(PASSPHRASE)
}

pub(crate) async fn enter(service: &Service, token: &SessionToken) -> WorkerSession {
    match service.resume(token).await.unwrap() {
        Some(Session::Worker(session)) => session,
        other => panic!("not a worker's session: {other:?}"),
    }
}

pub(crate) async fn enter_own(service: &Service, token: &SessionToken) -> PersonSession {
    match service.resume(token).await.unwrap() {
        Some(Session::Person(session)) => session,
        other => panic!("not a person's session: {other:?}"),
    }
}

pub(crate) fn shared() -> Compartments {
    Compartment::SHARED.into_iter().collect()
}

pub(crate) fn writing(nature: Nature, text: &str) -> Writing {
    Writing {
        nature,
        text: text.into(),
        theme: None,
        about: None,
    }
}

/// The texts of the writings of a record, in order.
pub(crate) fn texts(record: &Record) -> Vec<&str> {
    let writings = record.entries.iter().filter_map(|e| match &e.body.content {
        Content::Writing(w) => Some(w.text.as_str()),
        _ => None,
    });
    writings.collect()
}

impl App {
    pub(crate) async fn new() -> Self {
        Self::seeded(SEED).await
    }

    pub(crate) async fn seeded(seed: u8) -> Self {
        Self::made(seed, Kept::Folder).await
    }

    /// With its files there.
    pub(crate) async fn keeping(kept: Kept) -> Self {
        Self::made(SEED, kept).await
    }

    async fn made(seed: u8, kept: Kept) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("files")).unwrap();
        let start: Timestamp = START.parse().unwrap();
        let clock = Arc::new(FixedClock::at(start));
        let engine = Engine::new(folder.path());
        let storage = engine.main().await.unwrap();
        let request = InitRequest {
            organisation: "Structure".into(),
            administrator: "Administration".into(),
            job: String::new(),
            threshold: 3,
            keepers: 5,
        };
        let pepper = Pepper::from_bytes([5; 32]);
        let made = service::init(&*storage, &pepper, [seed; 32], start, PASSPHRASE, &request)
            .await
            .unwrap();
        storage.close().await;
        let place = Place {
            root: made.fingerprint,
            server: made.server,
            clock: clock.clone(),
            kept,
            opened: Arc::new(AtomicU8::new(seed)),
        };
        let service = place.open(folder.path(), &engine).await;
        let enrolled = service
            .enrol("Administration", &made.code, &secret())
            .await
            .unwrap();
        let administrator = enter(&service, &enrolled.token.unwrap()).await;
        let mut teams = Vec::new();
        for name in ["Accueil", "Mobile"] {
            teams.push(service.add_team(&administrator, name).await.unwrap());
        }
        let mut app = Self {
            folder,
            engine,
            clock,
            service,
            sheets: made.sheets,
            administrator,
            teams: [teams[0], teams[1]],
            leads: Vec::new(),
            workers: Vec::new(),
            tokens: Vec::new(),
            lead_tokens: Vec::new(),
            place,
        };
        for (at, team) in teams.iter().enumerate() {
            let lead = app.join(&format!("Lead {at}"), *team, true).await;
            app.leads.push(lead.session);
            app.lead_tokens.push(lead.token);
            let worker = app.worker(&format!("Worker {at}"), at).await;
            app.workers.push(worker.session);
            app.tokens.push(worker.token);
        }
        app
    }

    /// Invites, enrols, states and puts in a team.
    pub(crate) async fn join(&self, name: &str, team: TeamId, lead: bool) -> Member {
        let (account, device) = self.stated(name).await;
        self.service
            .join_team(&self.administrator, account, team, lead)
            .await
            .unwrap();
        let token = self.sign_in(name, &device).await;
        let session = enter(&self.service, &token).await;
        Member {
            account,
            device,
            token,
            session,
        }
    }

    /// A member with keys, in no team yet.
    pub(crate) async fn stated(&self, name: &str) -> (AccountId, Possession) {
        let new = NewMember {
            name: name.into(),
            job: "métier".into(),
        };
        let invited = self
            .service
            .invite(&self.administrator, &new)
            .await
            .unwrap();
        let enrolled = self
            .service
            .enrol(name, &invited.code, &secret())
            .await
            .unwrap();
        self.service
            .state_keys(&self.administrator, invited.account)
            .await
            .unwrap();
        (invited.account, enrolled.device)
    }

    /// A worker of that team, welcomed to the usual compartments.
    pub(crate) async fn worker(&self, name: &str, team: usize) -> Member {
        let joined = self.join(name, self.teams[team], false).await;
        let usual = Compartments::usual();
        self.service
            .welcome(&self.leads[team], self.teams[team], joined.account, usual)
            .await
            .unwrap();
        let session = enter(&self.service, &joined.token).await;
        Member { session, ..joined }
    }

    pub(crate) async fn sign_in(&self, name: &str, device: &Possession) -> SessionToken {
        self.service
            .sign_in_worker(name, &secret(), device)
            .await
            .unwrap()
    }

    pub(crate) async fn person(&self, name: &str, recovery: bool) -> PersonId {
        let profile = Profile {
            given_names: name.into(),
            birth_name: "Exemple".into(),
            ..Profile::default()
        };
        let new = NewPerson {
            profile,
            recovery,
            referent: true,
        };
        self.service
            .new_person(&self.workers[0], self.teams[0], new)
            .await
            .unwrap()
    }

    pub(crate) async fn card(&self, person: PersonId) -> MadeCard {
        self.service
            .make_card(&self.workers[0], person, PIN, false)
            .await
            .unwrap()
    }

    pub(crate) async fn own(&self, code: &str) -> PersonSession {
        let token = self.service.sign_in_card(code, PIN).await.unwrap();
        enter_own(&self.service, &token).await
    }

    pub(crate) async fn write(
        &self,
        session: &WorkerSession,
        person: PersonId,
        at: Compartment,
        text: &str,
    ) -> u64 {
        let who = Who::Worker(session, person);
        let fact = writing(Nature::Fact, text);
        self.service.write(&who, at, fact).await.unwrap()
    }

    pub(crate) async fn opened(&self, session: &WorkerSession, person: PersonId) -> Record {
        let opened = self.service.open_record(session, person, Which::All).await;
        opened.unwrap().record
    }

    pub(crate) fn minutes(&self, minutes: i64) {
        self.clock.advance(SignedDuration::from_mins(minutes));
    }

    pub(crate) fn hours(&self, hours: i64) {
        self.clock.advance(SignedDuration::from_hours(hours));
    }

    /// Where its sealed files lie.
    pub(crate) fn files(&self) -> std::path::PathBuf {
        self.place.kept.folder(self.folder.path())
    }

    /// Nothing remains of any file, nor of any that was begun.
    pub(crate) async fn keeps_no_file(&self) -> bool {
        // What is given up is taken back beside whoever gave it up.
        for _ in 0..50 {
            let folder = self.files();
            let none = !folder.exists() || crate::store::files(&folder).is_empty();
            if none && self.place.kept.unfinished() == 0 {
                return true;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        false
    }

    /// What `verify` finds.
    pub(crate) async fn verify(&self) -> VerifyReport {
        self.place.verify(self.folder.path(), &self.engine).await
    }

    /// Nothing is wrong.
    pub(crate) async fn sound(&self) {
        assert_eq!(self.verify().await.faults, []);
    }

    /// The same installation, opened anew: nothing that was in memory helps.
    pub(crate) async fn reopened(&self) -> Service {
        self.place.open(self.folder.path(), &self.engine).await
    }

    /// The same installation, opened anew over that store, which keeps its records.
    pub(crate) async fn reopened_over(&self, storage: Arc<dyn storage::Storage>) -> Service {
        let opened = self.place.over(self.folder.path(), &self.engine, storage);
        opened.await.unwrap()
    }

    /// A copy of everything as it stands.
    pub(crate) async fn copied(&self) -> Copied {
        let copy = tempfile::tempdir().unwrap();
        let engine = self.engine.copied(copy.path()).await;
        crate::store::copy_folder(
            &self.folder.path().join("files"),
            &copy.path().join("files"),
        );
        Copied {
            folder: copy,
            engine,
            place: self.place.clone(),
        }
    }
}

impl Copied {
    pub(crate) async fn open(&self) -> Result<Service, service::ServiceError> {
        self.place.try_open(self.folder.path(), &self.engine).await
    }

    pub(crate) async fn verify(&self) -> VerifyReport {
        self.place.verify(self.folder.path(), &self.engine).await
    }
}

impl Place {
    async fn open(&self, path: &Path, engine: &Engine) -> Service {
        self.try_open(path, engine).await.unwrap()
    }

    async fn try_open(
        &self,
        path: &Path,
        engine: &Engine,
    ) -> Result<Service, service::ServiceError> {
        self.over(path, engine, engine.main().await?).await
    }

    async fn over(
        &self,
        path: &Path,
        engine: &Engine,
        storage: Arc<dyn storage::Storage>,
    ) -> Result<Service, service::ServiceError> {
        Service::open(Parts {
            storage,
            shares: engine.shares().await?,
            files: self.kept.store(path),
            pepper: Pepper::from_bytes([5; 32]),
            server: ServerKey {
                id: self.server.0,
                signing: SigningKey::from_seed(&self.server.1),
            },
            root: self.root,
            clock: self.clock.clone(),
            seed: [self.opened.fetch_add(1, Ordering::Relaxed); 32],
            zone: TimeZone::get("Europe/Paris").unwrap(),
        })
        .await
    }

    async fn verify(&self, path: &Path, engine: &Engine) -> VerifyReport {
        let storage = engine.main().await.unwrap();
        let files = self.kept.store(path);
        let report = service::verify(&*storage, &*files, &self.root, &|_, _| {})
            .await
            .unwrap();
        storage.close().await;
        report
    }
}
