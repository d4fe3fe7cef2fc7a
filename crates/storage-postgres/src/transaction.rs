//! A transaction on one connection, undone when dropped unsaved.

use crate::{
    patience::{Asked, within},
    row::{engine, is_lost, saving},
    settings::Begin,
};
use async_trait::async_trait;
use domain::id::PersonId;
use sqlx::{AssertSqlSafe, PgConnection, PgPool, Postgres};
use std::{collections::HashSet, sync::Arc, time::Duration};
use storage::{StorageError, Transaction};

/// What a transaction that writes has settled so far.
#[derive(Debug, Default)]
struct Writing {
    locked: HashSet<PersonId>,
    /// The last statement it read, once it read any.
    stated: Option<u64>,
}

/// One that reads sees one state from its first query to its last. One that writes sees what others
/// saved before each of its queries, and takes its turn person by person: the first query about a
/// person waits for the others that write about them, and what is read then holds until the end.
/// Locks of rows and not of the engine's serialisable level, since a row is in one shard and a
/// cluster has no such level.
pub(crate) struct PostgresTransaction {
    inner: sqlx::Transaction<'static, Postgres>,
    writing: Option<Writing>,
    patience: Option<Duration>,
    prepared: bool,
}

impl PostgresTransaction {
    pub(crate) async fn reading(pool: &PgPool, begin: &Begin) -> Result<Self, StorageError> {
        let inner = begin_on(pool, &begin.said).await?;
        Ok(Self {
            inner,
            writing: None,
            patience: begin.patience,
            prepared: begin.prepared,
        })
    }

    pub(crate) async fn writing(pool: &PgPool, begin: &Begin) -> Result<Self, StorageError> {
        let inner = begin_on(pool, &begin.said).await?;
        Ok(Self {
            inner,
            writing: Some(Writing::default()),
            patience: begin.patience,
            prepared: begin.prepared,
        })
    }

    /// The connection itself, for what is not one statement; it waits without end.
    pub(crate) fn on(&mut self) -> &mut PgConnection {
        &mut self.inner
    }

    /// The connection, to ask one statement.
    pub(crate) fn ask(&mut self) -> Asked<'_> {
        Asked {
            connection: &mut self.inner,
            patience: self.patience,
            prepared: self.prepared,
        }
    }

    /// Takes this transaction's turn about a person; a reader needs none.
    pub(crate) async fn turn(&mut self, person: PersonId) -> Result<(), StorageError> {
        if !self.needs_turn(person) {
            return Ok(());
        }
        let id = &person.as_bytes()[..];
        sqlx::query_scalar!(
            "SELECT person_id FROM persons WHERE person_id = $1 FOR NO KEY UPDATE",
            id
        )
        .fetch_optional(self.ask())
        .await
        .map_err(engine)?;
        self.has_turn(person);
        Ok(())
    }

    pub(crate) fn needs_turn(&self, person: PersonId) -> bool {
        let writing = self.writing.as_ref();
        writing.is_some_and(|writing| !writing.locked.contains(&person))
    }

    /// Notes that a person's row is locked: read so, changed, or made by this transaction.
    pub(crate) fn has_turn(&mut self, person: PersonId) {
        if let Some(writing) = &mut self.writing {
            writing.locked.insert(person);
        }
    }

    /// Notes up to which statement this transaction has read.
    pub(crate) fn has_read_statements(&mut self, sequence: u64) {
        if let Some(writing) = &mut self.writing {
            writing.stated = writing.stated.max(Some(sequence));
        }
    }

    /// The last statement this transaction read, if it read any.
    pub(crate) fn statements_read(&self) -> Option<u64> {
        self.writing.as_ref().and_then(|writing| writing.stated)
    }
}

/// Begins on a connection that lives: those the server dropped since they were used are passed over,
/// and nothing is lost by that, since nothing was asked of them. A server that accepts and says nothing
/// is given up on: its own limits of time are of no use then.
async fn begin_on(
    pool: &PgPool,
    begin: &Arc<str>,
) -> Result<sqlx::Transaction<'static, Postgres>, StorageError> {
    let mut left = pool.options().get_max_connections();
    let patience = 2 * pool.options().get_acquire_timeout();
    let begun = tokio::time::timeout(patience, async {
        loop {
            match pool.begin_with(AssertSqlSafe(begin.clone())).await {
                Err(error) if is_lost(&error) && left > 0 => left -= 1,
                begun => return begun.map_err(engine),
            }
        }
    });
    begun.await.unwrap_or(Err(StorageError::Busy))
}

#[async_trait]
impl Transaction for PostgresTransaction {
    async fn save(self: Box<Self>) -> Result<(), StorageError> {
        within(self.patience, self.inner.commit())
            .await
            .map_err(saving)
    }
}
