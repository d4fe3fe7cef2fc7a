//! Entries, readings, files.

use crate::{
    SqliteTransaction,
    row::{Columns, engine, stored},
};
use async_trait::async_trait;
use domain::{
    Compartments,
    id::{AccountId, FileId, KeyId, PersonId, ReadingId},
};
use jiff::{Timestamp, civil::Date};
use sqlx::sqlite::SqliteRow;
use storage::{EntryRow, FileFactRow, FileRow, ReadingRow, RecordRepository, StorageError};

pub(crate) fn entry(row: &SqliteRow) -> Result<EntryRow, StorageError> {
    let c = Columns::of("entries", row);
    let file = match c.optional_array("file")? {
        Some(file) => Some(FileFactRow {
            file: FileId::from_bytes(file),
            sealed_hash: c.array("file_hash")?,
            sealed_length: c.u64("file_length")?,
        }),
        None => None,
    };
    Ok(EntryRow {
        person: PersonId::from_bytes(c.array("person_id")?),
        sequence: c.u64("sequence")?,
        compartment: c.compartment("compartment")?,
        epoch: c.u32("epoch")?,
        profile: c.bool("profile")?,
        author: AccountId::from_bytes(c.array("author")?),
        key: KeyId::from_bytes(c.array("key")?),
        previous: c.array("previous")?,
        hash: c.array("hash")?,
        sealed: c.bytes("sealed")?,
        signature: c.array("signature")?,
        file,
    })
}

fn reading(row: &SqliteRow) -> Result<ReadingRow, StorageError> {
    let c = Columns::of("readings", row);
    Ok(ReadingRow {
        person: PersonId::from_bytes(c.array("person_id")?),
        sequence: c.u64("sequence")?,
        reading: ReadingId::from_bytes(c.array("reading")?),
        compartment: c.compartment("compartment")?,
        epoch: c.u32("epoch")?,
        reader: AccountId::from_bytes(c.array("reader")?),
        key: KeyId::from_bytes(c.array("key")?),
        previous: c.array("previous")?,
        hash: c.array("hash")?,
        sealed: c.bytes("sealed")?,
        signature: c.array("signature")?,
    })
}

#[async_trait]
impl RecordRepository for SqliteTransaction {
    async fn append_entry(&mut self, row: &EntryRow, active: Date) -> Result<(), StorageError> {
        let moved = sqlx::query(
            "UPDATE persons SET entries = ?, entry_hash = ?, active = ?
             WHERE person_id = ? AND entries = ? AND entry_hash = ?",
        )
        .bind(stored(row.sequence))
        .bind(&row.hash[..])
        .bind(active.to_string())
        .bind(&row.person.as_bytes()[..])
        .bind(stored(row.sequence.saturating_sub(1)))
        .bind(&row.previous[..])
        .execute(self.on())
        .await
        .map_err(engine)?;
        if moved.rows_affected() != 1 {
            return Err(StorageError::Conflict("the record"));
        }
        sqlx::query(
            "INSERT INTO entries (person_id, sequence, compartment, epoch, profile, author, key,
             previous, hash, sealed, signature, file, file_hash, file_length)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&row.person.as_bytes()[..])
        .bind(stored(row.sequence))
        .bind(i64::from(row.compartment.code()))
        .bind(row.epoch)
        .bind(row.profile)
        .bind(&row.author.as_bytes()[..])
        .bind(&row.key.as_bytes()[..])
        .bind(&row.previous[..])
        .bind(&row.hash[..])
        .bind(&row.sealed)
        .bind(&row.signature[..])
        .bind(row.file.map(|f| f.file.as_bytes().to_vec()))
        .bind(row.file.map(|f| f.sealed_hash.to_vec()))
        .bind(row.file.map(|f| stored(f.sealed_length)))
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn entries(
        &mut self,
        person: PersonId,
        compartments: Compartments,
    ) -> Result<Vec<EntryRow>, StorageError> {
        let rows = sqlx::query(
            "SELECT * FROM entries WHERE person_id = ? AND (? >> compartment) & 1 = 1
             ORDER BY sequence",
        )
        .bind(&person.as_bytes()[..])
        .bind(i64::from(compartments.bits()))
        .fetch_all(self.on())
        .await
        .map_err(engine)?;
        rows.iter().map(entry).collect()
    }

    async fn entry(
        &mut self,
        person: PersonId,
        sequence: u64,
    ) -> Result<Option<EntryRow>, StorageError> {
        let row = sqlx::query("SELECT * FROM entries WHERE person_id = ? AND sequence = ?")
            .bind(&person.as_bytes()[..])
            .bind(stored(sequence))
            .fetch_optional(self.on())
            .await
            .map_err(engine)?;
        row.as_ref().map(entry).transpose()
    }

    async fn entries_after(
        &mut self,
        person: PersonId,
        sequence: u64,
        limit: u32,
    ) -> Result<Vec<EntryRow>, StorageError> {
        let rows = sqlx::query(
            "SELECT * FROM entries WHERE person_id = ? AND sequence > ? ORDER BY sequence LIMIT ?",
        )
        .bind(&person.as_bytes()[..])
        .bind(stored(sequence))
        .bind(limit)
        .fetch_all(self.on())
        .await
        .map_err(engine)?;
        rows.iter().map(entry).collect()
    }

    async fn entry_links(
        &mut self,
        person: PersonId,
    ) -> Result<Vec<([u8; 32], [u8; 32])>, StorageError> {
        let rows =
            sqlx::query("SELECT hash, previous FROM entries WHERE person_id = ? ORDER BY sequence")
                .bind(&person.as_bytes()[..])
                .fetch_all(self.on())
                .await
                .map_err(engine)?;
        rows.iter()
            .map(|row| {
                let c = Columns::of("entries", row);
                Ok((c.array("hash")?, c.array("previous")?))
            })
            .collect()
    }

    async fn append_reading(&mut self, row: &ReadingRow) -> Result<bool, StorageError> {
        if self.has_reading(row.person, row.reading).await? {
            return Ok(false);
        }
        let moved = sqlx::query(
            "UPDATE persons SET readings = ?, reading_hash = ?
             WHERE person_id = ? AND readings = ? AND reading_hash = ?",
        )
        .bind(stored(row.sequence))
        .bind(&row.hash[..])
        .bind(&row.person.as_bytes()[..])
        .bind(stored(row.sequence.saturating_sub(1)))
        .bind(&row.previous[..])
        .execute(self.on())
        .await
        .map_err(engine)?;
        if moved.rows_affected() != 1 {
            return Err(StorageError::Conflict("the readings"));
        }
        sqlx::query(
            "INSERT INTO readings (person_id, sequence, reading, compartment, epoch, reader, key,
             previous, hash, sealed, signature) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&row.person.as_bytes()[..])
        .bind(stored(row.sequence))
        .bind(&row.reading.as_bytes()[..])
        .bind(i64::from(row.compartment.code()))
        .bind(row.epoch)
        .bind(&row.reader.as_bytes()[..])
        .bind(&row.key.as_bytes()[..])
        .bind(&row.previous[..])
        .bind(&row.hash[..])
        .bind(&row.sealed)
        .bind(&row.signature[..])
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(true)
    }

    async fn has_reading(
        &mut self,
        person: PersonId,
        reading: ReadingId,
    ) -> Result<bool, StorageError> {
        let row = sqlx::query("SELECT 1 FROM readings WHERE person_id = ? AND reading = ?")
            .bind(&person.as_bytes()[..])
            .bind(&reading.as_bytes()[..])
            .fetch_optional(self.on())
            .await
            .map_err(engine)?;
        Ok(row.is_some())
    }

    async fn readings(
        &mut self,
        person: PersonId,
        compartments: Compartments,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<ReadingRow>, StorageError> {
        let rows = sqlx::query(
            "SELECT * FROM readings
             WHERE person_id = ? AND sequence < ? AND (? >> compartment) & 1 = 1
             ORDER BY sequence DESC LIMIT ?",
        )
        .bind(&person.as_bytes()[..])
        .bind(before.map_or(i64::MAX, stored))
        .bind(i64::from(compartments.bits()))
        .bind(limit)
        .fetch_all(self.on())
        .await
        .map_err(engine)?;
        rows.iter().map(reading).collect()
    }

    async fn readings_after(
        &mut self,
        person: PersonId,
        sequence: u64,
        limit: u32,
    ) -> Result<Vec<ReadingRow>, StorageError> {
        let rows = sqlx::query(
            "SELECT * FROM readings WHERE person_id = ? AND sequence > ? ORDER BY sequence LIMIT ?",
        )
        .bind(&person.as_bytes()[..])
        .bind(stored(sequence))
        .bind(limit)
        .fetch_all(self.on())
        .await
        .map_err(engine)?;
        rows.iter().map(reading).collect()
    }

    async fn begin_file(&mut self, row: &FileRow) -> Result<(), StorageError> {
        sqlx::query("INSERT INTO files (person_id, file, begun, kept) VALUES (?, ?, ?, ?)")
            .bind(&row.person.as_bytes()[..])
            .bind(&row.file.as_bytes()[..])
            .bind(row.begun.as_microsecond())
            .bind(row.kept)
            .execute(self.on())
            .await
            .map_err(engine)?;
        Ok(())
    }

    async fn keep_file(&mut self, person: PersonId, file: FileId) -> Result<(), StorageError> {
        let done = sqlx::query("UPDATE files SET kept = 1 WHERE person_id = ? AND file = ?")
            .bind(&person.as_bytes()[..])
            .bind(&file.as_bytes()[..])
            .execute(self.on())
            .await
            .map_err(engine)?;
        if done.rows_affected() == 1 {
            Ok(())
        } else {
            Err(StorageError::Conflict("the file"))
        }
    }

    async fn orphan_files(
        &mut self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<FileRow>, StorageError> {
        let rows =
            sqlx::query("SELECT * FROM files WHERE kept = 0 AND begun < ? ORDER BY begun LIMIT ?")
                .bind(before.as_microsecond())
                .bind(limit)
                .fetch_all(self.on())
                .await
                .map_err(engine)?;
        rows.iter()
            .map(|row| {
                let c = Columns::of("files", row);
                Ok(FileRow {
                    person: PersonId::from_bytes(c.array("person_id")?),
                    file: FileId::from_bytes(c.array("file")?),
                    begun: c.time("begun")?,
                    kept: c.bool("kept")?,
                })
            })
            .collect()
    }

    async fn forget_file(&mut self, person: PersonId, file: FileId) -> Result<(), StorageError> {
        sqlx::query("DELETE FROM files WHERE person_id = ? AND file = ? AND kept = 0")
            .bind(&person.as_bytes()[..])
            .bind(&file.as_bytes()[..])
            .execute(self.on())
            .await
            .map_err(engine)?;
        Ok(())
    }
}
