//! Opening, checking, copying and closing the main file, and handing out transactions.

use crate::{SqliteTransaction, row::engine};
use async_trait::async_trait;
use sqlx::{
    ConnectOptions, Connection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use storage::{Storage, StorageError, Transaction};

const READERS: u32 = 4;
const BUSY: Duration = Duration::from_secs(10);

/// The main store over one file. One connection writes, a few read: `SQLite` takes one writer at a
/// time, and waiting for it here, in order, is better than retrying on its lock.
#[derive(Debug)]
pub struct SqliteStorage {
    path: PathBuf,
    writer: SqlitePool,
    readers: SqlitePool,
}

/// The settings of every connection.
pub(crate) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        // Larger than the default, so that most sealed entries stay in their leaf.
        .page_size(8192)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .statement_cache_capacity(256)
        // Without it, deleted keys stay readable in free pages.
        .pragma("secure_delete", "ON")
        .pragma("temp_store", "MEMORY")
        .pragma("trusted_schema", "OFF")
        // Statements hold no values, but their log would say who does what and when.
        .disable_statement_logging()
}

pub(crate) fn pool(most: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(most)
        .acquire_timeout(BUSY)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
}

/// Makes the file where there is none, readable by its owner only.
pub(crate) fn make_private(path: &Path) -> Result<(), StorageError> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .map(drop)
        .map_err(|e| StorageError::Engine(Box::new(e)))
}

/// One new file holding everything one consistent state of the pool's database holds.
pub(crate) async fn vacuum_into(pool: &SqlitePool, file: &Path) -> Result<(), StorageError> {
    make_private(file)?;
    let target = file.to_string_lossy().into_owned();
    let mut connection = pool.acquire().await.map_err(engine)?.detach();
    sqlx::query("PRAGMA query_only = OFF")
        .execute(&mut connection)
        .await
        .map_err(engine)?;
    sqlx::query("VACUUM INTO ?")
        .bind(target)
        .execute(&mut connection)
        .await
        .map_err(engine)?;
    connection.close().await.map_err(engine)
}

impl SqliteStorage {
    /// Opens the file, making it where there is none, and brings its tables up to date.
    ///
    /// # Errors
    /// [`StorageError::Engine`] where it is not a database of this program.
    pub async fn open(path: &Path) -> Result<Self, StorageError> {
        make_private(path)?;
        let writer = pool(1).connect_with(options(path)).await.map_err(engine)?;
        sqlx::migrate!()
            .run(&writer)
            .await
            .map_err(|e| StorageError::Engine(Box::new(e)))?;
        let readers = pool(READERS).connect_lazy_with(options(path).pragma("query_only", "ON"));
        Ok(Self {
            path: path.to_owned(),
            writer,
            readers,
        })
    }

    /// Opens a file that must be there.
    ///
    /// # Errors
    /// [`StorageError::Engine`] where it is not.
    pub async fn open_existing(path: &Path) -> Result<Self, StorageError> {
        std::fs::metadata(path).map_err(|e| StorageError::Engine(Box::new(e)))?;
        Self::open(path).await
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[async_trait]
impl Storage for SqliteStorage {
    async fn read(&self) -> Result<Box<dyn Transaction>, StorageError> {
        Ok(Box::new(
            SqliteTransaction::begin(&self.readers, "BEGIN").await?,
        ))
    }

    async fn write(&self) -> Result<Box<dyn Transaction>, StorageError> {
        Ok(Box::new(
            SqliteTransaction::begin(&self.writer, "BEGIN IMMEDIATE").await?,
        ))
    }

    async fn engine(&self) -> Result<String, StorageError> {
        let (version,): (String,) = sqlx::query_as("SELECT sqlite_version()")
            .fetch_one(&self.readers)
            .await
            .map_err(engine)?;
        Ok(format!("sqlite {version}"))
    }

    async fn check(&self) -> Result<Vec<String>, StorageError> {
        let mut faults = Vec::new();
        let rows: Vec<(String,)> = sqlx::query_as("PRAGMA integrity_check(100)")
            .fetch_all(&self.readers)
            .await
            .map_err(engine)?;
        faults.extend(
            rows.into_iter()
                .map(|(line,)| line)
                .filter(|line| line != "ok"),
        );
        let rows: Vec<(String, Option<i64>, String, i64)> =
            sqlx::query_as("PRAGMA foreign_key_check")
                .fetch_all(&self.readers)
                .await
                .map_err(engine)?;
        faults.extend(rows.into_iter().map(|(table, _, parent, _)| {
            format!("a row of {table} names a row of {parent} that is not there")
        }));
        Ok(faults)
    }

    async fn copy_to(&self, file: &Path) -> Result<(), StorageError> {
        vacuum_into(&self.readers, file).await
    }

    async fn close(&self) {
        self.readers.close().await;
        // Best effort: a log left behind is replayed at the next opening.
        let _ = sqlx::query("PRAGMA optimize").execute(&self.writer).await;
        let _ = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&self.writer)
            .await;
        self.writer.close().await;
    }
}
