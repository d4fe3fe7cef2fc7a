//! Sessions and short codes.

use crate::{
    SqliteTransaction,
    row::{Columns, engine},
};
use async_trait::async_trait;
use domain::id::{AccountId, DeviceId, OrganisationId, PersonId, SessionId};
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use storage::{SessionRepository, SessionRow, ShortCodeRow, StorageError};

fn session(row: &SqliteRow) -> Result<SessionRow, StorageError> {
    let c = Columns::of("sessions", row);
    Ok(SessionRow {
        id: SessionId::from_bytes(c.array("id")?),
        account: AccountId::from_bytes(c.array("account")?),
        person: c.optional_array("person")?.map(PersonId::from_bytes),
        device: DeviceId::from_bytes(c.array("device")?),
        sealed: c.bytes("sealed")?,
        opened: c.time("opened")?,
        seen: c.time("seen")?,
        ends: c.time("ends")?,
    })
}

#[async_trait]
impl SessionRepository for SqliteTransaction {
    async fn add_session(&mut self, row: &SessionRow) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT INTO sessions (id, account, person, device, sealed, opened, seen, ends)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&row.id.as_bytes()[..])
        .bind(&row.account.as_bytes()[..])
        .bind(row.person.map(|p| p.as_bytes().to_vec()))
        .bind(&row.device.as_bytes()[..])
        .bind(&row.sealed)
        .bind(row.opened.as_microsecond())
        .bind(row.seen.as_microsecond())
        .bind(row.ends.as_microsecond())
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn session(&mut self, id: SessionId) -> Result<Option<SessionRow>, StorageError> {
        let row = sqlx::query(
            "SELECT s.* FROM sessions s WHERE s.id = ?1 AND CASE WHEN s.person IS NULL
               THEN EXISTS (SELECT 1 FROM accounts a JOIN devices d ON d.account = a.id
                            WHERE a.id = s.account AND a.state = 2 AND d.id = s.device)
               ELSE EXISTS (SELECT 1 FROM cards c WHERE c.person_id = s.person
                            AND c.card = s.device AND c.account = s.account AND c.dead IS NULL)
             END",
        )
        .bind(&id.as_bytes()[..])
        .fetch_optional(self.on())
        .await
        .map_err(engine)?;
        row.as_ref().map(session).transpose()
    }

    async fn touch_session(&mut self, id: SessionId, seen: Timestamp) -> Result<(), StorageError> {
        sqlx::query("UPDATE sessions SET seen = max(seen, ?) WHERE id = ?")
            .bind(seen.as_microsecond())
            .bind(&id.as_bytes()[..])
            .execute(self.on())
            .await
            .map_err(engine)?;
        Ok(())
    }

    async fn reseal_session(&mut self, id: SessionId, sealed: &[u8]) -> Result<(), StorageError> {
        sqlx::query("UPDATE sessions SET sealed = ? WHERE id = ?")
            .bind(sealed)
            .bind(&id.as_bytes()[..])
            .execute(self.on())
            .await
            .map_err(engine)?;
        Ok(())
    }

    async fn end_session(&mut self, id: SessionId) -> Result<(), StorageError> {
        sqlx::query("DELETE FROM sessions WHERE id = ?")
            .bind(&id.as_bytes()[..])
            .execute(self.on())
            .await
            .map_err(engine)?;
        Ok(())
    }

    async fn end_sessions_of(&mut self, account: AccountId) -> Result<u64, StorageError> {
        let done = sqlx::query("DELETE FROM sessions WHERE account = ?")
            .bind(&account.as_bytes()[..])
            .execute(self.on())
            .await
            .map_err(engine)?;
        Ok(done.rows_affected())
    }

    async fn sessions_in(
        &mut self,
        organisation: OrganisationId,
        now: Timestamp,
    ) -> Result<Vec<SessionRow>, StorageError> {
        let rows = sqlx::query(
            "SELECT s.* FROM sessions s JOIN accounts a ON a.id = s.account
             WHERE a.organisation = ? AND s.person IS NULL AND s.ends > ? ORDER BY s.opened",
        )
        .bind(&organisation.as_bytes()[..])
        .bind(now.as_microsecond())
        .fetch_all(self.on())
        .await
        .map_err(engine)?;
        rows.iter().map(session).collect()
    }

    async fn sweep_sessions(&mut self, now: Timestamp) -> Result<u64, StorageError> {
        let done = sqlx::query("DELETE FROM sessions WHERE ends <= ?")
            .bind(now.as_microsecond())
            .execute(self.on())
            .await
            .map_err(engine)?;
        sqlx::query("DELETE FROM short_codes WHERE until <= ?")
            .bind(now.as_microsecond())
            .execute(self.on())
            .await
            .map_err(engine)?;
        Ok(done.rows_affected())
    }

    async fn add_short_code(&mut self, row: &ShortCodeRow) -> Result<(), StorageError> {
        sqlx::query("INSERT INTO short_codes (lookup, sealed, until) VALUES (?, ?, ?)")
            .bind(&row.lookup[..])
            .bind(&row.sealed)
            .bind(row.until.as_microsecond())
            .execute(self.on())
            .await
            .map_err(engine)?;
        Ok(())
    }

    async fn short_code(
        &mut self,
        lookup: &[u8; 16],
        now: Timestamp,
    ) -> Result<Option<ShortCodeRow>, StorageError> {
        let row = sqlx::query("SELECT * FROM short_codes WHERE lookup = ? AND until > ?")
            .bind(&lookup[..])
            .bind(now.as_microsecond())
            .fetch_optional(self.on())
            .await
            .map_err(engine)?;
        row.map(|row| {
            let c = Columns::of("short_codes", &row);
            Ok(ShortCodeRow {
                lookup: c.array("lookup")?,
                sealed: c.bytes("sealed")?,
                until: c.time("until")?,
            })
        })
        .transpose()
    }
}
