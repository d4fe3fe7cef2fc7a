//! Keepers open one record together, with a reason that the record shows.

use crate::app::{App, texts};
use domain::{Compartment, entry::Content};
use service::{RecoverySheet, ServiceError, What, Who};

const REASON: &str = "Décision du juge du 3 mars, en présence de trois dépositaires";

#[tokio::test]
async fn three_of_five_open_and_the_record_says_why() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    app.write(&app.workers[0], person, Compartment::Social, "un fait")
        .await;
    let sheets = |which: &[usize]| -> Vec<RecoverySheet> {
        which.iter().map(|i| app.sheets[*i].clone()).collect()
    };
    for (chosen, reason) in [
        (&[0, 1][..], REASON),
        (&[0, 0, 0], REASON),
        (&[0, 1, 2], "parce que"),
        (&[], REASON),
    ] {
        let refused = app
            .service
            .open_by_keepers(&sheets(chosen), person, reason)
            .await;
        assert!(
            matches!(refused, Err(ServiceError::Setup(_))),
            "{chosen:?} {reason}"
        );
    }
    let untouched = app.opened(&app.workers[0], person).await;
    let told = |e: &domain::entry::Entry| matches!(e.body.content, Content::OpenedByKeepers { .. });
    assert!(!untouched.entries.iter().any(told));

    for chosen in [[0, 1, 2], [4, 1, 2]] {
        let record = app
            .service
            .open_by_keepers(&sheets(&chosen), person, REASON)
            .await
            .unwrap();
        assert_eq!(texts(&record), ["un fait"]);
    }
    let seen = app.opened(&app.workers[0], person).await;
    let said = seen.entries.iter().filter(|e| {
        matches!(&e.body.content,
            Content::OpenedByKeepers { reason, keepers: 3 } if reason == REASON)
    });
    assert_eq!(said.count(), 4, "in each compartment, each time");
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
    app.sound().await;
}

#[tokio::test]
async fn the_vault_and_a_person_who_declined_stay_closed() {
    let app = App::new().await;
    let (person, declined) = (
        app.person("Aline", true).await,
        app.person("Basile", false).await,
    );
    let card = app.card(person).await;
    let own = app.own(&card.code).await;
    let secret = crate::app::writing(domain::words::Nature::Words, "pour moi");
    app.service
        .write(&Who::Person(&own), Compartment::Vault, secret)
        .await
        .unwrap();
    let opened = app
        .service
        .open_by_keepers(&app.sheets[..3], person, REASON)
        .await
        .unwrap();
    assert!(
        opened
            .entries
            .iter()
            .all(|e| e.compartment != Compartment::Vault)
    );
    let refused = app
        .service
        .open_by_keepers(&app.sheets[..3], declined, REASON)
        .await;
    assert!(matches!(refused, Err(ServiceError::Setup(_))));
    app.sound().await;
}

#[tokio::test]
async fn sheets_of_another_installation_open_nothing() {
    let (app, other) = (App::new().await, App::seeded(17).await);
    let person = app.person("Carine", true).await;
    let mixed = [
        app.sheets[0].clone(),
        app.sheets[1].clone(),
        other.sheets[2].clone(),
    ];
    for sheets in [&mixed[..], &other.sheets[..3]] {
        let opened = app.service.open_by_keepers(sheets, person, REASON).await;
        assert!(matches!(opened, Err(ServiceError::Setup(_))), "{opened:?}");
    }
    assert!(
        app.service
            .open_by_keepers(&app.sheets[..3], person, REASON)
            .await
            .is_ok()
    );
}
