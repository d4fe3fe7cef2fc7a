//! Checkpoints and the heads they cover.

use crate::{
    PostgresTransaction,
    person::{RawPerson, after_bytes},
    row::{Column, bound, engine},
};
use async_trait::async_trait;
use domain::id::PersonId;
use storage::{CheckpointRepository, CheckpointRow, HeadRow, PersonRow, StorageError};

/// Heads in one statement: all those of a million people would outlast its time limit.
const AT_ONCE: usize = 10_000;

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

impl PostgresTransaction {
    /// Of one checkpoint, in two statements.
    async fn add_heads_of_one(&mut self, heads: &[HeadRow]) -> Result<(), StorageError> {
        let Some(first) = heads.first() else {
            return Ok(());
        };
        let of = |column| Column("checkpoint_heads", column);
        let checkpoint = of("checkpoint").stored(first.checkpoint)?;
        let mut people = Vec::with_capacity(heads.len());
        let (mut entries, mut entry_hashes) = (Vec::new(), Vec::new());
        let (mut readings, mut reading_hashes) = (Vec::new(), Vec::new());
        let (mut statements, mut statement_hashes) = (Vec::new(), Vec::new());
        for head in heads {
            people.push(head.person.as_bytes().to_vec());
            entries.push(of("entries").stored(head.entries)?);
            entry_hashes.push(head.entry_hash.to_vec());
            readings.push(of("readings").stored(head.readings)?);
            reading_hashes.push(head.reading_hash.to_vec());
            statements.push(of("statements").stored(head.statements)?);
            statement_hashes.push(head.statement_hash.to_vec());
        }
        sqlx::query!(
            "INSERT INTO checkpoint_heads
                 (person_id, checkpoint, entries, entry_hash, readings, reading_hash,
                  statements, statement_hash)
             SELECT h.person_id, $1, h.entries, h.entry_hash, h.readings, h.reading_hash,
                 h.statements, h.statement_hash
             FROM unnest($2::bytea[], $3::bigint[], $4::bytea[], $5::bigint[], $6::bytea[],
                     $7::bigint[], $8::bytea[])
                 AS h (person_id, entries, entry_hash, readings, reading_hash, statements,
                     statement_hash)",
            checkpoint,
            &people,
            &entries,
            &entry_hashes,
            &readings,
            &reading_hashes,
            &statements,
            &statement_hashes
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        // From the rows just added, which lie beside those they change, and not from the values:
        // a cluster joins tables on the person and nothing else.
        sqlx::query!(
            "UPDATE persons p SET checked_entries = h.entries, checked_readings = h.readings,
                 checked_statements = h.statements
             FROM checkpoint_heads h
             WHERE h.person_id = p.person_id AND h.checkpoint = $1 AND p.person_id = ANY($2)",
            checkpoint,
            &people
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }
}

#[async_trait]
impl CheckpointRepository for PostgresTransaction {
    async fn last_checkpoint(&mut self) -> Result<Option<CheckpointRow>, StorageError> {
        sqlx::query_as!(
            RawCheckpoint,
            "SELECT sequence, bytes, signature FROM checkpoints ORDER BY sequence DESC LIMIT 1"
        )
        .fetch_optional(self.ask())
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
             FROM persons WHERE person_id > $1
                 AND (entries <> checked_entries OR readings <> checked_readings
                     OR statements <> checked_statements)
             ORDER BY person_id LIMIT $2",
            after,
            i64::from(limit)
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?
        .into_iter()
        .map(PersonRow::try_from)
        .collect()
    }

    async fn add_heads(&mut self, heads: &[HeadRow]) -> Result<(), StorageError> {
        for heads in heads.chunk_by(|a, b| a.checkpoint == b.checkpoint) {
            for group in heads.chunks(AT_ONCE) {
                self.add_heads_of_one(group).await?;
            }
        }
        Ok(())
    }

    async fn add_checkpoint(&mut self, row: &CheckpointRow) -> Result<(), StorageError> {
        let sequence = Column("checkpoints", "sequence").stored(row.sequence)?;
        let signature = &row.signature[..];
        sqlx::query!(
            "INSERT INTO checkpoints (sequence, bytes, signature) VALUES ($1, $2, $3)",
            sequence,
            row.bytes,
            signature
        )
        .execute(self.ask())
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
            "SELECT sequence, bytes, signature FROM checkpoints
             WHERE sequence > $1 ORDER BY sequence LIMIT $2",
            sequence,
            i64::from(limit)
        )
        .fetch_all(self.ask())
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
            "SELECT person_id, checkpoint, entries, entry_hash, readings, reading_hash,
                 statements, statement_hash
             FROM checkpoint_heads WHERE checkpoint = $1 AND person_id > $2
             ORDER BY person_id LIMIT $3",
            checkpoint,
            after,
            i64::from(limit)
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?
        .into_iter()
        .map(HeadRow::try_from)
        .collect()
    }
}
