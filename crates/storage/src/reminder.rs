//! Reminders: prepared when someone writes a deadline, because a server that is locked reads no
//! record. Each is for one account, says a day, and seals the rest for that account alone.

use crate::StorageError;
use async_trait::async_trait;
use domain::id::{AccountId, DeadlineId};
use jiff::civil::Date;
use std::ops::RangeInclusive;

/// A reminder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReminderRow {
    /// Whose it is: a worker's, or the one behind a person's card.
    pub account: AccountId,
    /// Its identifier, random: that of the deadline, which is named in the record alone.
    pub reminder: DeadlineId,
    /// The day of the deadline.
    pub day: Date,
    /// What it is about, wrapped to the account's public key.
    pub sealed: Vec<u8>,
    /// The day whose digest first told of it.
    pub told: Option<Date>,
}

/// Reminders.
#[async_trait]
pub trait ReminderRepository {
    /// Prepares a reminder, in place of the one of that account and identifier if there is one.
    async fn put_reminder(&mut self, row: &ReminderRow) -> Result<(), StorageError>;
    /// Takes out the reminders of that identifier, whoever they are for.
    async fn remove_reminders(&mut self, reminder: DeadlineId) -> Result<(), StorageError>;
    /// The reminders of an account from that day on, earliest day first.
    async fn reminders_of(
        &mut self,
        account: AccountId,
        from: Date,
    ) -> Result<Vec<ReminderRow>, StorageError>;
    /// The reminders of that identifier, whoever they are for, in order of account.
    async fn reminders_named(
        &mut self,
        reminder: DeadlineId,
    ) -> Result<Vec<ReminderRow>, StorageError>;
    /// Has the digest of that day tell of reminders that none told of yet and whose day is among
    /// those, the earliest first: at most so many; gives how many.
    async fn tell_reminders(
        &mut self,
        day: Date,
        due: RangeInclusive<Date>,
        most: u32,
    ) -> Result<u64, StorageError>;
    /// Takes out the reminders of days before that one; gives how many.
    async fn sweep_reminders(&mut self, before: Date) -> Result<u64, StorageError>;
}
