//! An installation in a temporary folder: one organisation, two teams, a lead and a worker in each.

use domain::{
    Compartment, Compartments,
    entry::{Profile, Writing},
    id::{PersonId, TeamId},
    words::Nature,
};
use jiff::{Timestamp, tz::TimeZone};
use object_store::{ObjectStore, local::LocalFileSystem};
use secrecy::SecretString;
use service::{
    FixedClock, InitRequest, NewMember, NewPerson, Parts, Pepper, Possession, RecoverySheet,
    RootFingerprint, ServerKey, Service, Session, SessionToken, SigningKey, VerifyReport, Who,
    WorkerSession,
};
use std::sync::Arc;
use storage_sqlite::{SqliteShares, SqliteStorage};
use tempfile::TempDir;

pub(crate) const PASSPHRASE: &str = "mésange grenier comptoir 41";

pub(crate) struct App {
    pub(crate) folder: TempDir,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) service: Service,
    pub(crate) sheets: Vec<RecoverySheet>,
    pub(crate) root: RootFingerprint,
    pub(crate) administrator: WorkerSession,
    pub(crate) teams: [TeamId; 2],
    pub(crate) leads: Vec<WorkerSession>,
    pub(crate) workers: Vec<WorkerSession>,
    server: (domain::id::ServerId, [u8; 32]),
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

impl App {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("files")).unwrap();
        let start: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
        let clock = Arc::new(FixedClock::at(start));
        let storage = SqliteStorage::open(&folder.path().join("main.db"))
            .await
            .unwrap();
        let request = InitRequest {
            organisation: "Structure".into(),
            administrator: "Administration".into(),
            job: String::new(),
            threshold: 3,
            keepers: 5,
        };
        let pepper = Pepper::from_bytes([5; 32]);
        let made = service::init(&storage, &pepper, [9; 32], start, PASSPHRASE, &request)
            .await
            .unwrap();
        storage::Storage::close(&storage).await;
        let service = open(&folder, &clock, &made.fingerprint, &made.server).await;
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
            clock,
            service,
            sheets: made.sheets,
            root: made.fingerprint,
            administrator,
            teams: [teams[0], teams[1]],
            leads: Vec::new(),
            workers: Vec::new(),
            server: made.server,
        };
        for (at, team) in teams.iter().enumerate() {
            let (_, lead, _) = app.join(&format!("Lead {at}"), *team, true).await;
            app.leads.push(lead);
            let (account, _, token) = app.join(&format!("Worker {at}"), *team, false).await;
            let usual = Compartments::usual();
            app.service
                .welcome(&app.leads[at], *team, account, usual)
                .await
                .unwrap();
            app.workers.push(enter(&app.service, &token).await);
        }
        app
    }

    /// Invites, enrols, states and puts in a team; gives the session and its token.
    pub(crate) async fn join(
        &self,
        name: &str,
        team: TeamId,
        lead: bool,
    ) -> (domain::id::AccountId, WorkerSession, SessionToken) {
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
        self.service
            .join_team(&self.administrator, invited.account, team, lead)
            .await
            .unwrap();
        let token = self.sign_in(name, &enrolled.device).await;
        (invited.account, enter(&self.service, &token).await, token)
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

    pub(crate) async fn write(
        &self,
        session: &WorkerSession,
        person: PersonId,
        at: Compartment,
        text: &str,
    ) {
        let who = Who::Worker(session, person);
        let writing = Writing {
            nature: Nature::Fact,
            text: text.into(),
            theme: None,
            about: None,
        };
        self.service.write(&who, at, writing).await.unwrap();
    }

    /// What `verify` finds.
    pub(crate) async fn verify(&self) -> VerifyReport {
        let storage = SqliteStorage::open(&self.folder.path().join("main.db"))
            .await
            .unwrap();
        let files = LocalFileSystem::new_with_prefix(self.folder.path().join("files")).unwrap();
        let report = service::verify(&storage, &files, &self.root, &|_, _| {})
            .await
            .unwrap();
        storage::Storage::close(&storage).await;
        report
    }

    /// The same installation, opened anew: nothing that was in memory helps.
    pub(crate) async fn reopened(&self) -> Service {
        open(&self.folder, &self.clock, &self.root, &self.server).await
    }
}

async fn open(
    folder: &TempDir,
    clock: &Arc<FixedClock>,
    root: &RootFingerprint,
    server: &(domain::id::ServerId, [u8; 32]),
) -> Service {
    let path = folder.path();
    let files: Arc<dyn ObjectStore> =
        Arc::new(LocalFileSystem::new_with_prefix(path.join("files")).unwrap());
    Service::open(Parts {
        storage: Arc::new(SqliteStorage::open(&path.join("main.db")).await.unwrap()),
        shares: Arc::new(SqliteShares::open(&path.join("shares.db")).await.unwrap()),
        files,
        pepper: Pepper::from_bytes([5; 32]),
        server: ServerKey {
            id: server.0,
            signing: SigningKey::from_seed(&server.1),
        },
        root: *root,
        clock: clock.clone(),
        seed: [3; 32],
        zone: TimeZone::get("Europe/Paris").unwrap(),
    })
    .await
    .unwrap()
}
