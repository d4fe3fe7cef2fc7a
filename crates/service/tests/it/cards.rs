//! Cards: lock-out that parallel tries and restarts do not escape, lost cards, second cards.

use crate::app::App;
use domain::{
    Compartment,
    entry::{Content, Writing},
    words::Nature,
};
use service::{
    CARD_TRIES, CardSignInError, PersonSession, Service, ServiceError, Session, Which, Who,
};

const PIN: &str = "2580";

async fn own(service: &Service, code: &str) -> PersonSession {
    let token = service.sign_in_card(code, PIN).await.unwrap();
    match service.resume(&token).await.unwrap() {
        Some(Session::Person(session)) => session,
        other => panic!("not a person's session: {other:?}"),
    }
}

fn secret_words(text: &str) -> Writing {
    Writing {
        nature: Nature::Words,
        text: text.into(),
        theme: None,
        about: None,
    }
}

#[tokio::test]
async fn five_wrong_tries_lock_a_card_in_parallel_and_across_restarts() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let card = app
        .service
        .make_card(&app.workers[0], person, PIN, false)
        .await
        .unwrap();
    let tries = (0..12).map(|_| {
        let (service, code) = (app.service.clone(), card.code.clone());
        tokio::spawn(async move { service.sign_in_card(&code, "9999").await })
    });
    let mut judged = 0;
    for handle in tries {
        match handle.await.unwrap() {
            Err(CardSignInError::Wrong { .. }) => judged += 1,
            Err(CardSignInError::Locked) => {}
            other => panic!("{other:?}"),
        }
    }
    assert!(
        judged < CARD_TRIES,
        "no more than four are told how many are left"
    );
    let again = app.reopened().await;
    let right = again.sign_in_card(&card.code, PIN).await;
    assert!(
        matches!(right, Err(CardSignInError::Locked)),
        "the right PIN does not open it"
    );
    app.service
        .unlock_card(&app.workers[0], person, card.card)
        .await
        .unwrap();
    own(&app.service, &card.code).await;
}

#[tokio::test]
async fn a_lost_card_takes_two_workers_and_its_vault_with_it() {
    let app = App::new().await;
    let person = app.person("Basile", true).await;
    let worker = &app.workers[0];
    let lost = app
        .service
        .make_card(worker, person, PIN, false)
        .await
        .unwrap();
    let session = own(&app.service, &lost.code).await;
    let who = Who::Person(&session);
    app.service
        .write(&who, Compartment::Vault, secret_words("pour moi seul"))
        .await
        .unwrap();
    app.service
        .write(&who, Compartment::Social, secret_words("pour nous"))
        .await
        .unwrap();

    let alone = app.service.presence_code(worker, person).await.unwrap();
    let refused = app
        .service
        .replace_card(worker, person, lost.card, PIN, &alone)
        .await;
    assert!(matches!(
        refused,
        Err(ServiceError::Invalid {
            field: "presence",
            ..
        })
    ));
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
    let session = own(&app.service, &made.code).await;
    let opened = app.service.open_own(&session, Which::All).await.unwrap();
    let texts: Vec<_> = opened
        .record
        .entries
        .iter()
        .filter_map(|e| match &e.body.content {
            Content::Writing(w) => Some(w.text.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(texts, ["pour nous"], "the vault went with the card");
    let told = opened.record.entries.iter().any(|e| {
        matches!(&e.body.content,
        Content::CardMade { with: Some(name), .. } if name == "Lead 0")
    });
    assert!(told, "the record shows both workers");
    assert_eq!(app.verify().await.wrong, 0);
}

#[tokio::test]
async fn a_second_card_opens_the_vault_once_the_first_handed_it_on() {
    let app = App::new().await;
    let person = app.person("Carine", true).await;
    let first = app
        .service
        .make_card(&app.workers[0], person, PIN, false)
        .await
        .unwrap();
    let session = own(&app.service, &first.code).await;
    let who = Who::Person(&session);
    app.service
        .write(&who, Compartment::Vault, secret_words("gardé"))
        .await
        .unwrap();
    let second = app
        .service
        .make_card(&app.workers[0], person, PIN, true)
        .await
        .unwrap();
    own(&app.service, &first.code).await;
    let session = own(&app.service, &second.code).await;
    let vault = Which::One(Compartment::Vault);
    let opened = app.service.open_own(&session, vault).await.unwrap();
    assert_eq!(opened.record.entries.len(), 1);
}
