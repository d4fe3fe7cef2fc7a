//! Cards: lock-out that parallel tries and restarts do not escape, lost cards, second cards.

use crate::app::{App, PIN, enter_own, texts, writing};
use domain::{Compartment, entry::Content, words::Nature};
use service::{CARD_TRIES, CardSignInError, ServiceError, Which, Who};

async fn keep_secret(app: &App, own: &service::PersonSession, text: &str) {
    let words = writing(Nature::Words, text);
    app.service
        .write(&Who::Person(own), Compartment::Vault, words)
        .await
        .unwrap();
}

async fn vault(app: &App, own: &service::PersonSession) -> Vec<String> {
    let vault = Which::One(Compartment::Vault);
    match app.service.open_own(own, vault).await {
        Ok(opened) => texts(&opened.record)
            .into_iter()
            .map(String::from)
            .collect(),
        Err(ServiceError::NotFound) => Vec::new(),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_card_opens_the_persons_whole_record_and_nobody_elses() {
    let app = App::new().await;
    let (person, other) = (
        app.person("Aline", true).await,
        app.person("Basile", true).await,
    );
    app.write(&app.leads[0], person, Compartment::Health, "une santé")
        .await;
    let card = app.card(person).await;
    // Whoever opens more than the card's maker completes it.
    app.opened(&app.leads[0], person).await;
    let own = app.own(&card.code).await;
    assert_eq!(own.person, person);
    keep_secret(&app, &own, "pour moi").await;
    let opened = app.service.open_own(&own, Which::All).await.unwrap();
    assert_eq!(texts(&opened.record), ["une santé", "pour moi"]);
    assert!(!opened.another_exists);
    assert_eq!(opened.person, person);
    let theirs = app.card(other).await;
    let theirs = app.own(&theirs.code).await;
    let opened = app.service.open_own(&theirs, Which::All).await.unwrap();
    assert_eq!(opened.person, other);
    assert!(texts(&opened.record).is_empty());
    let lead = app
        .service
        .open_record(&app.leads[0], person, Which::One(Compartment::Vault))
        .await;
    assert!(matches!(lead, Err(ServiceError::NotFound)));
    app.sound().await;
}

#[tokio::test]
async fn a_pin_is_four_to_six_digits_and_not_the_first_one_tries() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    for pin in ["1234", "9876", "0000", "123", "1234567", "12a4"] {
        let refused = app
            .service
            .make_card(&app.workers[0], person, pin, false)
            .await;
        assert!(
            matches!(refused, Err(ServiceError::Invalid { field: "pin", .. })),
            "{pin}"
        );
    }
    let second = app
        .service
        .make_card(&app.workers[0], person, PIN, true)
        .await;
    assert!(second.is_err(), "no second card before a first");
    app.card(person).await;
    let another = app
        .service
        .make_card(&app.workers[0], person, PIN, false)
        .await;
    assert!(another.is_err(), "one first card");
}

#[tokio::test]
async fn five_wrong_tries_lock_a_card_in_parallel_and_across_restarts() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let card = app.card(person).await;
    let tries = (0..12).map(|_| {
        let (service, code) = (app.service.clone(), card.code.clone());
        tokio::spawn(async move { service.sign_in_card(&code, "9999").await })
    });
    let tries: Vec<_> = tries.collect();
    let mut left_told = Vec::new();
    for handle in tries {
        match handle.await.unwrap() {
            Err(CardSignInError::Wrong { left }) => left_told.push(left),
            Err(CardSignInError::Locked) => {}
            other => panic!("{other:?}"),
        }
    }
    left_told.sort_unstable();
    assert_eq!(left_told, [1, 2, 3, 4], "each try is counted once");
    let again = app.reopened().await;
    let right = again.sign_in_card(&card.code, PIN).await;
    assert!(
        matches!(right, Err(CardSignInError::Locked)),
        "the right PIN does not open it"
    );
    let lines = app.service.cards(&app.workers[0], person).await.unwrap();
    assert!(lines[0].locked);
    let listed = app
        .service
        .administration(&app.administrator)
        .await
        .unwrap();
    assert_eq!(listed.locked_cards[0].team, "Accueil");

    let stranger = app
        .service
        .unlock_card(&app.workers[1], person, card.card)
        .await;
    assert!(matches!(stranger, Err(ServiceError::NotFound)));
    app.service
        .unlock_card(&app.workers[0], person, card.card)
        .await
        .unwrap();
    app.own(&card.code).await;
}

#[tokio::test]
async fn the_right_pin_sets_the_count_back_and_a_pin_not_of_digits_counts() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let card = app.card(person).await;
    for _ in 0..2 {
        for (pin, left_then) in [("9999", 4), ("abcd", 3), ("", 2), ("258", 1)] {
            match app.service.sign_in_card(&card.code, pin).await {
                Err(CardSignInError::Wrong { left }) => assert_eq!(left, left_then),
                other => panic!("{other:?}"),
            }
        }
        app.own(&card.code).await;
    }
    let unknown = "0".repeat(4);
    assert!(matches!(
        app.service.sign_in_card(&unknown, PIN).await,
        Err(CardSignInError::Code(_))
    ));
    for _ in 0..CARD_TRIES {
        let _ = app.service.sign_in_card(&card.code, "9999").await;
    }
    let locked = app.service.sign_in_card(&card.code, PIN).await;
    assert!(matches!(locked, Err(CardSignInError::Locked)));
}

#[tokio::test]
async fn the_person_changes_their_pin_with_the_card_in_hand() {
    let app = App::new().await;
    let (person, other) = (
        app.person("Aline", true).await,
        app.person("Basile", true).await,
    );
    let (card, foreign) = (app.card(person).await, app.card(other).await);
    let own = app.own(&card.code).await;
    let theirs = app
        .service
        .change_pin(&own, &foreign.code, PIN, "8024")
        .await;
    assert!(theirs.is_err(), "someone else's card");
    let wrong = app
        .service
        .change_pin(&own, &card.code, "9999", "8024")
        .await;
    assert!(matches!(wrong, Err(CardSignInError::Wrong { .. })));
    app.service
        .change_pin(&own, &card.code, PIN, "8024")
        .await
        .unwrap();
    assert!(app.service.sign_in_card(&card.code, PIN).await.is_err());
    assert!(app.service.sign_in_card(&card.code, "8024").await.is_ok());
    assert!(app.service.sign_in_card(&foreign.code, PIN).await.is_ok());
}

#[tokio::test]
async fn a_lost_card_takes_two_workers_and_its_vault_with_it() {
    let app = App::new().await;
    let person = app.person("Basile", true).await;
    let worker = &app.workers[0];
    let lost = app.card(person).await;
    let lost_token = app.service.sign_in_card(&lost.code, PIN).await.unwrap();
    let session = enter_own(&app.service, &lost_token).await;
    keep_secret(&app, &session, "pour moi seul").await;
    let together = writing(Nature::Words, "pour nous");
    app.service
        .write(&Who::Person(&session), Compartment::Social, together)
        .await
        .unwrap();
    app.service.open_own(&session, Which::All).await.unwrap();

    let alone = app.service.presence_code(worker, person).await.unwrap();
    let refused = app
        .service
        .replace_card(worker, person, lost.card, PIN, &alone)
        .await;
    assert!(
        matches!(
            refused,
            Err(ServiceError::Invalid {
                field: "presence",
                ..
            })
        ),
        "the same worker twice: {refused:?}"
    );
    let foreign = app.service.presence_code(&app.workers[1], person).await;
    assert!(
        matches!(foreign, Err(ServiceError::NotFound)),
        "who cannot open cannot be present"
    );
    let presence = app
        .service
        .presence_code(&app.leads[0], person)
        .await
        .unwrap();
    let made = app
        .service
        .replace_card(worker, person, lost.card, PIN, &presence)
        .await
        .unwrap();
    assert!(
        app.service.sign_in_card(&lost.code, PIN).await.is_err(),
        "the old card is dead"
    );
    assert!(
        app.service.resume(&lost_token).await.unwrap().is_none(),
        "its session ended"
    );
    let session = app.own(&made.code).await;
    let opened = app.service.open_own(&session, Which::All).await.unwrap();
    assert_eq!(
        texts(&opened.record),
        ["pour nous"],
        "the vault went with the card"
    );
    let told = opened.record.entries.iter().any(|e| {
        e.body.author.name == "Worker 0"
            && matches!(&e.body.content,
                Content::CardMade { with: Some(name), .. } if name == "Lead 0")
    });
    assert!(told, "the record shows both workers");
    let read = app
        .service
        .who_read(&Who::Person(&session), None)
        .await
        .unwrap();
    assert!(
        read.lines
            .iter()
            .all(|l| l.compartment != Compartment::Vault || l.reader.account == session.account),
        "readings of the lost vault are left out, the others told"
    );
    keep_secret(&app, &session, "à nouveau").await;
    assert_eq!(vault(&app, &session).await, ["à nouveau"]);
    app.sound().await;
}

#[tokio::test]
async fn a_presence_serves_one_card_for_ten_minutes() {
    let app = App::new().await;
    let person = app.person("Basile", true).await;
    let worker = &app.workers[0];
    let lost = app.card(person).await;
    let late = app
        .service
        .presence_code(&app.leads[0], person)
        .await
        .unwrap();
    app.minutes(10);
    let refused = app
        .service
        .replace_card(worker, person, lost.card, PIN, &late)
        .await;
    assert!(refused.is_err(), "too late");
    let presence = app
        .service
        .presence_code(&app.leads[0], person)
        .await
        .unwrap();
    let other = app.person("Carine", true).await;
    let other_card = app.card(other).await;
    let swapped = app
        .service
        .replace_card(worker, other, other_card.card, PIN, &presence)
        .await;
    assert!(swapped.is_err(), "of another person");
    let made = app
        .service
        .replace_card(worker, person, lost.card, PIN, &presence)
        .await
        .unwrap();
    let again = app
        .service
        .replace_card(worker, person, made.card, "8024", &presence)
        .await;
    assert!(
        matches!(
            again,
            Err(ServiceError::Invalid {
                field: "presence",
                ..
            })
        ),
        "a worker alone makes no other card of it: {again:?}"
    );
    app.own(&made.code).await;
    app.sound().await;
}

#[tokio::test]
async fn a_second_card_opens_the_vault_once_the_first_handed_it_on_and_keeps_it() {
    let app = App::new().await;
    let person = app.person("Carine", true).await;
    let first = app.card(person).await;
    let session = app.own(&first.code).await;
    keep_secret(&app, &session, "gardé").await;
    let second = app
        .service
        .make_card(&app.workers[0], person, PIN, true)
        .await
        .unwrap();
    let early = app.own(&second.code).await;
    assert!(vault(&app, &early).await.is_empty(), "not handed on yet");
    app.own(&first.code).await;
    let session = app.own(&second.code).await;
    assert_eq!(vault(&app, &session).await, ["gardé"]);

    // The first one is lost: the second hands the vault to the one in its place.
    let presence = app
        .service
        .presence_code(&app.leads[0], person)
        .await
        .unwrap();
    let third = app
        .service
        .replace_card(&app.workers[0], person, first.card, PIN, &presence)
        .await
        .unwrap();
    app.own(&second.code).await;
    let session = app.own(&third.code).await;
    assert_eq!(vault(&app, &session).await, ["gardé"]);
    app.sound().await;
}
