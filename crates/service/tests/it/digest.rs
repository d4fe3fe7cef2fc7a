//! The digest of the day: prepared in the morning while everything is locked, told to whom it is for,
//! the same until the next morning.

use crate::{app::App, procedures::deadline};
use domain::{
    procedure::{DeadlineEnd, DeadlineKind},
    words::AppointmentShow,
};
use jiff::{ToSpan, civil::Date};
use service::{Job, PersonSession, WorkerSession};

impl App {
    async fn morning(&self) -> bool {
        self.service.run_job(Job::Digest).await.unwrap()
    }

    /// What the worker's digest tells, and whether this morning told of it first.
    async fn told(&self, session: &WorkerSession) -> Vec<(DeadlineKind, bool)> {
        let digest = self.service.digest(session).await.unwrap();
        let day = digest.day;
        let due = digest.due.into_iter();
        due.map(|d| (d.kind, d.told == day)).collect()
    }

    async fn own_told(&self, session: &PersonSession) -> Vec<DeadlineKind> {
        let digest = self.service.own_digest(session).await.unwrap();
        digest.due.into_iter().map(|d| d.kind).collect()
    }

    fn in_days(&self, days: i64) -> Date {
        self.service.today().saturating_add(days.days())
    }
}

#[tokio::test]
async fn a_digest_is_for_whom_it_concerns_and_does_not_grow_during_the_day() {
    use DeadlineKind as K;
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let (worker, lead) = (&app.workers[0], &app.leads[0]);
    let id = app.open(person).await;
    let card = app.card(person).await;
    let own = app.own(&card.code).await;
    let set = async |kind, days, show| {
        let new = deadline(kind, app.in_days(days), show);
        app.set(person, id, new).await
    };
    set(K::Declaration, 20, AppointmentShow::Notified).await;
    let hearing = set(K::Hearing, 10, AppointmentShow::Hidden).await;
    set(K::Pieces, 12, AppointmentShow::Silent).await;
    set(K::Renewal, 90, AppointmentShow::Notified).await;
    assert!(app.told(worker).await.is_empty(), "none is prepared yet");
    let digest = app.service.digest(worker).await.unwrap();
    assert_eq!((digest.prepared, digest.day), (None, None));

    assert!(app.morning().await);
    let first = [
        (K::Hearing, true),
        (K::Pieces, true),
        (K::Declaration, true),
    ];
    assert_eq!(app.told(worker).await, first);
    assert_eq!(app.own_told(&own).await, [K::Declaration]);
    assert!(app.told(lead).await.is_empty(), "they follow nothing");

    // What is set since waits for the next morning; what was told stays told.
    let late = set(K::Other, 3, AppointmentShow::Notified).await;
    assert!(!app.morning().await, "once a day");
    assert_eq!(app.told(worker).await, first);

    app.hours(24);
    assert!(app.morning().await);
    let second = [
        (K::Other, true),
        (K::Hearing, false),
        (K::Pieces, false),
        (K::Declaration, false),
    ];
    assert_eq!(app.told(worker).await, second);
    assert_eq!(app.own_told(&own).await, [K::Other, K::Declaration]);
    assert_eq!(app.service.prepare_digest().await.unwrap(), 0);
    assert_eq!(app.told(worker).await, second);

    // What is over leaves at once; what is moved is told again as new.
    let end = DeadlineEnd::Done;
    let ended = app.service.end_deadline(worker, person, id, late, end);
    ended.await.unwrap();
    let moved = deadline(K::Hearing, app.in_days(15), AppointmentShow::Hidden);
    app.service
        .set_deadline(worker, person, id, Some(hearing), moved)
        .await
        .unwrap();
    let kept = [(K::Pieces, false), (K::Declaration, false)];
    assert_eq!(app.told(worker).await, kept);
    app.hours(24);
    assert!(app.morning().await);
    assert_eq!(
        app.told(worker).await,
        [kept[0], (K::Hearing, true), kept[1]]
    );
}

#[tokio::test]
async fn nobody_is_called_to_a_digest_at_night_and_one_node_prepares_it() {
    let app = App::new().await;
    assert!(app.morning().await);
    let zone = app.service.zone().clone();
    let here = |app: &App| zone.to_datetime(app.service.now());
    let other = app.reopened().await;
    let mut prepared = Vec::new();
    for _ in 0..48 {
        app.hours(1);
        for node in [&other, &app.service] {
            if node.run_job(Job::Digest).await.unwrap() {
                prepared.push(here(&app).hour());
            }
        }
    }
    assert_eq!(prepared, [6, 6]);
}
