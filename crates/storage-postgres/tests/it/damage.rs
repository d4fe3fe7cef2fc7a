//! Tables that someone edited, and a program that tries to rewrite what was signed.

use crate::{
    opened, own_database,
    rows::{PERSON, fill},
};
use sqlx::{AssertSqlSafe, PgPool};
use storage::{Storage, StorageError};

pub(crate) const JOURNALS: [&str; 6] = [
    "statements",
    "person_statements",
    "entries",
    "readings",
    "checkpoints",
    "checkpoint_heads",
];

pub(crate) fn column(table: &str) -> &'static str {
    match table {
        "person_statements" | "statements" => "signed",
        "checkpoints" => "bytes",
        "checkpoint_heads" => "entries",
        _ => "sealed",
    }
}

pub(crate) async fn run(pool: &PgPool, statement: &str) -> Result<(), sqlx::Error> {
    let statement = AssertSqlSafe(statement.to_owned());
    sqlx::raw_sql(statement).execute(pool).await.map(drop)
}

#[tokio::test]
async fn what_was_signed_is_never_rewritten_or_removed() {
    let Some(database) = own_database() else {
        return;
    };
    let storage = opened(&database).await;
    fill(&storage).await;
    // The role that owns the tables: the strongest there is.
    let owner = PgPool::connect(database.url()).await.unwrap();
    for table in JOURNALS {
        let count = format!("SELECT count(*) FROM {table}");
        for change in [
            format!("DELETE FROM {table}"),
            format!("UPDATE {table} SET {0} = {0}", column(table)),
            format!("TRUNCATE {table} CASCADE"),
        ] {
            assert!(run(&owner, &change).await.is_err(), "{change}");
        }
        let after: i64 = sqlx::query_scalar(AssertSqlSafe(count))
            .fetch_one(&owner)
            .await
            .unwrap();
        assert_eq!(after, 1, "{table}");
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_understood_is_named() {
    let Some(database) = own_database() else {
        return;
    };
    let storage = opened(&database).await;
    fill(&storage).await;
    let owner = PgPool::connect(database.url()).await.unwrap();
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
            "ALTER TABLE persons DROP CONSTRAINT persons_entry_hash_check;
             UPDATE persons SET entries = 1, entry_hash = '\\x00'",
            "entry_hash",
        ),
    ] {
        run(&owner, edit).await.unwrap();
        let mut tx = storage.read().await.unwrap();
        let error = tx.person(PERSON).await.unwrap_err();
        assert_eq!(broken(error), ("persons", column));
    }
    for (edit, column) in [
        (
            "DROP TRIGGER entries_stay ON entries; UPDATE entries SET compartment = 9",
            "compartment",
        ),
        (
            "ALTER TABLE entries DROP CONSTRAINT entries_signature_check;
             UPDATE entries SET compartment = 2, signature = '\\x01'",
            "signature",
        ),
    ] {
        run(&owner, edit).await.unwrap();
        let mut tx = storage.read().await.unwrap();
        let error = tx.entries_after(PERSON, 0, 9).await.unwrap_err();
        assert_eq!(broken(error), ("entries", column));
    }
}

#[tokio::test]
async fn checking_reports_what_breaks_the_rules() {
    let Some(database) = own_database() else {
        return;
    };
    let storage = opened(&database).await;
    fill(&storage).await;
    assert_eq!(storage.check().await.unwrap(), Vec::<String>::new());
    let owner = PgPool::connect(database.url()).await.unwrap();
    for (edit, told) in [
        (
            "SET session_replication_role = replica; DELETE FROM persons",
            "entries",
        ),
        (
            "DROP TRIGGER readings_stay ON readings",
            "readings can be rewritten",
        ),
        (
            "ALTER DATABASE %s SET synchronous_commit = off",
            "synchronous_commit",
        ),
    ] {
        let name = database.url().rsplit('/').next().unwrap();
        let name = name.split('?').next().unwrap();
        run(&owner, &edit.replace("%s", name)).await.unwrap();
        // New connections: settings of a database are theirs.
        let storage = opened(&database).await;
        let faults = storage.check().await.unwrap();
        assert!(
            faults.iter().any(|f| f.contains(told)),
            "{told}: {faults:?}"
        );
    }
}
