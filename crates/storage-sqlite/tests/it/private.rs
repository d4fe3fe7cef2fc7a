//! Files only their owner reads, and deleted keys that are nowhere in them.

use crate::{open, open_shares};
use domain::id::{AccountId, DeviceId, OrganisationId, PersonId, SessionId};
use jiff::Timestamp;
use std::{os::unix::fs::PermissionsExt, path::Path};
use storage::{
    AccountRow, AccountState, DeviceRow, OrganisationRow, SessionRow, ShareStore, Storage,
    StorageError,
};
use storage_sqlite::{SqliteShares, SqliteStorage};

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Every file of a folder that holds those bytes.
fn holders(folder: &Path, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap();
        let content = std::fs::read(file.path()).unwrap();
        if content.windows(bytes.len()).any(|w| w == bytes) {
            found.push(file.file_name().into_string().unwrap());
        }
    }
    found
}

#[tokio::test]
async fn files_and_their_folder_are_readable_by_their_owner_alone() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data/deep");
    let storage = SqliteStorage::open(&folder.join("main.db")).await.unwrap();
    let shares = SqliteShares::open(&folder.join("shares.db")).await.unwrap();
    storage.copy_to(&folder.join("copy.db")).await.unwrap();
    shares
        .copy_to(&folder.join("copy-of-shares.db"))
        .await
        .unwrap();
    assert_eq!(mode(&folder), 0o700);
    let mut seen = 0;
    for file in std::fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 6, "the logs are among them");

    let wide = parent.path().join("wide.db");
    std::fs::write(&wide, "").unwrap();
    std::fs::set_permissions(&wide, std::fs::Permissions::from_mode(0o644)).unwrap();
    let storage = SqliteStorage::open(&wide).await.unwrap();
    assert_eq!(mode(&wide), 0o600);
    storage.close().await;
}

#[tokio::test]
async fn a_removed_key_is_nowhere_in_the_files() {
    let (folder, storage) = open().await;
    let organisation = OrganisationRow {
        id: OrganisationId::from_bytes([1; 16]),
        name: Vec::new(),
    };
    let account = AccountRow {
        id: AccountId::from_bytes([2; 16]),
        organisation: organisation.id,
        lookup: [3; 16],
        profile: Vec::new(),
        administrator: false,
        state: AccountState::Active,
        public: Vec::new(),
        organisation_key: Vec::new(),
    };
    let mut tx = storage.write().await.unwrap();
    tx.add_organisation(&organisation).await.unwrap();
    tx.add_account(&account).await.unwrap();
    for number in 0..40 {
        tx.add_device(&DeviceRow {
            id: DeviceId::from_bytes([number; 16]),
            account: account.id,
            lookup: [number; 16],
            salt: [number; 16],
            sealed: format!("sealed keys of device {number:03}").into_bytes(),
            enrolled: Timestamp::UNIX_EPOCH,
            tries: 0,
        })
        .await
        .unwrap();
    }
    tx.add_session(&SessionRow {
        id: SessionId::from_bytes([9; 16]),
        account: account.id,
        person: None,
        device: DeviceId::from_bytes([7; 16]),
        sealed: b"sealed keys of the session".to_vec(),
        opened: Timestamp::UNIX_EPOCH,
        seen: Timestamp::UNIX_EPOCH,
        ends: Timestamp::UNIX_EPOCH,
    })
    .await
    .unwrap();
    tx.save().await.unwrap();
    assert!(!holders(folder.path(), b"sealed keys of device 007").is_empty());

    let mut tx = storage.write().await.unwrap();
    let seventh = DeviceId::from_bytes([7; 16]);
    tx.remove_devices(account.id, Some(seventh)).await.unwrap();
    tx.end_session(SessionId::from_bytes([9; 16]))
        .await
        .unwrap();
    tx.save().await.unwrap();
    storage.close().await;
    for gone in [
        &b"sealed keys of device 007"[..],
        b"sealed keys of the session",
    ] {
        assert_eq!(holders(folder.path(), gone), Vec::<String>::new());
    }
    assert_eq!(
        holders(folder.path(), b"sealed keys of device 008"),
        ["main.db"]
    );
}

#[tokio::test]
async fn a_destroyed_share_is_nowhere_even_while_the_store_is_open() {
    let (folder, shares) = open_shares().await;
    let (gone, stays) = (PersonId::from_bytes([1; 16]), PersonId::from_bytes([2; 16]));
    shares
        .add_shares(&[(gone, [0xa1; 32]), (stays, [0xb2; 32])])
        .await
        .unwrap();
    shares.share(gone).await.unwrap();
    assert!(shares.destroy_share(gone).await.unwrap());
    assert_eq!(holders(folder.path(), &[0xa1; 32]), Vec::<String>::new());
    assert!(!holders(folder.path(), &[0xb2; 32]).is_empty());
}

#[tokio::test]
async fn a_share_is_not_said_to_be_destroyed_while_the_log_still_holds_it() {
    let (folder, shares) = open_shares().await;
    let person = PersonId::from_bytes([1; 16]);
    shares.add_shares(&[(person, [0xa1; 32])]).await.unwrap();
    // Someone reads from the log and does not stop: a backup, say.
    let file = folder.path().join("shares.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let mut reader = pool.begin().await.unwrap();
    sqlx::query("SELECT * FROM shares")
        .fetch_all(&mut *reader)
        .await
        .unwrap();
    let answer = shares.destroy_share(person).await;
    assert!(!holders(folder.path(), &[0xa1; 32]).is_empty());
    assert!(matches!(answer, Err(StorageError::Busy)), "{answer:?}");
    assert_eq!(shares.share(person).await.unwrap(), None);

    reader.rollback().await.unwrap();
    shares.destroy_share(person).await.unwrap();
    assert_eq!(holders(folder.path(), &[0xa1; 32]), Vec::<String>::new());
}
