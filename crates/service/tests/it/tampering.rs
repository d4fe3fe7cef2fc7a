//! Someone who writes in the database: cells moved between rows, people, compartments and versions.
//! None is accepted, and `verify` names each.

use crate::app::App;
use domain::{Compartment, document::DocumentFacts, id::PersonId, words::DocumentKind};
use service::{NewDocument, Service, Which, Who};
use sqlx::SqlitePool;

async fn raw(app: &App) -> SqlitePool {
    let path = app.folder.path().join("main.db");
    let pool = SqlitePool::connect(&format!("sqlite://{}", path.display()))
        .await
        .unwrap();
    for trigger in [
        "entries_stay",
        "entries_remain",
        "readings_stay",
        "readings_remain",
        "statements_stay",
        "statements_remain",
        "checkpoints_stay",
        "checkpoints_remain",
        "checkpoint_heads_stay",
        "checkpoint_heads_remain",
        "heads_stay",
        "heads_remain",
    ] {
        let drop = sqlx::AssertSqlSafe(format!("DROP TRIGGER IF EXISTS {trigger}"));
        sqlx::query(drop).execute(&pool).await.unwrap();
    }
    pool
}

async fn opens(app: &App, service: &Service, person: PersonId) -> bool {
    service
        .open_record(&app.leads[0], person, Which::All)
        .await
        .is_ok()
}

/// Two people with writings in two compartments.
async fn two() -> (App, PersonId, PersonId) {
    let app = App::new().await;
    let (a, b) = (
        app.person("Aline", true).await,
        app.person("Basile", true).await,
    );
    for person in [a, b] {
        for text in ["un", "deux"] {
            app.write(&app.leads[0], person, Compartment::Social, text)
                .await;
            app.write(&app.leads[0], person, Compartment::Health, text)
                .await;
        }
        app.service
            .open_record(&app.leads[0], person, Which::All)
            .await
            .unwrap();
    }
    app.service.checkpoint().await.unwrap();
    (app, a, b)
}

/// Runs that edit on a fresh installation; the record must not open and `verify` must say so.
async fn refused(edit: &str, shown: bool) {
    let (app, a, b) = two().await;
    assert_eq!(app.verify().await.wrong, 0, "before: {edit}");
    let pool = raw(&app).await;
    let edit = edit
        .replace("$A", &format!("x'{a}'"))
        .replace("$B", &format!("x'{b}'"));
    for statement in edit.split(';').filter(|s| !s.trim().is_empty()) {
        let done = sqlx::query(sqlx::AssertSqlSafe(statement.to_owned()))
            .execute(&pool)
            .await;
        assert!(
            done.unwrap().rows_affected() > 0,
            "nothing was edited by {statement}"
        );
    }
    pool.close().await;
    let report = app.verify().await;
    assert!(report.wrong > 0, "verify does not see: {edit}");
    if shown {
        // Opened anew: what was checked before, in memory, must not hide it. The same node too.
        for service in [app.reopened().await, app.service.clone()] {
            assert!(!opens(&app, &service, a).await, "accepted: {edit}");
        }
    }
}

#[tokio::test]
async fn a_sealed_value_moved_from_another_row_is_refused() {
    refused(
        "UPDATE entries SET sealed = (SELECT sealed FROM entries WHERE person_id = $A AND sequence = 3)
         WHERE person_id = $A AND sequence = 5",
        true,
    )
    .await;
}

#[tokio::test]
async fn a_sealed_value_moved_from_another_person_is_refused() {
    refused(
        "UPDATE entries SET sealed = (SELECT sealed FROM entries WHERE person_id = $B AND sequence = 3)
         WHERE person_id = $A AND sequence = 3",
        true,
    )
    .await;
}

#[tokio::test]
async fn a_whole_row_moved_from_another_person_is_refused() {
    refused(
        "UPDATE entries SET sealed = s.sealed, hash = s.hash, signature = s.signature, key = s.key
         FROM (SELECT * FROM entries WHERE person_id = $B AND sequence = 3) s
         WHERE entries.person_id = $A AND entries.sequence = 3",
        true,
    )
    .await;
}

#[tokio::test]
async fn another_compartment_is_refused() {
    refused(
        "UPDATE entries SET compartment = 2 WHERE person_id = $A AND compartment = 3",
        true,
    )
    .await;
}

#[tokio::test]
async fn another_author_is_refused() {
    refused(
        "UPDATE entries SET author = randomblob(16) WHERE person_id = $A AND sequence = 3",
        true,
    )
    .await;
}

#[tokio::test]
async fn a_signature_of_another_entry_is_refused() {
    refused(
        "UPDATE entries SET signature = (SELECT signature FROM entries WHERE person_id = $A AND sequence = 5)
         WHERE person_id = $A AND sequence = 3",
        false,
    )
    .await;
}

#[tokio::test]
async fn an_entry_taken_out_is_refused() {
    refused(
        "DELETE FROM entries WHERE person_id = $A AND sequence = 4",
        true,
    )
    .await;
}

#[tokio::test]
async fn a_record_cut_short_with_its_head_is_seen_by_its_checkpoint() {
    refused(
        "DELETE FROM entries WHERE person_id = $A AND sequence = 6;
         UPDATE persons SET entries = 5, entry_hash =
           (SELECT hash FROM entries WHERE person_id = $A AND sequence = 5) WHERE person_id = $A",
        false,
    )
    .await;
}

#[tokio::test]
async fn a_grant_that_opens_more_than_was_signed_is_refused() {
    refused(
        "UPDATE grants SET compartments = 2 WHERE person_id = $A AND recipient_kind = 1",
        true,
    )
    .await;
}

#[tokio::test]
async fn a_grant_that_never_ends_is_seen() {
    refused(
        "UPDATE grants SET until = 4102444800000000 WHERE person_id = $A AND recipient_kind = 1",
        true,
    )
    .await;
}

#[tokio::test]
async fn a_wrap_of_another_person_is_refused() {
    refused(
        "UPDATE wraps SET wrapped = (SELECT wrapped FROM wraps WHERE person_id = $B
           AND compartment = 2 AND recipient_kind = 1)
         WHERE person_id = $A AND compartment = 2 AND recipient_kind = 1;
         UPDATE wraps SET method = 1 WHERE person_id = $A AND compartment = 2 AND recipient_kind = 1",
        true,
    )
    .await;
}

#[tokio::test]
async fn a_membership_that_says_more_than_was_stated_is_seen() {
    refused(
        "UPDATE memberships SET compartments = 126 WHERE lead = 0",
        false,
    )
    .await;
}

#[tokio::test]
async fn a_reading_taken_out_or_changed_is_seen() {
    refused(
        "DELETE FROM readings WHERE person_id = $A AND sequence = 1",
        false,
    )
    .await;
    refused(
        "UPDATE readings SET reader = randomblob(16) WHERE person_id = $A AND sequence = 2",
        false,
    )
    .await;
}

#[tokio::test]
async fn a_statement_or_checkpoint_changed_is_seen() {
    refused("UPDATE checkpoints SET signature = randomblob(64)", false).await;
    refused(
        "UPDATE checkpoint_heads SET entries = 1 WHERE person_id = $A",
        false,
    )
    .await;
    refused(
        "UPDATE accounts SET administrator = 1 WHERE administrator = 0",
        false,
    )
    .await;
}

#[tokio::test]
async fn a_document_said_to_be_an_orphan_is_not_swept() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let who = Who::Worker(&app.leads[0], person);
    let mut upload = app
        .service
        .begin_upload(&who, Compartment::Social)
        .await
        .unwrap();
    upload.push(b"%PDF-1.7 une page").await.unwrap();
    let facts = DocumentFacts {
        kind: DocumentKind::Other,
        title: String::new(),
        issued: None,
        valid_until: None,
    };
    let new = NewDocument {
        name: "page.pdf".into(),
        facts,
    };
    app.service.finish_upload(&who, upload, new).await.unwrap();
    let pool = raw(&app).await;
    let edit = "UPDATE files SET kept = 0, begun = 0";
    sqlx::query(edit).execute(&pool).await.unwrap();
    pool.close().await;
    assert_eq!(app.service.sweep().await.unwrap().files, 0);
    assert_eq!(app.verify().await.faults, []);
}
