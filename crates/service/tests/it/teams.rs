//! Need-to-know inside a team, consent outside it, and what administering does not open.

use crate::app::{App, enter};
use domain::{Compartment, Compartments, entry::Content};
use jiff::{SignedDuration, ToSpan};
use service::{CodeFor, NewAccess, Service, ServiceError, Session, Which, Who, WorkerSession};

async fn texts(
    service: &Service,
    session: &WorkerSession,
    person: domain::id::PersonId,
) -> Vec<String> {
    let opened = service
        .open_record(session, person, Which::All)
        .await
        .unwrap();
    opened
        .record
        .entries
        .iter()
        .filter_map(|e| match &e.body.content {
            Content::Writing(w) => Some(w.text.clone()),
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn what_a_member_was_not_welcomed_to_they_cannot_open_nor_name() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    app.write(&app.leads[0], person, Compartment::Health, "une santé")
        .await;
    let opened = app
        .service
        .open_record(&app.workers[0], person, Which::All)
        .await
        .unwrap();
    assert!(opened.another_exists);
    assert_eq!(opened.open, Compartments::usual());
    let health = Which::One(Compartment::Health);
    let refused = app
        .service
        .open_record(&app.workers[0], person, health)
        .await;
    assert!(matches!(refused, Err(ServiceError::NotFound)));
    assert!(
        app.service
            .open_record(&app.leads[0], person, health)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn other_teams_and_administrators_find_nothing() {
    let app = App::new().await;
    let person = app.person("Basile", true).await;
    for stranger in [&app.administrator, &app.leads[1], &app.workers[1]] {
        let refused = app.service.open_record(stranger, person, Which::All).await;
        assert!(matches!(refused, Err(ServiceError::NotFound)));
        assert_eq!(
            app.service.people(stranger, "", None).await.unwrap().total,
            0
        );
    }
}

#[tokio::test]
async fn consent_opens_until_it_is_taken_back_or_over_and_what_follows_stays_closed() {
    let app = App::new().await;
    let person = app.person("Carine", true).await;
    let card = app
        .service
        .make_card(&app.workers[0], person, "2580", false)
        .await
        .unwrap();
    let token = app.service.sign_in_card(&card.code, "2580").await.unwrap();
    let Some(Session::Person(own)) = app.service.resume(&token).await.unwrap() else {
        panic!("no session")
    };
    let shown = app
        .service
        .short_code(&app.workers[1], CodeFor::Team(app.teams[1]))
        .await
        .unwrap();
    let access = NewAccess {
        compartments: [Compartment::Identity, Compartment::Social]
            .into_iter()
            .collect(),
        purpose: "trouver un logement".into(),
        until: app.service.today().saturating_add(6.days()),
    };
    app.write(&app.workers[0], person, Compartment::Social, "avant")
        .await;
    let grant = app
        .service
        .give_access(&own, &shown.code, &access)
        .await
        .unwrap();
    assert_eq!(
        texts(&app.service, &app.workers[1], person).await,
        ["avant"]
    );
    assert_eq!(app.verify().await.faults, []);

    app.service
        .take_back(&Who::Person(&own), grant)
        .await
        .unwrap();
    let refused = app
        .service
        .open_record(&app.workers[1], person, Which::All)
        .await;
    assert!(
        matches!(refused, Err(ServiceError::NotFound)),
        "an old session opens nothing more"
    );
    app.write(&app.workers[0], person, Compartment::Social, "après")
        .await;
    assert_eq!(
        texts(&app.service, &app.workers[0], person).await,
        ["avant", "après"]
    );

    let shown = app
        .service
        .short_code(&app.workers[1], CodeFor::Me)
        .await
        .unwrap();
    app.service
        .give_access(&own, &shown.code, &access)
        .await
        .unwrap();
    assert_eq!(
        texts(&app.service, &app.workers[1], person).await,
        ["avant", "après"]
    );
    app.clock.advance(SignedDuration::from_hours(24 * 7));
    let over = app
        .service
        .open_record(&app.workers[1], person, Which::All)
        .await;
    assert!(matches!(over, Err(ServiceError::NotFound)), "over is over");
    assert_eq!(app.verify().await.faults, []);
}

#[tokio::test]
async fn a_forgotten_passphrase_means_new_keys_and_a_new_welcome() {
    let app = App::new().await;
    let person = app.person("Denise", true).await;
    let account = app.workers[0].account;
    let code = app
        .service
        .reset_member(&app.administrator, account)
        .await
        .unwrap()
        .code;
    let refused = app
        .service
        .open_record(&app.workers[0], person, Which::All)
        .await;
    assert!(matches!(refused, Err(ServiceError::NotFound)));
    app.clock.advance(SignedDuration::from_mins(5));
    let secret = crate::app::secret();
    let enrolled = app.service.enrol("Worker 0", &code, &secret).await.unwrap();
    assert!(
        enrolled.token.is_none(),
        "the administrator must state the new keys"
    );
    app.service
        .state_keys(&app.administrator, account)
        .await
        .unwrap();
    let token = app.sign_in("Worker 0", &enrolled.device).await;
    let session = enter(&app.service, &token).await;
    let refused = app.service.open_record(&session, person, Which::All).await;
    assert!(
        matches!(refused, Err(ServiceError::NotFound)),
        "a lead must welcome them again"
    );
    let usual = Compartments::usual();
    app.service
        .welcome(&app.leads[0], app.teams[0], account, usual)
        .await
        .unwrap();
    let session = enter(&app.service, &token).await;
    assert!(
        app.service
            .open_record(&session, person, Which::All)
            .await
            .is_ok()
    );
    assert_eq!(app.verify().await.faults, []);
}

#[tokio::test]
async fn a_member_who_leaves_opens_nothing_and_the_team_goes_on() {
    let app = App::new().await;
    let person = app.person("Élie", true).await;
    let leaver = app.workers[0].account;
    app.service
        .end_membership(&app.leads[0], app.teams[0], leaver)
        .await
        .unwrap();
    let refused = app
        .service
        .open_record(&app.workers[0], person, Which::All)
        .await;
    assert!(matches!(refused, Err(ServiceError::NotFound)));
    assert!(
        app.service
            .open_record(&app.leads[0], person, Which::All)
            .await
            .is_ok()
    );
    assert_eq!(app.verify().await.faults, []);
}
