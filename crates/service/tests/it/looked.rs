//! Rights to look at: facts and decisions kept in the follow-up, by whoever opens it and by the
//! person, and by nobody else.

use crate::app::{App, enter};
use domain::{
    Compartment,
    entry::{Content, Side},
    id::PersonId,
    looked::{
        Answer, Composition, Decided, Decision, FactRef, FactSource, FactValue, Looked,
        LookedError, Member, MemberTie, Said, Span, Whom,
    },
    record::Record,
};
use jiff::civil::date;
use service::{ServiceError, Who, WorkerSession};

/// A word that must lie nowhere in clear.
const CANARY: &str = "canari_des_droits";

fn fact(whom: Whom, name: &str, answer: Answer) -> Said {
    Said {
        about: FactRef {
            whom,
            fact: name.into(),
            span: Span::Always,
        },
        answer,
        confirmed: None,
    }
}

fn child() -> Composition {
    Composition {
        members: vec![Member {
            number: 1,
            tie: MemberTie::Child,
            born: date(2015, 5, 1),
            name: "Léa".into(),
        }],
    }
}

fn decided(app: &App, decision: Decision, why: &str) -> Decided {
    Decided {
        right: "rsa".into(),
        decision,
        why: why.into(),
        on: app.service.today(),
        again: None,
    }
}

impl App {
    /// The record as someone looks at rights with it.
    async fn looked(&self, session: &WorkerSession, person: PersonId) -> Record {
        let who = Who::Worker(session, person);
        self.service.look_at_rights(&who).await.unwrap().record
    }
}

#[tokio::test]
async fn what_either_side_says_and_decides_is_kept_in_the_follow_up_with_who_and_when() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let worker = &app.workers[0];
    let who = Who::Worker(worker, person);
    let card = app.card(person).await;
    let own = app.own(&card.code).await;
    let me = Who::Person(&own);
    app.service.say_household(&who, child()).await.unwrap();
    let born = Answer::Value(FactValue::Day(date(1990, 3, 1)));
    let confirmed = Said {
        confirmed: Some(FactSource::Profile),
        ..fact(Whom::Person, "date_naissance", born)
    };
    app.service
        .say_facts(
            &who,
            vec![
                confirmed.clone(),
                fact(Whom::Member(1), "salaire_net", Answer::Nothing),
            ],
        )
        .await
        .unwrap();
    // The person corrects what was said of them, and decides.
    let mended = fact(Whom::Person, "date_naissance", Answer::Unknown);
    app.service
        .say_facts(&me, vec![mended.clone()])
        .await
        .unwrap();
    let why = "On m’a dit non l’an dernier";
    let thinking = decided(&app, Decision::Thinking, "");
    app.service.decide_on_right(&who, thinking).await.unwrap();
    app.service
        .decide_on_right(&me, decided(&app, Decision::WillNotAsk, why))
        .await
        .unwrap();

    let record = app.looked(worker, person).await;
    let looked = &record.looked;
    assert_eq!(looked.composition.as_ref().unwrap().what, child());
    let held: Vec<_> = looked.facts.iter().map(|f| &f.what).collect();
    assert_eq!(held.len(), 2);
    assert_eq!(held[1], &mended);
    let decision = looked.decision("rsa").unwrap();
    assert_eq!(
        (decision.what.decision, decision.what.why.as_str()),
        (Decision::WillNotAsk, why)
    );
    assert_eq!(
        (decision.author.side, decision.at),
        (Side::Person, app.service.now())
    );
    // Earlier answers stay in the journal, in the follow-up alone.
    let entries = record
        .entries
        .iter()
        .filter(|e| matches!(e.body.content, Content::Looked { .. }));
    let compartments: Vec<_> = entries.map(|e| e.compartment).collect();
    assert_eq!(compartments, [Compartment::Social; 5]);

    app.service
        .take_back_facts(&me, vec![confirmed.about])
        .await
        .unwrap();
    let looked = app.looked(worker, person).await.looked;
    assert_eq!(looked.facts.len(), 1);
    app.sound().await;
}

#[tokio::test]
async fn nobody_without_the_follow_up_looks_says_or_decides() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let stranger = Who::Worker(&app.workers[1], person);
    let joined = app.join("Dora", app.teams[0], false).await;
    let identity = [Compartment::Identity].into_iter().collect();
    app.service
        .welcome(&app.leads[0], app.teams[0], joined.account, identity)
        .await
        .unwrap();
    let dora = enter(&app.service, &joined.token).await;
    for who in [stranger, Who::Worker(&dora, person)] {
        let service = &app.service;
        let facts = vec![fact(Whom::Person, "loyer", Answer::Nothing)];
        let about = vec![facts[0].about.clone()];
        let seen = service.look_at_rights(&who).await.map(drop);
        for refused in [
            seen,
            service.say_household(&who, child()).await,
            service.say_facts(&who, facts).await,
            service.take_back_facts(&who, about).await,
            service
                .decide_on_right(&who, decided(&app, Decision::Later, ""))
                .await,
        ] {
            assert!(
                matches!(refused, Err(ServiceError::NotFound)),
                "{refused:?}"
            );
        }
    }
    let worker = Who::Worker(&app.workers[0], person);
    let read = app.service.who_read(&worker, None).await.unwrap();
    assert!(read.lines.is_empty(), "nothing was shown to them");
    assert_eq!(
        app.looked(&app.workers[0], person).await.looked,
        Looked::default()
    );
}

#[tokio::test]
async fn looking_at_rights_leaves_readings_and_without_them_shows_nothing() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    app.write(&app.leads[0], person, Compartment::Health, "une santé")
        .await;
    app.write(&app.leads[0], person, Compartment::Legal, "un titre")
        .await;
    let lead = Who::Worker(&app.leads[0], person);
    app.engine.refuse_readings(true).await;
    assert!(app.service.look_at_rights(&lead).await.is_err());
    app.engine.refuse_readings(false).await;
    let opened = app.service.look_at_rights(&lead).await.unwrap();
    let health = opened
        .record
        .entries
        .iter()
        .any(|e| e.compartment == Compartment::Health);
    assert!(!health, "the law asks nothing of health that nobody said");
    let lines = app.service.who_read(&lead, None).await.unwrap().lines;
    let mut read: Vec<_> = lines.iter().map(|line| line.compartment).collect();
    read.sort_unstable();
    assert_eq!(
        read,
        [
            Compartment::Identity,
            Compartment::Social,
            Compartment::Legal
        ]
    );
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_nothing_of_it_lies_in_clear() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let who = Who::Worker(&app.workers[0], person);
    let nobody = fact(Whom::Member(1), "salaire_net", Answer::Nothing);
    let refused = app.service.say_facts(&who, vec![nobody]).await;
    assert!(matches!(
        refused,
        Err(ServiceError::Looked(LookedError::NoSuchMember))
    ));
    let tomorrow = Decided {
        on: app.service.today().tomorrow().unwrap(),
        ..decided(&app, Decision::Asked, "")
    };
    let refused = app.service.decide_on_right(&who, tomorrow).await;
    assert!(matches!(
        refused,
        Err(ServiceError::Looked(LookedError::Future))
    ));

    let facts = vec![fact(Whom::Person, CANARY, Answer::Nothing)];
    app.service.say_facts(&who, facts).await.unwrap();
    app.service
        .decide_on_right(&who, decided(&app, Decision::WillNotAsk, CANARY))
        .await
        .unwrap();
    let sealed = app.engine.bytes("SELECT sealed FROM entries").await;
    assert!(sealed.len() > 2);
    let clear = |bytes: &Vec<u8>| bytes.windows(CANARY.len()).any(|w| w == CANARY.as_bytes());
    assert!(!sealed.iter().any(clear));
    app.sound().await;
}
