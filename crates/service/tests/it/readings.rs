//! Readings: on disk before anything is shown, once a quarter of an hour, and told to the person.

use crate::{again::Contended, app::App};
use domain::{Compartment, Compartments, entry::Side, id::PersonId};
use service::{ReadingLine, ServiceError, What, Which, Who, WorkerSession};

async fn read(app: &App, session: &WorkerSession, person: PersonId) -> Vec<ReadingLine> {
    let who = Who::Worker(session, person);
    app.service.who_read(&who, None).await.unwrap().lines
}

#[tokio::test]
async fn opening_leaves_one_reading_a_compartment_and_a_quarter_of_an_hour() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let worker = &app.workers[0];
    assert!(
        read(&app, worker, person).await.is_empty(),
        "asking leaves none"
    );
    for (minutes, readings) in [(0, 2), (7, 2), (7, 2), (1, 4), (14, 4), (1, 6)] {
        app.minutes(minutes);
        app.opened(worker, person).await;
        assert_eq!(read(&app, worker, person).await.len(), readings);
    }
    let dora = app.worker("Dora", 0).await;
    app.opened(&dora.session, person).await;
    assert_eq!(
        read(&app, worker, person).await.len(),
        8,
        "another session leaves its own"
    );
    app.sound().await;
}

#[tokio::test]
async fn what_this_node_journaled_waits_for_no_disk_and_another_asks_the_store() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let worker = &app.workers[0];
    let [one, other] = [Contended::over(&app).await, Contended::over(&app).await];
    let first = app.reopened_over(one.clone()).await;
    let second = app.reopened_over(other.clone()).await;
    let social = Which::One(Compartment::Social);
    let mut written = Vec::new();
    for (service, store, which) in [
        (&first, &one, Which::All),
        (&first, &one, Which::All),
        (&first, &one, social),
        (&second, &other, Which::All),
        (&second, &other, Which::All),
    ] {
        service.open_record(worker, person, which).await.unwrap();
        written.push(store.begun() > 0);
    }
    assert_eq!(written, [true, false, false, true, false]);
    assert_eq!(read(&app, worker, person).await.len(), 2);
    // The quarter of an hour is over: the same opening is told again.
    app.minutes(15);
    first.open_record(worker, person, social).await.unwrap();
    assert!(one.begun() > 0);
    assert_eq!(read(&app, worker, person).await.len(), 3);
    app.sound().await;
}

#[tokio::test]
async fn a_record_that_was_not_met_lately_is_read_ahead_once() {
    let app = App::new().await;
    let people = [
        app.person("Aline", true).await,
        app.person("Basile", true).await,
    ];
    let store = Contended::over(&app).await;
    let service = app.reopened_over(store.clone()).await;
    let mut ahead = Vec::new();
    for person in [people[0], people[0], people[1], people[0]] {
        let opened = service.open_record(&app.workers[0], person, Which::All);
        opened.await.unwrap();
        ahead.push(store.ahead());
    }
    assert_eq!(ahead, [1, 0, 1, 0]);
    app.sound().await;
}

#[tokio::test]
async fn the_person_sees_who_read_from_which_team_and_when() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let card = app.card(person).await;
    let social = Which::One(Compartment::Social);
    app.minutes(20);
    let at = app.service.now();
    app.service
        .open_record(&app.workers[0], person, social)
        .await
        .unwrap();
    app.minutes(20);
    let own = app.own(&card.code).await;
    app.service.open_own(&own, social).await.unwrap();
    let lines = app
        .service
        .who_read(&Who::Person(&own), None)
        .await
        .unwrap()
        .lines;
    assert_eq!(lines.len(), 2, "latest first");
    assert_eq!(lines[0].reader.side, Side::Person);
    let theirs = &lines[1];
    assert_eq!((theirs.at, &theirs.what), (at, &What::Compartment));
    assert_eq!(theirs.compartment, Compartment::Social);
    assert_eq!(
        (theirs.reader.name.as_str(), theirs.reader.job.as_str()),
        ("Worker 0", "métier")
    );
    assert_eq!(theirs.reader.team.as_ref().unwrap().name, "Accueil");
}

#[tokio::test]
async fn a_worker_sees_readings_of_what_they_may_open_only() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    app.write(&app.leads[0], person, Compartment::Health, "une santé")
        .await;
    app.opened(&app.leads[0], person).await;
    let usual = Compartments::usual();
    let seen = read(&app, &app.workers[0], person).await;
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|l| usual.contains(l.compartment)));
    let all = read(&app, &app.leads[0], person).await;
    assert!(all.iter().any(|l| l.compartment == Compartment::Health));
    let stranger = Who::Worker(&app.workers[1], person);
    let refused = app.service.who_read(&stranger, None).await;
    assert!(matches!(refused, Err(ServiceError::NotFound)));
}

#[tokio::test]
async fn if_a_reading_cannot_be_written_nothing_is_shown() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let card = app.card(person).await;
    let own = app.own(&card.code).await;
    let worker = Who::Worker(&app.workers[0], person);
    let document = crate::safe::put(&app, &worker, Compartment::Social, b"%PDF-1.7 une page")
        .await
        .unwrap();
    app.engine.refuse_readings(true).await;
    let all = Which::All;
    assert!(
        app.service
            .open_record(&app.workers[0], person, all)
            .await
            .is_err()
    );
    assert!(app.service.open_own(&own, all).await.is_err());
    assert!(app.service.open_document(&worker, document).await.is_err());
    let keepers = app
        .service
        .open_by_keepers(&app.sheets[..3], person, "Décision du juge du 3 mars")
        .await;
    assert!(keepers.is_err());
    app.engine.refuse_readings(false).await;
    assert!(
        app.service
            .open_record(&app.workers[0], person, all)
            .await
            .is_ok()
    );
    app.sound().await;
}

#[tokio::test]
async fn a_long_list_comes_by_pages_and_nothing_is_left_out() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    for _ in 0..60 {
        app.minutes(15);
        app.opened(&app.workers[0], person).await;
    }
    let who = Who::Worker(&app.workers[0], person);
    let (mut before, mut pages, mut times) = (None, 0, Vec::new());
    loop {
        let page = app.service.who_read(&who, before).await.unwrap();
        times.extend(page.lines.iter().map(|l| l.at));
        pages += 1;
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!((pages, times.len()), (3, 120));
    assert!(times.is_sorted_by(|a, b| a >= b), "latest first");
}

#[tokio::test]
async fn readers_at_the_same_time_each_leave_theirs_in_one_chain() {
    let app = App::new().await;
    let people = [
        app.person("Aline", true).await,
        app.person("Basile", true).await,
    ];
    let mut sessions = Vec::new();
    for name in ["Dora", "Élie", "Fanny"] {
        sessions.push(app.worker(name, 0).await.session);
    }
    let opens = sessions.iter().flat_map(|session| {
        people
            .iter()
            .flat_map(move |person| (0..4).map(move |_| (session, *person)))
    });
    let opens = opens.map(|(session, person)| app.service.open_record(session, person, Which::All));
    for opened in futures_util::future::join_all(opens).await {
        opened.unwrap();
    }
    for person in people {
        assert_eq!(read(&app, &app.workers[0], person).await.len(), 6);
    }
    app.sound().await;
}
