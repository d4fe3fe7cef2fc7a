//! Need-to-know inside a team, what administering does not open, and members who come, forget and
//! leave.

use crate::{
    app::{App, enter, secret, shared, texts},
    rotation::epochs,
};
use domain::{Compartment, Compartments, entry::Profile};
use service::{CodeFor, NewPerson, Service, ServiceError, Which, WorkerSession};

async fn finds_nothing(service: &Service, session: &WorkerSession, person: domain::id::PersonId) {
    let refused = service.open_record(session, person, Which::All).await;
    assert!(
        matches!(refused, Err(ServiceError::NotFound)),
        "{refused:?}"
    );
}

#[tokio::test]
async fn the_first_lead_founds_the_team_and_nobody_could_before() {
    let app = App::new().await;
    let team = app
        .service
        .add_team(&app.administrator, "Nuit")
        .await
        .unwrap();
    let waiting = app.join("Dora", team, false).await;
    assert!(
        app.service
            .team(&waiting.session, team)
            .await
            .unwrap()
            .keyed
            .is_empty()
    );
    let new = NewPerson {
        profile: Profile {
            birth_name: "Exemple".into(),
            ..Profile::default()
        },
        recovery: true,
        referent: true,
    };
    let early = app
        .service
        .new_person(&waiting.session, team, new.clone())
        .await;
    assert!(
        matches!(early, Err(ServiceError::CompartmentClosed(_))),
        "{early:?}"
    );

    let lead = app.join("Élie", team, true).await;
    let page = app.service.team(&lead.session, team).await.unwrap();
    assert_eq!(page.keyed, shared());
    let second = app.join("Fanny", team, true).await;
    assert!(
        !app.service.keep_team_keys(&second.session).await.unwrap(),
        "a team is founded once"
    );
    let mine = second.session.membership(team).unwrap();
    assert!(mine.lead && mine.compartments.is_empty());

    app.service
        .welcome(&lead.session, team, waiting.account, Compartments::usual())
        .await
        .unwrap();
    let dora = enter(&app.service, &waiting.token).await;
    let person = app.service.new_person(&dora, team, new).await.unwrap();
    app.opened(&dora, person).await;
    app.sound().await;
}

#[tokio::test]
async fn what_a_member_was_not_welcomed_to_they_cannot_open_nor_name() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let before = app
        .service
        .open_record(&app.workers[0], person, Which::All)
        .await
        .unwrap();
    assert!(!before.another_exists, "nothing is written there yet");
    app.write(&app.leads[0], person, Compartment::Health, "une santé")
        .await;
    let opened = app
        .service
        .open_record(&app.workers[0], person, Which::All)
        .await
        .unwrap();
    assert!(opened.another_exists);
    assert_eq!(opened.open, Compartments::usual());
    assert_eq!(opened.ask, ["Worker 0"]);
    assert!(!format!("{opened:?}").contains("santé"));
    for closed in [
        Compartment::Health,
        Compartment::Legal,
        Compartment::Protection,
        Compartment::Vault,
    ] {
        let refused = app
            .service
            .open_record(&app.workers[0], person, Which::One(closed))
            .await;
        assert!(
            matches!(refused, Err(ServiceError::NotFound)),
            "told alike, whether something is there or not"
        );
    }
    let health = Which::One(Compartment::Health);
    let open = app.service.open_record(&app.leads[0], person, health).await;
    assert_eq!(texts(&open.unwrap().record), ["une santé"]);
}

#[tokio::test]
async fn other_teams_and_administrators_find_nothing() {
    let app = App::new().await;
    let person = app.person("Basile", true).await;
    for stranger in [&app.administrator, &app.leads[1], &app.workers[1]] {
        finds_nothing(&app.service, stranger, person).await;
        let listed = app.service.people(stranger, "", None).await.unwrap();
        assert_eq!(listed.total, 0);
        let cards = app.service.cards(stranger, person).await;
        assert!(matches!(cards, Err(ServiceError::NotFound)));
    }
}

#[tokio::test]
async fn an_administrator_who_makes_themselves_a_lead_still_opens_nothing() {
    let app = App::new().await;
    let person = app.person("Basile", true).await;
    let team = app.teams[0];
    let code = app
        .service
        .short_code(&app.administrator, CodeFor::Team(team))
        .await;
    assert!(matches!(code, Err(ServiceError::NotFound)));
    let account = app.administrator.account;
    let refused = app
        .service
        .welcome(&app.administrator, team, account, shared())
        .await;
    assert!(matches!(refused, Err(ServiceError::NotFound)));

    // Another device of theirs, so that their session says what holds now.
    app.service
        .join_team(&app.administrator, account, team, true)
        .await
        .unwrap();
    let listed = app
        .service
        .administration(&app.administrator)
        .await
        .unwrap();
    let me = listed
        .members
        .iter()
        .find(|m| m.account == account)
        .unwrap();
    assert!(me.teams.iter().any(|(t, lead)| t.id == team && *lead));
    finds_nothing(&app.service, &app.administrator, person).await;
    let refused = app
        .service
        .welcome(&app.administrator, team, account, shared())
        .await;
    assert!(refused.is_err(), "nobody gives what they do not open");
    finds_nothing(&app.service, &app.administrator, person).await;
}

#[tokio::test]
async fn a_lead_gives_only_what_they_open_and_a_worker_gives_nothing() {
    let app = App::new().await;
    let team = app.teams[0];
    let second = app.join("Fanny", team, true).await;
    app.service
        .welcome(&app.leads[0], team, second.account, Compartments::usual())
        .await
        .unwrap();
    let second = enter(&app.service, &second.token).await;
    let worker = app.workers[0].account;
    let refused = app.service.welcome(&second, team, worker, shared()).await;
    assert!(matches!(refused, Err(ServiceError::Invalid { .. })));
    let refused = app
        .service
        .welcome(&app.workers[0], team, worker, Compartments::usual())
        .await;
    assert!(matches!(refused, Err(ServiceError::Forbidden)));
    let refused = app
        .service
        .welcome(&app.leads[1], team, worker, Compartments::usual())
        .await;
    assert!(matches!(refused, Err(ServiceError::NotFound)));
    app.sound().await;
}

#[tokio::test]
async fn a_welcome_to_less_closes_the_rest() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    app.write(&app.leads[0], person, Compartment::Social, "un suivi")
        .await;
    let identity: Compartments = [Compartment::Identity].into_iter().collect();
    app.service
        .welcome(
            &app.leads[0],
            app.teams[0],
            app.workers[0].account,
            identity,
        )
        .await
        .unwrap();
    let opened = app
        .service
        .open_record(&app.workers[0], person, Which::All)
        .await
        .unwrap();
    assert_eq!(opened.open, identity, "in a session begun before too");
    assert!(texts(&opened.record).is_empty());
    app.sound().await;
}

#[tokio::test]
async fn a_forgotten_passphrase_means_new_keys_and_a_new_welcome() {
    let app = App::new().await;
    let person = app.person("Denise", true).await;
    let (team, usual) = (app.teams[0], Compartments::usual());
    let dora = app.worker("Dora", 0).await;
    let code = app
        .service
        .reset_member(&app.administrator, dora.account)
        .await
        .unwrap()
        .code;
    finds_nothing(&app.service, &dora.session, person).await;
    assert!(app.service.resume(&dora.token).await.unwrap().is_none());
    app.minutes(5);
    // Their old keys are still the ones stated: nothing may be wrapped to them meanwhile.
    let early = app
        .service
        .welcome(&app.leads[0], team, dora.account, usual)
        .await;
    assert!(
        matches!(early, Err(ServiceError::Invalid { .. })),
        "{early:?}"
    );
    let enrolled = app.service.enrol("Dora", &code, &secret()).await.unwrap();
    assert!(
        enrolled.token.is_none(),
        "the administrator must state the new keys"
    );
    app.service
        .state_keys(&app.administrator, dora.account)
        .await
        .unwrap();
    let token = app.sign_in("Dora", &enrolled.device).await;
    let session = enter(&app.service, &token).await;
    finds_nothing(&app.service, &session, person).await;
    app.service
        .welcome(&app.leads[0], team, dora.account, usual)
        .await
        .unwrap();
    let session = enter(&app.service, &token).await;
    app.opened(&session, person).await;
    let old = app
        .service
        .sign_in_worker("Dora", &secret(), &dora.device)
        .await;
    assert!(old.is_err(), "the old device is gone");
    app.sound().await;
}

#[tokio::test]
async fn a_member_who_leaves_opens_nothing_and_the_team_goes_on() {
    let app = App::new().await;
    let person = app.person("Élie", true).await;
    let (team, leaver) = (app.teams[0], app.workers[0].account);
    let stays = app.worker("Dora", 0).await;
    app.service
        .end_membership(&app.leads[0], team, leaver)
        .await
        .unwrap();
    finds_nothing(&app.service, &app.workers[0], person).await;
    let dora = enter(&app.service, &stays.token).await;
    app.write(&dora, person, Compartment::Social, "on continue")
        .await;
    let lead = enter(&app.service, &app.lead_tokens[0]).await;
    assert_eq!(texts(&app.opened(&lead, person).await), ["on continue"]);
    let sealed = epochs(&app, person).await;
    assert_eq!(
        sealed.last(),
        Some(&2),
        "under a key that was never wrapped to what the leaver knows"
    );
    let welcome = app
        .service
        .welcome(&app.leads[0], team, leaver, Compartments::usual())
        .await;
    assert!(welcome.is_err(), "who left is not welcomed");
    app.sound().await;
}

#[tokio::test]
async fn the_team_has_new_keys_once_a_lead_comes_after_an_administrator_ended_someone() {
    let app = App::new().await;
    let person = app.person("Élie", true).await;
    let dora = app.worker("Dora", 0).await;
    app.write(&dora.session, person, Compartment::Social, "avant")
        .await;
    app.service
        .end_member(&app.administrator, dora.account)
        .await
        .unwrap();
    let worker = enter(&app.service, &app.tokens[0]).await;
    app.write(&worker, person, Compartment::Social, "entre-temps")
        .await;
    assert_eq!(epochs(&app, person).await, [1, 1], "no lead came yet");
    let lead = enter(&app.service, &app.lead_tokens[0]).await;
    assert!(app.service.keep_team_keys(&lead).await.unwrap());
    assert!(!app.service.keep_team_keys(&lead).await.unwrap(), "once");
    let worker = enter(&app.service, &app.tokens[0]).await;
    app.write(&worker, person, Compartment::Social, "après")
        .await;
    assert_eq!(epochs(&app, person).await, [1, 1, 2]);
    let lead = enter(&app.service, &app.lead_tokens[0]).await;
    assert_eq!(
        texts(&app.opened(&lead, person).await),
        ["avant", "entre-temps", "après"]
    );
    app.sound().await;
}

#[tokio::test]
async fn an_account_that_ended_opens_nothing_and_what_it_wrote_stays() {
    let app = App::new().await;
    let person = app.person("Élie", true).await;
    let dora = app.worker("Dora", 0).await;
    app.write(&dora.session, person, Compartment::Social, "écrit par Dora")
        .await;
    app.hours(1);
    app.service
        .end_member(&app.administrator, dora.account)
        .await
        .unwrap();
    assert!(app.service.resume(&dora.token).await.unwrap().is_none());
    let back = app
        .service
        .sign_in_worker("Dora", &secret(), &dora.device)
        .await;
    assert!(back.is_err());
    for service in [&app.service, &app.reopened().await] {
        let opened = service
            .open_record(&app.leads[0], person, Which::All)
            .await
            .unwrap();
        assert_eq!(texts(&opened.record), ["écrit par Dora"]);
    }
    app.sound().await;
}
