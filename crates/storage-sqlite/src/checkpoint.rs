//! Checkpoints and the heads they cover.

use crate::{
    SqliteTransaction,
    person::person,
    row::{Columns, engine, stored},
};
use async_trait::async_trait;
use domain::id::PersonId;
use sqlx::sqlite::SqliteRow;
use storage::{CheckpointRepository, CheckpointRow, HeadRow, PersonRow, StorageError};

fn checkpoint(row: &SqliteRow) -> Result<CheckpointRow, StorageError> {
    let c = Columns::of("checkpoints", row);
    Ok(CheckpointRow {
        sequence: c.u64("sequence")?,
        bytes: c.bytes("bytes")?,
        signature: c.array("signature")?,
    })
}

#[async_trait]
impl CheckpointRepository for SqliteTransaction {
    async fn last_checkpoint(&mut self) -> Result<Option<CheckpointRow>, StorageError> {
        let row = sqlx::query("SELECT * FROM checkpoints ORDER BY sequence DESC LIMIT 1")
            .fetch_optional(self.on())
            .await
            .map_err(engine)?;
        row.as_ref().map(checkpoint).transpose()
    }

    async fn changed_people(
        &mut self,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<Vec<PersonRow>, StorageError> {
        let rows = sqlx::query(
            "SELECT * FROM persons WHERE person_id > ?
             AND (entries <> checked_entries OR readings <> checked_readings)
             ORDER BY person_id LIMIT ?",
        )
        .bind(after.map_or_else(Vec::new, |p| p.as_bytes().to_vec()))
        .bind(limit)
        .fetch_all(self.on())
        .await
        .map_err(engine)?;
        rows.iter().map(person).collect()
    }

    async fn add_heads(&mut self, heads: &[HeadRow]) -> Result<(), StorageError> {
        for head in heads {
            sqlx::query(
                "INSERT INTO checkpoint_heads
                 (person_id, checkpoint, entries, entry_hash, readings, reading_hash)
                 VALUES (?, ?, ?, ?, ?, ?)",
            )
            .bind(&head.person.as_bytes()[..])
            .bind(stored(head.checkpoint))
            .bind(stored(head.entries))
            .bind(&head.entry_hash[..])
            .bind(stored(head.readings))
            .bind(&head.reading_hash[..])
            .execute(self.on())
            .await
            .map_err(engine)?;
            sqlx::query(
                "UPDATE persons SET checked_entries = ?, checked_readings = ? WHERE person_id = ?",
            )
            .bind(stored(head.entries))
            .bind(stored(head.readings))
            .bind(&head.person.as_bytes()[..])
            .execute(self.on())
            .await
            .map_err(engine)?;
        }
        Ok(())
    }

    async fn add_checkpoint(&mut self, row: &CheckpointRow) -> Result<(), StorageError> {
        sqlx::query("INSERT INTO checkpoints (sequence, bytes, signature) VALUES (?, ?, ?)")
            .bind(stored(row.sequence))
            .bind(&row.bytes)
            .bind(&row.signature[..])
            .execute(self.on())
            .await
            .map_err(engine)?;
        Ok(())
    }

    async fn checkpoints_after(
        &mut self,
        sequence: u64,
        limit: u32,
    ) -> Result<Vec<CheckpointRow>, StorageError> {
        let rows =
            sqlx::query("SELECT * FROM checkpoints WHERE sequence > ? ORDER BY sequence LIMIT ?")
                .bind(stored(sequence))
                .bind(limit)
                .fetch_all(self.on())
                .await
                .map_err(engine)?;
        rows.iter().map(checkpoint).collect()
    }

    async fn heads(
        &mut self,
        checkpoint: u64,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<Vec<HeadRow>, StorageError> {
        let rows = sqlx::query(
            "SELECT * FROM checkpoint_heads WHERE checkpoint = ? AND person_id > ?
             ORDER BY person_id LIMIT ?",
        )
        .bind(stored(checkpoint))
        .bind(after.map_or_else(Vec::new, |p| p.as_bytes().to_vec()))
        .bind(limit)
        .fetch_all(self.on())
        .await
        .map_err(engine)?;
        rows.iter()
            .map(|row| {
                let c = Columns::of("checkpoint_heads", row);
                Ok(HeadRow {
                    person: PersonId::from_bytes(c.array("person_id")?),
                    checkpoint: c.u64("checkpoint")?,
                    entries: c.u64("entries")?,
                    entry_hash: c.array("entry_hash")?,
                    readings: c.u64("readings")?,
                    reading_hash: c.array("reading_hash")?,
                })
            })
            .collect()
    }
}
