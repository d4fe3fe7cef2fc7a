//! Sessions and short codes.

use crate::{
    PostgresTransaction,
    row::{Column, engine, micros},
};
use async_trait::async_trait;
use domain::id::{AccountId, DeviceId, OrganisationId, PersonId, SessionId};
use jiff::Timestamp;
use storage::{SessionRepository, SessionRow, ShortCodeRow, StorageError};

struct RawSession {
    id: Vec<u8>,
    account: Vec<u8>,
    person: Option<Vec<u8>>,
    device: Vec<u8>,
    sealed: Vec<u8>,
    opened: i64,
    seen: i64,
    ends: i64,
}

impl TryFrom<RawSession> for SessionRow {
    type Error = StorageError;
    fn try_from(raw: RawSession) -> Result<Self, StorageError> {
        let of = |column| Column("sessions", column);
        let person = raw.person.map(|id| of("person").bytes(&id));
        Ok(Self {
            id: SessionId::from_bytes(of("id").bytes(&raw.id)?),
            account: AccountId::from_bytes(of("account").bytes(&raw.account)?),
            person: person.transpose()?.map(PersonId::from_bytes),
            device: DeviceId::from_bytes(of("device").bytes(&raw.device)?),
            sealed: raw.sealed,
            opened: of("opened").instant(raw.opened)?,
            seen: of("seen").instant(raw.seen)?,
            ends: of("ends").instant(raw.ends)?,
        })
    }
}

impl PostgresTransaction {
    async fn card_stands(
        &mut self,
        person: &[u8],
        card: &[u8],
        account: &[u8],
    ) -> Result<bool, StorageError> {
        let found = sqlx::query_scalar!(
            "SELECT card FROM cards WHERE person_id = $1 AND card = $2 AND account = $3
                 AND dead IS NULL",
            person,
            card,
            account
        )
        .fetch_optional(self.ask())
        .await
        .map_err(engine)?;
        Ok(found.is_some())
    }
}

#[async_trait]
impl SessionRepository for PostgresTransaction {
    async fn add_session(&mut self, row: &SessionRow) -> Result<(), StorageError> {
        let (id, account) = (&row.id.as_bytes()[..], &row.account.as_bytes()[..]);
        let person = row.person.as_ref().map(|p| &p.as_bytes()[..]);
        let device = &row.device.as_bytes()[..];
        let (opened, seen, ends) = (micros(row.opened), micros(row.seen), micros(row.ends));
        sqlx::query!(
            "INSERT INTO sessions
                 (id, account, person, device, sealed, opened, seen, ends)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            id,
            account,
            person,
            device,
            row.sealed,
            opened,
            seen,
            ends
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn session(&mut self, id: SessionId) -> Result<Option<SessionRow>, StorageError> {
        let bytes = &id.as_bytes()[..];
        // In two questions: what stands for a worker is on every node, a person's cards are on one.
        let found = sqlx::query!(
            r#"SELECT s.id, s.account, s.person, s.device, s.sealed, s.opened, s.seen, s.ends,
                 EXISTS (SELECT 1 FROM devices d JOIN accounts a ON a.id = d.account
                         WHERE d.id = s.device AND a.id = s.account AND a.state = 2) AS "stands!"
             FROM sessions s WHERE s.id = $1"#,
            bytes
        )
        .fetch_optional(self.ask())
        .await
        .map_err(engine)?;
        let Some(row) = found else { return Ok(None) };
        let stands = match &row.person {
            None => row.stands,
            Some(person) => self.card_stands(person, &row.device, &row.account).await?,
        };
        if !stands {
            return Ok(None);
        }
        let raw = RawSession {
            id: row.id,
            account: row.account,
            person: row.person,
            device: row.device,
            sealed: row.sealed,
            opened: row.opened,
            seen: row.seen,
            ends: row.ends,
        };
        raw.try_into().map(Some)
    }

    async fn touch_session(&mut self, id: SessionId, seen: Timestamp) -> Result<(), StorageError> {
        let (id, seen) = (&id.as_bytes()[..], micros(seen));
        // Requests of one session may finish out of order: never back in time.
        sqlx::query!(
            "UPDATE sessions SET seen = greatest(seen, $2) WHERE id = $1",
            id,
            seen
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn reseal_session(&mut self, id: SessionId, sealed: &[u8]) -> Result<(), StorageError> {
        let id = &id.as_bytes()[..];
        sqlx::query!("UPDATE sessions SET sealed = $2 WHERE id = $1", id, sealed)
            .execute(self.ask())
            .await
            .map_err(engine)?;
        Ok(())
    }

    async fn end_session(&mut self, id: SessionId) -> Result<(), StorageError> {
        let id = &id.as_bytes()[..];
        sqlx::query!("DELETE FROM sessions WHERE id = $1", id)
            .execute(self.ask())
            .await
            .map_err(engine)?;
        Ok(())
    }

    async fn end_sessions_of(&mut self, account: AccountId) -> Result<u64, StorageError> {
        let account = &account.as_bytes()[..];
        let done = sqlx::query!("DELETE FROM sessions WHERE account = $1", account)
            .execute(self.ask())
            .await
            .map_err(engine)?;
        Ok(done.rows_affected())
    }

    async fn sessions_in(
        &mut self,
        organisation: OrganisationId,
        now: Timestamp,
    ) -> Result<Vec<SessionRow>, StorageError> {
        let (organisation, now) = (&organisation.as_bytes()[..], micros(now));
        sqlx::query_as!(
            RawSession,
            "SELECT s.id, s.account, s.person, s.device, s.sealed, s.opened,
                 s.seen, s.ends
             FROM accounts a JOIN sessions s ON s.account = a.id
             WHERE a.organisation = $1 AND s.person IS NULL AND s.ends > $2
             ORDER BY s.opened, s.id",
            organisation,
            now
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?
        .into_iter()
        .map(SessionRow::try_from)
        .collect()
    }

    async fn sweep_sessions(&mut self, now: Timestamp) -> Result<u64, StorageError> {
        let now = micros(now);
        let sessions = sqlx::query!("DELETE FROM sessions WHERE ends <= $1", now)
            .execute(self.ask())
            .await
            .map_err(engine)?;
        let codes = sqlx::query!("DELETE FROM short_codes WHERE until <= $1", now)
            .execute(self.ask())
            .await
            .map_err(engine)?;
        Ok(sessions.rows_affected() + codes.rows_affected())
    }

    async fn add_short_code(&mut self, row: &ShortCodeRow) -> Result<(), StorageError> {
        let (lookup, until) = (&row.lookup[..], micros(row.until));
        sqlx::query!(
            "INSERT INTO short_codes (lookup, sealed, until) VALUES ($1, $2, $3)",
            lookup,
            row.sealed,
            until
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn short_code(
        &mut self,
        lookup: &[u8; 16],
        now: Timestamp,
    ) -> Result<Option<ShortCodeRow>, StorageError> {
        let (bytes, now) = (&lookup[..], micros(now));
        let found = sqlx::query!(
            "SELECT sealed, until FROM short_codes WHERE lookup = $1 AND until > $2",
            bytes,
            now
        )
        .fetch_optional(self.ask())
        .await
        .map_err(engine)?;
        found
            .map(|row| {
                Ok(ShortCodeRow {
                    lookup: *lookup,
                    sealed: row.sealed,
                    until: Column("short_codes", "until").instant(row.until)?,
                })
            })
            .transpose()
    }
}
