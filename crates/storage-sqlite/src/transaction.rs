//! A transaction on one connection, undone when dropped unsaved.

use crate::row::engine;
use async_trait::async_trait;
use sqlx::{Sqlite, SqliteConnection, SqlitePool};
use storage::{StorageError, Transaction};

/// Wraps sqlx's own: it also undoes a beginning that is cancelled half-way, after which a connection
/// given back as it is would refuse every later transaction.
pub(crate) struct SqliteTransaction(sqlx::Transaction<'static, Sqlite>);

impl SqliteTransaction {
    pub(crate) async fn begin(pool: &SqlitePool, how: &'static str) -> Result<Self, StorageError> {
        pool.begin_with(how).await.map(Self).map_err(engine)
    }

    pub(crate) fn on(&mut self) -> &mut SqliteConnection {
        &mut self.0
    }
}

#[async_trait]
impl Transaction for SqliteTransaction {
    async fn save(self: Box<Self>) -> Result<(), StorageError> {
        self.0.commit().await.map_err(engine)
    }
}
