//! Accounts of workers, devices, enrolments.

use crate::{
    SqliteTransaction,
    row::{Columns, engine},
};
use async_trait::async_trait;
use domain::id::{AccountId, DeviceId, OrganisationId};
use sqlx::sqlite::SqliteRow;
use storage::{AccountRepository, AccountRow, AccountState, DeviceRow, EnrolmentRow, StorageError};

fn account(row: &SqliteRow) -> Result<AccountRow, StorageError> {
    let c = Columns::of("accounts", row);
    Ok(AccountRow {
        id: AccountId::from_bytes(c.array("id")?),
        organisation: OrganisationId::from_bytes(c.array("organisation")?),
        lookup: c.array("lookup")?,
        profile: c.bytes("profile")?,
        administrator: c.bool("administrator")?,
        state: match c.int("state")? {
            0 => AccountState::Invited,
            1 => AccountState::Enrolled,
            2 => AccountState::Active,
            3 => AccountState::Ended,
            _ => return Err(c.broken("state", "no such state")),
        },
        public: c.bytes("public")?,
        organisation_key: c.bytes("organisation_key")?,
    })
}

fn state_code(state: AccountState) -> i64 {
    match state {
        AccountState::Invited => 0,
        AccountState::Enrolled => 1,
        AccountState::Active => 2,
        AccountState::Ended => 3,
    }
}

fn device(row: &SqliteRow) -> Result<DeviceRow, StorageError> {
    let c = Columns::of("devices", row);
    Ok(DeviceRow {
        id: DeviceId::from_bytes(c.array("id")?),
        account: AccountId::from_bytes(c.array("account")?),
        lookup: c.array("lookup")?,
        salt: c.array("salt")?,
        sealed: c.bytes("sealed")?,
        enrolled: c.time("enrolled")?,
        tries: c.u32("tries")?,
    })
}

#[async_trait]
impl AccountRepository for SqliteTransaction {
    async fn add_account(&mut self, row: &AccountRow) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT INTO accounts
             (id, organisation, lookup, profile, administrator, state, public, organisation_key)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&row.id.as_bytes()[..])
        .bind(&row.organisation.as_bytes()[..])
        .bind(&row.lookup[..])
        .bind(&row.profile)
        .bind(row.administrator)
        .bind(state_code(row.state))
        .bind(&row.public)
        .bind(&row.organisation_key)
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn account(&mut self, id: AccountId) -> Result<Option<AccountRow>, StorageError> {
        let row = sqlx::query("SELECT * FROM accounts WHERE id = ?")
            .bind(&id.as_bytes()[..])
            .fetch_optional(self.on())
            .await
            .map_err(engine)?;
        row.as_ref().map(account).transpose()
    }

    async fn account_by_lookup(
        &mut self,
        lookup: &[u8; 16],
    ) -> Result<Option<AccountRow>, StorageError> {
        let row = sqlx::query("SELECT * FROM accounts WHERE lookup = ?")
            .bind(&lookup[..])
            .fetch_optional(self.on())
            .await
            .map_err(engine)?;
        row.as_ref().map(account).transpose()
    }

    async fn accounts(
        &mut self,
        organisation: OrganisationId,
    ) -> Result<Vec<AccountRow>, StorageError> {
        let rows = sqlx::query("SELECT * FROM accounts WHERE organisation = ? ORDER BY id")
            .bind(&organisation.as_bytes()[..])
            .fetch_all(self.on())
            .await
            .map_err(engine)?;
        rows.iter().map(account).collect()
    }

    async fn update_account(&mut self, row: &AccountRow) -> Result<(), StorageError> {
        sqlx::query(
            "UPDATE accounts SET lookup = ?, profile = ?, administrator = ?, state = ?, public = ?,
             organisation_key = ? WHERE id = ?",
        )
        .bind(&row.lookup[..])
        .bind(&row.profile)
        .bind(row.administrator)
        .bind(state_code(row.state))
        .bind(&row.public)
        .bind(&row.organisation_key)
        .bind(&row.id.as_bytes()[..])
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn add_device(&mut self, row: &DeviceRow) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT INTO devices (id, account, lookup, salt, sealed, enrolled, tries)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&row.id.as_bytes()[..])
        .bind(&row.account.as_bytes()[..])
        .bind(&row.lookup[..])
        .bind(&row.salt[..])
        .bind(&row.sealed)
        .bind(row.enrolled.as_microsecond())
        .bind(row.tries)
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn device(
        &mut self,
        account: AccountId,
        lookup: &[u8; 16],
    ) -> Result<Option<DeviceRow>, StorageError> {
        let row = sqlx::query("SELECT * FROM devices WHERE account = ? AND lookup = ?")
            .bind(&account.as_bytes()[..])
            .bind(&lookup[..])
            .fetch_optional(self.on())
            .await
            .map_err(engine)?;
        row.as_ref().map(device).transpose()
    }

    async fn devices(&mut self, account: AccountId) -> Result<Vec<DeviceRow>, StorageError> {
        let rows = sqlx::query("SELECT * FROM devices WHERE account = ? ORDER BY enrolled")
            .bind(&account.as_bytes()[..])
            .fetch_all(self.on())
            .await
            .map_err(engine)?;
        rows.iter().map(device).collect()
    }

    async fn count_device_try(&mut self, id: DeviceId) -> Result<u32, StorageError> {
        let row = sqlx::query("UPDATE devices SET tries = tries + 1 WHERE id = ? RETURNING tries")
            .bind(&id.as_bytes()[..])
            .fetch_one(self.on())
            .await
            .map_err(engine)?;
        Columns::of("devices", &row).u32("tries")
    }

    async fn clear_device_tries(&mut self, id: DeviceId) -> Result<(), StorageError> {
        sqlx::query("UPDATE devices SET tries = 0 WHERE id = ?")
            .bind(&id.as_bytes()[..])
            .execute(self.on())
            .await
            .map_err(engine)?;
        Ok(())
    }

    async fn remove_devices(
        &mut self,
        account: AccountId,
        only: Option<DeviceId>,
    ) -> Result<(), StorageError> {
        sqlx::query("DELETE FROM devices WHERE account = ?1 AND (?2 IS NULL OR id = ?2)")
            .bind(&account.as_bytes()[..])
            .bind(only.map(|d| d.as_bytes().to_vec()))
            .execute(self.on())
            .await
            .map_err(engine)?;
        Ok(())
    }

    async fn add_enrolment(&mut self, row: &EnrolmentRow) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT INTO enrolments (lookup, account, salt, sealed, until, uses_left, tries)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&row.lookup[..])
        .bind(&row.account.as_bytes()[..])
        .bind(&row.salt[..])
        .bind(&row.sealed)
        .bind(row.until.as_microsecond())
        .bind(row.uses_left)
        .bind(row.tries)
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn enrolment(&mut self, lookup: &[u8; 16]) -> Result<Option<EnrolmentRow>, StorageError> {
        let row = sqlx::query("SELECT * FROM enrolments WHERE lookup = ?")
            .bind(&lookup[..])
            .fetch_optional(self.on())
            .await
            .map_err(engine)?;
        row.map(|row| {
            let c = Columns::of("enrolments", &row);
            Ok(EnrolmentRow {
                lookup: c.array("lookup")?,
                account: AccountId::from_bytes(c.array("account")?),
                salt: c.array("salt")?,
                sealed: c.bytes("sealed")?,
                until: c.time("until")?,
                uses_left: c.u32("uses_left")?,
                tries: c.u32("tries")?,
            })
        })
        .transpose()
    }

    async fn count_enrolment_try(&mut self, lookup: &[u8; 16]) -> Result<u32, StorageError> {
        let row =
            sqlx::query("UPDATE enrolments SET tries = tries + 1 WHERE lookup = ? RETURNING tries")
                .bind(&lookup[..])
                .fetch_one(self.on())
                .await
                .map_err(engine)?;
        Columns::of("enrolments", &row).u32("tries")
    }

    async fn use_enrolment(&mut self, lookup: &[u8; 16]) -> Result<bool, StorageError> {
        let done = sqlx::query(
            "UPDATE enrolments SET uses_left = uses_left - 1, tries = 0
             WHERE lookup = ? AND uses_left > 0",
        )
        .bind(&lookup[..])
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(done.rows_affected() == 1)
    }

    async fn remove_enrolments(&mut self, account: AccountId) -> Result<(), StorageError> {
        sqlx::query("DELETE FROM enrolments WHERE account = ?")
            .bind(&account.as_bytes()[..])
            .execute(self.on())
            .await
            .map_err(engine)?;
        Ok(())
    }
}
