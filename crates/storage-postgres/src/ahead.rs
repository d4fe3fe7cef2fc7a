//! Reading ahead: what opening a record will ask for is brought from disk while its first row is asked
//! for, side by side. One after another, each row of a record that nobody opened lately waits for the
//! disk, and the more people there are, the less of them memory holds.

use crate::{
    Settings,
    patience::Asked,
    row::engine,
    settings::{Begin, options},
};
use domain::id::PersonId;
use sqlx::PgPool;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use storage::{ReadingAhead, StorageError};
use tokio::sync::Semaphore;

/// How many connections read ahead, a node: one for each part below.
const CONNECTIONS: u32 = 3;

/// Later than this, whoever opens the record has read it themselves.
const LIMIT: Duration = Duration::from_secs(1);

/// One part takes about 0.5 ms where memory holds the store, and 1.2 from a quick disk
/// (docs/SCALE.md).
const FROM_MEMORY: Duration = Duration::from_micros(700);

/// What an opening reads, shared out among connections: first what is waited for before the record's
/// keys are known, then what is read while a reading is being saved.
#[derive(Debug, Clone, Copy)]
enum Part {
    WrapsAndEntries,
    GrantsAndCards,
    StatementsAndReadings,
}

/// Connections of their own: whoever opens a record never waits for them.
#[derive(Clone)]
pub(crate) struct Ahead {
    pool: PgPool,
    free: Arc<Semaphore>,
    prepared: bool,
    lately: Arc<ReadingAhead>,
}

impl Ahead {
    pub(crate) fn new(url: &str, settings: &Settings, begin: &Begin) -> Result<Self, StorageError> {
        Ok(Self {
            pool: settings.pool(CONNECTIONS, options(url)?),
            free: Arc::new(Semaphore::new(CONNECTIONS as usize)),
            prepared: begin.prepared,
            lately: Arc::new(ReadingAhead::new(FROM_MEMORY)),
        })
    }

    /// Begins to read what is about that person, where that is worth it and connections are free, and
    /// gives nothing.
    pub(crate) fn read(&self, person: PersonId) {
        if !self.lately.is_worth_it() {
            return;
        }
        for part in [
            Part::WrapsAndEntries,
            Part::GrantsAndCards,
            Part::StatementsAndReadings,
        ] {
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
        let asked = Asked {
            connection: &mut connection,
            patience: Some(LIMIT),
            prepared: self.prepared,
        };
        let found = match part {
            Part::WrapsAndEntries => sqlx::query_scalar!(
                "SELECT max(length) FROM (
                       SELECT length(wrapped) FROM wraps WHERE person_id = $1
                       UNION ALL
                       SELECT length(sealed) FROM entries WHERE person_id = $1
                     ) AS found (length)",
                person
            )
            .fetch_one(asked)
            .await
            .map(drop),
            Part::GrantsAndCards => sqlx::query_scalar!(
                "SELECT max(length) FROM (
                       SELECT length(recipient) FROM grants WHERE person_id = $1
                       UNION ALL
                       SELECT length(sealed) FROM cards WHERE person_id = $1
                     ) AS found (length)",
                person
            )
            .fetch_one(asked)
            .await
            .map(drop),
            Part::StatementsAndReadings => sqlx::query_scalar!(
                "SELECT max(length) FROM (
                       SELECT length(signed) FROM person_statements WHERE person_id = $1
                       UNION ALL
                       (SELECT length(reading) FROM readings WHERE person_id = $1
                        ORDER BY reading LIMIT 1)
                       UNION ALL
                       (SELECT sequence FROM readings WHERE person_id = $1
                        ORDER BY sequence DESC LIMIT 1)
                     ) AS found (length)",
                person
            )
            .fetch_one(asked)
            .await
            .map(drop),
        };
        if found.is_err() {
            // An answer may still come on it.
            connection.close_on_drop();
        }
        found.map_err(engine)?;
        self.lately.took(begun.elapsed());
        Ok(())
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}
