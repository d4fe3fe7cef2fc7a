//! A destroyed share is in no file of its table.

use crate::own_database;
use domain::id::PersonId;
use sqlx::PgPool;
use std::path::Path;
use storage::{ShareStore, StorageError};
use storage_postgres::{PostgresShares, Settings};

/// How many files under that folder hold those bytes.
fn holders(folder: &Path, bytes: &[u8]) -> usize {
    let mut found = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            found += holders(&path, bytes);
        } else if let Ok(content) = std::fs::read(&path) {
            found += usize::from(content.windows(bytes.len()).any(|w| w == bytes));
        }
    }
    found
}

#[tokio::test]
async fn a_destroyed_share_is_in_no_table_and_is_not_said_to_be_before() {
    let Some(database) = own_database() else {
        return;
    };
    let settings = Settings {
        acquire: std::time::Duration::from_secs(2),
        ..Settings::default()
    };
    let shares = PostgresShares::open(database.url(), &settings)
        .await
        .unwrap();
    let (gone, stays) = (PersonId::from_bytes([1; 16]), PersonId::from_bytes([2; 16]));
    shares
        .add_shares(&[(gone, [0xa1; 32]), (stays, [0xb2; 32])])
        .await
        .unwrap();
    let pool = PgPool::connect(database.url()).await.unwrap();
    let flush = async || {
        sqlx::raw_sql("CHECKPOINT").execute(&pool).await.unwrap();
    };
    // The log of the server keeps what it wrote until its backups are past: docs/SCALE.md.
    let tables = database.files().map(|files| files.join("base"));
    let held = |bytes: [u8; 32]| tables.as_ref().map(|tables| holders(tables, &bytes) > 0);
    flush().await;
    assert_ne!(held([0xa1; 32]), Some(false));

    // Someone looks at an earlier state and does not stop: a backup, say.
    let mut reader = pool
        .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ")
        .await
        .unwrap();
    sqlx::query("SELECT * FROM erasure_shares")
        .fetch_all(&mut *reader)
        .await
        .unwrap();
    let answer = shares.destroy_share(gone).await;
    assert!(matches!(answer, Err(StorageError::Busy)), "{answer:?}");
    assert_eq!(shares.share(gone).await.unwrap(), None);
    reader.rollback().await.unwrap();

    assert!(!shares.destroy_share(gone).await.unwrap(), "gone already");
    flush().await;
    assert_ne!(held([0xa1; 32]), Some(true));
    assert_ne!(held([0xb2; 32]), Some(false));
    assert_eq!(shares.share(stays).await.unwrap(), Some([0xb2; 32]));
}
