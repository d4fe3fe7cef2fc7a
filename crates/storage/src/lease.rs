//! Leases of background jobs: over several nodes, each job is run by one at a time.

use crate::StorageError;
use async_trait::async_trait;
use jiff::Timestamp;

/// A job and who runs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseRow {
    /// The job's word.
    pub job: String,
    /// The node that took it last: an identifier of its own, drawn when it started.
    pub holder: [u8; 16],
    /// Until when nobody else may take it.
    pub until: Timestamp,
    /// When it was last done to its end.
    pub last_done: Option<Timestamp>,
}

/// Leases.
#[async_trait]
pub trait LeaseRepository {
    /// Takes the job for that node until then; `false` where another node holds it. A node may take
    /// again what it holds, and anyone what was held until `now` or before.
    async fn take_lease(
        &mut self,
        job: &str,
        holder: &[u8; 16],
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StorageError>;
    /// Gives the job back, if that node still holds it: others may take it from `now`; with `done`,
    /// it was done to its end.
    async fn release_lease(
        &mut self,
        job: &str,
        holder: &[u8; 16],
        now: Timestamp,
        done: bool,
    ) -> Result<(), StorageError>;
    /// Every job ever taken, in order of its word.
    async fn leases(&mut self) -> Result<Vec<LeaseRow>, StorageError>;
}
