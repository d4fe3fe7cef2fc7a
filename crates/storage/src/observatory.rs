//! The counters of the observatory: how often something blocked, by organisation, month, service and
//! kind. Nobody is named, and nothing ties a count to a record.

use crate::StorageError;
use async_trait::async_trait;
use domain::{
    id::OrganisationId,
    procedure::{BrakeKind, ServiceConcerned},
};
use jiff::civil::Date;

/// What is counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrakeCounted {
    /// The organisation whose worker told it.
    pub organisation: OrganisationId,
    /// The first day of the month.
    pub month: Date,
    /// The service.
    pub service: ServiceConcerned,
    /// What blocked.
    pub kind: BrakeKind,
}

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrakeCountRow {
    /// What is counted.
    pub counted: BrakeCounted,
    /// How often it was told, at least once.
    pub count: u64,
}

/// The observatory's counters.
#[async_trait]
pub trait ObservatoryRepository {
    /// Counts one more.
    async fn count_brake(&mut self, counted: &BrakeCounted) -> Result<(), StorageError>;
    /// The counts of an organisation from that month to that month, in order of month, service and
    /// kind.
    async fn brake_counts(
        &mut self,
        organisation: OrganisationId,
        from: Date,
        to: Date,
    ) -> Result<Vec<BrakeCountRow>, StorageError>;
}
