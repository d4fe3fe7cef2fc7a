//! Erasure shares, in a database of their own: its backups are kept apart, and not for long.

use crate::{
    PostgresTransaction, Settings,
    copy::{self, Tables},
    migrate::connect,
    row::{Column, engine, saving},
    settings::{Begin, options},
};
use async_trait::async_trait;
use domain::id::PersonId;
use sqlx::{Connection, PgConnection, PgPool, Row};
use std::{fmt, path::Path, time::Duration};
use storage::{ShareStore, StorageError};
use tokio::time::Instant;

const TABLE: Tables = &[&["erasure_shares"]];

/// Any number would do, the same for every node.
const LOCK: i64 = 0x636f_6e61_7475_7302;

/// The store of erasure shares over one database. The role it opens it with owns its table.
pub struct PostgresShares {
    pool: PgPool,
    begin: Begin,
    begin_reading: Begin,
    patience: Duration,
}

impl fmt::Debug for PostgresShares {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresShares").finish_non_exhaustive()
    }
}

impl PostgresShares {
    /// Opens the database, making its one table where there is none.
    ///
    /// # Errors
    /// [`StorageError::Engine`] where it cannot be reached.
    pub async fn open(url: &str, settings: &Settings) -> Result<Self, StorageError> {
        let mut connection = connect(url).await?;
        let made = make_table(&mut connection).await;
        let _ = connection.close().await;
        made?;
        let reading = "ISOLATION LEVEL REPEATABLE READ READ ONLY";
        Ok(Self {
            pool: settings.pool(settings.writers, options(url)?),
            begin: settings.begin("ISOLATION LEVEL READ COMMITTED", "").at(url),
            begin_reading: settings.begin(reading, "").at(url),
            patience: settings.acquire,
        })
    }

    /// Fills the empty table from a copy that [`ShareStore::copy_to`] made.
    ///
    /// # Errors
    /// As [`crate::PostgresStorage::restore_from`].
    pub async fn restore_from(&self, file: &Path) -> Result<(), StorageError> {
        copy::restore(&self.pool, file, TABLE).await
    }
}

async fn make_table(connection: &mut PgConnection) -> Result<(), StorageError> {
    let there = "SELECT to_regclass('erasure_shares') IS NOT NULL";
    // Said at once, not prepared: outside a transaction a pooler may change the server between.
    let there: bool = sqlx::raw_sql(there)
        .fetch_one(&mut *connection)
        .await
        .and_then(|row| row.try_get(0))
        .map_err(engine)?;
    if there {
        return Ok(());
    }
    let mut tx = connection.begin().await.map_err(engine)?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(LOCK)
        .execute(&mut *tx)
        .await
        .map_err(engine)?;
    sqlx::query(
        "CREATE TABLE IF NOT EXISTS erasure_shares (
           person_id BYTEA PRIMARY KEY CHECK (length(person_id) = 16),
           share BYTEA NOT NULL CHECK (length(share) = 32)
         )",
    )
    .execute(&mut *tx)
    .await
    .map_err(engine)?;
    tx.commit().await.map_err(saving)
}

#[async_trait]
impl ShareStore for PostgresShares {
    async fn add_shares(&self, shares: &[(PersonId, [u8; 32])]) -> Result<(), StorageError> {
        let people: Vec<&[u8]> = shares.iter().map(|(p, _)| &p.as_bytes()[..]).collect();
        let shares: Vec<&[u8]> = shares.iter().map(|(_, s)| &s[..]).collect();
        let mut tx = PostgresTransaction::writing(&self.pool, &self.begin).await?;
        sqlx::query(
            "INSERT INTO erasure_shares (person_id, share)
             SELECT * FROM unnest($1::bytea[], $2::bytea[])",
        )
        .bind(people)
        .bind(shares)
        .execute(tx.ask())
        .await
        .map_err(engine)?;
        storage::Transaction::save(Box::new(tx)).await
    }

    async fn share(&self, person: PersonId) -> Result<Option<[u8; 32]>, StorageError> {
        Ok(self
            .shares(&[person])
            .await?
            .first()
            .map(|(_, share)| *share))
    }

    async fn shares(&self, people: &[PersonId]) -> Result<Vec<(PersonId, [u8; 32])>, StorageError> {
        let people: Vec<&[u8]> = people.iter().map(|p| &p.as_bytes()[..]).collect();
        let mut tx = PostgresTransaction::reading(&self.pool, &self.begin_reading).await?;
        let rows: Vec<(Vec<u8>, Vec<u8>)> =
            sqlx::query_as("SELECT person_id, share FROM erasure_shares WHERE person_id = ANY($1)")
                .bind(people)
                .fetch_all(tx.ask())
                .await
                .map_err(engine)?;
        let of = |column| Column("erasure_shares", column);
        rows.iter()
            .map(|(person, share)| {
                let person = of("person_id").bytes(person)?;
                Ok((PersonId::from_bytes(person), of("share").bytes(share)?))
            })
            .collect()
    }

    async fn destroy_share(&self, person: PersonId) -> Result<bool, StorageError> {
        let mut tx = PostgresTransaction::writing(&self.pool, &self.begin).await?;
        let done = sqlx::query("DELETE FROM erasure_shares WHERE person_id = $1")
            .bind(&person.as_bytes()[..])
            .execute(tx.ask())
            .await
            .map_err(engine)?;
        let (removed_by,): (i64,) = sqlx::query_as("SELECT pg_current_xact_id()::text::bigint")
            .fetch_one(tx.ask())
            .await
            .map_err(engine)?;
        storage::Transaction::save(Box::new(tx)).await?;
        self.forget(removed_by).await?;
        Ok(done.rows_affected() > 0)
    }

    async fn copy_to(&self, file: &Path) -> Result<(), StorageError> {
        let mut tx = PostgresTransaction::reading(&self.pool, &self.begin_reading).await?;
        copy::write(&mut tx, file, TABLE).await
    }

    fn copy_name(&self) -> &'static str {
        "shares.copy"
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}

impl PostgresShares {
    /// Writes the table anew without what was removed: until then the rows lie in its file. Also
    /// where the row was gone already, for a destruction that stopped here.
    async fn forget(&self, removed_by: i64) -> Result<(), StorageError> {
        // Whoever looks at an earlier state keeps the row in the table, and nothing is destroyed
        // yet: most are gone in a moment.
        let deadline = Instant::now() + self.patience;
        while self.is_seen(removed_by).await? {
            if Instant::now() >= deadline {
                return Err(StorageError::Busy);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        sqlx::raw_sql("VACUUM (FULL) erasure_shares")
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(engine)
    }

    /// Whether a transaction under way sees what that one removed.
    async fn is_seen(&self, removed_by: i64) -> Result<bool, StorageError> {
        let mut tx = PostgresTransaction::reading(&self.pool, &self.begin_reading).await?;
        sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity
                 WHERE datname = current_database() AND pid <> pg_backend_pid()
                     AND age(backend_xmin) >= age(($1 % 4294967296)::text::xid))",
        )
        .bind(removed_by)
        .fetch_one(tx.ask())
        .await
        .map_err(engine)
    }
}
