//! Reminders.

use crate::{
    SqliteTransaction,
    row::{Column, engine},
};
use async_trait::async_trait;
use domain::id::{AccountId, DeadlineId};
use jiff::civil::Date;
use std::ops::RangeInclusive;
use storage::{ReminderRepository, ReminderRow, StorageError};

/// The day whose digest told of a reminder.
fn told(day: Option<&str>) -> Result<Option<Date>, StorageError> {
    day.map(|day| Column("reminders", "told").date(day))
        .transpose()
}

#[async_trait]
impl ReminderRepository for SqliteTransaction {
    async fn put_reminder(&mut self, row: &ReminderRow) -> Result<(), StorageError> {
        let (account, reminder) = (&row.account.as_bytes()[..], &row.reminder.as_bytes()[..]);
        let (day, sealed) = (row.day.to_string(), &row.sealed[..]);
        let told = row.told.map(|day| day.to_string());
        sqlx::query!(
            "INSERT INTO reminders (account, reminder, day, sealed, told)
             VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (account, reminder)
             DO UPDATE SET day = excluded.day, sealed = excluded.sealed, told = excluded.told",
            account,
            reminder,
            day,
            sealed,
            told
        )
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn remove_reminders(&mut self, reminder: DeadlineId) -> Result<(), StorageError> {
        let reminder = &reminder.as_bytes()[..];
        sqlx::query!("DELETE FROM reminders WHERE reminder = ?1", reminder)
            .execute(self.on())
            .await
            .map_err(engine)?;
        Ok(())
    }

    async fn reminders_of(
        &mut self,
        account: AccountId,
        from: Date,
    ) -> Result<Vec<ReminderRow>, StorageError> {
        let of = |column| Column("reminders", column);
        let (bytes, from) = (&account.as_bytes()[..], from.to_string());
        let rows = sqlx::query!(
            "SELECT reminder, day, sealed, told FROM reminders WHERE account = ?1 AND day >= ?2
             ORDER BY day, reminder",
            bytes,
            from
        )
        .fetch_all(self.on())
        .await
        .map_err(engine)?;
        rows.into_iter()
            .map(|row| {
                Ok(ReminderRow {
                    account,
                    reminder: DeadlineId::from_bytes(of("reminder").bytes(&row.reminder)?),
                    day: of("day").date(&row.day)?,
                    sealed: row.sealed,
                    told: told(row.told.as_deref())?,
                })
            })
            .collect()
    }

    async fn reminders_named(
        &mut self,
        reminder: DeadlineId,
    ) -> Result<Vec<ReminderRow>, StorageError> {
        let of = |column| Column("reminders", column);
        let bytes = &reminder.as_bytes()[..];
        let rows = sqlx::query!(
            "SELECT account, day, sealed, told FROM reminders WHERE reminder = ?1
             ORDER BY account",
            bytes
        )
        .fetch_all(self.on())
        .await
        .map_err(engine)?;
        rows.into_iter()
            .map(|row| {
                Ok(ReminderRow {
                    account: AccountId::from_bytes(of("account").bytes(&row.account)?),
                    reminder,
                    day: of("day").date(&row.day)?,
                    sealed: row.sealed,
                    told: told(row.told.as_deref())?,
                })
            })
            .collect()
    }

    async fn tell_reminders(
        &mut self,
        day: Date,
        due: RangeInclusive<Date>,
        most: u32,
    ) -> Result<u64, StorageError> {
        let (day, most) = (day.to_string(), i64::from(most));
        let (from, until) = (due.start().to_string(), due.end().to_string());
        let told = sqlx::query!(
            "UPDATE reminders SET told = ?1 WHERE (account, reminder) IN
               (SELECT account, reminder FROM reminders
                WHERE told IS NULL AND day BETWEEN ?2 AND ?3
                ORDER BY day, account, reminder LIMIT ?4)",
            day,
            from,
            until,
            most
        )
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(told.rows_affected())
    }

    async fn sweep_reminders(&mut self, before: Date) -> Result<u64, StorageError> {
        let before = before.to_string();
        let swept = sqlx::query!("DELETE FROM reminders WHERE day < ?1", before)
            .execute(self.on())
            .await
            .map_err(engine)?;
        Ok(swept.rows_affected())
    }
}
