//! Workers' accounts, their devices and enrolments.

use crate::{
    PostgresTransaction,
    row::{Column, engine, micros},
};
use async_trait::async_trait;
use domain::id::{AccountId, DeviceId, OrganisationId};
use storage::{AccountRepository, AccountRow, AccountState, DeviceRow, EnrolmentRow, StorageError};

struct RawAccount {
    id: Vec<u8>,
    organisation: Vec<u8>,
    lookup: Vec<u8>,
    profile: Vec<u8>,
    administrator: bool,
    state: i16,
    public: Vec<u8>,
    organisation_key: Vec<u8>,
}

impl TryFrom<RawAccount> for AccountRow {
    type Error = StorageError;
    fn try_from(raw: RawAccount) -> Result<Self, StorageError> {
        let of = |column| Column("accounts", column);
        let organisation = of("organisation").bytes(&raw.organisation)?;
        Ok(Self {
            id: AccountId::from_bytes(of("id").bytes(&raw.id)?),
            organisation: OrganisationId::from_bytes(organisation),
            lookup: of("lookup").bytes(&raw.lookup)?,
            profile: raw.profile,
            administrator: raw.administrator,
            state: state(raw.state)?,
            public: raw.public,
            organisation_key: raw.organisation_key,
        })
    }
}

fn state(code: i16) -> Result<AccountState, StorageError> {
    match code {
        0 => Ok(AccountState::Invited),
        1 => Ok(AccountState::Enrolled),
        2 => Ok(AccountState::Active),
        3 => Ok(AccountState::Ended),
        _ => Err(Column("accounts", "state").broken("no such state")),
    }
}

const fn state_code(state: AccountState) -> i16 {
    match state {
        AccountState::Invited => 0,
        AccountState::Enrolled => 1,
        AccountState::Active => 2,
        AccountState::Ended => 3,
    }
}

struct RawDevice {
    id: Vec<u8>,
    account: Vec<u8>,
    lookup: Vec<u8>,
    salt: Vec<u8>,
    sealed: Vec<u8>,
    enrolled: i64,
    tries: i64,
}

impl TryFrom<RawDevice> for DeviceRow {
    type Error = StorageError;
    fn try_from(raw: RawDevice) -> Result<Self, StorageError> {
        let of = |column| Column("devices", column);
        Ok(Self {
            id: DeviceId::from_bytes(of("id").bytes(&raw.id)?),
            account: AccountId::from_bytes(of("account").bytes(&raw.account)?),
            lookup: of("lookup").bytes(&raw.lookup)?,
            salt: of("salt").bytes(&raw.salt)?,
            sealed: raw.sealed,
            enrolled: of("enrolled").instant(raw.enrolled)?,
            tries: of("tries").small(raw.tries)?,
        })
    }
}

struct RawEnrolment {
    lookup: Vec<u8>,
    account: Vec<u8>,
    salt: Vec<u8>,
    sealed: Vec<u8>,
    until: i64,
    uses_left: i64,
    tries: i64,
}

impl TryFrom<RawEnrolment> for EnrolmentRow {
    type Error = StorageError;
    fn try_from(raw: RawEnrolment) -> Result<Self, StorageError> {
        let of = |column| Column("enrolments", column);
        Ok(Self {
            lookup: of("lookup").bytes(&raw.lookup)?,
            account: AccountId::from_bytes(of("account").bytes(&raw.account)?),
            salt: of("salt").bytes(&raw.salt)?,
            sealed: raw.sealed,
            until: of("until").instant(raw.until)?,
            uses_left: of("uses_left").small(raw.uses_left)?,
            tries: of("tries").small(raw.tries)?,
        })
    }
}

#[async_trait]
impl AccountRepository for PostgresTransaction {
    async fn add_account(&mut self, row: &AccountRow) -> Result<(), StorageError> {
        let (id, organisation) = (&row.id.as_bytes()[..], &row.organisation.as_bytes()[..]);
        let (lookup, state) = (&row.lookup[..], state_code(row.state));
        sqlx::query!(
            "INSERT INTO accounts (id, organisation, lookup, profile, administrator,
                 state, public, organisation_key)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            id,
            organisation,
            lookup,
            row.profile,
            row.administrator,
            state,
            row.public,
            row.organisation_key
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn account(&mut self, id: AccountId) -> Result<Option<AccountRow>, StorageError> {
        let id = &id.as_bytes()[..];
        sqlx::query_as!(
            RawAccount,
            "SELECT id, organisation, lookup, profile, administrator, state, public,
                 organisation_key
             FROM accounts WHERE id = $1",
            id
        )
        .fetch_optional(self.ask())
        .await
        .map_err(engine)?
        .map(AccountRow::try_from)
        .transpose()
    }

    async fn account_by_lookup(
        &mut self,
        lookup: &[u8; 16],
    ) -> Result<Option<AccountRow>, StorageError> {
        let lookup = &lookup[..];
        sqlx::query_as!(
            RawAccount,
            "SELECT id, organisation, lookup, profile, administrator, state, public,
                 organisation_key
             FROM accounts WHERE lookup = $1",
            lookup
        )
        .fetch_optional(self.ask())
        .await
        .map_err(engine)?
        .map(AccountRow::try_from)
        .transpose()
    }

    async fn accounts(
        &mut self,
        organisation: OrganisationId,
    ) -> Result<Vec<AccountRow>, StorageError> {
        let organisation = &organisation.as_bytes()[..];
        sqlx::query_as!(
            RawAccount,
            "SELECT id, organisation, lookup, profile, administrator, state, public,
                 organisation_key
             FROM accounts WHERE organisation = $1 ORDER BY id",
            organisation
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?
        .into_iter()
        .map(AccountRow::try_from)
        .collect()
    }

    async fn update_account(&mut self, row: &AccountRow) -> Result<(), StorageError> {
        let (id, lookup) = (&row.id.as_bytes()[..], &row.lookup[..]);
        let state = state_code(row.state);
        let done = sqlx::query!(
            "UPDATE accounts SET lookup = $2, profile = $3, administrator = $4, state = $5,
                 public = $6, organisation_key = $7
             WHERE id = $1",
            id,
            lookup,
            row.profile,
            row.administrator,
            state,
            row.public,
            row.organisation_key
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        match done.rows_affected() {
            0 => Err(StorageError::Conflict("account")),
            _ => Ok(()),
        }
    }

    async fn add_device(&mut self, row: &DeviceRow) -> Result<(), StorageError> {
        let (id, account) = (&row.id.as_bytes()[..], &row.account.as_bytes()[..]);
        let (lookup, salt) = (&row.lookup[..], &row.salt[..]);
        let enrolled = micros(row.enrolled);
        sqlx::query!(
            "INSERT INTO devices (id, account, lookup, salt, sealed, enrolled, tries)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            id,
            account,
            lookup,
            salt,
            row.sealed,
            enrolled,
            i64::from(row.tries)
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn device(
        &mut self,
        account: AccountId,
        lookup: &[u8; 16],
    ) -> Result<Option<DeviceRow>, StorageError> {
        let (account, lookup) = (&account.as_bytes()[..], &lookup[..]);
        sqlx::query_as!(
            RawDevice,
            "SELECT id, account, lookup, salt, sealed, enrolled, tries FROM devices
             WHERE account = $1 AND lookup = $2",
            account,
            lookup
        )
        .fetch_optional(self.ask())
        .await
        .map_err(engine)?
        .map(DeviceRow::try_from)
        .transpose()
    }

    async fn devices(&mut self, account: AccountId) -> Result<Vec<DeviceRow>, StorageError> {
        let account = &account.as_bytes()[..];
        sqlx::query_as!(
            RawDevice,
            "SELECT id, account, lookup, salt, sealed, enrolled, tries FROM devices
             WHERE account = $1 ORDER BY enrolled, id",
            account
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?
        .into_iter()
        .map(DeviceRow::try_from)
        .collect()
    }

    async fn count_device_try(&mut self, id: DeviceId) -> Result<u32, StorageError> {
        let id = &id.as_bytes()[..];
        let tries = sqlx::query_scalar!(
            "UPDATE devices SET tries = tries + 1 WHERE id = $1 RETURNING tries",
            id
        )
        .fetch_optional(self.ask())
        .await
        .map_err(engine)?
        .ok_or(StorageError::Conflict("device"))?;
        Column("devices", "tries").small(tries)
    }

    async fn clear_device_tries(&mut self, id: DeviceId) -> Result<(), StorageError> {
        let id = &id.as_bytes()[..];
        sqlx::query!("UPDATE devices SET tries = 0 WHERE id = $1", id)
            .execute(self.ask())
            .await
            .map_err(engine)?;
        Ok(())
    }

    async fn remove_devices(
        &mut self,
        account: AccountId,
        only: Option<DeviceId>,
    ) -> Result<(), StorageError> {
        let account = &account.as_bytes()[..];
        let only = only.as_ref().map(|d| &d.as_bytes()[..]);
        sqlx::query!(
            "DELETE FROM devices WHERE account = $1 AND ($2::bytea IS NULL OR id = $2)",
            account,
            only
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn add_enrolment(&mut self, row: &EnrolmentRow) -> Result<(), StorageError> {
        let (lookup, account) = (&row.lookup[..], &row.account.as_bytes()[..]);
        let (salt, until) = (&row.salt[..], micros(row.until));
        sqlx::query!(
            "INSERT INTO enrolments (lookup, account, salt, sealed, until, uses_left, tries)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            lookup,
            account,
            salt,
            row.sealed,
            until,
            i64::from(row.uses_left),
            i64::from(row.tries)
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn enrolment(&mut self, lookup: &[u8; 16]) -> Result<Option<EnrolmentRow>, StorageError> {
        let lookup = &lookup[..];
        sqlx::query_as!(
            RawEnrolment,
            "SELECT lookup, account, salt, sealed, until, uses_left, tries FROM enrolments
             WHERE lookup = $1",
            lookup
        )
        .fetch_optional(self.ask())
        .await
        .map_err(engine)?
        .map(EnrolmentRow::try_from)
        .transpose()
    }

    async fn count_enrolment_try(&mut self, lookup: &[u8; 16]) -> Result<u32, StorageError> {
        let lookup = &lookup[..];
        let tries = sqlx::query_scalar!(
            "UPDATE enrolments SET tries = tries + 1 WHERE lookup = $1 RETURNING tries",
            lookup
        )
        .fetch_optional(self.ask())
        .await
        .map_err(engine)?
        .ok_or(StorageError::Conflict("enrolment"))?;
        Column("enrolments", "tries").small(tries)
    }

    async fn use_enrolment(&mut self, lookup: &[u8; 16]) -> Result<bool, StorageError> {
        let lookup = &lookup[..];
        let done = sqlx::query!(
            "UPDATE enrolments SET uses_left = uses_left - 1, tries = 0
             WHERE lookup = $1 AND uses_left > 0",
            lookup
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(done.rows_affected() > 0)
    }

    async fn remove_enrolments(&mut self, account: AccountId) -> Result<(), StorageError> {
        let account = &account.as_bytes()[..];
        sqlx::query!("DELETE FROM enrolments WHERE account = $1", account)
            .execute(self.ask())
            .await
            .map_err(engine)?;
        Ok(())
    }
}
