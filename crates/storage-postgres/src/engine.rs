//! Opening, checking and closing the main store, and handing out transactions.

use crate::{
    PostgresTransaction, Schema, Settings,
    ahead::Ahead,
    copy, migrate,
    row::engine,
    settings::{Begin, options},
};
use async_trait::async_trait;
use domain::id::PersonId;
use sqlx::{AssertSqlSafe, PgPool};
use std::{fmt, path::Path};
use storage::{Storage, StorageError, Transaction};

/// The main store over one database. Those that read and those that write have connections of their
/// own, so that a request that holds one never waits for the other behind requests like itself.
pub struct PostgresStorage {
    writers: PgPool,
    readers: PgPool,
    begin_writing: Begin,
    begin_reading: Begin,
    begin_checking: Begin,
    ahead: Ahead,
}

impl fmt::Debug for PostgresStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStorage").finish_non_exhaustive()
    }
}

impl PostgresStorage {
    /// Opens a database whose tables are there: [`crate::migrate`] makes them.
    ///
    /// # Errors
    /// [`StorageError::Engine`] where it cannot be reached, or holds a [`crate::SchemaError`] where
    /// its tables are older than this program needs.
    pub async fn open(url: &str, settings: &Settings) -> Result<Self, StorageError> {
        migrate::schema(url).await?.suffices()?;
        let options = options(url)?;
        let unlimited = Settings {
            statement: std::time::Duration::ZERO,
            ..settings.clone()
        };
        // A cluster asks its shards one after another, on one connection a node: within a
        // transaction that writes, what it reads must be what it wrote.
        let sequential = "; SET LOCAL citus.multi_shard_modify_mode = 'sequential'";
        let reading = "ISOLATION LEVEL REPEATABLE READ READ ONLY";
        let begin_reading = settings.begin(reading, "").at(url);
        Ok(Self {
            ahead: Ahead::new(url, settings, &begin_reading)?,
            writers: settings.pool(settings.writers, options.clone()),
            readers: settings.pool(settings.readers, options),
            begin_writing: settings
                .begin("ISOLATION LEVEL READ COMMITTED", sequential)
                .at(url),
            begin_reading,
            begin_checking: unlimited.begin(reading, "").at(url),
        })
    }

    /// Where the tables stand.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn schema(&self) -> Result<Schema, StorageError> {
        let mut tx = PostgresTransaction::reading(&self.readers, &self.begin_reading).await?;
        migrate::schema_on(tx.on()).await
    }

    /// Fills the empty tables of this database from a copy that [`Storage::copy_to`] made, all or
    /// nothing.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] where a table is not empty; [`StorageError::Engine`] where the
    /// file is no whole copy of a store of this version.
    pub async fn restore_from(&self, file: &Path) -> Result<(), StorageError> {
        copy::restore(&self.writers, file, copy::MAIN).await
    }
}

/// What the engine keeps that it should not, each as a sentence; a query gives how many there are.
const FAULTS: [(&str, &str); 8] = [
    (
        "indexes that are not valid",
        "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
         WHERE c.relnamespace = current_schema()::regnamespace AND NOT i.indisvalid",
    ),
    (
        "constraints that were never checked",
        "SELECT count(*) FROM pg_constraint
         WHERE connamespace = current_schema()::regnamespace AND NOT convalidated",
    ),
    (
        "settings under which what is saved may be lost (fsync, full_page_writes, synchronous_commit)",
        "SELECT count(*) FROM pg_settings
         WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off'",
    ),
    (
        "rows of entries that name a row of persons that is not there",
        "SELECT count(*) FROM entries r LEFT JOIN persons p ON p.person_id = r.person_id
         WHERE p.person_id IS NULL",
    ),
    (
        "rows of readings that name a row of persons that is not there",
        "SELECT count(*) FROM readings r LEFT JOIN persons p ON p.person_id = r.person_id
         WHERE p.person_id IS NULL",
    ),
    (
        "rows of cards that name a row of persons that is not there",
        "SELECT count(*) FROM cards r LEFT JOIN persons p ON p.person_id = r.person_id
         WHERE p.person_id IS NULL",
    ),
    (
        "rows of person_statements that name a row of persons that is not there",
        "SELECT count(*) FROM person_statements r LEFT JOIN persons p ON p.person_id = r.person_id
         WHERE p.person_id IS NULL",
    ),
    (
        "rows of wraps that name a row of grants that is not there",
        "SELECT count(*) FROM wraps r
         LEFT JOIN grants g ON g.person_id = r.person_id AND g.grant_id = r.grant_id
         WHERE g.person_id IS NULL",
    ),
];

#[async_trait]
impl Storage for PostgresStorage {
    async fn read(&self) -> Result<Box<dyn Transaction>, StorageError> {
        Ok(Box::new(
            PostgresTransaction::reading(&self.readers, &self.begin_reading).await?,
        ))
    }

    fn read_ahead(&self, person: PersonId) {
        self.ahead.read(person);
    }

    fn one_writer(&self) -> bool {
        false
    }

    async fn write(&self) -> Result<Box<dyn Transaction>, StorageError> {
        Ok(Box::new(
            PostgresTransaction::writing(&self.writers, &self.begin_writing).await?,
        ))
    }

    async fn engine(&self) -> Result<String, StorageError> {
        let mut tx = PostgresTransaction::reading(&self.readers, &self.begin_reading).await?;
        let version: String = sqlx::query_scalar("SELECT current_setting('server_version')")
            .fetch_one(tx.ask())
            .await
            .map_err(engine)?;
        let citus: Option<String> =
            sqlx::query_scalar("SELECT extversion FROM pg_extension WHERE extname = 'citus'")
                .fetch_optional(tx.ask())
                .await
                .map_err(engine)?;
        Ok(match citus {
            Some(citus) => format!("postgresql {version}, citus {citus}"),
            None => format!("postgresql {version}"),
        })
    }

    async fn check(&self) -> Result<Vec<String>, StorageError> {
        let mut tx = PostgresTransaction::reading(&self.readers, &self.begin_checking).await?;
        let mut faults = Vec::new();
        for (what, query) in FAULTS {
            let count: i64 = sqlx::query_scalar(query)
                .fetch_one(tx.ask())
                .await
                .map_err(engine)?;
            if count > 0 {
                faults.push(format!("{count} {what}"));
            }
        }
        faults.extend(unguarded(&mut tx).await?);
        Ok(faults)
    }

    async fn copy_to(&self, file: &Path) -> Result<(), StorageError> {
        let mut tx = PostgresTransaction::reading(&self.readers, &self.begin_checking).await?;
        copy::write(&mut tx, file, copy::MAIN).await
    }

    fn copy_name(&self) -> &'static str {
        "main.copy"
    }

    async fn size(&self) -> Result<u64, StorageError> {
        let mut tx = PostgresTransaction::reading(&self.readers, &self.begin_reading).await?;
        let size: i64 = sqlx::query_scalar("SELECT pg_database_size(current_database())")
            .fetch_one(tx.ask())
            .await
            .map_err(engine)?;
        Ok(u64::try_from(size).unwrap_or_default())
    }

    async fn close(&self) {
        self.ahead.close().await;
        self.readers.close().await;
        self.writers.close().await;
    }
}

/// Journals that this connection could rewrite: no trigger refuses it, and the role may.
async fn unguarded(tx: &mut PostgresTransaction) -> Result<Vec<String>, StorageError> {
    let mut faults = Vec::new();
    for journal in copy::JOURNALS {
        let open: bool = sqlx::query_scalar(AssertSqlSafe(format!(
            "SELECT NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = '{journal}'::regclass
                     AND tgname = '{journal}_stay' AND tgenabled IN ('O', 'A'))
                 AND (has_table_privilege('{journal}', 'UPDATE')
                     OR has_table_privilege('{journal}', 'DELETE'))"
        )))
        .fetch_one(tx.ask())
        .await
        .map_err(engine)?;
        if open {
            faults.push(format!(
                "{journal} can be rewritten by the role that serves"
            ));
        }
    }
    Ok(faults)
}
