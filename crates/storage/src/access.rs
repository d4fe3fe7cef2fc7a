//! Who may open what: compartment keys wrapped to recipients, and the signed grants they rest on.
//!
//! The rights of a reader are enforced here, inside queries: a wrap is given only to a live member
//! of a granted team who was welcomed to that compartment, to the granted account itself, or to the
//! person, and only while its grant is neither ended nor over.

use crate::{EntryRow, StorageError};
use async_trait::async_trait;
use domain::{
    Compartment, Compartments,
    id::{AccountId, GrantId, OrganisationId, PersonId, TeamId},
};
use jiff::Timestamp;

/// To whom a key is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Recipient {
    /// A team: members welcomed to the compartment.
    Team(TeamId),
    /// One account: a worker's, or the person's own.
    Account(AccountId),
    /// The keepers together.
    Keepers,
}

/// How a compartment key is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrapMethod {
    /// To the recipient's public key.
    Public,
    /// Under the team's own secret key of that epoch.
    TeamSecret {
        /// The epoch of the team's key.
        epoch: u32,
    },
    /// To the team's public key of that epoch.
    TeamPublic {
        /// The epoch of the team's key.
        epoch: u32,
    },
}

/// A compartment key wrapped to a recipient, under a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrapRow {
    /// The person.
    pub person: PersonId,
    /// The compartment.
    pub compartment: Compartment,
    /// The epoch of the compartment's key.
    pub epoch: u32,
    /// To whom.
    pub recipient: Recipient,
    /// The grant it rests on.
    pub grant: GrantId,
    /// How.
    pub method: WrapMethod,
    /// The wrapped key.
    pub wrapped: Vec<u8>,
}

/// A grant as queries enforce it: what the person's signed statements say, in columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantRow {
    /// The person.
    pub person: PersonId,
    /// The grant.
    pub grant: GrantId,
    /// To whom.
    pub recipient: Recipient,
    /// What it opens.
    pub compartments: Compartments,
    /// When it is over, where that was said.
    pub until: Option<Timestamp>,
    /// When it was taken back.
    pub ended: Option<Timestamp>,
}

/// To whom the latest key of a compartment is wrapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolderRow {
    /// The compartment.
    pub compartment: Compartment,
    /// The epoch of its latest key.
    pub epoch: u32,
    /// To whom.
    pub recipient: Recipient,
    /// The grant it rests on.
    pub grant: GrantId,
    /// How.
    pub method: WrapMethod,
}

/// A wrap together with the grant it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessRow {
    /// The wrap.
    pub wrap: WrapRow,
    /// Its grant.
    pub grant: GrantRow,
}

/// A person as a team's list needs them: the wrap of identity and the latest profile entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRow {
    /// The organisation that opened the record.
    pub organisation: OrganisationId,
    /// The wrap of the epoch that sealed the profile, with its grant.
    pub access: AccessRow,
    /// The hash of the chain of statements about the person.
    pub statement_hash: [u8; 32],
    /// The latest entry that says who the person is.
    pub profile: EntryRow,
}

/// Wraps and grants.
#[async_trait]
pub trait AccessRepository {
    /// Adds a grant.
    async fn add_grant(&mut self, row: &GrantRow) -> Result<(), StorageError>;
    /// Ends a grant; false where it had ended.
    async fn end_grant(
        &mut self,
        person: PersonId,
        grant: GrantId,
        at: Timestamp,
    ) -> Result<bool, StorageError>;
    /// All grants of a person, ended ones included.
    async fn grants(&mut self, person: PersonId) -> Result<Vec<GrantRow>, StorageError>;
    /// Adds a wrap, in place of one for the same person, compartment, epoch, recipient and grant.
    async fn put_wrap(&mut self, row: &WrapRow) -> Result<(), StorageError>;
    /// All wraps of a person: for `verify`, for giving access on, and for rotation.
    async fn wraps(&mut self, person: PersonId) -> Result<Vec<WrapRow>, StorageError>;
    /// The wraps of a person that this account may use now: through teams where it is a live
    /// member welcomed to the compartment, or given to it alone; grants live at `now` only.
    async fn access(
        &mut self,
        person: PersonId,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<AccessRow>, StorageError>;
    /// The people listed for this account now, through identity only, in order of identifier.
    async fn listed(
        &mut self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<ListedRow>, StorageError>;
    /// The compartments of a record that hold any entry, whoever may open them.
    async fn compartments(&mut self, person: PersonId) -> Result<Compartments, StorageError>;
    /// Everyone to whom the latest key of each compartment is wrapped, in order of compartment,
    /// whether or not their grants still hold.
    async fn holders(&mut self, person: PersonId) -> Result<Vec<HolderRow>, StorageError>;
    /// The latest epoch of a compartment's key.
    async fn latest_epoch(
        &mut self,
        person: PersonId,
        compartment: Compartment,
    ) -> Result<Option<u32>, StorageError>;
}
