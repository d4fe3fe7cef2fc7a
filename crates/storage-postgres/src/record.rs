//! Entries, readings, files.

use crate::{
    PostgresTransaction,
    row::{Column, bound, engine, micros},
};
use async_trait::async_trait;
use domain::{
    Compartments,
    id::{AccountId, FileId, KeyId, PersonId, ReadingId},
};
use jiff::{Timestamp, civil::Date};
use std::collections::BTreeMap;
use storage::{
    EntryRow, FileFactRow, FileRow, PersonRepository, ReadingHeads, ReadingRow, RecordRepository,
    StorageError,
};

/// An entry as the table holds it.
pub(crate) struct RawEntry {
    pub(crate) person_id: Vec<u8>,
    pub(crate) sequence: i64,
    pub(crate) compartment: i16,
    pub(crate) epoch: i64,
    pub(crate) profile: bool,
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
            profile: raw.profile,
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
    compartment: i16,
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
    kept: bool,
}

impl TryFrom<RawFile> for FileRow {
    type Error = StorageError;
    fn try_from(raw: RawFile) -> Result<Self, StorageError> {
        let of = |column| Column("files", column);
        Ok(Self {
            person: PersonId::from_bytes(of("person_id").bytes(&raw.person_id)?),
            file: FileId::from_bytes(of("file").bytes(&raw.file)?),
            begun: of("begun").instant(raw.begun)?,
            kept: raw.kept,
        })
    }
}

impl PostgresTransaction {
    /// Moves a record's head from before the first to the last of entries that follow each other.
    async fn move_head(
        &mut self,
        first: &EntryRow,
        last: &EntryRow,
        active: Date,
    ) -> Result<(), StorageError> {
        let person = &first.person.as_bytes()[..];
        let of = Column("entries", "sequence");
        let (before, after) = (of.stored(first.sequence)? - 1, of.stored(last.sequence)?);
        let (hash, previous) = (&last.hash[..], &first.previous[..]);
        let active = active.to_string();
        let moved = sqlx::query!(
            "UPDATE persons SET entries = $1, entry_hash = $2, active = $3
             WHERE person_id = $4 AND entries = $5 AND entry_hash = $6",
            after,
            hash,
            active,
            person,
            before,
            previous
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        if moved.rows_affected() != 1 {
            return Err(StorageError::Conflict("the record"));
        }
        self.has_turn(first.person);
        Ok(())
    }

    /// One person's readings, whose head moves once.
    async fn append_readings_of_one(&mut self, rows: &[ReadingRow]) -> Result<(), StorageError> {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            return Ok(());
        };
        let person = &first.person.as_bytes()[..];
        let of = Column("readings", "sequence");
        let (before, after) = (of.stored(first.sequence)? - 1, of.stored(last.sequence)?);
        let (previous, hash) = (&first.previous[..], &last.hash[..]);
        let moved = sqlx::query!(
            "UPDATE persons SET readings = $1, reading_hash = $2
             WHERE person_id = $3 AND readings = $4 AND reading_hash = $5",
            after,
            hash,
            person,
            before,
            previous
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        if moved.rows_affected() != 1 {
            return Err(StorageError::Conflict("the readings"));
        }
        self.has_turn(first.person);
        self.insert_readings(rows).await
    }

    /// Those of one person's readings that are there.
    async fn known_readings(
        &mut self,
        person: PersonId,
        readings: &[ReadingId],
    ) -> Result<Vec<ReadingId>, StorageError> {
        self.turn(person).await?;
        let person = &person.as_bytes()[..];
        let readings: Vec<Vec<u8>> = readings.iter().map(|r| r.as_bytes().to_vec()).collect();
        sqlx::query_scalar!(
            "SELECT reading FROM readings WHERE person_id = $1 AND reading = ANY($2)",
            person,
            &readings
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?
        .iter()
        .map(|reading| {
            let bytes = Column("readings", "reading").bytes(reading)?;
            Ok(ReadingId::from_bytes(bytes))
        })
        .collect()
    }

    /// Readings of one person, in one statement however many they are.
    async fn insert_readings(&mut self, rows: &[ReadingRow]) -> Result<(), StorageError> {
        let Some(first) = rows.first() else {
            return Ok(());
        };
        let of = Column("readings", "sequence");
        let person = &first.person.as_bytes()[..];
        let sequences: Vec<i64> = rows
            .iter()
            .map(|row| of.stored(row.sequence))
            .collect::<Result<_, _>>()?;
        let compartments: Vec<i16> = rows.iter().map(|r| r.compartment.code().into()).collect();
        let epochs: Vec<i64> = rows.iter().map(|r| r.epoch.into()).collect();
        let each = |value: fn(&ReadingRow) -> &[u8]| -> Vec<Vec<u8>> {
            rows.iter().map(|row| value(row).to_vec()).collect()
        };
        sqlx::query!(
            "INSERT INTO readings (person_id, sequence, reading, compartment, epoch, reader, key,
                 previous, hash, sealed, signature)
             SELECT $1, r.sequence, r.reading, r.compartment, r.epoch, r.reader, r.key, r.previous,
                 r.hash, r.sealed, r.signature
             FROM unnest($2::bigint[], $3::bytea[], $4::smallint[], $5::bigint[], $6::bytea[],
                     $7::bytea[], $8::bytea[], $9::bytea[], $10::bytea[], $11::bytea[])
                 AS r (sequence, reading, compartment, epoch, reader, key, previous, hash, sealed,
                     signature)",
            person,
            &sequences,
            &each(|row| row.reading.as_bytes()),
            &compartments,
            &epochs,
            &each(|row| row.reader.as_bytes()),
            &each(|row| row.key.as_bytes()),
            &each(|row| &row.previous),
            &each(|row| &row.hash),
            &each(|row| &row.sealed),
            &each(|row| &row.signature)
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }
}

#[async_trait]
impl RecordRepository for PostgresTransaction {
    async fn append_entry(&mut self, row: &EntryRow, active: Date) -> Result<(), StorageError> {
        self.move_head(row, row, active).await?;
        let person = &row.person.as_bytes()[..];
        let sequence = Column("entries", "sequence").stored(row.sequence)?;
        let (hash, previous) = (&row.hash[..], &row.previous[..]);
        let compartment = i16::from(row.compartment.code());
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
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            person,
            sequence,
            compartment,
            i64::from(row.epoch),
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
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn append_entries(
        &mut self,
        rows: &[EntryRow],
        active: Date,
    ) -> Result<(), StorageError> {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            return Ok(());
        };
        if !EntryRow::follow_each_other(rows) {
            return Err(StorageError::Conflict("the record"));
        }
        self.move_head(first, last, active).await?;
        let rows: Vec<&EntryRow> = rows.iter().collect();
        self.insert_entries(&rows).await
    }

    async fn entries(
        &mut self,
        person: PersonId,
        compartments: Compartments,
    ) -> Result<Vec<EntryRow>, StorageError> {
        self.turn(person).await?;
        let (person, compartments) = (&person.as_bytes()[..], i16::from(compartments.bits()));
        sqlx::query_as!(
            RawEntry,
            "SELECT person_id, sequence, compartment, epoch, profile, author, key, previous, hash,
                 sealed, signature, file, file_hash, file_length
             FROM entries WHERE person_id = $1 AND ($2::smallint >> compartment) & 1 = 1
             ORDER BY sequence",
            person,
            compartments
        )
        .fetch_all(self.ask())
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
        self.turn(person).await?;
        let (person, sequence) = (&person.as_bytes()[..], bound(sequence));
        sqlx::query_as!(
            RawEntry,
            "SELECT person_id, sequence, compartment, epoch, profile, author, key, previous, hash,
                 sealed, signature, file, file_hash, file_length
             FROM entries WHERE person_id = $1 AND sequence = $2",
            person,
            sequence
        )
        .fetch_optional(self.ask())
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
        self.turn(person).await?;
        let (person, sequence) = (&person.as_bytes()[..], bound(sequence));
        sqlx::query_as!(
            RawEntry,
            "SELECT person_id, sequence, compartment, epoch, profile, author, key, previous, hash,
                 sealed, signature, file, file_hash, file_length
             FROM entries WHERE person_id = $1 AND sequence > $2
             ORDER BY sequence LIMIT $3",
            person,
            sequence,
            i64::from(limit)
        )
        .fetch_all(self.ask())
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
        self.turn(person).await?;
        let person = &person.as_bytes()[..];
        sqlx::query!(
            "SELECT hash, previous FROM entries WHERE person_id = $1 ORDER BY sequence",
            person
        )
        .fetch_all(self.ask())
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
        for group in groups {
            self.append_readings_of_one(group).await?;
        }
        Ok(())
    }

    async fn reading_heads(
        &mut self,
        asked: &[(PersonId, ReadingId)],
    ) -> Result<ReadingHeads, StorageError> {
        let mut of_person: BTreeMap<PersonId, Vec<ReadingId>> = BTreeMap::new();
        for (person, reading) in asked {
            of_person.entry(*person).or_default().push(*reading);
        }
        let mut found = ReadingHeads::default();
        for (person, readings) in of_person {
            if let Some(row) = self.person(person).await? {
                found.heads.insert(person, (row.readings, row.reading_hash));
            }
            let known = self.known_readings(person, &readings).await?;
            found
                .known
                .extend(known.into_iter().map(|reading| (person, reading)));
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
        self.turn(person).await?;
        let (person, compartments) = (&person.as_bytes()[..], i16::from(compartments.bits()));
        let before = before.map_or(i64::MAX, bound);
        sqlx::query_as!(
            RawReading,
            "SELECT person_id, sequence, reading, compartment, epoch, reader, key, previous, hash,
                 sealed, signature
             FROM readings
             WHERE person_id = $1 AND sequence < $2 AND ($3::smallint >> compartment) & 1 = 1
             ORDER BY sequence DESC LIMIT $4",
            person,
            before,
            compartments,
            i64::from(limit)
        )
        .fetch_all(self.ask())
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
        self.turn(person).await?;
        let (person, sequence) = (&person.as_bytes()[..], bound(sequence));
        sqlx::query_as!(
            RawReading,
            "SELECT person_id, sequence, reading, compartment, epoch, reader, key, previous, hash,
                 sealed, signature
             FROM readings WHERE person_id = $1 AND sequence > $2
             ORDER BY sequence LIMIT $3",
            person,
            sequence,
            i64::from(limit)
        )
        .fetch_all(self.ask())
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
            "INSERT INTO files (person_id, file, begun, kept) VALUES ($1, $2, $3, $4)",
            person,
            file,
            begun,
            row.kept
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn keep_file(&mut self, person: PersonId, file: FileId) -> Result<(), StorageError> {
        self.turn(person).await?;
        let (person, file) = (&person.as_bytes()[..], &file.as_bytes()[..]);
        let done = sqlx::query!(
            "UPDATE files SET kept = true WHERE person_id = $1 AND file = $2",
            person,
            file
        )
        .execute(self.ask())
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
            "SELECT person_id, file, begun, kept FROM files
             WHERE NOT kept AND begun < $1 AND NOT EXISTS (
               SELECT 1 FROM entries e WHERE e.person_id = files.person_id AND e.file = files.file)
             ORDER BY begun LIMIT $2",
            before,
            i64::from(limit)
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?
        .into_iter()
        .map(FileRow::try_from)
        .collect()
    }

    async fn forget_file(&mut self, person: PersonId, file: FileId) -> Result<(), StorageError> {
        self.turn(person).await?;
        let (person, file) = (&person.as_bytes()[..], &file.as_bytes()[..]);
        sqlx::query!(
            "DELETE FROM files WHERE person_id = $1 AND file = $2 AND NOT kept",
            person,
            file
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }
}
