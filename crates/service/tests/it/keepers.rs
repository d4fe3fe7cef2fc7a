//! Keepers open one record together, with a reason that the record shows.

use crate::app::App;
use domain::{Compartment, entry::Content};
use service::{ServiceError, What, Which, Who};

const REASON: &str = "Décision du juge du 3 mars, en présence de trois dépositaires";

#[tokio::test]
async fn three_of_five_open_and_the_record_says_why() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    app.write(&app.workers[0], person, Compartment::Social, "un fait")
        .await;
    let two = app
        .service
        .open_by_keepers(&app.sheets[..2], person, REASON)
        .await;
    assert!(matches!(two, Err(ServiceError::Setup(_))));
    let silent = app
        .service
        .open_by_keepers(&app.sheets[..3], person, "parce que")
        .await;
    assert!(
        matches!(silent, Err(ServiceError::Setup(_))),
        "a reason is needed"
    );

    let chosen = [
        app.sheets[4].clone(),
        app.sheets[1].clone(),
        app.sheets[2].clone(),
    ];
    let record = app
        .service
        .open_by_keepers(&chosen, person, REASON)
        .await
        .unwrap();
    assert!(record.entries.iter().any(|e| matches!(&e.body.content,
        Content::Writing(w) if w.text == "un fait")));

    let seen = app
        .service
        .open_record(&app.workers[0], person, Which::All)
        .await
        .unwrap();
    let told = seen.record.entries.iter().any(|e| {
        matches!(&e.body.content,
        Content::OpenedByKeepers { reason, keepers: 3 } if reason == REASON)
    });
    assert!(told, "the record shows the reason");
    let read = app
        .service
        .who_read(&Who::Worker(&app.workers[0], person), None)
        .await
        .unwrap();
    assert!(
        read.lines
            .iter()
            .any(|l| l.what == What::Keepers(REASON.into()))
    );
    assert_eq!(app.verify().await.wrong, 0);
}

#[tokio::test]
async fn a_person_who_declined_is_not_opened() {
    let app = App::new().await;
    let person = app.person("Basile", false).await;
    let opened = app
        .service
        .open_by_keepers(&app.sheets[..3], person, REASON)
        .await;
    assert!(matches!(opened, Err(ServiceError::Setup(_))));
}

#[tokio::test]
async fn sheets_of_another_installation_open_nothing() {
    let (app, other) = (App::new().await, App::new().await);
    let person = app.person("Carine", true).await;
    let mixed = [
        app.sheets[0].clone(),
        app.sheets[1].clone(),
        other.sheets[2].clone(),
    ];
    // Both are made of the same seed in tests: only the set tells them apart when it differs.
    let opened = app
        .service
        .open_by_keepers(&mixed[..2], person, REASON)
        .await;
    assert!(opened.is_err());
}
