//! Reminders.

use crate::{
    SqliteTransaction,
    row::{Column, engine},
};
use async_trait::async_trait;
use domain::id::{AccountId, DeadlineId};
use jiff::civil::Date;
use storage::{ReminderRepository, ReminderRow, StorageError};

#[async_trait]
impl ReminderRepository for SqliteTransaction {
    async fn put_reminder(&mut self, row: &ReminderRow) -> Result<(), StorageError> {
        let (account, reminder) = (&row.account.as_bytes()[..], &row.reminder.as_bytes()[..]);
        let (day, sealed) = (row.day.to_string(), &row.sealed[..]);
        sqlx::query!(
            "INSERT INTO reminders (account, reminder, day, sealed) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (account, reminder)
             DO UPDATE SET day = excluded.day, sealed = excluded.sealed",
            account,
            reminder,
            day,
            sealed
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
            "SELECT reminder, day, sealed FROM reminders WHERE account = ?1 AND day >= ?2
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
                })
            })
            .collect()
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
