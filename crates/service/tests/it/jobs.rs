//! Background jobs over several nodes: one at a time, once an hour, taken over from a node that died.

use crate::{
    app::App,
    kept::Kept,
    safe::{content, put},
};
use bucket::{Fault, Server};
use domain::Compartment;
use service::{Job, JobLine, Who};
use std::sync::Arc;

async fn lines(app: &App) -> Vec<JobLine> {
    let storage = app.engine.main().await.unwrap();
    let lines = JobLine::all(&*storage, app.service.now()).await.unwrap();
    storage.close().await;
    lines
}

#[tokio::test]
async fn a_job_is_done_once_an_hour_by_whichever_node() {
    let app = App::new().await;
    app.person("Aline", true).await;
    let other = app.reopened().await;
    assert!(
        lines(&app)
            .await
            .iter()
            .all(|l| l.last_done.is_none() && !l.running)
    );
    for job in Job::ALL {
        assert!(app.service.run_job(job).await.unwrap());
        for node in [&app.service, &other] {
            assert!(!node.run_job(job).await.unwrap(), "done already");
        }
    }
    let now = Some(app.service.now());
    assert!(
        lines(&app)
            .await
            .iter()
            .all(|l| l.last_done == now && !l.running)
    );
    app.minutes(59);
    assert!(!other.run_job(Job::Checkpoint).await.unwrap());
    app.minutes(1);
    assert!(other.run_job(Job::Checkpoint).await.unwrap());
    assert!(!app.service.run_job(Job::Checkpoint).await.unwrap());
    assert!(app.service.run_job(Job::Sweep).await.unwrap());
    app.sound().await;
}

#[tokio::test]
async fn a_node_that_died_at_a_job_is_waited_for_and_no_longer() {
    let app = App::new().await;
    let until = app.service.now().as_microsecond() + 15 * 60 * 1_000_000;
    let dead = format!("INSERT INTO leases VALUES ('sweep', zeroblob(16), {until}, NULL)");
    app.engine.edit(&dead).await;
    assert!(lines(&app).await.iter().any(|l| l.running));
    assert!(!app.service.run_job(Job::Sweep).await.unwrap());
    assert!(app.service.run_job(Job::Checkpoint).await.unwrap());
    app.minutes(15);
    assert!(app.service.run_job(Job::Sweep).await.unwrap());
}

#[tokio::test]
async fn a_job_that_failed_is_given_back() {
    let server = Arc::new(Server::start());
    let app = App::keeping(Kept::Bucket(Arc::clone(&server))).await;
    let person = app.person("Aline", true).await;
    let who = Who::Worker(&app.workers[0], person);
    server.fails("PUT", Fault::Unavailable, usize::MAX);
    put(&app, &who, Compartment::Social, &content(1000, 1))
        .await
        .unwrap_err();
    server.mends();
    app.hours(25);
    server.fails("DELETE", Fault::Unavailable, usize::MAX);
    app.service.run_job(Job::Sweep).await.unwrap_err();
    assert!(
        lines(&app)
            .await
            .iter()
            .all(|l| l.last_done.is_none() && !l.running)
    );
    server.mends();
    let other = app.reopened().await;
    assert!(other.run_job(Job::Sweep).await.unwrap());
    assert!(app.keeps_no_file().await);
}
