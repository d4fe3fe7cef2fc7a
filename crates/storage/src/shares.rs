//! The second, small store: one erasure share a person. Destroying a share makes every copy of
//! the person's content unreadable, old backups of the main store included.

use crate::StorageError;
use async_trait::async_trait;
use domain::id::PersonId;

/// The store of erasure shares, apart from the main one.
#[async_trait]
pub trait ShareStore: Send + Sync {
    /// Adds a person's share, durable when this returns; [`StorageError::Conflict`] where one is there.
    async fn add_shares(&self, shares: &[(PersonId, [u8; 32])]) -> Result<(), StorageError>;
    /// A person's share; `None` once destroyed.
    async fn share(&self, person: PersonId) -> Result<Option<[u8; 32]>, StorageError>;
    /// The shares of those people that still exist, in any order.
    async fn shares(&self, people: &[PersonId]) -> Result<Vec<(PersonId, [u8; 32])>, StorageError>;
    /// Destroys a person's share for good.
    async fn destroy_share(&self, person: PersonId) -> Result<bool, StorageError>;
    /// A consistent copy of everything as one new file.
    async fn copy_to(&self, file: &std::path::Path) -> Result<(), StorageError>;
    /// The name of such a copy inside a backup: each engine reads its own alone.
    fn copy_name(&self) -> &'static str;
    /// Closes it.
    async fn close(&self);
}
