//! A file that someone edited, and a program that tries to rewrite what was signed.

use crate::open;
use domain::{
    Compartment,
    id::{AccountId, KeyId, OrganisationId, PersonId, ReadingId, StatementId},
};
use jiff::civil::date;
use sqlx::{AssertSqlSafe, SqlitePool, sqlite::SqliteConnectOptions};
use std::path::Path;
use storage::{
    CheckpointRow, EntryRow, HeadRow, OrganisationRow, PersonRow, PersonStatementRow, ReadingRow,
    Storage, StorageError,
};
use storage_sqlite::SqliteStorage;

const PERSON: PersonId = PersonId::from_bytes([5; 16]);

/// One row of every table that is never rewritten.
async fn fill(storage: &SqliteStorage) {
    let organisation = OrganisationRow {
        id: OrganisationId::from_bytes([1; 16]),
        name: vec![1],
    };
    let mut tx = storage.write().await.unwrap();
    tx.add_organisation(&organisation).await.unwrap();
    tx.add_statement(StatementId::from_bytes([2; 16]), b"signed")
        .await
        .unwrap();
    tx.add_person(&PersonRow {
        person: PERSON,
        organisation: organisation.id,
        active: date(2026, 1, 1),
        entries: 0,
        entry_hash: [0; 32],
        readings: 0,
        reading_hash: [0; 32],
        statements: 0,
        statement_hash: [0; 32],
    })
    .await
    .unwrap();
    tx.append_person_statement(&PersonStatementRow {
        person: PERSON,
        number: 1,
        previous: [0; 32],
        hash: [1; 32],
        signed: b"signed".to_vec(),
    })
    .await
    .unwrap();
    let entry = EntryRow {
        person: PERSON,
        sequence: 1,
        compartment: Compartment::Social,
        epoch: 1,
        profile: false,
        author: AccountId::from_bytes([6; 16]),
        key: KeyId::from_bytes([7; 16]),
        previous: [0; 32],
        hash: [1; 32],
        sealed: vec![8; 64],
        signature: [9; 64],
        file: None,
    };
    tx.append_entry(&entry, date(2026, 1, 1)).await.unwrap();
    let reading = ReadingRow {
        person: PERSON,
        sequence: 1,
        reading: ReadingId::from_bytes([4; 16]),
        compartment: Compartment::Social,
        epoch: 1,
        reader: AccountId::from_bytes([6; 16]),
        key: KeyId::from_bytes([7; 16]),
        previous: [0; 32],
        hash: [1; 32],
        sealed: vec![8; 64],
        signature: [9; 64],
    };
    tx.append_readings(&[reading]).await.unwrap();
    tx.add_heads(&[HeadRow {
        person: PERSON,
        checkpoint: 1,
        entries: 1,
        entry_hash: [1; 32],
        readings: 1,
        reading_hash: [1; 32],
        statements: 1,
        statement_hash: [1; 32],
    }])
    .await
    .unwrap();
    tx.add_checkpoint(&CheckpointRow {
        sequence: 1,
        bytes: vec![1],
        signature: [1; 64],
    })
    .await
    .unwrap();
    tx.save().await.unwrap();
}

/// A connection that knows nothing of this program's settings.
async fn bare(folder: &Path) -> SqlitePool {
    let options = SqliteConnectOptions::new()
        .filename(folder.join("main.db"))
        .foreign_keys(false)
        .pragma("ignore_check_constraints", "ON");
    SqlitePool::connect_with(options).await.unwrap()
}

#[tokio::test]
async fn what_was_signed_is_never_rewritten_or_removed() {
    let (folder, storage) = open().await;
    fill(&storage).await;
    let bare = bare(folder.path()).await;
    for table in [
        "statements",
        "person_statements",
        "entries",
        "readings",
        "checkpoints",
        "checkpoint_heads",
    ] {
        let count = format!("SELECT count(*) FROM {table}");
        let before: i64 = sqlx::query_scalar(AssertSqlSafe(count.clone()))
            .fetch_one(&bare)
            .await
            .unwrap();
        assert_eq!(before, 1, "{table}");
        for change in [
            format!("DELETE FROM {table}"),
            format!("UPDATE {table} SET {0} = {0}", column(table)),
        ] {
            let refused = sqlx::query(AssertSqlSafe(change.clone()))
                .execute(&bare)
                .await;
            assert!(refused.is_err(), "{change}");
        }
        let after: i64 = sqlx::query_scalar(AssertSqlSafe(count))
            .fetch_one(&bare)
            .await
            .unwrap();
        assert_eq!(after, 1, "{table}");
    }
}

fn column(table: &str) -> &'static str {
    match table {
        "person_statements" | "statements" => "signed",
        "checkpoints" => "bytes",
        "checkpoint_heads" => "entries",
        _ => "sealed",
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_understood_is_named() {
    let (folder, storage) = open().await;
    fill(&storage).await;
    let bare = bare(folder.path()).await;
    let broken = |error: StorageError| match error {
        StorageError::Broken {
            table,
            column,
            what,
        } => {
            assert!(!what.is_empty());
            (table, column)
        }
        other => panic!("{other:?}"),
    };
    for (edit, column) in [
        ("UPDATE persons SET active = '2026-99-01'", "active"),
        (
            "UPDATE persons SET active = '2026-01-01', entries = -4",
            "entries",
        ),
        (
            "UPDATE persons SET entries = 1, entry_hash = x'00'",
            "entry_hash",
        ),
    ] {
        sqlx::query(edit).execute(&bare).await.unwrap();
        let mut tx = storage.read().await.unwrap();
        let error = tx.person(PERSON).await.unwrap_err();
        assert_eq!(broken(error), ("persons", column));
    }
    for (edit, column) in [
        ("UPDATE entries SET compartment = 9", "compartment"),
        (
            "UPDATE entries SET compartment = 2, signature = x'01'",
            "signature",
        ),
    ] {
        for statement in ["DROP TRIGGER IF EXISTS entries_stay", edit] {
            sqlx::query(statement).execute(&bare).await.unwrap();
        }
        let mut tx = storage.read().await.unwrap();
        let error = tx.entries_after(PERSON, 0, 9).await.unwrap_err();
        assert_eq!(broken(error), ("entries", column));
    }
}

#[tokio::test]
async fn checking_reports_rows_that_break_the_rules() {
    let (folder, storage) = open().await;
    fill(&storage).await;
    assert_eq!(storage.check().await.unwrap(), Vec::<String>::new());
    let bare = bare(folder.path()).await;
    sqlx::query("DELETE FROM persons")
        .execute(&bare)
        .await
        .unwrap();
    let faults = storage.check().await.unwrap();
    assert!(
        faults
            .iter()
            .any(|f| f.contains("entries") && f.contains("persons")),
        "{faults:?}"
    );
}

#[tokio::test]
async fn checking_reports_an_edited_file() {
    let (folder, storage) = open().await;
    fill(&storage).await;
    storage.close().await;
    let file = folder.path().join("main.db");
    let whole = std::fs::read(&file).unwrap();
    let page = usize::from(u16::from_be_bytes([whole[16], whole[17]]));
    assert_eq!(page, 8192);
    let mut reported = 0;
    for number in 1..whole.len() / page {
        let mut edited = whole.clone();
        edited[number * page..number * page + 16].fill(0xee);
        std::fs::write(&file, &edited).unwrap();
        // Some pages are read by opening itself, which then says so.
        match SqliteStorage::open_existing(&file).await {
            Ok(storage) => {
                let faults = storage.check().await.unwrap();
                assert!(!faults.is_empty(), "page {number}");
                storage.close().await;
                reported += 1;
            }
            Err(error) => assert!(matches!(error, StorageError::Engine(_)), "{error:?}"),
        }
        for log in ["main.db-wal", "main.db-shm"] {
            let _ = std::fs::remove_file(folder.path().join(log));
        }
    }
    assert!(reported > 10, "{reported} pages");
}
