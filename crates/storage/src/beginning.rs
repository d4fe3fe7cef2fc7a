//! Records that begin whole: everything that stands about a person the moment their record is
//! there, many people in one transaction. For filling a store fast; an act of someone about one
//! person goes through the other repositories.

use crate::{EntryRow, GrantRow, PersonRow, PersonStatementRow, StorageError, WrapRow};
use async_trait::async_trait;

/// All rows of a record that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordBeginning {
    /// The person, at the heads of what follows; without any reading.
    pub person: PersonRow,
    /// What is stated about them, from the first.
    pub statements: Vec<PersonStatementRow>,
    /// Who was let in.
    pub grants: Vec<GrantRow>,
    /// The keys wrapped to them.
    pub wraps: Vec<WrapRow>,
    /// The entries, from the first.
    pub entries: Vec<EntryRow>,
    /// By what a possible duplicate is told.
    pub marks: Vec<[u8; 16]>,
}

impl RecordBeginning {
    /// Whether all rows are about that person and both chains lead from the record's beginning to
    /// the heads that the person's row names.
    #[must_use]
    pub fn holds_together(&self) -> bool {
        let head = &self.person;
        let own = self.statements.iter().all(|s| s.person == head.person)
            && self.grants.iter().all(|g| g.person == head.person)
            && self.wraps.iter().all(|w| w.person == head.person)
            && self.entries.iter().all(|e| e.person == head.person);
        // Nothing was read yet: the head of that chain is what all three begin with.
        let beginning = head.reading_hash;
        let entries = self.entries.iter();
        let statements = self.statements.iter();
        own && head.readings == 0
            && leads(
                beginning,
                (head.entries, head.entry_hash),
                entries.map(|e| (e.sequence, e.previous, e.hash)),
            )
            && leads(
                beginning,
                (head.statements, head.statement_hash),
                statements.map(|s| (s.number, s.previous, s.hash)),
            )
    }
}

fn leads(
    beginning: [u8; 32],
    head: (u64, [u8; 32]),
    links: impl Iterator<Item = (u64, [u8; 32], [u8; 32])>,
) -> bool {
    let mut at = (0, beginning);
    for (number, previous, hash) in links {
        if (number, previous) != (at.0 + 1, at.1) {
            return false;
        }
        at = (number, hash);
    }
    at == head
}

/// Records that begin whole.
#[async_trait]
pub trait BeginningRepository {
    /// Adds records of people who are not there yet.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] where a person is there, or where the rows of one do not hold
    /// together.
    async fn begin_records(&mut self, records: &[RecordBeginning]) -> Result<(), StorageError>;
}
