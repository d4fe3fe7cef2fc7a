//! What is saved stays, and can be copied while others write.

use crate::{open, open_shares};
use domain::id::{OrganisationId, PersonId};
use storage::{OrganisationRow, ShareStore, Storage, StorageError};
use storage_sqlite::{SqliteShares, SqliteStorage};

fn organisation(byte: u8) -> OrganisationRow {
    OrganisationRow {
        id: OrganisationId::from_bytes([byte; 16]),
        name: vec![byte; 40],
    }
}

async fn add(storage: &SqliteStorage, row: &OrganisationRow) {
    let mut tx = storage.write().await.unwrap();
    tx.add_organisation(row).await.unwrap();
    tx.save().await.unwrap();
}

async fn all(storage: &SqliteStorage) -> Vec<OrganisationRow> {
    let mut tx = storage.read().await.unwrap();
    tx.organisations().await.unwrap()
}

#[tokio::test]
async fn reopening_keeps_everything_and_closing_leaves_one_file() {
    let (folder, storage) = open().await;
    let file = folder.path().join("main.db");
    add(&storage, &organisation(1)).await;
    storage.close().await;
    let names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|f| f.unwrap().file_name())
        .collect();
    assert_eq!(names, ["main.db"], "the log was moved into the file");

    let storage = SqliteStorage::open_existing(&file).await.unwrap();
    assert_eq!(all(&storage).await, [organisation(1)]);
    assert_eq!(storage.check().await.unwrap(), Vec::<String>::new());
    add(&storage, &organisation(2)).await;
    // As after a crash: nothing is closed, the log is still beside the file.
    let again = SqliteStorage::open(&file).await.unwrap();
    assert_eq!(all(&again).await, [organisation(1), organisation(2)]);
    let engine = again.engine().await.unwrap();
    assert!(engine.to_lowercase().starts_with("sqlite 3."), "{engine}");
}

#[tokio::test]
async fn a_missing_or_foreign_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.db");
    let refused = SqliteStorage::open_existing(&missing).await;
    assert!(matches!(refused, Err(StorageError::Engine(_))));
    assert!(!missing.exists(), "refusing makes nothing");

    let foreign = folder.path().join("notes.txt");
    std::fs::write(&foreign, "not a database at all\n".repeat(500)).unwrap();
    assert!(SqliteStorage::open(&foreign).await.is_err());
    assert!(SqliteShares::open(&foreign).await.is_err());
}

#[tokio::test]
async fn a_copy_holds_what_was_saved_and_replaces_no_file() {
    let (folder, storage) = open().await;
    add(&storage, &organisation(1)).await;
    let mut unsaved = storage.write().await.unwrap();
    unsaved.add_organisation(&organisation(2)).await.unwrap();
    let copy = folder.path().join("copy.db");
    storage.copy_to(&copy).await.unwrap();
    unsaved.save().await.unwrap();
    assert!(storage.copy_to(&copy).await.is_err(), "one new file");

    let copied = SqliteStorage::open_existing(&copy).await.unwrap();
    assert_eq!(all(&copied).await, [organisation(1)]);
    assert_eq!(copied.check().await.unwrap(), Vec::<String>::new());
    assert_eq!(all(&storage).await.len(), 2);
}

#[tokio::test]
async fn shares_are_kept_and_copied() {
    let (folder, shares) = open_shares().await;
    let person = PersonId::from_bytes([3; 16]);
    shares.add_shares(&[(person, [4; 32])]).await.unwrap();
    let copy = folder.path().join("copy.db");
    shares.copy_to(&copy).await.unwrap();
    shares.close().await;
    for file in ["shares.db", "copy.db"] {
        let opened = SqliteShares::open(&folder.path().join(file)).await.unwrap();
        assert_eq!(opened.share(person).await.unwrap(), Some([4; 32]), "{file}");
    }
}
