//! Signed checkpoints over the heads of all records that changed since the last one.

use crate::{PersonRow, StorageError};
use async_trait::async_trait;
use domain::id::PersonId;

/// A signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointRow {
    /// Its place among checkpoints, from 1.
    pub sequence: u64,
    /// Its bytes (`seal`'s canonical form).
    pub bytes: Vec<u8>,
    /// The server's signature.
    pub signature: [u8; 64],
}

/// The heads of one record at a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeadRow {
    /// The person.
    pub person: PersonId,
    /// The checkpoint.
    pub checkpoint: u64,
    /// How many entries.
    pub entries: u64,
    /// The hash of the last entry.
    pub entry_hash: [u8; 32],
    /// How many readings.
    pub readings: u64,
    /// The hash of the last reading.
    pub reading_hash: [u8; 32],
    /// How many statements about the person.
    pub statements: u64,
    /// The hash of their chain.
    pub statement_hash: [u8; 32],
}

/// Checkpoints.
#[async_trait]
pub trait CheckpointRepository {
    /// The latest checkpoint.
    async fn last_checkpoint(&mut self) -> Result<Option<CheckpointRow>, StorageError>;
    /// People whose heads differ from those of the last checkpoint that held them, in order of
    /// identifier, after that one, at most `limit`.
    async fn changed_people(
        &mut self,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<Vec<PersonRow>, StorageError>;
    /// Adds a checkpoint's heads.
    async fn add_heads(&mut self, heads: &[HeadRow]) -> Result<(), StorageError>;
    /// Adds a checkpoint.
    async fn add_checkpoint(&mut self, row: &CheckpointRow) -> Result<(), StorageError>;
    /// The checkpoints after that sequence, in order, at most `limit`.
    async fn checkpoints_after(
        &mut self,
        sequence: u64,
        limit: u32,
    ) -> Result<Vec<CheckpointRow>, StorageError>;
    /// The heads of a checkpoint after that person, in order of identifier, at most `limit`.
    async fn heads(
        &mut self,
        checkpoint: u64,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<Vec<HeadRow>, StorageError>;
}
