//! Opening, checking, copying and closing the main file, and handing out transactions.

use crate::{
    SqliteTransaction,
    ahead::Ahead,
    file,
    file::make_private,
    row::{engine, unwritable},
};
use async_trait::async_trait;
use domain::id::PersonId;
use sqlx::{
    ConnectOptions, Connection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{
    io,
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
    ahead: Ahead,
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
        // A record's rows come over in one go: each pause waits for a processor again.
        .row_buffer_size(1024)
        // In kibibytes, a connection; a record's leaves are found again without asking the system.
        .pragma("cache_size", "-8000")
        // Without it, deleted keys stay readable in free pages.
        .pragma("secure_delete", "ON")
        .pragma("temp_store", "MEMORY")
        .pragma("trusted_schema", "OFF")
        // Without it, a replacing insert would remove rows past the triggers that forbid it.
        .pragma("recursive_triggers", "ON")
        // Statements hold no values, but their log would say who does what and when.
        .disable_statement_logging()
}

pub(crate) fn pool(most: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(most)
        .acquire_timeout(BUSY)
        .test_before_acquire(false)
        // The engine itself undoes a transaction that finds the disk full: what counts them for us
        // then still counts one, and would refuse every later one on that connection.
        .after_release(|connection, _| {
            Box::pin(async move {
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        })
        .idle_timeout(None)
        .max_lifetime(None)
}

/// One new file holding everything one consistent state of the pool's database holds.
pub(crate) async fn vacuum_into(pool: &SqlitePool, to: &Path) -> Result<(), StorageError> {
    let target = to.to_str().ok_or_else(|| {
        unwritable(io::Error::new(
            io::ErrorKind::InvalidFilename,
            "the name of the copy is not UTF-8",
        ))
    })?;
    file::make_new(to).map_err(unwritable)?;
    // A connection of its own: the readers' refuse any writing, and the writer must stay free.
    let options = (*pool.connect_options())
        .clone()
        .pragma("query_only", "OFF");
    let mut connection = options.connect().await.map_err(engine)?;
    sqlx::query("VACUUM INTO ?")
        .bind(target)
        .execute(&mut connection)
        .await
        .map_err(engine)?;
    connection.close().await.map_err(engine)?;
    file::sync(to).map_err(unwritable)
}

/// Moves the write-ahead log into the main file and leaves it empty; [`StorageError::Busy`] where
/// someone still reads from it.
pub(crate) async fn empty_log(writer: &SqlitePool) -> Result<(), StorageError> {
    let (busy, _, _): (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)")
        .fetch_one(writer)
        .await
        .map_err(engine)?;
    if busy == 0 {
        Ok(())
    } else {
        Err(StorageError::Busy)
    }
}

/// Every fault that the engine finds while it can walk the file at all.
async fn faults(readers: &SqlitePool) -> Result<Vec<String>, StorageError> {
    let said: Vec<(String,)> = sqlx::query_as("PRAGMA integrity_check(100)")
        .fetch_all(readers)
        .await
        .map_err(engine)?;
    let missing: Vec<(String, Option<i64>, String, i64)> =
        sqlx::query_as("PRAGMA foreign_key_check")
            .fetch_all(readers)
            .await
            .map_err(engine)?;
    let said = said.into_iter().map(|(line,)| line).filter(|l| l != "ok");
    let missing = missing.into_iter().map(|(table, _, parent, _)| {
        format!("a row of {table} names a row of {parent} that is not there")
    });
    Ok(said.chain(missing).collect())
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
        let reading = options(path).pragma("query_only", "ON");
        let readers = pool(READERS).connect_lazy_with(reading.clone());
        Ok(Self {
            path: path.to_owned(),
            writer,
            readers,
            ahead: Ahead::new(reading),
        })
    }

    /// Opens a file that must be there.
    ///
    /// # Errors
    /// [`StorageError::Engine`] where it is not.
    pub async fn open_existing(path: &Path) -> Result<Self, StorageError> {
        std::fs::metadata(path).map_err(unwritable)?;
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

    fn read_ahead(&self, person: PersonId) {
        self.ahead.read(person);
    }

    fn one_writer(&self) -> bool {
        true
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
        match faults(&self.readers).await {
            // A file too damaged to be walked is what was asked for.
            Err(StorageError::Engine(error)) => Ok(vec![error.to_string()]),
            found => found,
        }
    }

    async fn copy_to(&self, file: &Path) -> Result<(), StorageError> {
        vacuum_into(&self.readers, file).await
    }

    fn copy_name(&self) -> &'static str {
        "main.db"
    }

    async fn size(&self) -> Result<u64, StorageError> {
        let found = std::fs::metadata(&self.path).map_err(unwritable)?;
        Ok(found.len())
    }

    async fn close(&self) {
        self.ahead.close().await;
        self.readers.close().await;
        // Best effort: a log left behind is replayed at the next opening.
        let _ = sqlx::query("PRAGMA optimize").execute(&self.writer).await;
        let _ = empty_log(&self.writer).await;
        self.writer.close().await;
    }
}
