//! People, the cards that let them in, and the chain of signed statements about each.

use crate::StorageError;
use async_trait::async_trait;
use domain::id::{AccountId, DeviceId, OrganisationId, PersonId, TeamId};
use jiff::{Timestamp, civil::Date};

/// A person: heads of their three chains and nothing that says who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// The person.
    pub person: PersonId,
    /// The organisation that opened the record.
    pub organisation: OrganisationId,
    /// The first day of the month of last activity.
    pub active: Date,
    /// How many entries the record holds.
    pub entries: u64,
    /// The hash of the last entry, or the record's beginning.
    pub entry_hash: [u8; 32],
    /// How many readings the record holds.
    pub readings: u64,
    /// The hash of the last reading, or the record's beginning.
    pub reading_hash: [u8; 32],
    /// How many statements were made about the person.
    pub statements: u64,
    /// The hash of their chain, or the record's beginning.
    pub statement_hash: [u8; 32],
}

/// A signed statement about a person, to append to their chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonStatementRow {
    /// The person.
    pub person: PersonId,
    /// Its place in the chain, from 1.
    pub number: u64,
    /// The hash of the chain before it.
    pub previous: [u8; 32],
    /// The hash of the chain with it.
    pub hash: [u8; 32],
    /// The signed statement.
    pub signed: Vec<u8>,
}

/// A person's card: the keys of the account behind it, sealed under the card's secret, the PIN and
/// the pepper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardRow {
    /// The person.
    pub person: PersonId,
    /// The card.
    pub card: DeviceId,
    /// The account behind it.
    pub account: AccountId,
    /// What finds it, derived from its secret.
    pub lookup: [u8; 16],
    /// The salt of the stretch.
    pub salt: [u8; 16],
    /// The sealed account keys.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub made: Timestamp,
    /// Wrong PINs since the last right one; at five the card is locked.
    pub tries: u32,
    /// When it died (lost and replaced).
    pub dead: Option<Timestamp>,
    /// The team that made it, which may unlock it.
    pub team: TeamId,
}

/// People, cards, statements about a person's keys.
#[async_trait]
pub trait PersonRepository {
    /// Adds a person.
    async fn add_person(&mut self, row: &PersonRow) -> Result<(), StorageError>;
    /// The person of that identifier.
    async fn person(&mut self, person: PersonId) -> Result<Option<PersonRow>, StorageError>;
    /// The people after that one in order of identifier, at most `limit`: for jobs.
    async fn people_after(
        &mut self,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<Vec<PersonRow>, StorageError>;
    /// How many people there are.
    async fn count_people(&mut self) -> Result<u64, StorageError>;
    /// Adds a card.
    async fn add_card(&mut self, row: &CardRow) -> Result<(), StorageError>;
    /// The card found by its secret's lookup, dead ones included.
    async fn card(&mut self, lookup: &[u8; 16]) -> Result<Option<CardRow>, StorageError>;
    /// The cards of a person, dead ones included.
    async fn cards(&mut self, person: PersonId) -> Result<Vec<CardRow>, StorageError>;
    /// Counts one try on a card before its PIN is checked and gives the new count; the count
    /// survives restarts and parallel tries.
    async fn count_card_try(
        &mut self,
        person: PersonId,
        card: DeviceId,
    ) -> Result<u32, StorageError>;
    /// Sets the tries of a card back to none.
    async fn clear_card_tries(
        &mut self,
        person: PersonId,
        card: DeviceId,
    ) -> Result<(), StorageError>;
    /// The locked cards made by teams of an organisation.
    async fn locked_cards(
        &mut self,
        organisation: OrganisationId,
        tries: u32,
    ) -> Result<Vec<CardRow>, StorageError>;
    /// Kills a card.
    async fn kill_card(
        &mut self,
        person: PersonId,
        card: DeviceId,
        at: Timestamp,
    ) -> Result<(), StorageError>;
    /// Writes a card's sealed keys again, under a new salt.
    async fn reseal_card(
        &mut self,
        person: PersonId,
        card: DeviceId,
        salt: &[u8; 16],
        sealed: &[u8],
    ) -> Result<(), StorageError>;
    /// Appends a signed statement about a person after the one whose chain hash is its `previous`,
    /// and moves the head of that chain.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] where the head is no longer `previous` at `number - 1`.
    async fn append_person_statement(
        &mut self,
        row: &PersonStatementRow,
    ) -> Result<(), StorageError>;
    /// The signed statements about a person, oldest first.
    async fn person_statements(&mut self, person: PersonId) -> Result<Vec<Vec<u8>>, StorageError>;
    /// Notes that a person came from an import, found again by a keyed hash of team and identifier.
    async fn add_import_mark(
        &mut self,
        person: PersonId,
        mark: &[u8; 16],
    ) -> Result<(), StorageError>;
    /// The people that bear one of those marks.
    async fn import_marks(
        &mut self,
        marks: &[[u8; 16]],
    ) -> Result<Vec<([u8; 16], PersonId)>, StorageError>;
}
