//! Signing in and out, what ends a session, and what wrong passphrases do.

use crate::app::{App, PIN, secret};
use secrecy::SecretString;
use service::{ServiceError, SessionToken, SignInError};

fn wrong_secret() -> SecretString {
    SecretString::from("mésange grenier comptoir 42")
}

async fn holds(app: &App, token: &SessionToken) -> bool {
    app.service.resume(token).await.unwrap().is_some()
}

#[tokio::test]
async fn a_workers_session_ends_after_half_an_hour_without_use() {
    let app = App::new().await;
    let worker = app.worker("Dora", 0).await;
    let token = app.sign_in("Dora", &worker.device).await;
    for _ in 0..3 {
        app.minutes(29);
        assert!(holds(&app, &token).await, "used within the half hour");
    }
    app.minutes(30);
    assert!(!holds(&app, &token).await);
}

#[tokio::test]
async fn a_workers_session_ends_after_ten_hours_however_used() {
    let app = App::new().await;
    let worker = app.worker("Dora", 0).await;
    let token = app.sign_in("Dora", &worker.device).await;
    for _ in 0..23 {
        app.minutes(25);
        assert!(holds(&app, &token).await);
    }
    app.minutes(24);
    assert!(holds(&app, &token).await, "a minute before the end");
    app.minutes(1);
    assert!(!holds(&app, &token).await);
}

#[tokio::test]
async fn a_persons_session_ends_after_ten_minutes_without_use_and_half_an_hour_in_all() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let card = app.card(person).await;
    let token = app.service.sign_in_card(&card.code, PIN).await.unwrap();
    app.minutes(9);
    assert!(holds(&app, &token).await);
    app.minutes(10);
    assert!(!holds(&app, &token).await, "left alone");
    let token = app.service.sign_in_card(&card.code, PIN).await.unwrap();
    for _ in 0..3 {
        app.minutes(9);
        assert!(holds(&app, &token).await);
    }
    app.minutes(3);
    assert!(!holds(&app, &token).await, "half an hour in all");
}

#[tokio::test]
async fn signing_out_ends_that_session_only() {
    let app = App::new().await;
    let worker = app.worker("Dora", 0).await;
    let (one, other) = (
        app.sign_in("Dora", &worker.device).await,
        app.sign_in("Dora", &worker.device).await,
    );
    app.service.sign_out(&one).await.unwrap();
    assert!(!holds(&app, &one).await);
    assert!(holds(&app, &other).await);
    app.service.sign_out(&one).await.unwrap();
}

#[tokio::test]
async fn a_token_never_given_opens_nothing() {
    let app = App::new().await;
    assert!(SessionToken::from_cookie("pas un jeton").is_none());
    let invented = SessionToken::from_cookie(&"a5".repeat(32)).unwrap();
    assert!(!holds(&app, &invented).await);
}

#[tokio::test]
async fn what_was_wrong_is_never_told() {
    let app = App::new().await;
    let (dora, elie) = (app.worker("Dora", 0).await, app.worker("Élie", 0).await);
    for (name, passphrase, device) in [
        ("Dora", wrong_secret(), &dora.device),
        ("Dora", secret(), &elie.device),
        ("Personne", secret(), &dora.device),
    ] {
        let refused = app.service.sign_in_worker(name, &passphrase, device).await;
        assert!(matches!(refused, Err(SignInError::Wrong)), "{refused:?}");
    }
    // Names are typed as people type them; passphrases too, whatever the keyboard composes.
    let decomposed = SecretString::from("me\u{301}sange grenier comptoir 41");
    let let_in = app
        .service
        .sign_in_worker("  DORA ", &decomposed, &dora.device)
        .await;
    assert!(let_in.is_ok(), "{let_in:?}");
}

#[tokio::test]
async fn ten_wrong_passphrases_lock_one_device_across_restarts() {
    let app = App::new().await;
    let dora = app.worker("Dora", 0).await;
    let code = app
        .service
        .new_device_code(&dora.session, &dora.device, &secret())
        .await
        .unwrap()
        .code;
    let other = app.service.enrol("Dora", &code, &secret()).await.unwrap();
    for _ in 0..9 {
        let refused = app
            .service
            .sign_in_worker("Dora", &wrong_secret(), &dora.device)
            .await;
        assert!(matches!(refused, Err(SignInError::Wrong)));
    }
    app.sign_in("Dora", &dora.device).await;
    for _ in 0..10 {
        let refused = app
            .service
            .sign_in_worker("Dora", &wrong_secret(), &dora.device)
            .await;
        assert!(
            matches!(refused, Err(SignInError::Wrong)),
            "the right one set the count back"
        );
    }
    for service in [&app.service, &app.reopened().await] {
        let locked = service
            .sign_in_worker("Dora", &secret(), &dora.device)
            .await;
        assert!(matches!(locked, Err(SignInError::Locked)), "{locked:?}");
    }
    app.sign_in("Dora", &other.device).await;
}

#[tokio::test]
async fn an_administrator_closes_a_session_and_no_one_else_does() {
    let app = App::new().await;
    let dora = app.worker("Dora", 0).await;
    let listed = app
        .service
        .administration(&app.administrator)
        .await
        .unwrap();
    let line = listed
        .sessions
        .iter()
        .find(|s| s.id == dora.session.id)
        .unwrap();
    assert_eq!((line.name.as_str(), line.own), ("Dora", false));
    for session in [&app.leads[0], &dora.session] {
        let refused = app.service.end_session(session, dora.session.id).await;
        assert!(matches!(refused, Err(ServiceError::Forbidden)));
        let refused = app.service.administration(session).await;
        assert!(matches!(refused, Err(ServiceError::Forbidden)));
    }
    app.service
        .end_session(&app.administrator, dora.session.id)
        .await
        .unwrap();
    assert!(!holds(&app, &dora.token).await);
}

#[tokio::test]
async fn what_is_over_is_swept() {
    let app = App::new().await;
    let dora = app.worker("Dora", 0).await;
    app.hours(11);
    let swept = app.service.sweep().await.unwrap();
    assert!(swept.sessions > 0);
    assert!(!holds(&app, &dora.token).await);
    assert_eq!(app.service.sweep().await.unwrap().sessions, 0);
}
