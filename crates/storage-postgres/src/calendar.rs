//! Calendars that workers' other programs read.

use crate::{
    PostgresTransaction,
    row::{Column, engine, micros},
};
use async_trait::async_trait;
use domain::id::AccountId;
use jiff::Timestamp;
use storage::{CalendarRepository, CalendarRow, StorageError};

fn made(at: i64) -> Result<Timestamp, StorageError> {
    Column("calendars", "made").instant(at)
}

#[async_trait]
impl CalendarRepository for PostgresTransaction {
    async fn put_calendar(&mut self, row: &CalendarRow) -> Result<(), StorageError> {
        let (account, lookup) = (&row.account.as_bytes()[..], &row.lookup[..]);
        let made = micros(row.made);
        sqlx::query!(
            "INSERT INTO calendars (account, lookup, made) VALUES ($1, $2, $3)
             ON CONFLICT (account) DO UPDATE SET lookup = excluded.lookup, made = excluded.made",
            account,
            lookup,
            made
        )
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn calendar_of(
        &mut self,
        account: AccountId,
    ) -> Result<Option<CalendarRow>, StorageError> {
        let bytes = &account.as_bytes()[..];
        let found = sqlx::query!(
            "SELECT lookup, made FROM calendars WHERE account = $1",
            bytes
        )
        .fetch_optional(self.on())
        .await
        .map_err(engine)?;
        found
            .map(|row| {
                Ok(CalendarRow {
                    account,
                    lookup: Column("calendars", "lookup").bytes(&row.lookup)?,
                    made: made(row.made)?,
                })
            })
            .transpose()
    }

    async fn calendar(&mut self, lookup: &[u8; 16]) -> Result<Option<CalendarRow>, StorageError> {
        let bytes = &lookup[..];
        let found = sqlx::query!(
            "SELECT c.account, c.made FROM calendars c JOIN accounts a ON a.id = c.account
             WHERE c.lookup = $1 AND a.state = 2",
            bytes
        )
        .fetch_optional(self.on())
        .await
        .map_err(engine)?;
        found
            .map(|row| {
                let account = Column("calendars", "account").bytes(&row.account)?;
                Ok(CalendarRow {
                    account: AccountId::from_bytes(account),
                    lookup: *lookup,
                    made: made(row.made)?,
                })
            })
            .transpose()
    }

    async fn remove_calendar(&mut self, account: AccountId) -> Result<(), StorageError> {
        let account = &account.as_bytes()[..];
        sqlx::query!("DELETE FROM calendars WHERE account = $1", account)
            .execute(self.on())
            .await
            .map_err(engine)?;
        Ok(())
    }
}
