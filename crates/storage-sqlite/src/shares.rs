//! Erasure shares, in a file of their own.

use crate::{
    engine::{empty_log, options, pool, vacuum_into},
    file::make_private,
    row::{Column, engine},
};
use async_trait::async_trait;
use domain::id::PersonId;
use sqlx::SqlitePool;
use std::path::Path;
use storage::{ShareStore, StorageError};

/// The store of erasure shares over one `SQLite` file.
#[derive(Debug)]
pub struct SqliteShares {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl SqliteShares {
    /// Opens the file, making it where there is none.
    ///
    /// # Errors
    /// [`StorageError::Engine`] where it is not a store of shares.
    pub async fn open(path: &Path) -> Result<Self, StorageError> {
        make_private(path)?;
        let writer = pool(1).connect_with(options(path)).await.map_err(engine)?;
        sqlx::query(
            "CREATE TABLE IF NOT EXISTS shares (
               person_id BLOB PRIMARY KEY CHECK (length(person_id) = 16),
               share BLOB NOT NULL CHECK (length(share) = 32)
             ) STRICT, WITHOUT ROWID",
        )
        .execute(&writer)
        .await
        .map_err(engine)?;
        Ok(Self {
            writer,
            readers: pool(2).connect_lazy_with(options(path)),
        })
    }
}

#[async_trait]
impl ShareStore for SqliteShares {
    async fn add_shares(&self, shares: &[(PersonId, [u8; 32])]) -> Result<(), StorageError> {
        let begun = self.writer.begin_with("BEGIN IMMEDIATE").await;
        let mut tx = begun.map_err(engine)?;
        for (person, share) in shares {
            sqlx::query("INSERT INTO shares (person_id, share) VALUES (?, ?)")
                .bind(&person.as_bytes()[..])
                .bind(&share[..])
                .execute(&mut *tx)
                .await
                .map_err(engine)?;
        }
        tx.commit().await.map_err(engine)
    }

    async fn share(&self, person: PersonId) -> Result<Option<[u8; 32]>, StorageError> {
        Ok(self
            .shares(&[person])
            .await?
            .first()
            .map(|(_, share)| *share))
    }

    async fn shares(&self, people: &[PersonId]) -> Result<Vec<(PersonId, [u8; 32])>, StorageError> {
        let mut found = Vec::with_capacity(people.len());
        let mut connection = self.readers.acquire().await.map_err(engine)?;
        for person in people {
            let share: Option<Vec<u8>> =
                sqlx::query_scalar("SELECT share FROM shares WHERE person_id = ?")
                    .bind(&person.as_bytes()[..])
                    .fetch_optional(&mut *connection)
                    .await
                    .map_err(engine)?;
            if let Some(share) = share {
                found.push((*person, Column("shares", "share").bytes(&share)?));
            }
        }
        Ok(found)
    }

    async fn destroy_share(&self, person: PersonId) -> Result<bool, StorageError> {
        let done = sqlx::query("DELETE FROM shares WHERE person_id = ?")
            .bind(&person.as_bytes()[..])
            .execute(&self.writer)
            .await
            .map_err(engine)?;
        // The log holds the share until it is moved into the file and cut: before that, nothing is
        // destroyed. Also where the row was gone already, for a destruction that stopped here.
        empty_log(&self.writer).await?;
        Ok(done.rows_affected() > 0)
    }

    async fn copy_to(&self, file: &Path) -> Result<(), StorageError> {
        vacuum_into(&self.readers, file).await
    }

    fn copy_name(&self) -> &'static str {
        "shares.db"
    }

    async fn close(&self) {
        self.readers.close().await;
        let _ = empty_log(&self.writer).await;
        self.writer.close().await;
    }
}
