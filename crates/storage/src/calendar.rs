//! The calendar that a worker's other programs read: one an account, found by a keyed hash of its
//! address, gone once it is taken back.

use crate::StorageError;
use async_trait::async_trait;
use domain::id::AccountId;
use jiff::Timestamp;

/// A calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarRow {
    /// Whose it is.
    pub account: AccountId,
    /// The keyed hash of its address.
    pub lookup: [u8; 16],
    /// When its address was made.
    pub made: Timestamp,
}

/// Calendars.
#[async_trait]
pub trait CalendarRepository {
    /// Gives an account a calendar, in place of the one it has if there is one.
    async fn put_calendar(&mut self, row: &CalendarRow) -> Result<(), StorageError>;
    /// The calendar of an account.
    async fn calendar_of(
        &mut self,
        account: AccountId,
    ) -> Result<Option<CalendarRow>, StorageError>;
    /// The calendar of that address, while its account may sign in.
    async fn calendar(&mut self, lookup: &[u8; 16]) -> Result<Option<CalendarRow>, StorageError>;
    /// Takes back the calendar of an account.
    async fn remove_calendar(&mut self, account: AccountId) -> Result<(), StorageError>;
}
