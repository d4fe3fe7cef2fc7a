//! Sessions and short codes: things that live for minutes or hours.

use crate::StorageError;
use async_trait::async_trait;
use domain::id::{AccountId, DeviceId, PersonId, SessionId};
use jiff::Timestamp;

/// A session: keys sealed under a key derived from the cookie's token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// The hash of the cookie's token.
    pub id: SessionId,
    /// Who signed in.
    pub account: AccountId,
    /// The person, for a card's session.
    pub person: Option<PersonId>,
    /// The device or card it was opened from.
    pub device: DeviceId,
    /// The sealed keys.
    pub sealed: Vec<u8>,
    /// When it was opened.
    pub opened: Timestamp,
    /// When it was last used.
    pub seen: Timestamp,
    /// When it ends whatever happens.
    pub ends: Timestamp,
}

/// A short code that a worker shows so that a person can give access to them or to their team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShortCodeRow {
    /// What finds it, derived from the code.
    pub lookup: [u8; 16],
    /// To whom it points and how they are called, sealed under a key derived from the code.
    pub sealed: Vec<u8>,
    /// Until when it may be used.
    pub until: Timestamp,
}

/// Sessions and short codes.
#[async_trait]
pub trait SessionRepository {
    /// Adds a session.
    async fn add_session(&mut self, row: &SessionRow) -> Result<(), StorageError>;
    /// The session of that identifier, if its account may still sign in and its device or card
    /// still stands (not removed, not dead).
    async fn session(&mut self, id: SessionId) -> Result<Option<SessionRow>, StorageError>;
    /// Notes its last use.
    async fn touch_session(&mut self, id: SessionId, seen: Timestamp) -> Result<(), StorageError>;
    /// Writes its sealed keys again.
    async fn reseal_session(&mut self, id: SessionId, sealed: &[u8]) -> Result<(), StorageError>;
    /// Ends a session.
    async fn end_session(&mut self, id: SessionId) -> Result<(), StorageError>;
    /// Ends every session of an account.
    async fn end_sessions_of(&mut self, account: AccountId) -> Result<u64, StorageError>;
    /// The sessions of workers' accounts of an organisation that have not ended.
    async fn sessions_in(
        &mut self,
        organisation: domain::id::OrganisationId,
        now: Timestamp,
    ) -> Result<Vec<SessionRow>, StorageError>;
    /// Removes sessions and short codes whose time is over.
    async fn sweep_sessions(&mut self, now: Timestamp) -> Result<u64, StorageError>;
    /// Adds a short code.
    async fn add_short_code(&mut self, row: &ShortCodeRow) -> Result<(), StorageError>;
    /// The short code of that lookup, if its time is not over.
    async fn short_code(
        &mut self,
        lookup: &[u8; 16],
        now: Timestamp,
    ) -> Result<Option<ShortCodeRow>, StorageError>;
}
