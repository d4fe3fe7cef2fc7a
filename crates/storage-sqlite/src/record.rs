//! Entries, readings, files.

use crate::{
    SqliteTransaction,
    list::{head_move, list, written},
    row::{Column, bound, engine, micros},
};
use async_trait::async_trait;
use domain::{
    Compartments,
    id::{AccountId, FileId, KeyId, PersonId, ReadingId},
};
use jiff::{Timestamp, civil::Date};
use serde_json::json;
use storage::{
    EntryRow, FileFactRow, FileRow, ReadingHeads, ReadingRow, RecordRepository, StorageError,
};

/// An entry as the table holds it.
pub(crate) struct RawEntry {
    pub(crate) person_id: Vec<u8>,
    pub(crate) sequence: i64,
    pub(crate) compartment: i64,
    pub(crate) epoch: i64,
    pub(crate) profile: i64,
    pub(crate) author: Vec<u8>,
    pub(crate) key: Vec<u8>,
    pub(crate) previous: Vec<u8>,
    pub(crate) hash: Vec<u8>,
    pub(crate) sealed: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    pub(crate) file: Option<Vec<u8>>,
    pub(crate) file_hash: Option<Vec<u8>>,
    pub(crate) file_length: Option<i64>,
}

impl TryFrom<RawEntry> for EntryRow {
    type Error = StorageError;
    fn try_from(raw: RawEntry) -> Result<Self, StorageError> {
        let of = |column| Column("entries", column);
        let file = match (&raw.file, &raw.file_hash, raw.file_length) {
            (None, None, None) => None,
            (Some(file), Some(hash), Some(length)) => Some(FileFactRow {
                file: FileId::from_bytes(of("file").bytes(file)?),
                sealed_hash: of("file_hash").bytes(hash)?,
                sealed_length: of("file_length").count(length)?,
            }),
            _ => return Err(of("file").broken("known in part only")),
        };
        Ok(Self {
            person: PersonId::from_bytes(of("person_id").bytes(&raw.person_id)?),
            sequence: of("sequence").count(raw.sequence)?,
            compartment: of("compartment").compartment(raw.compartment)?,
            epoch: of("epoch").small(raw.epoch)?,
            profile: of("profile").flag(raw.profile)?,
            author: AccountId::from_bytes(of("author").bytes(&raw.author)?),
            key: KeyId::from_bytes(of("key").bytes(&raw.key)?),
            previous: of("previous").bytes(&raw.previous)?,
            hash: of("hash").bytes(&raw.hash)?,
            sealed: raw.sealed,
            signature: of("signature").bytes(&raw.signature)?,
            file,
        })
    }
}

struct RawReading {
    person_id: Vec<u8>,
    sequence: i64,
    reading: Vec<u8>,
    compartment: i64,
    epoch: i64,
    reader: Vec<u8>,
    key: Vec<u8>,
    previous: Vec<u8>,
    hash: Vec<u8>,
    sealed: Vec<u8>,
    signature: Vec<u8>,
}

impl TryFrom<RawReading> for ReadingRow {
    type Error = StorageError;
    fn try_from(raw: RawReading) -> Result<Self, StorageError> {
        let of = |column| Column("readings", column);
        Ok(Self {
            person: PersonId::from_bytes(of("person_id").bytes(&raw.person_id)?),
            sequence: of("sequence").count(raw.sequence)?,
            reading: ReadingId::from_bytes(of("reading").bytes(&raw.reading)?),
            compartment: of("compartment").compartment(raw.compartment)?,
            epoch: of("epoch").small(raw.epoch)?,
            reader: AccountId::from_bytes(of("reader").bytes(&raw.reader)?),
            key: KeyId::from_bytes(of("key").bytes(&raw.key)?),
            previous: of("previous").bytes(&raw.previous)?,
            hash: of("hash").bytes(&raw.hash)?,
            sealed: raw.sealed,
            signature: of("signature").bytes(&raw.signature)?,
        })
    }
}

struct RawFile {
    person_id: Vec<u8>,
    file: Vec<u8>,
    begun: i64,
    kept: i64,
}

impl TryFrom<RawFile> for FileRow {
    type Error = StorageError;
    fn try_from(raw: RawFile) -> Result<Self, StorageError> {
        let of = |column| Column("files", column);
        Ok(Self {
            person: PersonId::from_bytes(of("person_id").bytes(&raw.person_id)?),
            file: FileId::from_bytes(of("file").bytes(&raw.file)?),
            begun: of("begun").instant(raw.begun)?,
            kept: of("kept").flag(raw.kept)?,
        })
    }
}

impl SqliteTransaction {
    /// The row of an entry alone; whoever calls moves the record's head.
    pub(crate) async fn insert_entry(&mut self, row: &EntryRow) -> Result<(), StorageError> {
        let person = &row.person.as_bytes()[..];
        let sequence = Column("entries", "sequence").stored(row.sequence)?;
        let (hash, previous) = (&row.hash[..], &row.previous[..]);
        let compartment = row.compartment.code();
        let (author, key) = (&row.author.as_bytes()[..], &row.key.as_bytes()[..]);
        let signature = &row.signature[..];
        let file = row.file.as_ref().map(|f| &f.file.as_bytes()[..]);
        let file_hash = row.file.as_ref().map(|f| &f.sealed_hash[..]);
        let file_length = match row.file {
            Some(file) => Some(Column("entries", "file_length").stored(file.sealed_length)?),
            None => None,
        };
        sqlx::query!(
            "INSERT INTO entries (person_id, sequence, compartment, epoch, profile, author, key,
                 previous, hash, sealed, signature, file, file_hash, file_length)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            person,
            sequence,
            compartment,
            row.epoch,
            row.profile,
            author,
            key,
            previous,
            hash,
            row.sealed,
            signature,
            file,
            file_hash,
            file_length
        )
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(())
    }
}

#[async_trait]
impl RecordRepository for SqliteTransaction {
    async fn append_entry(&mut self, row: &EntryRow, active: Date) -> Result<(), StorageError> {
        let person = &row.person.as_bytes()[..];
        let sequence = Column("entries", "sequence").stored(row.sequence)?;
        let (hash, previous) = (&row.hash[..], &row.previous[..]);
        let (active, before) = (active.to_string(), sequence - 1);
        let moved = sqlx::query!(
            "UPDATE persons SET entries = ?1, entry_hash = ?2, active = ?3
             WHERE person_id = ?4 AND entries = ?5 AND entry_hash = ?6",
            sequence,
            hash,
            active,
            person,
            before,
            previous
        )
        .execute(self.on())
        .await
        .map_err(engine)?;
        if moved.rows_affected() != 1 {
            return Err(StorageError::Conflict("the record"));
        }
        self.insert_entry(row).await
    }

    async fn append_entries(
        &mut self,
        rows: &[EntryRow],
        active: Date,
    ) -> Result<(), StorageError> {
        if !EntryRow::follow_each_other(rows) {
            return Err(StorageError::Conflict("the record"));
        }
        for row in rows {
            self.append_entry(row, active).await?;
        }
        Ok(())
    }

    async fn entries(
        &mut self,
        person: PersonId,
        compartments: Compartments,
    ) -> Result<Vec<EntryRow>, StorageError> {
        let (person, compartments) = (&person.as_bytes()[..], compartments.bits());
        sqlx::query_as!(
            RawEntry,
            "SELECT * FROM entries WHERE person_id = ?1 AND (?2 >> compartment) & 1 = 1
             ORDER BY sequence",
            person,
            compartments
        )
        .fetch_all(self.on())
        .await
        .map_err(engine)?
        .into_iter()
        .map(EntryRow::try_from)
        .collect()
    }

    async fn entry(
        &mut self,
        person: PersonId,
        sequence: u64,
    ) -> Result<Option<EntryRow>, StorageError> {
        let (person, sequence) = (&person.as_bytes()[..], bound(sequence));
        sqlx::query_as!(
            RawEntry,
            "SELECT * FROM entries WHERE person_id = ?1 AND sequence = ?2",
            person,
            sequence
        )
        .fetch_optional(self.on())
        .await
        .map_err(engine)?
        .map(EntryRow::try_from)
        .transpose()
    }

    async fn entries_after(
        &mut self,
        person: PersonId,
        sequence: u64,
        limit: u32,
    ) -> Result<Vec<EntryRow>, StorageError> {
        let (person, sequence) = (&person.as_bytes()[..], bound(sequence));
        sqlx::query_as!(
            RawEntry,
            "SELECT * FROM entries WHERE person_id = ?1 AND sequence > ?2
             ORDER BY sequence LIMIT ?3",
            person,
            sequence,
            limit
        )
        .fetch_all(self.on())
        .await
        .map_err(engine)?
        .into_iter()
        .map(EntryRow::try_from)
        .collect()
    }

    async fn entry_links(
        &mut self,
        person: PersonId,
    ) -> Result<Vec<([u8; 32], [u8; 32])>, StorageError> {
        let person = &person.as_bytes()[..];
        sqlx::query!(
            "SELECT hash, previous FROM entries WHERE person_id = ?1 ORDER BY sequence",
            person
        )
        .fetch_all(self.on())
        .await
        .map_err(engine)?
        .into_iter()
        .map(|row| {
            Ok((
                Column("entries", "hash").bytes(&row.hash)?,
                Column("entries", "previous").bytes(&row.previous)?,
            ))
        })
        .collect()
    }

    async fn append_readings(&mut self, rows: &[ReadingRow]) -> Result<(), StorageError> {
        let groups = ReadingRow::by_person(rows).ok_or(StorageError::Conflict("the readings"))?;
        if groups.is_empty() {
            return Ok(());
        }
        let moves = list(groups.iter().map(|group| head_move(group)))?;
        let moved = sqlx::query!(
            "UPDATE persons SET readings = m.after, reading_hash = m.hash
             FROM (SELECT unhex(value ->> 0) AS person, value ->> 1 AS before,
                       unhex(value ->> 2) AS previous, value ->> 3 AS after,
                       unhex(value ->> 4) AS hash
                   FROM json_each(?1)) m
             WHERE persons.person_id = m.person AND persons.readings = m.before
                 AND persons.reading_hash = m.previous",
            moves
        )
        .execute(self.on())
        .await
        .map_err(engine)?;
        if moved.rows_affected() != groups.len() as u64 {
            return Err(StorageError::Conflict("the readings"));
        }
        let rows = list(rows.iter().map(written))?;
        sqlx::query!(
            "INSERT INTO readings (person_id, sequence, reading, compartment, epoch, reader, key,
                 previous, hash, sealed, signature)
             SELECT unhex(value ->> 0), value ->> 1, unhex(value ->> 2), value ->> 3, value ->> 4,
                 unhex(value ->> 5), unhex(value ->> 6), unhex(value ->> 7), unhex(value ->> 8),
                 unhex(value ->> 9), unhex(value ->> 10)
             FROM json_each(?1)",
            rows
        )
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn reading_heads(
        &mut self,
        asked: &[(PersonId, ReadingId)],
    ) -> Result<ReadingHeads, StorageError> {
        let people = list(
            asked
                .iter()
                .map(|(person, _)| Ok(json!([person.to_string()]))),
        )?;
        let heads = sqlx::query!(
            r#"SELECT person_id AS "person!", readings, reading_hash FROM persons
             WHERE person_id IN (SELECT unhex(value ->> 0) FROM json_each(?1))"#,
            people
        )
        .fetch_all(self.on())
        .await
        .map_err(engine)?;
        let readings = list(
            asked
                .iter()
                .map(|(person, reading)| Ok(json!([person.to_string(), reading.to_string()]))),
        )?;
        let known = sqlx::query!(
            "SELECT r.person_id, r.reading
             FROM json_each(?1) asked
             CROSS JOIN readings r ON r.person_id = unhex(asked.value ->> 0)
                 AND r.reading = unhex(asked.value ->> 1)",
            readings
        )
        .fetch_all(self.on())
        .await
        .map_err(engine)?;
        let of = |column| Column("persons", column);
        let mut found = ReadingHeads::default();
        for head in heads {
            let person = PersonId::from_bytes(of("person_id").bytes(&head.person)?);
            let hash = of("reading_hash").bytes(&head.reading_hash)?;
            let count = of("readings").count(head.readings)?;
            found.heads.insert(person, (count, hash));
        }
        for row in known {
            let person = Column("readings", "person_id").bytes(&row.person_id)?;
            let reading = Column("readings", "reading").bytes(&row.reading)?;
            let both = (PersonId::from_bytes(person), ReadingId::from_bytes(reading));
            found.known.insert(both);
        }
        Ok(found)
    }

    async fn readings(
        &mut self,
        person: PersonId,
        compartments: Compartments,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<ReadingRow>, StorageError> {
        let (person, compartments) = (&person.as_bytes()[..], compartments.bits());
        let before = before.map_or(i64::MAX, bound);
        sqlx::query_as!(
            RawReading,
            "SELECT * FROM readings
             WHERE person_id = ?1 AND sequence < ?2 AND (?3 >> compartment) & 1 = 1
             ORDER BY sequence DESC LIMIT ?4",
            person,
            before,
            compartments,
            limit
        )
        .fetch_all(self.on())
        .await
        .map_err(engine)?
        .into_iter()
        .map(ReadingRow::try_from)
        .collect()
    }

    async fn readings_after(
        &mut self,
        person: PersonId,
        sequence: u64,
        limit: u32,
    ) -> Result<Vec<ReadingRow>, StorageError> {
        let (person, sequence) = (&person.as_bytes()[..], bound(sequence));
        sqlx::query_as!(
            RawReading,
            "SELECT * FROM readings WHERE person_id = ?1 AND sequence > ?2
             ORDER BY sequence LIMIT ?3",
            person,
            sequence,
            limit
        )
        .fetch_all(self.on())
        .await
        .map_err(engine)?
        .into_iter()
        .map(ReadingRow::try_from)
        .collect()
    }

    async fn begin_file(&mut self, row: &FileRow) -> Result<(), StorageError> {
        let (person, file) = (&row.person.as_bytes()[..], &row.file.as_bytes()[..]);
        let begun = micros(row.begun);
        sqlx::query!(
            "INSERT INTO files (person_id, file, begun, kept) VALUES (?1, ?2, ?3, ?4)",
            person,
            file,
            begun,
            row.kept
        )
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn keep_file(&mut self, person: PersonId, file: FileId) -> Result<(), StorageError> {
        let (person, file) = (&person.as_bytes()[..], &file.as_bytes()[..]);
        let done = sqlx::query!(
            "UPDATE files SET kept = 1 WHERE person_id = ?1 AND file = ?2",
            person,
            file
        )
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
        let before = micros(before);
        sqlx::query_as!(
            RawFile,
            // What an entry names is never an orphan, whatever the flag says.
            "SELECT * FROM files WHERE kept = 0 AND begun < ?1 AND NOT EXISTS (
               SELECT 1 FROM entries e WHERE e.person_id = files.person_id AND e.file = files.file)
             ORDER BY begun LIMIT ?2",
            before,
            limit
        )
        .fetch_all(self.on())
        .await
        .map_err(engine)?
        .into_iter()
        .map(FileRow::try_from)
        .collect()
    }

    async fn forget_file(&mut self, person: PersonId, file: FileId) -> Result<(), StorageError> {
        let (person, file) = (&person.as_bytes()[..], &file.as_bytes()[..]);
        sqlx::query!(
            "DELETE FROM files WHERE person_id = ?1 AND file = ?2 AND kept = 0",
            person,
            file
        )
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(())
    }
}
