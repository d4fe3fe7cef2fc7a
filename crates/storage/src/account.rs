//! Accounts of workers, their devices and enrolments. Cards of people are in `person`.

use crate::StorageError;
use async_trait::async_trait;
use domain::id::{AccountId, DeviceId, OrganisationId};
use jiff::Timestamp;

/// Where a worker's account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// Invited: no keys yet.
    Invited,
    /// Enrolled: keys exist and wait for an administrator's statement.
    Enrolled,
    /// May sign in.
    Active,
    /// Ended: may not sign in again.
    Ended,
}

/// A worker's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Its identifier.
    pub id: AccountId,
    /// Its organisation.
    pub organisation: OrganisationId,
    /// The keyed hash of the name typed to sign in; unique.
    pub lookup: [u8; 16],
    /// Name, job title and role, sealed under the organisation's key.
    pub profile: Vec<u8>,
    /// Whether it administers its organisation.
    pub administrator: bool,
    /// Where it stands.
    pub state: AccountState,
    /// Its public keys, once enrolled (empty before).
    pub public: Vec<u8>,
    /// The organisation's key wrapped to those public keys (empty before they are stated).
    pub organisation_key: Vec<u8>,
}

/// A device on which a worker may sign in: the account's keys sealed under the unlock key of that
/// device's secret, the passphrase and the pepper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRow {
    /// Its identifier.
    pub id: DeviceId,
    /// The account.
    pub account: AccountId,
    /// What finds it, derived from its secret.
    pub lookup: [u8; 16],
    /// The salt of the stretch.
    pub salt: [u8; 16],
    /// The sealed account keys.
    pub sealed: Vec<u8>,
    /// When it was enrolled.
    pub enrolled: Timestamp,
    /// Wrong passphrases since the last right one.
    pub tries: u32,
}

/// A code to enrol a device once or a few times before a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolmentRow {
    /// What finds it, derived from the code.
    pub lookup: [u8; 16],
    /// The account.
    pub account: AccountId,
    /// The salt of the stretch; meaningless for an invitation.
    pub salt: [u8; 16],
    /// The account's keys sealed under code, passphrase and pepper; empty for an invitation, where
    /// the keys will be made on the new device.
    pub sealed: Vec<u8>,
    /// Until when it may be used.
    pub until: Timestamp,
    /// How many more times it may be used.
    pub uses_left: u32,
    /// Wrong passphrases so far.
    pub tries: u32,
}

/// Accounts, devices, enrolments.
#[async_trait]
pub trait AccountRepository {
    /// Adds an account; [`StorageError::Conflict`] where its lookup is taken.
    async fn add_account(&mut self, row: &AccountRow) -> Result<(), StorageError>;
    /// The account of that identifier.
    async fn account(&mut self, id: AccountId) -> Result<Option<AccountRow>, StorageError>;
    /// The account found by the keyed hash of its sign-in name.
    async fn account_by_lookup(
        &mut self,
        lookup: &[u8; 16],
    ) -> Result<Option<AccountRow>, StorageError>;
    /// The accounts of an organisation.
    async fn accounts(
        &mut self,
        organisation: OrganisationId,
    ) -> Result<Vec<AccountRow>, StorageError>;
    /// Writes an account's changed columns.
    async fn update_account(&mut self, row: &AccountRow) -> Result<(), StorageError>;
    /// Adds a device.
    async fn add_device(&mut self, row: &DeviceRow) -> Result<(), StorageError>;
    /// The device of an account found by its secret's lookup.
    async fn device(
        &mut self,
        account: AccountId,
        lookup: &[u8; 16],
    ) -> Result<Option<DeviceRow>, StorageError>;
    /// The devices of an account.
    async fn devices(&mut self, account: AccountId) -> Result<Vec<DeviceRow>, StorageError>;
    /// Counts one try on a device before its passphrase is checked and gives the new count; the
    /// count survives restarts and parallel tries.
    async fn count_device_try(&mut self, id: DeviceId) -> Result<u32, StorageError>;
    /// Sets the tries of a device back to none.
    async fn clear_device_tries(&mut self, id: DeviceId) -> Result<(), StorageError>;
    /// Removes a device (or all of an account's).
    async fn remove_devices(
        &mut self,
        account: AccountId,
        only: Option<DeviceId>,
    ) -> Result<(), StorageError>;
    /// Adds an enrolment code.
    async fn add_enrolment(&mut self, row: &EnrolmentRow) -> Result<(), StorageError>;
    /// The enrolment of that lookup, expired or used up ones included.
    async fn enrolment(&mut self, lookup: &[u8; 16]) -> Result<Option<EnrolmentRow>, StorageError>;
    /// Counts one try on an enrolment and gives the new count.
    async fn count_enrolment_try(&mut self, lookup: &[u8; 16]) -> Result<u32, StorageError>;
    /// Takes one use of an enrolment; false where none was left.
    async fn use_enrolment(&mut self, lookup: &[u8; 16]) -> Result<bool, StorageError>;
    /// Removes the enrolments of an account.
    async fn remove_enrolments(&mut self, account: AccountId) -> Result<(), StorageError>;
}
