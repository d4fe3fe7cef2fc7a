//! Records: the chain of sealed entries, the chain of sealed readings, the files beside them.

use crate::StorageError;
use async_trait::async_trait;
use domain::{
    Compartment, Compartments,
    id::{AccountId, FileId, KeyId, PersonId, ReadingId},
};
use jiff::{Timestamp, civil::Date};
use std::collections::{BTreeMap, BTreeSet};

/// What a header says of a file that an entry brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileFactRow {
    /// The file.
    pub file: FileId,
    /// The BLAKE3 hash of its sealed bytes.
    pub sealed_hash: [u8; 32],
    /// How many sealed bytes.
    pub sealed_length: u64,
}

/// A sealed entry with its signed header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// The person.
    pub person: PersonId,
    /// Its place in the record, from 1.
    pub sequence: u64,
    /// Its compartment.
    pub compartment: Compartment,
    /// The epoch of the compartment's key.
    pub epoch: u32,
    /// Whether it says who the person is.
    pub profile: bool,
    /// The account that signed.
    pub author: AccountId,
    /// The key that signed.
    pub key: KeyId,
    /// The hash of the entry before it.
    pub previous: [u8; 32],
    /// The hash of its header.
    pub hash: [u8; 32],
    /// The sealed content.
    pub sealed: Vec<u8>,
    /// The signature of the header.
    pub signature: [u8; 64],
    /// The file it brings, if any.
    pub file: Option<FileFactRow>,
}

impl EntryRow {
    /// Whether these are one person's and each carries the hash of the one before it.
    #[must_use]
    pub fn follow_each_other(rows: &[Self]) -> bool {
        rows.windows(2).all(|pair| {
            pair[1].person == pair[0].person
                && pair[1].sequence == pair[0].sequence + 1
                && pair[1].previous == pair[0].hash
        })
    }
}

/// A sealed reading with its signed header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingRow {
    /// The person read about.
    pub person: PersonId,
    /// Its place in the chain of readings, from 1.
    pub sequence: u64,
    /// Its identifier: a keyed hash of session, compartment or document, and quarter of an hour.
    pub reading: ReadingId,
    /// What was opened.
    pub compartment: Compartment,
    /// The epoch of the compartment's key.
    pub epoch: u32,
    /// The account that read.
    pub reader: AccountId,
    /// The key that signed.
    pub key: KeyId,
    /// The hash of the reading before it.
    pub previous: [u8; 32],
    /// The hash of its header.
    pub hash: [u8; 32],
    /// The sealed content.
    pub sealed: Vec<u8>,
    /// The signature of the header.
    pub signature: [u8; 64],
}

impl ReadingRow {
    /// These rows by person, where each person's are together and each carries the hash of the one
    /// before it; otherwise none.
    #[must_use]
    pub fn by_person(rows: &[Self]) -> Option<Vec<&[Self]>> {
        let groups: Vec<&[Self]> = rows.chunk_by(|a, b| a.person == b.person).collect();
        let chained = groups.iter().all(|group| {
            group.windows(2).all(|pair| {
                pair[1].sequence == pair[0].sequence + 1 && pair[1].previous == pair[0].hash
            })
        });
        let mut people: Vec<PersonId> = groups.iter().map(|group| group[0].person).collect();
        people.sort_unstable();
        people.dedup();
        (chained && people.len() == groups.len()).then_some(groups)
    }
}

/// Where chains of readings end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadingHeads {
    /// The sequence and hash of each person's last reading, or the record's beginning, in order of
    /// person.
    pub heads: BTreeMap<PersonId, (u64, [u8; 32])>,
    /// Those of the readings asked for that are there.
    pub known: BTreeSet<(PersonId, ReadingId)>,
}

/// A sealed file that entries may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileRow {
    /// The person.
    pub person: PersonId,
    /// The file.
    pub file: FileId,
    /// When its upload began.
    pub begun: Timestamp,
    /// Whether an entry names it; otherwise it is an upload under way or an orphan.
    pub kept: bool,
}

/// Entries, readings, files.
#[async_trait]
pub trait RecordRepository {
    /// Appends an entry after the one whose hash is its `previous`, moves the record's head and
    /// notes the month of activity.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] where the head is no longer `previous` at `sequence - 1`.
    async fn append_entry(&mut self, row: &EntryRow, active: Date) -> Result<(), StorageError>;
    /// Appends entries of one person, each after the one before it, as [`Self::append_entry`] does.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] where the head is no longer the first one's `previous` at its
    /// `sequence - 1`, or where they do not follow each other.
    async fn append_entries(&mut self, rows: &[EntryRow], active: Date)
    -> Result<(), StorageError>;
    /// The entries of those compartments, in order.
    async fn entries(
        &mut self,
        person: PersonId,
        compartments: Compartments,
    ) -> Result<Vec<EntryRow>, StorageError>;
    /// One entry.
    async fn entry(
        &mut self,
        person: PersonId,
        sequence: u64,
    ) -> Result<Option<EntryRow>, StorageError>;
    /// All entries after that sequence, in order, at most `limit`: for `verify`.
    async fn entries_after(
        &mut self,
        person: PersonId,
        sequence: u64,
        limit: u32,
    ) -> Result<Vec<EntryRow>, StorageError>;
    /// The hash and previous hash of every entry of the record, by sequence: enough to follow the
    /// chain without the sealed content.
    async fn entry_links(
        &mut self,
        person: PersonId,
    ) -> Result<Vec<([u8; 32], [u8; 32])>, StorageError>;
    /// Appends readings, one person's after another's, each after the one before it, and moves the
    /// records' heads.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] where a head is no longer the `previous` of that person's first one
    /// at its `sequence - 1`, or where they do not follow each other.
    async fn append_readings(&mut self, rows: &[ReadingRow]) -> Result<(), StorageError>;
    /// Where the chains of readings of these people end, and which of these readings are there.
    async fn reading_heads(
        &mut self,
        asked: &[(PersonId, ReadingId)],
    ) -> Result<ReadingHeads, StorageError>;
    /// The last readings of those compartments before that sequence, latest first, at most `limit`.
    async fn readings(
        &mut self,
        person: PersonId,
        compartments: Compartments,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<ReadingRow>, StorageError>;
    /// All readings after that sequence, in order, at most `limit`: for `verify`.
    async fn readings_after(
        &mut self,
        person: PersonId,
        sequence: u64,
        limit: u32,
    ) -> Result<Vec<ReadingRow>, StorageError>;
    /// Notes that a file's upload began.
    async fn begin_file(&mut self, row: &FileRow) -> Result<(), StorageError>;
    /// Notes that an entry names the file.
    async fn keep_file(&mut self, person: PersonId, file: FileId) -> Result<(), StorageError>;
    /// Files not kept whose upload began before that time, of all people: orphans to sweep.
    async fn orphan_files(
        &mut self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<FileRow>, StorageError>;
    /// Forgets an orphan.
    async fn forget_file(&mut self, person: PersonId, file: FileId) -> Result<(), StorageError>;
}
