//! The authorisation matrix: every route of the router's own table, for everyone who may ask. A
//! route that is not answered for here fails the test.

mod fields;

use crate::app::{House, Member, PASSPHRASE, picture};
use crate::browser::{Answer, Browser};
use domain::{
    Compartment, Compartments,
    document::DocumentFacts,
    id::{DeadlineId, PersonId, PieceId, ProcedureId},
    letter::LetterKind,
    looked::Composition,
    mandate::MandateDuration,
    procedure::{AmountPer, DeadlineKind, DeadlineSource, ProcedureFacts},
    words::{AppointmentShow, ConsentForm, DocumentKind, Nature, Theme},
};
use jiff::civil::date;
use service::{
    CodeFor, NewAccess, NewDeadline, NewDocument, NewMandate, NewMember, NewProcedure,
    PersonSession, Session, Which, Who, WorkerSession,
};
use std::collections::BTreeMap;
use web::{Access, Method};

/// Everyone who may ask for a page about the person of the first team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Asker {
    SignedOut,
    /// The person, with their card.
    Person,
    /// Another person, with theirs.
    OtherPerson,
    /// An administrator of no team.
    Administrator,
    /// The lead of the person's team.
    Lead,
    /// A worker of the person's team, welcomed to identity and follow-up.
    Granted,
    /// A worker of the person's team whom no lead has welcomed.
    NotGranted,
    /// The lead of another team.
    OtherTeam,
    /// A worker of no team, to whom the person gave access that holds.
    Consented,
    /// One to whom they gave access until yesterday.
    Expired,
    /// One from whom they took it back.
    Revoked,
}

const ASKERS: [Asker; 11] = [
    Asker::SignedOut,
    Asker::Person,
    Asker::OtherPerson,
    Asker::Administrator,
    Asker::Lead,
    Asker::Granted,
    Asker::NotGranted,
    Asker::OtherTeam,
    Asker::Consented,
    Asker::Expired,
    Asker::Revoked,
];

/// What must come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// The page, or what a form of that page answers.
    Answered,
    /// The card's page.
    Card,
    /// The workers' sign-in page.
    SignIn,
    /// As if there were nothing.
    Nothing,
}

fn expected(access: Access, path: &str, asker: Asker) -> Verdict {
    use Asker as A;
    let worker = !matches!(asker, A::SignedOut | A::Person | A::OtherPerson);
    match access {
        Access::Public => Verdict::Answered,
        // A program's key alone opens these: no session does.
        Access::Key => Verdict::Nothing,
        // The official pages are everyone's.
        Access::Person
            if path.starts_with("/e/fiches")
                // A right of the law and a change that may come are no one's.
                || path.starts_with("/e/droits/") =>
        {
            match asker {
                A::Person | A::OtherPerson => Verdict::Answered,
                _ => Verdict::Card,
            }
        }
        Access::Person => match asker {
            // Their own space, where the first person's things are not.
            // A blank form is no one's.
            A::OtherPerson if path.contains('{') && !path.contains("{form}") => Verdict::Nothing,
            A::Person | A::OtherPerson => Verdict::Answered,
            _ => Verdict::Card,
        },
        _ if !worker => Verdict::SignIn,
        // A team's page is its members'.
        Access::Worker if path.contains("{team}") => match asker {
            A::Lead | A::Granted | A::NotGranted => Verdict::Answered,
            _ => Verdict::Nothing,
        },
        Access::Worker => Verdict::Answered,
        // Whom the person let in does not become their team, nor ends what the team may do.
        Access::Record
            if asker == A::Consented
                && ["/suivi/ouvrir", "/referent", "/reprendre"]
                    .iter()
                    .any(|e| path.ends_with(e)) =>
        {
            Verdict::Nothing
        }
        Access::Record => match asker {
            A::Lead | A::Granted | A::Consented => Verdict::Answered,
            _ => Verdict::Nothing,
        },
        Access::Lead => match asker {
            A::Lead => Verdict::Answered,
            A::OtherTeam if !path.contains("{team}") => Verdict::Answered,
            _ => Verdict::Nothing,
        },
        Access::Overseer => match asker {
            A::Lead | A::OtherTeam | A::Administrator => Verdict::Answered,
            _ => Verdict::Nothing,
        },
        Access::Administrator => match asker {
            A::Administrator => Verdict::Answered,
            _ => Verdict::Nothing,
        },
    }
}

/// A house with one of everything a route can name.
pub(crate) struct Scene {
    pub(crate) house: House,
    members: BTreeMap<Asker, Member>,
    names: BTreeMap<&'static str, String>,
}

async fn person_session(house: &House) -> PersonSession {
    let token = house
        .app
        .service
        .sign_in_card(&house.person.code, crate::app::PIN)
        .await
        .unwrap();
    match house.app.service.resume(&token).await.unwrap() {
        Some(Session::Person(session)) => session,
        other => panic!("{other:?}"),
    }
}

async fn consent(house: &House, to: &Member, days: i8) -> domain::id::GrantId {
    let session = house.app.session(to).await;
    let code = house
        .app
        .service
        .short_code(&session, CodeFor::Me)
        .await
        .unwrap()
        .code;
    let own = person_session(house).await;
    let access = NewAccess {
        compartments: Compartments::usual(),
        purpose: "Trouver un toit".into(),
        until: date(2026, 3, 12 + days),
    };
    house
        .app
        .service
        .give_access(&own, &code, &access)
        .await
        .unwrap()
}

/// A procedure of the first person, with a piece and a deadline.
async fn procedure(house: &House, session: &WorkerSession) -> (ProcedureId, PieceId, DeadlineId) {
    let service = &house.app.service;
    let new = NewProcedure {
        compartment: Compartment::Social,
        facts: ProcedureFacts {
            title: "Demande de RSA".into(),
            theme: Theme::Money,
            right: String::new(),
            organisation: "CAF".into(),
            reference: String::new(),
            asked: None,
            granted: None,
            per: AmountPer::Month,
        },
        offer: None,
        follow: true,
    };
    let person = house.person.id;
    let opened = service.open_procedure(session, person, new).await;
    let procedure = opened.unwrap();
    let piece = service
        .ask_piece(session, person, procedure, "Avis d’impôt")
        .await
        .unwrap();
    let new = NewDeadline {
        kind: DeadlineKind::Declaration,
        on: date(2026, 4, 5),
        source: DeadlineSource::Said("la lettre de la CAF".into()),
        words: String::new(),
        show: AppointmentShow::Notified,
    };
    let set = service.set_deadline(session, person, procedure, None, new);
    let deadline = set.await.unwrap();
    let text = "Je conteste ce refus.".to_owned();
    service
        .leave_letter(session, person, procedure, LetterKind::Gracious, text)
        .await
        .unwrap();
    (procedure, piece, deadline)
}

impl Scene {
    pub(crate) async fn build() -> Self {
        let house = House::build().await;
        let app = &house.app;
        let waiting = app
            .worker(house.team, &house.lead, "Jules Pons", Compartments::NONE)
            .await;
        let consented = app.member("Ines Lopez", "avocate").await;
        let expired = app.member("Paul Verdier", "médecin").await;
        let revoked = app.member("Rose Kamara", "bénévole").await;
        consent(&house, &consented, 15).await;
        consent(&house, &expired, 0).await;
        let grant = consent(&house, &revoked, 15).await;
        let own = person_session(&house).await;
        app.service
            .take_back(&Who::Person(&own), grant)
            .await
            .unwrap();
        app.write(
            &house.worker,
            house.person.id,
            Nature::Fact,
            "Écrit pour la matrice.",
        )
        .await;
        app.appointment(
            &house.worker,
            house.person.id,
            "Accueil",
            AppointmentShow::Notified,
        )
        .await;
        app.pass(24 * 60);
        let members = BTreeMap::from([
            (Asker::Administrator, app.administrator().clone()),
            (Asker::Lead, house.lead.clone()),
            (Asker::Granted, house.worker.clone()),
            (Asker::NotGranted, waiting),
            (Asker::OtherTeam, house.other_lead.clone()),
            (Asker::Consented, consented),
            (Asker::Expired, expired),
            (Asker::Revoked, revoked),
        ]);
        let names = Box::pin(Self::name_everything(&house, &members)).await;
        Self {
            house,
            members,
            names,
        }
    }

    async fn name_everything(
        house: &House,
        members: &BTreeMap<Asker, Member>,
    ) -> BTreeMap<&'static str, String> {
        let service = &house.app.service;
        let session = house.app.session(&house.worker).await;
        let who = Who::Worker(&session, house.person.id);
        let mandate = NewMandate {
            themes: vec![Theme::Papers],
            from: date(2026, 3, 13),
            duration: MandateDuration::Month,
            consent: ConsentForm::Signed,
            words: String::new(),
        };
        let mandate = service
            .give_mandate(&session, house.person.id, mandate)
            .await
            .unwrap();
        let mut upload = service
            .begin_upload(&who, Compartment::Social)
            .await
            .unwrap();
        upload.push(&picture()).await.unwrap();
        let facts = DocumentFacts {
            kind: DocumentKind::Photo,
            title: "Photo".into(),
            issued: None,
            valid_until: None,
        };
        let new = NewDocument {
            name: "photo.png".into(),
            facts,
        };
        let document = service.finish_upload(&who, upload, new).await.unwrap();
        let record = service
            .open_record(&session, house.person.id, Which::All)
            .await
            .unwrap()
            .record;
        let grants = service.who_may_read(&who).await.unwrap();
        let mission = grants.iter().find(|g| g.mission && g.live).unwrap().grant;
        let alone = Composition::default();
        service.say_household(&who, alone).await.unwrap();
        let (procedure, piece, deadline) = procedure(house, &session).await;
        let calendar = service.make_calendar(&session).await.unwrap();
        let card = service.cards(&session, house.person.id).await.unwrap()[0].card;
        let guest = &members[&Asker::NotGranted];
        let admin = house.app.session(house.app.administrator()).await;
        let new = NewMember {
            name: "Zoé Nouvel".into(),
            job: "stagiaire".into(),
        };
        let invited = service.invite(&admin, &new).await.unwrap();
        let phrase = secrecy::SecretString::from(PASSPHRASE);
        service
            .enrol(&new.name, &invited.code, &phrase)
            .await
            .unwrap();
        BTreeMap::from([
            ("enrolled", invited.account.to_string()),
            ("{person}", house.person.id.to_string()),
            ("{team}", house.team.to_string()),
            ("{document}", document.to_string()),
            ("{mandate}", mandate.to_string()),
            ("{grant}", mission.to_string()),
            (
                "{appointment}",
                record.appointments[0].appointment.id.to_string(),
            ),
            ("{accompaniment}", record.accompaniments[0].id.to_string()),
            ("{card}", card.to_string()),
            ("{account}", guest.account.to_string()),
            ("{session}", session.id.to_string()),
            ("{procedure}", procedure.to_string()),
            ("{piece}", piece.to_string()),
            ("{deadline}", deadline.to_string()),
            ("{hash}", "0".into()),
            ("{form}", "petit".into()),
            // A page of the sample, and the sample's day.
            ("{fiche}", "EX1".into()),
            ("{edition}", "2026-11-24".into()),
            ("{letter}", "gracious".into()),
            ("{calendar}", calendar),
            ("{right}", "af".into()),
            ("{change}", "travail".into()),
        ])
    }

    pub(crate) fn path(&self, route: &str) -> String {
        let mut path = route.to_owned();
        if route.ends_with("/attester") {
            path = path.replace("{account}", &self.names["enrolled"]);
        }
        if route.starts_with("/e/droits") {
            // The person's addresses tell the place of a right, not its name.
            path = path.replace("{right}", "1");
        }
        for (name, value) in &self.names {
            path = path.replace(name, value);
        }
        assert!(!path.contains('{'), "{route}: say here what it names");
        path
    }

    pub(crate) async fn browser(&self, asker: Asker) -> Browser {
        match asker {
            Asker::SignedOut => self.house.app.browser(),
            Asker::Person => self.house.app.opened(&self.house.person).await,
            Asker::OtherPerson => self.house.app.opened(&self.house.other_person).await,
            worker => self.house.app.signed_in(&self.members[&worker]).await,
        }
    }

    async fn entries(&self) -> (usize, usize) {
        let session = self.house.app.session(&self.house.lead).await;
        let service = &self.house.app.service;
        let person: PersonId = self.house.person.id;
        let opened = service
            .open_record(&session, person, Which::All)
            .await
            .unwrap();
        let grants = service
            .who_may_read(&Who::Worker(&session, person))
            .await
            .unwrap();
        (
            opened.record.entries.len(),
            grants.iter().filter(|g| g.live).count(),
        )
    }

    async fn ask(&self, browser: &mut Browser, method: Method, route: &str) -> Answer {
        let path = self.path(route);
        match method {
            Method::Get => browser.get(&path).await,
            Method::Post => {
                let fields = self.fields(route);
                let fields: Vec<(&str, &str)> =
                    fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
                if sends_file(route) {
                    browser.upload(&path, &fields, ("vide.pdf", b"")).await
                } else {
                    browser.post(&path, &fields).await
                }
            }
        }
    }
}

fn sends_file(route: &str) -> bool {
    ["/ajouter", "/deposer", "/importer", "/import"]
        .iter()
        .any(|end| route.ends_with(end))
}

/// Acts after which something that other acts name is gone come last; giving up access, at the end.
fn turn(route: &str) -> usize {
    const LAST: [&str; 8] = [
        "quitter",
        "retirer",
        "clore",
        "perdue",
        "renouveler",
        "/fin",
        "terminer",
        "reprendre",
    ];
    LAST.iter()
        .position(|word| route.contains(word))
        .map_or(0, |at| at + 1)
}

fn judge(answer: &Answer) -> Verdict {
    match (answer.status.as_u16(), answer.location()) {
        (303, "/") => Verdict::Card,
        (303, "/connexion") => Verdict::SignIn,
        (401 | 403 | 404, _) => Verdict::Nothing,
        (status, _) => {
            assert!(status < 500, "{status}\n{}", answer.text());
            Verdict::Answered
        }
    }
}

#[tokio::test]
async fn whoever_has_no_right_finds_nothing_and_changes_nothing() {
    let scene = Box::pin(Scene::build()).await;
    let before = scene.entries().await;
    let mut wrong = Vec::new();
    for asker in ASKERS {
        let mut browser = scene.browser(asker).await;
        for route in web::table() {
            let verdict = expected(route.access, route.path, asker);
            if verdict == Verdict::Answered {
                continue;
            }
            let answer = scene.ask(&mut browser, route.method, route.path).await;
            let found = judge(&answer);
            if found != verdict {
                wrong.push(format!(
                    "{asker:?} {route:?}: {found:?}, expected {verdict:?}"
                ));
            }
            for secret in [
                "Diallo",
                "Amadou",
                "Écrit pour la matrice",
                "Demande de RSA",
            ] {
                assert!(
                    !answer.text().contains(secret),
                    "{asker:?} {route:?} tells {secret}"
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(scene.entries().await, before);
}

#[tokio::test]
async fn whoever_has_a_right_is_answered() {
    let mut wrong = Vec::new();
    for asker in ASKERS {
        let scene = Box::pin(Scene::build()).await;
        let mut browser = scene.browser(asker).await;
        let mut routes = web::table();
        routes.retain(|r| r.access != Access::Public);
        routes.sort_by_key(|r| (r.method == Method::Post, turn(r.path)));
        for route in routes {
            if expected(route.access, route.path, asker) != Verdict::Answered {
                continue;
            }
            if ["/deconnexion", "/e/quitter"].contains(&route.path) {
                continue;
            }
            let answer = scene.ask(&mut browser, route.method, route.path).await;
            let found = judge(&answer);
            // What the form did may have ended their own access: what counts is this answer.
            if found != Verdict::Answered || answer.text().contains('⟦') {
                let told = answer.text();
                let missing = told.split('⟦').nth(1).unwrap_or_default();
                let missing: String = missing.chars().take(60).collect();
                wrong.push(format!(
                    "{asker:?} {route:?}: {found:?} {} {missing}",
                    answer.status
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn a_session_ended_by_its_owner_opens_nothing() {
    let scene = Box::pin(Scene::build()).await;
    let mut browser = scene.browser(Asker::Granted).await;
    let mut stolen = browser.clone();
    browser
        .post("/deconnexion", &[])
        .await
        .leads_to("/connexion");
    for route in web::table() {
        if matches!(route.access, Access::Public | Access::Person | Access::Key) {
            continue;
        }
        let answer = scene.ask(&mut stolen, route.method, route.path).await;
        assert_eq!(judge(&answer), Verdict::SignIn, "{route:?}");
    }
}

#[tokio::test]
async fn a_worker_left_alone_must_sign_in_again() {
    let scene = Box::pin(Scene::build()).await;
    let mut browser = scene.browser(Asker::Granted).await;
    scene.house.app.pass(31);
    browser.get("/personnes").await.leads_to("/connexion");
    let fields = [
        ("name", scene.house.worker.name.as_str()),
        ("passphrase", PASSPHRASE),
    ];
    browser.post("/connexion", &fields).await.is(303);
    browser.get("/personnes").await.is(200);
}

#[test]
fn every_route_is_named_once_and_every_person_page_is_the_persons() {
    let table = web::table();
    assert!(table.len() > 60, "{}", table.len());
    let mut seen: Vec<String> = table
        .iter()
        .map(|r| format!("{:?} {}", r.method, r.path))
        .collect();
    let all = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), all);
    for route in &table {
        let side =
            |start: &str| route.path == start || route.path.starts_with(&format!("{start}/"));
        let right = match route.access {
            Access::Person => side("/e"),
            Access::Record => side("/dossiers") && route.path.contains("{person}"),
            Access::Administrator => side("/administration") || side("/personnes"),
            _ => !side("/e") && !side("/dossiers"),
        };
        assert!(right, "{route:?}");
    }
}
