//! What is written: who acted and on what ground, mandates of both sides, corrections and answers.

use crate::app::{App, texts, writing};
use domain::{
    Compartment,
    entry::{About, Content, LONGEST_TEXT, Side, Writing},
    id::{MandateId, PersonId},
    mandate::{MandateDuration, MandateState},
    step::{Ground, InPlace, NextTime, Step, StepError},
    words::{Conduct, ConsentForm, ContactMode, InPlaceReason, Nature, Theme},
};
use jiff::{ToSpan, civil::Date};
use service::{NewMandate, ServiceError, Which, Who};

fn step(on: Date, conduct: Conduct, in_place: Option<Ground>) -> Step {
    Step {
        on,
        theme: Theme::Papers,
        contact: ContactMode::Office,
        conduct,
        in_place: in_place.map(|ground| InPlace {
            reason: InPlaceReason::OnlineOnly,
            ground,
        }),
        text: "Demande envoyée".into(),
        next_time: None,
    }
}

async fn mandate(app: &App, person: PersonId, theme: Theme, from: Date) -> MandateId {
    let new = NewMandate {
        themes: vec![theme],
        from,
        duration: MandateDuration::Month,
        consent: ConsentForm::Signed,
        words: "pour mes papiers".into(),
    };
    app.service
        .give_mandate(&app.workers[0], person, new)
        .await
        .unwrap()
}

#[tokio::test]
async fn acting_in_the_persons_place_needs_a_reason_and_a_ground_that_holds() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let other = app.person("Basile", true).await;
    let today = app.service.today();
    let live = mandate(&app, person, Theme::Papers, today).await;
    let coming = mandate(&app, person, Theme::Papers, today.saturating_add(2.days())).await;
    let housing = mandate(&app, person, Theme::Housing, today).await;
    let revoked = mandate(&app, person, Theme::Papers, today).await;
    let someone_elses = mandate(&app, other, Theme::Papers, today).await;
    app.service
        .revoke_mandate(
            &Who::Worker(&app.workers[0], person),
            revoked,
            String::new(),
        )
        .await
        .unwrap();
    let place = |ground| step(today, Conduct::InPlace, Some(ground));
    let mut silent = step(today, Conduct::Alone, None);
    silent.text = " ".into();
    for (step, expected) in [
        (step(today, Conduct::Alone, None), None),
        (step(today, Conduct::WithHelp, None), None),
        (step(today, Conduct::Workshop, None), None),
        (place(Ground::Mandate(live)), None),
        (place(Ground::Emergency("coupure ce soir".into())), None),
        (
            step(today, Conduct::InPlace, None),
            Some(StepError::NoReason),
        ),
        (place(Ground::Mandate(coming)), Some(StepError::NoGround)),
        (place(Ground::Mandate(housing)), Some(StepError::NoGround)),
        (place(Ground::Mandate(revoked)), Some(StepError::NoGround)),
        (
            place(Ground::Mandate(someone_elses)),
            Some(StepError::NoGround),
        ),
        (
            place(Ground::Emergency(String::new())),
            Some(StepError::EmptyEmergency),
        ),
        (
            step(today, Conduct::WithHelp, Some(Ground::Mandate(live))),
            Some(StepError::NeedlessReason),
        ),
        (
            step(today.tomorrow().unwrap(), Conduct::Alone, None),
            Some(StepError::Future),
        ),
    ] {
        let said = app
            .service
            .record_step(&app.workers[0], person, Compartment::Social, step.clone())
            .await;
        match (said, expected) {
            (Ok(_), None) => {}
            (Err(ServiceError::Step(error)), Some(expected)) => assert_eq!(error, expected),
            (said, _) => panic!("{step:?}: {said:?}"),
        }
    }
    let said = app
        .service
        .record_step(&app.workers[0], person, Compartment::Social, silent)
        .await;
    assert!(said.is_err());
    app.hours(24 * 31);
    let late = app
        .service
        .record_step(
            &app.workers[0],
            person,
            Compartment::Social,
            step(
                app.service.today(),
                Conduct::InPlace,
                Some(Ground::Mandate(live)),
            ),
        )
        .await;
    assert!(
        matches!(late, Err(ServiceError::Step(StepError::NoGround))),
        "its days are over: {late:?}"
    );
    let back = place(Ground::Mandate(live));
    assert!(
        app.service
            .record_step(&app.workers[0], person, Compartment::Social, back)
            .await
            .is_ok(),
        "what was done while it held may be written later"
    );
}

#[tokio::test]
async fn what_is_foreseen_for_next_time_is_kept() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let today = app.service.today();
    let mut done = step(
        today,
        Conduct::InPlace,
        Some(Ground::Emergency("coupure ce soir".into())),
    );
    done.next_time = Some(NextTime {
        text: "Appeler ensemble".into(),
        on: Some(today.saturating_add(7.days())),
    });
    app.service
        .record_step(&app.workers[0], person, Compartment::Social, done.clone())
        .await
        .unwrap();
    let opened = app.opened(&app.workers[0], person).await;
    let kept = opened.entries.iter().find_map(|e| match &e.body.content {
        Content::Step(step) => Some(step),
        _ => None,
    });
    assert_eq!(kept, Some(&done));
}

#[tokio::test]
async fn either_side_takes_a_mandate_back_and_no_one_else() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let card = app.card(person).await;
    let own = app.own(&card.code).await;
    let today = app.service.today();
    let (one, two) = (
        mandate(&app, person, Theme::Papers, today).await,
        mandate(&app, person, Theme::Housing, today).await,
    );
    let stranger = Who::Worker(&app.workers[1], person);
    let refused = app
        .service
        .revoke_mandate(&stranger, one, String::new())
        .await;
    assert!(matches!(refused, Err(ServiceError::NotFound)));
    let unknown = MandateId::from_bytes([1; 16]);
    let who = Who::Person(&own);
    let refused = app
        .service
        .revoke_mandate(&who, unknown, String::new())
        .await;
    assert!(matches!(refused, Err(ServiceError::NotFound)));

    app.service
        .revoke_mandate(&who, one, "je le fais".into())
        .await
        .unwrap();
    let worker = Who::Worker(&app.workers[0], person);
    app.service
        .revoke_mandate(&worker, two, "c'est fini".into())
        .await
        .unwrap();
    app.service
        .revoke_mandate(&worker, one, "après coup".into())
        .await
        .unwrap();
    let opened = app.opened(&app.workers[0], person).await;
    for (id, side, why) in [
        (one, Side::Person, "je le fais"),
        (two, Side::Worker, "c'est fini"),
    ] {
        let view = opened.mandates.iter().find(|m| m.mandate.id == id).unwrap();
        assert_eq!(view.state(today), MandateState::Revoked);
        assert_eq!(view.mandate.to, "Accueil");
        let (_, by, reason) = view.revoked.as_ref().unwrap();
        assert_eq!(
            (by.side, reason.as_str()),
            (side, why),
            "the first one holds"
        );
    }
    assert_eq!(opened.live_mandates(today).count(), 0);
}

#[tokio::test]
async fn a_mandate_says_on_what_and_from_today_on() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let today = app.service.today();
    for (themes, from, wrong) in [
        (Vec::new(), today, "themes"),
        (vec![Theme::Papers], today.yesterday().unwrap(), "from"),
    ] {
        let new = NewMandate {
            themes,
            from,
            duration: MandateDuration::Day,
            consent: ConsentForm::Spoken,
            words: String::new(),
        };
        let refused = app.service.give_mandate(&app.workers[0], person, new).await;
        assert!(
            matches!(refused, Err(ServiceError::Invalid { field, .. }) if field == wrong),
            "{refused:?}"
        );
    }
}

fn about(nature: Nature, text: &str, about: About) -> Writing {
    Writing {
        about: Some(about),
        ..writing(nature, text)
    }
}

#[tokio::test]
async fn corrections_and_answers_stand_beside_what_they_are_about() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let card = app.card(person).await;
    let own = app.own(&card.code).await;
    let (worker, himself) = (Who::Worker(&app.workers[0], person), Who::Person(&own));
    let social = Compartment::Social;
    let fact = app
        .write(&app.workers[0], person, social, "né en 1980")
        .await;
    let write = |who, words| app.service.write(who, social, words);
    let corrected = about(Nature::Fact, "né en 1981", About::Corrects(fact));
    let correction = write(&worker, corrected).await.unwrap();
    let answer = about(Nature::Words, "en 1982 !", About::Answers(fact));
    let reply = write(&himself, answer).await.unwrap();
    let thanks = about(Nature::Fact, "merci", About::Answers(reply));
    write(&worker, thanks).await.unwrap();

    let opened = app.opened(&app.workers[0], person).await;
    assert_eq!(
        texts(&opened),
        ["né en 1980", "né en 1981", "en 1982 !", "merci"]
    );
    let later: Vec<_> = opened
        .about(fact)
        .map(|e| (e.body.author.side, e.sequence))
        .collect();
    assert_eq!(later, [(Side::Worker, correction), (Side::Person, reply)]);
    app.sound().await;
}

#[tokio::test]
async fn nobody_writes_in_anothers_stead_nor_where_it_is_closed() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let card = app.card(person).await;
    let own = app.own(&card.code).await;
    let (worker, himself) = (Who::Worker(&app.workers[0], person), Who::Person(&own));
    let (social, fact) = (Compartment::Social, Nature::Fact);
    let words = writing(Nature::Words, "mes mots");
    let said = app.service.write(&himself, social, words).await.unwrap();
    let health = app
        .write(&app.leads[0], person, Compartment::Health, "une santé")
        .await;
    let long = "é".repeat(LONGEST_TEXT);
    let refused = [
        (
            &worker,
            social,
            about(fact, "non", About::Corrects(said)),
            "the person's words are answered, never corrected",
        ),
        (
            &worker,
            social,
            about(fact, "non", About::Corrects(health)),
            "in another compartment",
        ),
        (
            &worker,
            social,
            about(fact, "non", About::Answers(9999)),
            "nothing there",
        ),
        (
            &himself,
            social,
            writing(Nature::Hypothesis, "peut-être"),
            "the person writes their words",
        ),
        (
            &worker,
            Compartment::Vault,
            writing(fact, "non"),
            "the vault is the person's alone",
        ),
        (
            &worker,
            Compartment::Health,
            writing(fact, "non"),
            "not open to the writer",
        ),
        (&worker, social, writing(fact, " \n"), "no words"),
        (
            &worker,
            social,
            writing(fact, &format!("{long}é")),
            "too long",
        ),
    ];
    for (who, at, words, why) in refused {
        assert!(app.service.write(who, at, words).await.is_err(), "{why}");
    }
    app.write(&app.workers[0], person, social, &long).await;
    let opened = app.opened(&app.workers[0], person).await;
    assert_eq!(texts(&opened), ["mes mots", long.as_str()]);
    app.sound().await;
}

#[tokio::test]
async fn writers_at_the_same_time_all_find_their_place() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let card = app.card(person).await;
    let own = app.own(&card.code).await;
    let (worker, lead) = (
        Who::Worker(&app.workers[0], person),
        Who::Worker(&app.leads[0], person),
    );
    let himself = Who::Person(&own);
    let write = |who, text: String| {
        let service = app.service.clone();
        async move {
            service
                .write(who, Compartment::Social, writing(Nature::Words, &text))
                .await
                .unwrap()
        }
    };
    let all = (0..30).map(|i| match i % 3 {
        0 => write(&worker, i.to_string()),
        1 => write(&lead, i.to_string()),
        _ => write(&himself, i.to_string()),
    });
    let mut places = futures_util::future::join_all(all).await;
    places.sort_unstable();
    places.dedup();
    assert_eq!(places.len(), 30);
    let social = Which::One(Compartment::Social);
    let opened = app
        .service
        .open_record(&app.workers[0], person, social)
        .await
        .unwrap();
    assert_eq!(texts(&opened.record).len(), 30);
    app.sound().await;
}
