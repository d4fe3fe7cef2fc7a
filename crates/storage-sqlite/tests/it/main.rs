//! The stories of the contract, and what is true of this engine alone.
#![expect(
    clippy::unwrap_used,
    reason = "what a test prepares either works or fails the test"
)]

mod carry;
mod damage;
mod durable;
mod plain;
mod plans;
mod private;
mod turns;

use storage_sqlite::{SqliteShares, SqliteStorage};
use tempfile::TempDir;

async fn open() -> (TempDir, SqliteStorage) {
    let folder = tempfile::tempdir().unwrap();
    let storage = SqliteStorage::open(&folder.path().join("main.db")).await;
    (folder, storage.unwrap())
}

async fn open_shares() -> (TempDir, SqliteShares) {
    let folder = tempfile::tempdir().unwrap();
    let shares = SqliteShares::open(&folder.path().join("shares.db")).await;
    (folder, shares.unwrap())
}

storage::stories!(open, open_shares);
