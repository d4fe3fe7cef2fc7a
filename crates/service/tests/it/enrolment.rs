//! Devices, the codes that enrol them, and passphrases chosen, changed and forgotten.

use crate::app::{App, enter, secret};
use secrecy::SecretString;
use service::{EnrolError, NewMember, SignInError, Which};

const OTHER: &str = "pivoine tiroir falaise 27";

fn other() -> SecretString {
    SecretString::from(OTHER)
}

async fn invited(app: &App, name: &str) -> service::Invitation {
    let new = NewMember {
        name: name.into(),
        job: "métier".into(),
    };
    app.service.invite(&app.administrator, &new).await.unwrap()
}

#[tokio::test]
async fn a_member_waits_until_an_administrator_states_their_keys() {
    let app = App::new().await;
    let invitation = invited(&app, "Dora").await;
    let enrolled = app
        .service
        .enrol("Dora", &invitation.code, &secret())
        .await
        .unwrap();
    assert!(enrolled.token.is_none());
    let early = app
        .service
        .sign_in_worker("Dora", &secret(), &enrolled.device)
        .await;
    assert!(matches!(early, Err(SignInError::NotYet)), "{early:?}");
    let stated_by_lead = app
        .service
        .state_keys(&app.leads[0], invitation.account)
        .await;
    assert!(stated_by_lead.is_err());
    app.service
        .state_keys(&app.administrator, invitation.account)
        .await
        .unwrap();
    app.sign_in("Dora", &enrolled.device).await;
}

#[tokio::test]
async fn a_second_device_opens_what_the_first_does_and_its_code_serves_once() {
    let app = App::new().await;
    let dora = app.worker("Dora", 0).await;
    let person = app.person("Aline", true).await;
    let refused = app
        .service
        .new_device_code(&dora.session, &dora.device, &other())
        .await;
    assert!(matches!(refused, Err(SignInError::Wrong)), "{refused:?}");
    let code = app
        .service
        .new_device_code(&dora.session, &dora.device, &secret())
        .await
        .unwrap()
        .code;
    let enrolled = app.service.enrol("Dora", &code, &secret()).await.unwrap();
    let session = enter(&app.service, &enrolled.token.unwrap()).await;
    assert!(
        app.service
            .open_record(&session, person, Which::All)
            .await
            .is_ok()
    );
    let twice = app.service.enrol("Dora", &code, &secret()).await;
    assert!(matches!(twice, Err(EnrolError::Wrong)), "{twice:?}");
    app.sign_in("Dora", &dora.device).await;
    app.sign_in("Dora", &enrolled.device).await;
}

#[tokio::test]
async fn a_code_is_its_owners_and_for_three_days() {
    let app = App::new().await;
    let (dora, late) = (invited(&app, "Dora").await, invited(&app, "Élie").await);
    let foreign = app.service.enrol("Élie", &dora.code, &secret()).await;
    assert!(matches!(foreign, Err(EnrolError::Wrong)), "{foreign:?}");
    let mistyped = app.service.enrol("Dora", "ABCD-EFGH", &secret()).await;
    assert!(matches!(mistyped, Err(EnrolError::Code(_))), "{mistyped:?}");
    app.hours(71);
    assert!(
        app.service
            .enrol("Dora", &dora.code, &secret())
            .await
            .is_ok()
    );
    app.hours(1);
    let over = app.service.enrol("Élie", &late.code, &secret()).await;
    assert!(matches!(over, Err(EnrolError::Wrong)), "{over:?}");
}

#[tokio::test]
async fn a_weak_passphrase_is_refused_and_the_code_still_serves() {
    let app = App::new().await;
    let invitation = invited(&app, "Dora").await;
    for weak in ["courte", "aaaaaaaaaaaaaaaa", "motdepasse123"] {
        let refused = app
            .service
            .enrol("Dora", &invitation.code, &SecretString::from(weak))
            .await;
        assert!(
            matches!(refused, Err(EnrolError::Weak { .. })),
            "{weak}: {refused:?}"
        );
    }
    assert!(
        app.service
            .enrol("Dora", &invitation.code, &secret())
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn ten_wrong_passphrases_end_a_device_code() {
    let app = App::new().await;
    let dora = app.worker("Dora", 0).await;
    let code = app
        .service
        .new_device_code(&dora.session, &dora.device, &secret())
        .await
        .unwrap()
        .code;
    for _ in 0..10 {
        let refused = app.service.enrol("Dora", &code, &other()).await;
        assert!(matches!(refused, Err(EnrolError::Wrong)));
    }
    let locked = app.service.enrol("Dora", &code, &secret()).await;
    assert!(matches!(locked, Err(EnrolError::Wrong)), "{locked:?}");
}

#[tokio::test]
async fn a_passphrase_changed_leaves_no_device_under_the_old_one() {
    let app = App::new().await;
    let dora = app.worker("Dora", 0).await;
    let code = app
        .service
        .new_device_code(&dora.session, &dora.device, &secret())
        .await
        .unwrap()
        .code;
    let second = app.service.enrol("Dora", &code, &secret()).await.unwrap();
    let second_token = second.token.unwrap();
    let pending = app
        .service
        .new_device_code(&dora.session, &dora.device, &secret())
        .await
        .unwrap()
        .code;
    let wrong = app
        .service
        .change_passphrase(&dora.session, &dora.device, &other(), &other())
        .await;
    assert!(matches!(wrong, Err(EnrolError::Wrong)), "{wrong:?}");
    app.service
        .change_passphrase(&dora.session, &dora.device, &secret(), &other())
        .await
        .unwrap();
    for device in [&dora.device, &second.device] {
        let old = app.service.sign_in_worker("Dora", &secret(), device).await;
        assert!(matches!(old, Err(SignInError::Wrong)), "{old:?}");
    }
    let old = app.service.enrol("Dora", &pending, &secret()).await;
    assert!(matches!(old, Err(EnrolError::Wrong)), "{old:?}");
    assert!(
        app.service.resume(&second_token).await.unwrap().is_none(),
        "the other device's session ended with it"
    );
    enter(&app.service, &dora.token).await;
    app.service
        .sign_in_worker("Dora", &other(), &dora.device)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_name_taken_or_empty_is_not_invited() {
    let app = App::new().await;
    for name in ["worker 0", "W\u{f6}rker 0", " "] {
        let new = NewMember {
            name: name.into(),
            job: String::new(),
        };
        let refused = app.service.invite(&app.administrator, &new).await;
        assert!(refused.is_err(), "{name}");
    }
}
