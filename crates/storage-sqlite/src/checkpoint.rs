//! Checkpoints and the heads they cover.

use crate::{
    SqliteTransaction,
    person::{RawPerson, after_bytes},
    row::{Column, bound, engine},
};
use async_trait::async_trait;
use domain::id::PersonId;
use storage::{CheckpointRepository, CheckpointRow, HeadRow, PersonRow, StorageError};

struct RawCheckpoint {
    sequence: i64,
    bytes: Vec<u8>,
    signature: Vec<u8>,
}

impl TryFrom<RawCheckpoint> for CheckpointRow {
    type Error = StorageError;
    fn try_from(raw: RawCheckpoint) -> Result<Self, StorageError> {
        Ok(Self {
            sequence: Column("checkpoints", "sequence").count(raw.sequence)?,
            bytes: raw.bytes,
            signature: Column("checkpoints", "signature").bytes(&raw.signature)?,
        })
    }
}

struct RawHead {
    person_id: Vec<u8>,
    checkpoint: i64,
    entries: i64,
    entry_hash: Vec<u8>,
    readings: i64,
    reading_hash: Vec<u8>,
    statements: i64,
    statement_hash: Vec<u8>,
}

impl TryFrom<RawHead> for HeadRow {
    type Error = StorageError;
    fn try_from(raw: RawHead) -> Result<Self, StorageError> {
        let of = |column| Column("checkpoint_heads", column);
        Ok(Self {
            person: PersonId::from_bytes(of("person_id").bytes(&raw.person_id)?),
            checkpoint: of("checkpoint").count(raw.checkpoint)?,
            entries: of("entries").count(raw.entries)?,
            entry_hash: of("entry_hash").bytes(&raw.entry_hash)?,
            readings: of("readings").count(raw.readings)?,
            reading_hash: of("reading_hash").bytes(&raw.reading_hash)?,
            statements: of("statements").count(raw.statements)?,
            statement_hash: of("statement_hash").bytes(&raw.statement_hash)?,
        })
    }
}

#[async_trait]
impl CheckpointRepository for SqliteTransaction {
    async fn last_checkpoint(&mut self) -> Result<Option<CheckpointRow>, StorageError> {
        sqlx::query_as!(
            RawCheckpoint,
            r#"SELECT sequence AS "sequence!", bytes, signature FROM checkpoints
             ORDER BY sequence DESC LIMIT 1"#
        )
        .fetch_optional(self.on())
        .await
        .map_err(engine)?
        .map(CheckpointRow::try_from)
        .transpose()
    }

    async fn changed_people(
        &mut self,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<Vec<PersonRow>, StorageError> {
        let after = after_bytes(after.as_ref());
        // The condition is word for word the one of the partial index that this walks.
        sqlx::query_as!(
            RawPerson,
            "SELECT person_id, organisation, active, entries, entry_hash, readings, reading_hash,
                 statements, statement_hash
             FROM persons WHERE person_id > ?1
                 AND (entries <> checked_entries OR readings <> checked_readings
                     OR statements <> checked_statements)
             ORDER BY person_id LIMIT ?2",
            after,
            limit
        )
        .fetch_all(self.on())
        .await
        .map_err(engine)?
        .into_iter()
        .map(PersonRow::try_from)
        .collect()
    }

    async fn add_heads(&mut self, heads: &[HeadRow]) -> Result<(), StorageError> {
        let of = |column| Column("checkpoint_heads", column);
        for head in heads {
            let person = &head.person.as_bytes()[..];
            let checkpoint = of("checkpoint").stored(head.checkpoint)?;
            let entries = of("entries").stored(head.entries)?;
            let readings = of("readings").stored(head.readings)?;
            let (entry_hash, reading_hash) = (&head.entry_hash[..], &head.reading_hash[..]);
            let statements = of("statements").stored(head.statements)?;
            let statement_hash = &head.statement_hash[..];
            sqlx::query!(
                "INSERT INTO checkpoint_heads
                     (person_id, checkpoint, entries, entry_hash, readings, reading_hash,
                      statements, statement_hash)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                person,
                checkpoint,
                entries,
                entry_hash,
                readings,
                reading_hash,
                statements,
                statement_hash
            )
            .execute(self.on())
            .await
            .map_err(engine)?;
            sqlx::query!(
                "UPDATE persons SET checked_entries = ?2, checked_readings = ?3,
                     checked_statements = ?4
                 WHERE person_id = ?1",
                person,
                entries,
                readings,
                statements
            )
            .execute(self.on())
            .await
            .map_err(engine)?;
        }
        Ok(())
    }

    async fn add_checkpoint(&mut self, row: &CheckpointRow) -> Result<(), StorageError> {
        let sequence = Column("checkpoints", "sequence").stored(row.sequence)?;
        let signature = &row.signature[..];
        sqlx::query!(
            "INSERT INTO checkpoints (sequence, bytes, signature) VALUES (?1, ?2, ?3)",
            sequence,
            row.bytes,
            signature
        )
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
        let sequence = bound(sequence);
        sqlx::query_as!(
            RawCheckpoint,
            r#"SELECT sequence AS "sequence!", bytes, signature FROM checkpoints
             WHERE sequence > ?1 ORDER BY sequence LIMIT ?2"#,
            sequence,
            limit
        )
        .fetch_all(self.on())
        .await
        .map_err(engine)?
        .into_iter()
        .map(CheckpointRow::try_from)
        .collect()
    }

    async fn heads(
        &mut self,
        checkpoint: u64,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<Vec<HeadRow>, StorageError> {
        let (checkpoint, after) = (bound(checkpoint), after_bytes(after.as_ref()));
        sqlx::query_as!(
            RawHead,
            "SELECT * FROM checkpoint_heads WHERE checkpoint = ?1 AND person_id > ?2
             ORDER BY person_id LIMIT ?3",
            checkpoint,
            after,
            limit
        )
        .fetch_all(self.on())
        .await
        .map_err(engine)?
        .into_iter()
        .map(HeadRow::try_from)
        .collect()
    }
}
