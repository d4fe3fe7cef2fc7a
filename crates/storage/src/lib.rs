//! What every storage engine offers: traits by aggregate, transactions, rows.
//!
//! Rows hold sealed values, hashes, signatures and the few plain columns that `docs/SECURITY.md`
//! lists. Nothing here opens, signs or understands what is sealed.

mod access;
mod account;
mod ahead;
mod beginning;
mod calendar;
mod carry;
mod checkpoint;
mod error;
mod lease;
mod letter;
mod observatory;
mod organisation;
mod person;
mod record;
mod reminder;
mod session;
mod shares;

#[cfg(feature = "contract")]
pub mod contract;

pub use access::*;
pub use account::*;
pub use ahead::*;
pub use beginning::*;
pub use calendar::*;
pub use carry::*;
pub use checkpoint::*;
pub use error::*;
pub use lease::*;
pub use letter::*;
pub use observatory::*;
pub use organisation::*;
pub use person::*;
pub use record::*;
pub use reminder::*;
pub use session::*;
pub use shares::*;

use async_trait::async_trait;

/// A storage engine: hands out transactions.
#[async_trait]
pub trait Storage: Send + Sync {
    /// A transaction that reads one consistent state and changes nothing.
    async fn read(&self) -> Result<Box<dyn Transaction>, StorageError>;

    /// Begins to bring from disk what opening that person's record reads, where the engine gains by
    /// it and is not at work; gives nothing, changes nothing, and is waited for by nobody.
    fn read_ahead(&self, person: domain::id::PersonId);

    /// Whether one transaction writes at a time: then what many wait for shares one.
    fn one_writer(&self) -> bool;

    /// A transaction that may write; one at a time on `SQLite`. Dropped without `save`, it is undone.
    async fn write(&self) -> Result<Box<dyn Transaction>, StorageError>;

    /// The engine's name and version, for `doctor` and benchmarks.
    async fn engine(&self) -> Result<String, StorageError>;

    /// Every fault the engine itself finds in its files (integrity, foreign keys), in words.
    async fn check(&self) -> Result<Vec<String>, StorageError>;

    /// A consistent copy of everything, taken while others read and write, as one new file.
    async fn copy_to(&self, file: &std::path::Path) -> Result<(), StorageError>;

    /// The name of such a copy inside a backup: each engine reads its own alone.
    fn copy_name(&self) -> &'static str;

    /// How many bytes the engine holds on its disk now, for `doctor`.
    async fn size(&self) -> Result<u64, StorageError>;

    /// Waits for what runs, moves the write-ahead log into the main file, and closes.
    async fn close(&self);
}

/// One transaction: every aggregate's repository, then `save`.
#[async_trait]
pub trait Transaction:
    OrganisationRepository
    + AccountRepository
    + SessionRepository
    + PersonRepository
    + RecordRepository
    + BeginningRepository
    + AccessRepository
    + CheckpointRepository
    + LeaseRepository
    + ReminderRepository
    + ObservatoryRepository
    + CalendarRepository
    + LetterRepository
    + Send
    + Sync
{
    /// Makes everything done in it durable; when this returns, it is on disk.
    async fn save(self: Box<Self>) -> Result<(), StorageError>;
}
