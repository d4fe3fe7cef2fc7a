//! Access outside the team: given by the person from their own space or with their card in an
//! office, until its end or until it is taken back.

use crate::{
    app::{App, PIN, enter, texts},
    store,
};
use domain::{Compartment, Compartments, entry::Content, id::PersonId, words::ConsentForm};
use jiff::ToSpan;
use service::{
    CardSignInError, CodeFor, MadeCard, NewAccess, PersonSession, Service, ServiceError, Which,
    Who, WorkerSession,
};

struct Home {
    app: App,
    person: PersonId,
    card: MadeCard,
    own: PersonSession,
}

async fn home() -> Home {
    let app = App::new().await;
    let person = app.person("Carine", true).await;
    let card = app.card(person).await;
    let own = app.own(&card.code).await;
    app.write(&app.workers[0], person, Compartment::Social, "avant")
        .await;
    Home {
        app,
        person,
        card,
        own,
    }
}

fn access(app: &App, days: i64) -> NewAccess {
    NewAccess {
        compartments: Compartments::usual(),
        purpose: "trouver un logement".into(),
        until: app.service.today().saturating_add(days.days()),
    }
}

async fn code(app: &App, session: &WorkerSession, code_for: CodeFor) -> String {
    app.service
        .short_code(session, code_for)
        .await
        .unwrap()
        .code
}

async fn closed(service: &Service, session: &WorkerSession, person: PersonId) {
    let refused = service.open_record(session, person, Which::All).await;
    assert!(
        matches!(refused, Err(ServiceError::NotFound)),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_short_code_says_whom_it_lets_in_for_a_quarter_of_an_hour() {
    let h = home().await;
    let team = code(&h.app, &h.app.workers[1], CodeFor::Team(h.app.teams[1])).await;
    let me = code(&h.app, &h.app.workers[1], CodeFor::Me).await;
    let target = h.app.service.read_short_code(&team).await.unwrap();
    assert_eq!(
        (
            target.name.as_str(),
            target.organisation.as_str(),
            target.team
        ),
        ("Mobile", "Structure", true)
    );
    let target = h
        .app
        .service
        .read_short_code(&me.to_lowercase())
        .await
        .unwrap();
    assert_eq!((target.name.as_str(), target.team), ("Worker 1", false));
    let foreign = h
        .app
        .service
        .short_code(&h.app.workers[1], CodeFor::Team(h.app.teams[0]))
        .await;
    assert!(matches!(foreign, Err(ServiceError::NotFound)));
    h.app.minutes(15);
    assert!(h.app.service.read_short_code(&team).await.is_err());
    let late = h
        .app
        .service
        .give_access(&h.own, &team, &access(&h.app, 6))
        .await;
    assert!(matches!(
        late,
        Err(ServiceError::Invalid { field: "code", .. })
    ));
}

#[tokio::test]
async fn access_needs_compartments_a_purpose_and_an_end_not_too_far() {
    let h = home().await;
    let code = code(&h.app, &h.app.workers[1], CodeFor::Me).await;
    let good = access(&h.app, 6);
    let vault: Compartments = [Compartment::Social, Compartment::Vault]
        .into_iter()
        .collect();
    let with = |change: fn(&mut NewAccess)| {
        let mut asked = good.clone();
        change(&mut asked);
        asked
    };
    for (asked, wrong) in [
        (
            with(|a| a.compartments = Compartments::NONE),
            "compartments",
        ),
        (
            NewAccess {
                compartments: vault,
                ..good.clone()
            },
            "compartments",
        ),
        (with(|a| a.purpose = "  ".into()), "purpose"),
        (
            with(|a| a.until = a.until.saturating_sub(7.days())),
            "until",
        ),
        (
            with(|a| a.until = a.until.saturating_add(2.years())),
            "until",
        ),
    ] {
        let refused = h.app.service.give_access(&h.own, &code, &asked).await;
        assert!(
            matches!(refused, Err(ServiceError::Invalid { field, .. }) if field == wrong),
            "{asked:?}: {refused:?}"
        );
    }
    assert!(
        h.app
            .service
            .give_access(&h.own, &code, &good)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn consent_opens_what_was_chosen_and_says_so_in_the_record() {
    let h = home().await;
    h.app
        .write(&h.app.leads[0], h.person, Compartment::Health, "une santé")
        .await;
    let code = code(&h.app, &h.app.workers[1], CodeFor::Team(h.app.teams[1])).await;
    let grant = h
        .app
        .service
        .give_access(&h.own, &code, &access(&h.app, 6))
        .await
        .unwrap();
    for session in [&h.app.workers[1], &h.app.leads[1]] {
        let opened = h
            .app
            .service
            .open_record(session, h.person, Which::All)
            .await
            .unwrap();
        assert_eq!(opened.open, Compartments::usual());
        assert_eq!(texts(&opened.record), ["avant"]);
        let view = &opened.record.grants[0];
        assert_eq!(view.given.grant, grant);
        assert_eq!(view.given.to, "Mobile (Structure)");
        assert_eq!(view.given.purpose, "trouver un logement");
        assert_eq!(view.given.consent, Some(ConsentForm::OwnSpace));
    }
    let who = Who::Worker(&h.app.workers[0], h.person);
    let may = h.app.service.who_may_read(&who).await.unwrap();
    let theirs = may.iter().find(|m| m.grant == grant).unwrap();
    assert!(theirs.live && !theirs.mission && !theirs.mine);
    assert!(may.iter().any(|m| m.mission && m.mine && m.live));
    h.app.sound().await;
}

#[tokio::test]
async fn the_last_day_is_whole_and_the_next_one_is_closed() {
    let h = home().await;
    let code = code(&h.app, &h.app.workers[1], CodeFor::Me).await;
    h.app
        .service
        .give_access(&h.own, &code, &access(&h.app, 1))
        .await
        .unwrap();
    // Given at nine in Paris, until the end of the next day.
    h.app.hours(38);
    h.app.opened(&h.app.workers[1], h.person).await;
    h.app.hours(1);
    closed(&h.app.service, &h.app.workers[1], h.person).await;
    closed(&h.app.reopened().await, &h.app.workers[1], h.person).await;
    let listed = h
        .app
        .service
        .people(&h.app.workers[1], "", None)
        .await
        .unwrap();
    assert_eq!(listed.total, 0);
    h.app.sound().await;
}

#[tokio::test]
async fn what_is_written_after_taking_back_stays_closed_to_an_old_session_whatever_rows_say() {
    let h = home().await;
    let code = code(&h.app, &h.app.workers[1], CodeFor::Team(h.app.teams[1])).await;
    let grant = h
        .app
        .service
        .give_access(&h.own, &code, &access(&h.app, 6))
        .await
        .unwrap();
    h.app.opened(&h.app.workers[1], h.person).await;
    h.app
        .service
        .take_back(&Who::Person(&h.own), grant)
        .await
        .unwrap();
    closed(&h.app.service, &h.app.workers[1], h.person).await;
    let who = Who::Worker(&h.app.workers[1], h.person);
    assert!(h.app.service.who_read(&who, None).await.is_err());
    h.app
        .write(&h.app.workers[0], h.person, Compartment::Social, "après")
        .await;
    let own = h.app.own(&h.card.code).await;
    let opened = h.app.service.open_own(&own, Which::All).await.unwrap();
    assert_eq!(texts(&opened.record), ["avant", "après"]);
    h.app.sound().await;

    // Someone sets the access live again in the store: the chain of statements says it ended.
    let forged = format!(
        "UPDATE grants SET ended = NULL WHERE grant_id = {}",
        store::blob(grant)
    );
    h.app.engine.edit(&forged).await;
    for service in [&h.app.service, &h.app.reopened().await] {
        let opened = service
            .open_record(&h.app.workers[1], h.person, Which::All)
            .await;
        assert!(matches!(opened, Err(ServiceError::Integrity { .. })));
        assert!(service.who_read(&who, None).await.is_err());
    }
    let report = h.app.verify().await;
    let place = format!("grants {} {grant}", h.person);
    assert!(report.faults.iter().any(|f| f.place == place));
}

#[tokio::test]
async fn given_again_it_opens_all_and_the_worker_may_give_it_up() {
    let h = home().await;
    let code = code(&h.app, &h.app.workers[1], CodeFor::Me).await;
    let worker = Who::Worker(&h.app.workers[1], h.person);
    for text in ["encore", "toujours"] {
        let grant = h
            .app
            .service
            .give_access(&h.own, &code, &access(&h.app, 6))
            .await
            .unwrap();
        h.app
            .write(&h.app.workers[0], h.person, Compartment::Social, text)
            .await;
        let stranger = Who::Worker(&h.app.workers[0], h.person);
        let refused = h.app.service.take_back(&stranger, grant).await;
        assert!(
            matches!(refused, Err(ServiceError::Forbidden)),
            "another worker takes nothing back"
        );
        let opened = h.app.opened(&h.app.workers[1], h.person).await;
        assert!(texts(&opened).contains(&text));
        h.app.service.take_back(&worker, grant).await.unwrap();
        closed(&h.app.service, &h.app.workers[1], h.person).await;
    }
    h.app.sound().await;
}

#[tokio::test]
async fn in_an_office_the_card_and_pin_consent_for_that_act_only() {
    let h = home().await;
    let app = &h.app;
    let other = app.person("Didier", true).await;
    let other_card = app.card(other).await;
    let shown = code(app, &app.workers[1], CodeFor::Me).await;
    let asked = access(app, 6);
    let give = |card: String, pin: &'static str| {
        let (shown, asked) = (&shown, &asked);
        async move {
            app.service
                .give_access_in_office(&app.workers[0], h.person, &card, pin, shown, asked)
                .await
        }
    };
    let wrong = give(h.card.code.clone(), "1357").await;
    assert!(
        matches!(wrong, Err(CardSignInError::Wrong { left: 4 })),
        "{wrong:?}"
    );
    let swapped = give(other_card.code.clone(), PIN).await;
    assert!(
        matches!(
            swapped,
            Err(CardSignInError::Service(ServiceError::Invalid {
                field: "card",
                ..
            }))
        ),
        "{swapped:?}"
    );
    let stranger = app
        .service
        .give_access_in_office(&app.workers[1], h.person, &h.card.code, PIN, &shown, &asked)
        .await;
    assert!(
        matches!(
            stranger,
            Err(CardSignInError::Service(ServiceError::NotFound))
        ),
        "{stranger:?}"
    );
    closed(&app.service, &app.workers[1], h.person).await;

    let grant = give(h.card.code.clone(), PIN).await.unwrap();
    let opened = app.opened(&app.workers[1], h.person).await;
    assert_eq!(opened.grants[0].given.consent, Some(ConsentForm::Card));
    let given = opened
        .entries
        .iter()
        .find(|e| matches!(e.body.content, Content::GrantGiven(_)))
        .unwrap();
    assert_eq!(given.body.author.side, domain::entry::Side::Person);

    app.service
        .take_back_in_office(&app.workers[0], h.person, &h.card.code, PIN, grant)
        .await
        .unwrap();
    closed(&app.service, &app.workers[1], h.person).await;
    app.sound().await;
}

#[tokio::test]
async fn a_person_who_declines_later_is_not_opened_by_keepers_any_more() {
    let h = home().await;
    let may = h
        .app
        .service
        .who_may_read(&Who::Person(&h.own))
        .await
        .unwrap();
    let keepers = may.iter().find(|m| m.to.is_empty()).unwrap().grant;
    let worker = Who::Worker(&h.app.workers[0], h.person);
    let refused = h.app.service.take_back(&worker, keepers).await;
    assert!(matches!(refused, Err(ServiceError::Forbidden)));
    h.app
        .service
        .take_back(&Who::Person(&h.own), keepers)
        .await
        .unwrap();
    let opened = h
        .app
        .service
        .open_by_keepers(&h.app.sheets[..3], h.person, "Décision du juge du 3 mars")
        .await;
    assert!(matches!(opened, Err(ServiceError::Setup(_))), "{opened:?}");
    h.app.sound().await;
}

#[tokio::test]
async fn nothing_is_written_under_a_key_that_was_changed_meanwhile() {
    let h = home().await;
    let dora = h.app.worker("Dora", 0).await;
    let stays = h.app.worker("Élie", 0).await;
    let code = code(&h.app, &h.app.workers[1], CodeFor::Me).await;
    let grant = h
        .app
        .service
        .give_access(&h.own, &code, &access(&h.app, 6))
        .await
        .unwrap();
    h.app
        .service
        .end_membership(&h.app.leads[0], h.app.teams[0], dora.account)
        .await
        .unwrap();
    h.app
        .service
        .take_back(&Who::Person(&h.own), grant)
        .await
        .unwrap();
    // This session began before and does not hold the team's new key: a long upload, say.
    let who = Who::Worker(&stays.session, h.person);
    let late = crate::app::writing(domain::words::Nature::Fact, "sous l'ancienne clé");
    let refused = h
        .app
        .service
        .write(&who, Compartment::Social, late.clone())
        .await;
    assert!(matches!(refused, Err(ServiceError::Busy)), "{refused:?}");
    let renewed = enter(&h.app.service, &stays.token).await;
    let who = Who::Worker(&renewed, h.person);
    h.app
        .service
        .write(&who, Compartment::Social, late)
        .await
        .unwrap();
    h.app.sound().await;
}
