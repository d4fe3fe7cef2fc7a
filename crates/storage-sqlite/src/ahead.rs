//! Reading ahead: what opening a record will ask for is brought from disk while its first row is asked
//! for. One after another, each page of a record that nobody opened lately waits for the disk.

use crate::{engine::pool, row::engine};
use domain::id::PersonId;
use sqlx::{SqlitePool, sqlite::SqliteConnectOptions};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use storage::{ReadingAhead, StorageError};
use tokio::sync::Semaphore;

/// How many connections read ahead: one for each part below.
const CONNECTIONS: u32 = 4;

/// One part takes about 0.2 ms where the system's memory holds the file, and 0.5 from a quick disk
/// (docs/SCALE.md).
const FROM_MEMORY: Duration = Duration::from_micros(350);

/// What an opening reads, shared out among connections: first what is waited for before the record's
/// keys are known, then what is read while a reading is being saved.
#[derive(Debug, Clone, Copy)]
enum Part {
    WrapsAndCards,
    GrantsAndReadings,
    Statements,
    Entries,
}

impl Part {
    const ALL: [Self; CONNECTIONS as usize] = [
        Self::WrapsAndCards,
        Self::GrantsAndReadings,
        Self::Statements,
        Self::Entries,
    ];
}

/// Connections of their own: whoever opens a record never waits for them.
#[derive(Debug, Clone)]
pub(crate) struct Ahead {
    pool: SqlitePool,
    free: Arc<Semaphore>,
    lately: Arc<ReadingAhead>,
}

impl Ahead {
    /// Over connections to that file that change nothing.
    pub(crate) fn new(reading: SqliteConnectOptions) -> Self {
        // What they read stays in the system's memory; theirs holds little more than the ways to it.
        let reading = reading.pragma("cache_size", "-1000");
        Self {
            pool: pool(CONNECTIONS).connect_lazy_with(reading),
            free: Arc::new(Semaphore::new(CONNECTIONS as usize)),
            lately: Arc::new(ReadingAhead::new(FROM_MEMORY)),
        }
    }

    /// Begins to read what is about that person, where that is worth it and connections are free, and
    /// gives nothing.
    pub(crate) fn read(&self, person: PersonId) {
        if !self.lately.is_worth_it() {
            return;
        }
        for part in Part::ALL {
            let Ok(turn) = Arc::clone(&self.free).try_acquire_owned() else {
                return;
            };
            let ahead = self.clone();
            tokio::spawn(async move {
                // Whoever opens the record meets the same error, and is told.
                let _ = ahead.touch(part, person).await;
                drop(turn);
            });
        }
    }

    /// Reads those rows in the tables themselves, and of readings the places in their indexes where one
    /// more will stand.
    async fn touch(&self, part: Part, person: PersonId) -> Result<(), StorageError> {
        let person = &person.as_bytes()[..];
        let mut connection = self.pool.acquire().await.map_err(engine)?;
        let begun = Instant::now();
        match part {
            Part::WrapsAndCards => {
                sqlx::query_scalar!(
                    r#"SELECT max(length) AS "length?: i64" FROM (
                         SELECT length(wrapped) AS length FROM wraps WHERE person_id = ?1
                         UNION ALL
                         SELECT length(sealed) FROM cards WHERE person_id = ?1)"#,
                    person
                )
                .fetch_one(&mut *connection)
                .await
            }
            Part::GrantsAndReadings => {
                sqlx::query_scalar!(
                    r#"SELECT max(length) AS "length?: i64" FROM (
                         SELECT length(recipient) AS length FROM grants WHERE person_id = ?1
                         UNION ALL
                         SELECT * FROM (SELECT length(reading) FROM readings
                           WHERE person_id = ?1 ORDER BY reading LIMIT 1)
                         UNION ALL
                         SELECT * FROM (SELECT sequence FROM readings
                           WHERE person_id = ?1 ORDER BY sequence DESC LIMIT 1))"#,
                    person
                )
                .fetch_one(&mut *connection)
                .await
            }
            Part::Statements => {
                sqlx::query_scalar!(
                    r#"SELECT max(length(signed)) AS "length?: i64"
                       FROM person_statements WHERE person_id = ?1"#,
                    person
                )
                .fetch_one(&mut *connection)
                .await
            }
            Part::Entries => {
                sqlx::query_scalar!(
                    r#"SELECT max(length(sealed)) AS "length?: i64"
                       FROM entries WHERE person_id = ?1"#,
                    person
                )
                .fetch_one(&mut *connection)
                .await
            }
        }
        .map_err(engine)?;
        self.lately.took(begun.elapsed());
        Ok(())
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SqliteStorage, engine::options};

    #[tokio::test]
    async fn each_part_is_read_on_connections_that_change_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("main.db");
        let _storage = SqliteStorage::open(&file).await.unwrap();
        let ahead = Ahead::new(options(&file).pragma("query_only", "ON"));
        let person = PersonId::from_bytes([7; 16]);
        for part in Part::ALL {
            ahead.touch(part, person).await.unwrap();
        }
        ahead.close().await;
    }
}
