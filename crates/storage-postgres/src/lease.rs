//! Leases of background jobs.

use crate::{
    PostgresTransaction,
    row::{Column, engine, micros},
};
use async_trait::async_trait;
use jiff::Timestamp;
use storage::{LeaseRepository, LeaseRow, StorageError};

#[async_trait]
impl LeaseRepository for PostgresTransaction {
    async fn take_lease(
        &mut self,
        job: &str,
        holder: &[u8; 16],
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StorageError> {
        let (holder, now, until) = (&holder[..], micros(now), micros(until));
        let taken = sqlx::query!(
            "INSERT INTO leases (job, holder, until) VALUES ($1, $2, $3)
             ON CONFLICT (job) DO UPDATE SET holder = excluded.holder, until = excluded.until
             WHERE leases.until <= $4 OR leases.holder = excluded.holder",
            job,
            holder,
            until,
            now
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(taken.rows_affected() == 1)
    }

    async fn release_lease(
        &mut self,
        job: &str,
        holder: &[u8; 16],
        now: Timestamp,
        done: bool,
    ) -> Result<(), StorageError> {
        let (holder, now) = (&holder[..], micros(now));
        let done = done.then_some(now);
        sqlx::query!(
            "UPDATE leases SET until = $3, last_done = COALESCE($4, last_done)
             WHERE job = $1 AND holder = $2",
            job,
            holder,
            now,
            done
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn leases(&mut self) -> Result<Vec<LeaseRow>, StorageError> {
        let of = |column| Column("leases", column);
        let rows = sqlx::query!("SELECT job, holder, until, last_done FROM leases ORDER BY job")
            .fetch_all(self.ask())
            .await
            .map_err(engine)?;
        rows.into_iter()
            .map(|row| {
                Ok(LeaseRow {
                    job: row.job,
                    holder: of("holder").bytes(&row.holder)?,
                    until: of("until").instant(row.until)?,
                    last_done: of("last_done").instant_if(row.last_done)?,
                })
            })
            .collect()
    }
}
