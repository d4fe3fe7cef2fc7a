//! A transaction on one connection, undone when dropped unsaved.

use crate::row::engine;
use async_trait::async_trait;
use sqlx::{Sqlite, SqliteConnection, SqlitePool, pool::PoolConnection};
use storage::{StorageError, Transaction};

pub(crate) struct SqliteTransaction {
    connection: Option<PoolConnection<Sqlite>>,
}

impl SqliteTransaction {
    pub(crate) async fn begin(pool: &SqlitePool, how: &'static str) -> Result<Self, StorageError> {
        let mut connection = pool.acquire().await.map_err(engine)?;
        sqlx::query(how)
            .execute(&mut *connection)
            .await
            .map_err(engine)?;
        Ok(Self {
            connection: Some(connection),
        })
    }

    pub(crate) fn on(&mut self) -> Result<&mut SqliteConnection, StorageError> {
        self.connection.as_deref_mut().ok_or(StorageError::Busy)
    }
}

impl Drop for SqliteTransaction {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        // Undone off the caller's path; the connection goes back to its pool afterwards.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if sqlx::query("ROLLBACK")
                    .execute(&mut *connection)
                    .await
                    .is_err()
                {
                    connection.close_on_drop();
                }
            });
        } else {
            connection.close_on_drop();
        }
    }
}

#[async_trait]
impl Transaction for SqliteTransaction {
    async fn save(mut self: Box<Self>) -> Result<(), StorageError> {
        sqlx::query("COMMIT")
            .execute(self.on()?)
            .await
            .map_err(engine)?;
        // Committed: the connection goes back as it is.
        drop(self.connection.take());
        Ok(())
    }
}
