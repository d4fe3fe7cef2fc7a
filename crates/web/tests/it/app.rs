//! An installation in a temporary folder, with a clock that moves when told: one association, two
//! teams, people of each, everything made through the use cases.

use crate::browser::Browser;
use axum::Router;
use domain::{
    Compartment, Compartments,
    entry::{Appointment, Profile, Writing},
    id::{AccountId, PersonId, TeamId},
    words::{AppointmentShow, AppointmentState, Nature},
};
use jiff::{Timestamp, civil::date, tz::TimeZone};
use object_store::local::LocalFileSystem;
use secrecy::SecretString;
use service::{
    FixedClock, InitRequest, NewMember, NewPerson, Parts, Pepper, Possession, ServerKey, Service,
    Session, SessionToken, Who, WorkerSession,
};
use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
};
use storage_sqlite::{SqliteShares, SqliteStorage};
use tempfile::TempDir;

pub(crate) const PASSPHRASE: &str = "quatre sabots de velours bleu";
pub(crate) const PIN: &str = "4862";

/// The whole server.
pub(crate) struct TestApp {
    pub(crate) folder: TempDir,
    pub(crate) service: Service,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) router: Router,
    administrator: Member,
}

/// A worker and the device they enrolled.
#[derive(Clone)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) account: AccountId,
    pub(crate) device: Possession,
}

/// A person and their card.
#[derive(Clone)]
pub(crate) struct Accompanied {
    pub(crate) id: PersonId,
    pub(crate) code: String,
}

fn secret() -> SecretString {
    SecretString::from(PASSPHRASE)
}

impl TestApp {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now: Timestamp = "2026-03-12T09:00:00Z".parse().unwrap();
        let storage = Arc::new(
            SqliteStorage::open(&folder.path().join("main.db"))
                .await
                .unwrap(),
        );
        let shares = Arc::new(
            SqliteShares::open(&folder.path().join("shares.db"))
                .await
                .unwrap(),
        );
        let files = folder.path().join("files");
        std::fs::create_dir(&files).unwrap();
        let pepper = Pepper::from_bytes([7; 32]);
        let name = "Camille Renaud";
        let request = InitRequest {
            organisation: "Association Le Passage".into(),
            administrator: name.into(),
            job: "directrice".into(),
            threshold: 3,
            keepers: 5,
        };
        let made = service::init(&*storage, &pepper, [1; 32], now, PASSPHRASE, &request)
            .await
            .unwrap();
        let clock = Arc::new(FixedClock::at(now));
        let service = Service::open(Parts {
            storage,
            shares,
            files: Arc::new(LocalFileSystem::new_with_prefix(files).unwrap()),
            pepper,
            server: ServerKey {
                id: made.server.0,
                signing: seal::SigningKey::from_seed(&made.server.1),
            },
            root: made.fingerprint,
            clock: clock.clone(),
            seed: [2; 32],
            zone: TimeZone::get("Europe/Paris").unwrap(),
        })
        .await
        .unwrap();
        let enrolled = service.enrol(name, &made.code, &secret()).await.unwrap();
        let account = worker(&service, &enrolled.token.unwrap()).await.account;
        let administrator = Member {
            name: name.into(),
            account,
            device: enrolled.device,
        };
        let settings = web::WebSettings {
            public_url: "https://dossier.exemple.fr".into(),
            trusted_hops: 0,
        };
        // On everywhere: no page, session or form may open it.
        let pages = web::Web::new(service.clone(), settings)
            .with_law(law())
            .with_forms(blank_forms())
            .with_calculator(Some(crate::calculate::calculator()))
            .with_binder(forms::BindHere);
        let router = web::router(pages);
        Self {
            folder,
            service,
            clock,
            router,
            administrator,
        }
    }

    /// The same server, with those editions of the catalogue.
    pub(crate) fn read(&mut self, catalogue: catalogue::Shelf) {
        let settings = web::WebSettings {
            public_url: "https://dossier.exemple.fr".into(),
            trusted_hops: 0,
        };
        let web = web::Web::new(self.service.clone(), settings)
            .with_law(law())
            .with_catalogue(catalogue);
        self.router = web::router(web);
    }

    /// A browser that was never used.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.router.clone())
    }

    /// A browser of that worker, signed in through the page.
    pub(crate) async fn signed_in(&self, member: &Member) -> Browser {
        let mut browser = self.browser();
        browser
            .cookies
            .insert("__Host-d".into(), member.device.to_code());
        let fields = [("name", member.name.as_str()), ("passphrase", PASSPHRASE)];
        let answer = browser.post("/connexion", &fields).await;
        answer.is(303);
        browser.get("/mes-appareils").await;
        browser
    }

    /// A browser that the person's card opened.
    pub(crate) async fn opened(&self, person: &Accompanied) -> Browser {
        let mut browser = self.browser();
        let answer = browser
            .post("/", &[("code", &person.code), ("pin", PIN)])
            .await;
        answer.leads_to("/e");
        browser.get("/e/code").await.is(200);
        browser
    }

    /// A session made without pages, for arranging what a test needs.
    pub(crate) async fn session(&self, member: &Member) -> WorkerSession {
        let token = self
            .service
            .sign_in_worker(&member.name, &secret(), &member.device)
            .await
            .unwrap();
        worker(&self.service, &token).await
    }

    pub(crate) fn administrator(&self) -> &Member {
        &self.administrator
    }

    pub(crate) async fn team(&self, name: &str) -> TeamId {
        let session = self.session(&self.administrator).await;
        self.service.add_team(&session, name).await.unwrap()
    }

    /// A member with a device and stated keys, of no team.
    pub(crate) async fn member(&self, name: &str, job: &str) -> Member {
        let session = self.session(&self.administrator).await;
        let new = NewMember {
            name: name.into(),
            job: job.into(),
        };
        let invited = self.service.invite(&session, &new).await.unwrap();
        let enrolled = self
            .service
            .enrol(name, &invited.code, &secret())
            .await
            .unwrap();
        self.service
            .state_keys(&session, invited.account)
            .await
            .unwrap();
        Member {
            name: name.into(),
            account: invited.account,
            device: enrolled.device,
        }
    }

    pub(crate) async fn lead(&self, team: TeamId, name: &str) -> Member {
        let member = self.member(name, "cheffe de service").await;
        let session = self.session(&self.administrator).await;
        self.service
            .join_team(&session, member.account, team, true)
            .await
            .unwrap();
        let own = self.session(&member).await;
        self.service.keep_team_keys(&own).await.unwrap();
        member
    }

    /// A worker of that team, welcomed by its lead to those compartments; none means not yet.
    pub(crate) async fn worker(
        &self,
        team: TeamId,
        lead: &Member,
        name: &str,
        compartments: Compartments,
    ) -> Member {
        let member = self.member(name, "éducateur").await;
        let session = self.session(&self.administrator).await;
        self.service
            .join_team(&session, member.account, team, false)
            .await
            .unwrap();
        if !compartments.is_empty() {
            let session = self.session(lead).await;
            self.service
                .welcome(&session, team, member.account, compartments)
                .await
                .unwrap();
        }
        member
    }

    /// A person of that team, with a card.
    pub(crate) async fn person(
        &self,
        by: &Member,
        team: TeamId,
        given: &str,
        birth: &str,
    ) -> Accompanied {
        let session = self.session(by).await;
        let profile = Profile {
            given_names: given.into(),
            birth_name: birth.into(),
            born: Some(date(1987, 5, 4)),
            ..Profile::default()
        };
        let new = NewPerson {
            profile,
            recovery: true,
            referent: true,
        };
        let id = self.service.new_person(&session, team, new).await.unwrap();
        let card = self
            .service
            .make_card(&session, id, PIN, false)
            .await
            .unwrap();
        Accompanied {
            id,
            code: card.code,
        }
    }

    pub(crate) async fn write(
        &self,
        by: &Member,
        person: PersonId,
        nature: Nature,
        text: &str,
    ) -> u64 {
        let session = self.session(by).await;
        let writing = Writing {
            nature,
            text: text.into(),
            theme: None,
            about: None,
        };
        let who = Who::Worker(&session, person);
        self.service
            .write(&who, Compartment::Social, writing)
            .await
            .unwrap()
    }

    pub(crate) async fn appointment(
        &self,
        by: &Member,
        person: PersonId,
        place: &str,
        show: AppointmentShow,
    ) {
        let session = self.session(by).await;
        let appointment = Appointment {
            id: self.service.new_appointment_id(),
            at: date(2026, 3, 20).at(10, 0, 0, 0),
            place: place.into(),
            with: "votre référente".into(),
            purpose: String::new(),
            state: AppointmentState::Planned,
            show,
        };
        self.service
            .set_appointment(&session, person, appointment)
            .await
            .unwrap();
    }

    pub(crate) fn pass(&self, minutes: i64) {
        self.clock.advance(jiff::SignedDuration::from_mins(minutes));
    }

    /// Everything the server keeps on disk.
    pub(crate) fn stored(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.folder.path().to_owned()];
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path);
                }
            }
        }
        found
    }
}

async fn worker(service: &Service, token: &SessionToken) -> WorkerSession {
    match service.resume(token).await.unwrap() {
        Some(Session::Worker(session)) => session,
        other => panic!("{other:?}"),
    }
}

/// Two teams of one association, each with a person; the first with a lead and a worker.
pub(crate) struct House {
    pub(crate) app: TestApp,
    pub(crate) team: TeamId,
    pub(crate) other_team: TeamId,
    pub(crate) lead: Member,
    pub(crate) worker: Member,
    pub(crate) other_lead: Member,
    pub(crate) person: Accompanied,
    pub(crate) other_person: Accompanied,
}

impl House {
    pub(crate) async fn build() -> Self {
        let app = TestApp::start().await;
        let team = app.team("Accueil de jour").await;
        let other_team = app.team("Maraude").await;
        let lead = app.lead(team, "Lucie Ferrand").await;
        let worker = app
            .worker(team, &lead, "Marc Aubin", Compartments::usual())
            .await;
        let other_lead = app.lead(other_team, "Nadia Belkacem").await;
        let person = app.person(&worker, team, "Amadou", "Diallo").await;
        let other_person = app
            .person(&other_lead, other_team, "Irina", "Volkova")
            .await;
        Self {
            app,
            team,
            other_team,
            lead,
            worker,
            other_lead,
            person,
            other_person,
        }
    }
}

/// The law of the program, read once.
pub(crate) fn law() -> Arc<rights::Law> {
    static LAW: OnceLock<Arc<rights::Law>> = OnceLock::new();
    let law = LAW.get_or_init(|| Arc::new(rights::compile_layers(&[rights::embedded()]).unwrap()));
    Arc::clone(law)
}

/// The small form, with its mapping.
fn blank_forms() -> forms::Shelf {
    let mut shelf = forms::Shelf::default();
    let mapping = include_str!("../../../forms/tests/small.toml");
    shelf.learn(forms::Mapping::parse(mapping).unwrap());
    shelf
        .put(include_bytes!("../../../forms/tests/small.pdf"))
        .unwrap();
    shelf
}

/// A small picture, as a phone would send it.
pub(crate) fn picture() -> Vec<u8> {
    let mut png = Vec::new();
    image::DynamicImage::new_rgb8(30, 20)
        .write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png)
        .unwrap();
    png
}
