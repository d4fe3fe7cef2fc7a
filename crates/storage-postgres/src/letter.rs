//! Templates of letters.

use crate::{PostgresTransaction, row::engine};
use async_trait::async_trait;
use domain::id::OrganisationId;
use storage::{LetterRepository, LetterRow, StorageError};

#[async_trait]
impl LetterRepository for PostgresTransaction {
    async fn put_letter(&mut self, row: &LetterRow) -> Result<(), StorageError> {
        let organisation = &row.organisation.as_bytes()[..];
        let (kind, sealed) = (row.kind.as_str(), &row.sealed[..]);
        sqlx::query!(
            "INSERT INTO letters (organisation, kind, sealed) VALUES ($1, $2, $3)
             ON CONFLICT (organisation, kind) DO UPDATE SET sealed = excluded.sealed",
            organisation,
            kind,
            sealed
        )
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn letters(
        &mut self,
        organisation: OrganisationId,
    ) -> Result<Vec<LetterRow>, StorageError> {
        let bytes = &organisation.as_bytes()[..];
        let rows = sqlx::query!(
            "SELECT kind, sealed FROM letters WHERE organisation = $1 ORDER BY kind",
            bytes
        )
        .fetch_all(self.on())
        .await
        .map_err(engine)?;
        let row = |kind, sealed| LetterRow {
            organisation,
            kind,
            sealed,
        };
        Ok(rows.into_iter().map(|r| row(r.kind, r.sealed)).collect())
    }

    async fn remove_letter(
        &mut self,
        organisation: OrganisationId,
        kind: &str,
    ) -> Result<(), StorageError> {
        let organisation = &organisation.as_bytes()[..];
        sqlx::query!(
            "DELETE FROM letters WHERE organisation = $1 AND kind = $2",
            organisation,
            kind
        )
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(())
    }
}
