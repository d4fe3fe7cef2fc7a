//! What is saved stays, and can be copied while others write.

use crate::{
    database, opened, own_database, prepare,
    rows::{PERSON, add, all, fill, organisation},
};
use domain::id::PersonId;
use storage::{ShareStore, Storage, StorageError};
use storage_postgres::{PostgresShares, Settings};

#[tokio::test]
async fn reopening_keeps_everything() {
    let Some(database) = own_database() else {
        return;
    };
    let storage = opened(&database).await;
    add(&storage, &organisation(1)).await.unwrap();
    storage.close().await;
    assert!(storage.read().await.is_err());
    let again = opened(&database).await;
    assert_eq!(all(&again).await, [organisation(1)]);
    let engine = again.engine().await.unwrap();
    assert!(engine.starts_with("postgresql 1"), "{engine}");
}

#[tokio::test]
async fn a_copy_holds_what_was_saved_and_fills_another_database() {
    let Some(database) = own_database() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy");
    let storage = opened(&database).await;
    fill(&storage).await;
    let mut unsaved = storage.write().await.unwrap();
    unsaved.add_organisation(&organisation(2)).await.unwrap();
    storage.copy_to(&copy).await.unwrap();
    unsaved.save().await.unwrap();
    assert!(storage.copy_to(&copy).await.is_err(), "one new file");
    let mode = std::os::unix::fs::PermissionsExt::mode(&copy.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);

    let other = own_database().unwrap();
    let copied = opened(&other).await;
    copied.restore_from(&copy).await.unwrap();
    assert_eq!(all(&copied).await, [organisation(1)]);
    assert_eq!(copied.check().await.unwrap(), Vec::<String>::new());
    let (mut here, mut there) = (storage.read().await.unwrap(), copied.read().await.unwrap());
    assert_eq!(
        here.entries_after(PERSON, 0, 9).await.unwrap(),
        there.entries_after(PERSON, 0, 9).await.unwrap()
    );
    drop((here, there));
    let twice = copied.restore_from(&copy).await;
    assert!(matches!(twice, Err(StorageError::Conflict(_))), "{twice:?}");
}

#[tokio::test]
async fn a_damaged_copy_fills_nothing() {
    let Some(database) = own_database() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy");
    let storage = opened(&database).await;
    fill(&storage).await;
    storage.copy_to(&copy).await.unwrap();
    let whole = std::fs::read(&copy).unwrap();
    let other = own_database().unwrap();
    let empty = opened(&other).await;
    for length in [0, 10, 40, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&copy, &whole[..length]).unwrap();
        assert!(empty.restore_from(&copy).await.is_err(), "{length} bytes");
    }
    std::fs::write(
        &copy,
        [b"conatus-postgres-copy 1 99\n", &whole[26..]].concat(),
    )
    .unwrap();
    assert!(empty.restore_from(&copy).await.is_err(), "another version");
    assert!(all(&empty).await.is_empty());
    std::fs::write(&copy, &whole).unwrap();
    empty.restore_from(&copy).await.unwrap();
}

#[tokio::test]
async fn shares_are_kept_and_copied() {
    let Some(first) = own_database() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy");
    let settings = Settings::default();
    let person = PersonId::from_bytes([3; 16]);
    let shares = PostgresShares::open(first.url(), &settings).await.unwrap();
    shares.add_shares(&[(person, [4; 32])]).await.unwrap();
    shares.copy_to(&copy).await.unwrap();
    shares.close().await;
    let second = own_database().unwrap();
    let copied = PostgresShares::open(second.url(), &settings).await.unwrap();
    copied.restore_from(&copy).await.unwrap();
    let again = PostgresShares::open(first.url(), &settings).await.unwrap();
    for store in [again, copied] {
        assert_eq!(store.share(person).await.unwrap(), Some([4; 32]));
    }
}

#[tokio::test]
async fn migrating_again_changes_nothing() {
    let Some(database) = database() else {
        return;
    };
    prepare(database.url()).unwrap();
    let storage = opened(&database).await;
    let schema = storage.schema().await.unwrap();
    assert_eq!(schema.applied, Some(schema.known));
}
