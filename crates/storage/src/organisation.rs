//! Organisations, teams, their signed statements and the keys that members hold.

use crate::StorageError;
use async_trait::async_trait;
use domain::{
    Compartment, Compartments,
    id::{AccountId, OrganisationId, StatementId, TeamId},
};
use jiff::Timestamp;

/// An organisation hosted here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationRow {
    /// Its identifier.
    pub id: OrganisationId,
    /// Its name, sealed under the organisation's key.
    pub name: Vec<u8>,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamRow {
    /// Its identifier.
    pub id: TeamId,
    /// Its organisation.
    pub organisation: OrganisationId,
    /// Its name, sealed under the organisation's key.
    pub name: Vec<u8>,
}

/// A signed statement about organisations, teams, members and their keys, in order of arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementRow {
    /// Its place among all statements, from 1; given by the engine.
    pub sequence: u64,
    /// The hash it is known by.
    pub id: StatementId,
    /// Its signed bytes.
    pub signed: Vec<u8>,
}

/// A member of a team as queries enforce it; `verify` compares it with the signed statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipRow {
    /// The team.
    pub team: TeamId,
    /// The member.
    pub account: AccountId,
    /// Whether they lead it.
    pub lead: bool,
    /// What a lead welcomed them to; none before the welcome.
    pub compartments: Compartments,
    /// When it ended.
    pub ended: Option<Timestamp>,
}

/// A team's key of one compartment, wrapped to one member's public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamWrapRow {
    /// The member.
    pub account: AccountId,
    /// The team.
    pub team: TeamId,
    /// The compartment.
    pub compartment: Compartment,
    /// The key's epoch.
    pub epoch: u32,
    /// The wrapped key.
    pub wrapped: Vec<u8>,
}

/// Organisations, teams, statements, memberships.
#[async_trait]
pub trait OrganisationRepository {
    /// Adds an organisation.
    async fn add_organisation(&mut self, row: &OrganisationRow) -> Result<(), StorageError>;
    /// All organisations.
    async fn organisations(&mut self) -> Result<Vec<OrganisationRow>, StorageError>;
    /// Adds a team.
    async fn add_team(&mut self, row: &TeamRow) -> Result<(), StorageError>;
    /// Changes a team's sealed name.
    async fn rename_team(&mut self, team: TeamId, name: &[u8]) -> Result<(), StorageError>;
    /// All teams of all organisations.
    async fn teams(&mut self) -> Result<Vec<TeamRow>, StorageError>;
    /// Waits for those who add statements, and keeps others from it until this transaction's end:
    /// what it reads of statements from then on is all there is to judge a new one by.
    async fn hold_statements(&mut self) -> Result<(), StorageError>;
    /// Appends a statement and gives its sequence; the same statement twice is kept once.
    async fn add_statement(&mut self, id: StatementId, signed: &[u8]) -> Result<u64, StorageError>;
    /// The statements after that sequence, in order, at most `limit`.
    async fn statements_after(
        &mut self,
        sequence: u64,
        limit: u32,
    ) -> Result<Vec<StatementRow>, StorageError>;
    /// Writes a membership, in place of the one of that team and account if there is one.
    async fn put_membership(&mut self, row: &MembershipRow) -> Result<(), StorageError>;
    /// The memberships of an account, ended ones included.
    async fn memberships_of(
        &mut self,
        account: AccountId,
    ) -> Result<Vec<MembershipRow>, StorageError>;
    /// The memberships of a team, ended ones included.
    async fn members(&mut self, team: TeamId) -> Result<Vec<MembershipRow>, StorageError>;
    /// Writes a wrapped team key, in place of an older one for the same account, team, compartment
    /// and epoch.
    async fn put_team_wrap(&mut self, row: &TeamWrapRow) -> Result<(), StorageError>;
    /// The wrapped team keys of an account, of teams where it is a live member only.
    async fn team_wraps(&mut self, account: AccountId) -> Result<Vec<TeamWrapRow>, StorageError>;
    /// Every wrapped team key, for `verify`, after that row in key order.
    async fn all_team_wraps(
        &mut self,
        after: Option<(AccountId, TeamId, u8, u32)>,
        limit: u32,
    ) -> Result<Vec<TeamWrapRow>, StorageError>;
    /// Removes the wrapped team keys of an account (all teams, or one).
    async fn remove_team_wraps(
        &mut self,
        account: AccountId,
        team: Option<TeamId>,
    ) -> Result<(), StorageError>;
}
