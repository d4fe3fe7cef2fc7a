//! Wraps and grants: a reader's rights, inside the queries.

use crate::{
    PostgresTransaction,
    record::RawEntry,
    row::{Column, engine, micros},
};
use async_trait::async_trait;
use domain::{
    Compartment, Compartments,
    id::{AccountId, GrantId, OrganisationId, PersonId, TeamId},
};
use jiff::Timestamp;
use storage::{
    AccessRepository, AccessRow, GrantRow, HolderRow, ListedRow, Recipient, StorageError,
    WrapMethod, WrapRow,
};

const TEAM: i16 = 1;
const ACCOUNT: i16 = 2;
const KEEPERS: i16 = 3;

pub(crate) fn recipient_columns(recipient: &Recipient) -> (i16, &[u8]) {
    match recipient {
        Recipient::Team(id) => (TEAM, id.as_bytes()),
        Recipient::Account(id) => (ACCOUNT, id.as_bytes()),
        Recipient::Keepers => (KEEPERS, &[]),
    }
}

pub(crate) fn method_columns(method: WrapMethod) -> (i16, i64) {
    match method {
        WrapMethod::Public => (1, 0),
        WrapMethod::TeamSecret { epoch } => (2, epoch.into()),
        WrapMethod::TeamPublic { epoch } => (3, epoch.into()),
    }
}

fn recipient(table: &'static str, kind: i16, id: &[u8]) -> Result<Recipient, StorageError> {
    let column = Column(table, "recipient");
    Ok(match kind {
        TEAM => Recipient::Team(TeamId::from_bytes(column.bytes(id)?)),
        ACCOUNT => Recipient::Account(AccountId::from_bytes(column.bytes(id)?)),
        KEEPERS => Recipient::Keepers,
        _ => return Err(Column(table, "recipient_kind").broken("no such kind")),
    })
}

struct RawGrant {
    person_id: Vec<u8>,
    grant_id: Vec<u8>,
    recipient_kind: i16,
    recipient: Vec<u8>,
    compartments: i16,
    until: Option<i64>,
    ended: Option<i64>,
}

impl TryFrom<RawGrant> for GrantRow {
    type Error = StorageError;
    fn try_from(raw: RawGrant) -> Result<Self, StorageError> {
        let of = |column| Column("grants", column);
        Ok(Self {
            person: PersonId::from_bytes(of("person_id").bytes(&raw.person_id)?),
            grant: GrantId::from_bytes(of("grant_id").bytes(&raw.grant_id)?),
            recipient: recipient("grants", raw.recipient_kind, &raw.recipient)?,
            compartments: of("compartments").compartments(raw.compartments)?,
            until: of("until").instant_if(raw.until)?,
            ended: of("ended").instant_if(raw.ended)?,
        })
    }
}

struct RawWrap {
    person_id: Vec<u8>,
    compartment: i16,
    epoch: i64,
    grant_id: Vec<u8>,
    recipient_kind: i16,
    recipient: Vec<u8>,
    method: i16,
    team_epoch: i64,
    wrapped: Vec<u8>,
}

impl TryFrom<RawWrap> for WrapRow {
    type Error = StorageError;
    fn try_from(raw: RawWrap) -> Result<Self, StorageError> {
        let of = |column| Column("wraps", column);
        let epoch = of("team_epoch").small(raw.team_epoch)?;
        Ok(Self {
            person: PersonId::from_bytes(of("person_id").bytes(&raw.person_id)?),
            compartment: of("compartment").compartment(raw.compartment)?,
            epoch: of("epoch").small(raw.epoch)?,
            recipient: recipient("wraps", raw.recipient_kind, &raw.recipient)?,
            grant: GrantId::from_bytes(of("grant_id").bytes(&raw.grant_id)?),
            method: method(raw.method, epoch)?,
            wrapped: raw.wrapped,
        })
    }
}

fn method(method: i16, epoch: u32) -> Result<WrapMethod, StorageError> {
    Ok(match method {
        1 => WrapMethod::Public,
        2 => WrapMethod::TeamSecret { epoch },
        3 => WrapMethod::TeamPublic { epoch },
        _ => return Err(Column("wraps", "method").broken("no such method")),
    })
}

struct RawHolder {
    compartment: i16,
    epoch: i64,
    grant_id: Vec<u8>,
    recipient_kind: i16,
    recipient: Vec<u8>,
    method: i16,
    team_epoch: i64,
}

impl TryFrom<RawHolder> for HolderRow {
    type Error = StorageError;
    fn try_from(raw: RawHolder) -> Result<Self, StorageError> {
        let of = |column| Column("wraps", column);
        Ok(Self {
            compartment: of("compartment").compartment(raw.compartment)?,
            epoch: of("epoch").small(raw.epoch)?,
            recipient: recipient("wraps", raw.recipient_kind, &raw.recipient)?,
            grant: GrantId::from_bytes(of("grant_id").bytes(&raw.grant_id)?),
            method: method(raw.method, of("team_epoch").small(raw.team_epoch)?)?,
        })
    }
}

/// A wrap, then what its grant says beyond it: whom they are about and for is the same.
struct RawAccess {
    person_id: Vec<u8>,
    compartment: i16,
    epoch: i64,
    grant_id: Vec<u8>,
    recipient_kind: i16,
    recipient: Vec<u8>,
    method: i16,
    team_epoch: i64,
    wrapped: Vec<u8>,
    compartments: i16,
    until: Option<i64>,
    ended: Option<i64>,
}

impl TryFrom<RawAccess> for AccessRow {
    type Error = StorageError;
    fn try_from(raw: RawAccess) -> Result<Self, StorageError> {
        let grant = RawGrant {
            person_id: raw.person_id.clone(),
            grant_id: raw.grant_id.clone(),
            recipient_kind: raw.recipient_kind,
            recipient: raw.recipient.clone(),
            compartments: raw.compartments,
            until: raw.until,
            ended: raw.ended,
        };
        let wrap = RawWrap {
            person_id: raw.person_id,
            compartment: raw.compartment,
            epoch: raw.epoch,
            grant_id: raw.grant_id,
            recipient_kind: raw.recipient_kind,
            recipient: raw.recipient,
            method: raw.method,
            team_epoch: raw.team_epoch,
            wrapped: raw.wrapped,
        };
        Ok(Self {
            wrap: wrap.try_into()?,
            grant: grant.try_into()?,
        })
    }
}

#[async_trait]
impl AccessRepository for PostgresTransaction {
    async fn add_grant(&mut self, row: &GrantRow) -> Result<(), StorageError> {
        self.turn(row.person).await?;
        let (person, grant) = (&row.person.as_bytes()[..], &row.grant.as_bytes()[..]);
        let (kind, recipient) = recipient_columns(&row.recipient);
        let compartments = i16::from(row.compartments.bits());
        let (until, ended) = (row.until.map(micros), row.ended.map(micros));
        sqlx::query!(
            "INSERT INTO grants (person_id, grant_id, recipient_kind, recipient, compartments,
                 until, ended)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            person,
            grant,
            kind,
            recipient,
            compartments,
            until,
            ended
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn end_grant(
        &mut self,
        person: PersonId,
        grant: GrantId,
        at: Timestamp,
    ) -> Result<bool, StorageError> {
        self.turn(person).await?;
        let (person, grant) = (&person.as_bytes()[..], &grant.as_bytes()[..]);
        let at = micros(at);
        let done = sqlx::query!(
            "UPDATE grants SET ended = $3
             WHERE person_id = $1 AND grant_id = $2 AND ended IS NULL",
            person,
            grant,
            at
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(done.rows_affected() == 1)
    }

    async fn grants(&mut self, person: PersonId) -> Result<Vec<GrantRow>, StorageError> {
        self.turn(person).await?;
        let person = &person.as_bytes()[..];
        sqlx::query_as!(
            RawGrant,
            "SELECT person_id, grant_id, recipient_kind, recipient, compartments, until, ended
             FROM grants WHERE person_id = $1 ORDER BY grant_id",
            person
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?
        .into_iter()
        .map(GrantRow::try_from)
        .collect()
    }

    async fn put_wrap(&mut self, row: &WrapRow) -> Result<(), StorageError> {
        self.turn(row.person).await?;
        let (person, grant) = (&row.person.as_bytes()[..], &row.grant.as_bytes()[..]);
        let (kind, recipient) = recipient_columns(&row.recipient);
        let compartment = i16::from(row.compartment.code());
        let (method, team_epoch) = method_columns(row.method);
        sqlx::query!(
            "INSERT INTO wraps (person_id, compartment, epoch, grant_id, recipient_kind, recipient,
                 method, team_epoch, wrapped)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (person_id, compartment, epoch, recipient_kind, recipient, grant_id)
             DO UPDATE SET method = excluded.method, team_epoch = excluded.team_epoch,
                 wrapped = excluded.wrapped",
            person,
            compartment,
            i64::from(row.epoch),
            grant,
            kind,
            recipient,
            method,
            team_epoch,
            row.wrapped
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn wraps(&mut self, person: PersonId) -> Result<Vec<WrapRow>, StorageError> {
        self.turn(person).await?;
        let person = &person.as_bytes()[..];
        sqlx::query_as!(
            RawWrap,
            "SELECT person_id, compartment, epoch, grant_id, recipient_kind, recipient, method,
                 team_epoch, wrapped
             FROM wraps WHERE person_id = $1
             ORDER BY compartment, epoch, grant_id",
            person
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?
        .into_iter()
        .map(WrapRow::try_from)
        .collect()
    }

    async fn access(
        &mut self,
        person: PersonId,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<AccessRow>, StorageError> {
        self.turn(person).await?;
        let (person, account) = (&person.as_bytes()[..], &account.as_bytes()[..]);
        let now = micros(now);
        sqlx::query_as!(
            RawAccess,
            "SELECT w.person_id, w.compartment, w.epoch, w.grant_id, w.recipient_kind, w.recipient,
                 w.method, w.team_epoch, w.wrapped, g.compartments, g.until, g.ended
             FROM wraps w
             JOIN grants g ON g.person_id = w.person_id AND g.grant_id = w.grant_id
             WHERE w.person_id = $1 AND g.person_id = $1
                 AND g.ended IS NULL AND (g.until IS NULL OR g.until > $3)
                 AND (g.compartments >> w.compartment) & 1 = 1
                 AND g.recipient_kind = w.recipient_kind AND g.recipient = w.recipient
                 AND ((w.recipient_kind = 2 AND w.recipient = $2)
                     OR (w.recipient_kind = 1 AND EXISTS (
                         SELECT 1 FROM memberships m
                         WHERE m.account = $2 AND m.team = w.recipient AND m.ended IS NULL
                             AND (m.compartments >> w.compartment) & 1 = 1)))
             ORDER BY w.compartment, w.epoch, (w.method = 2) DESC",
            person,
            account,
            now
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?
        .into_iter()
        .map(AccessRow::try_from)
        .collect()
    }

    async fn listed(
        &mut self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<ListedRow>, StorageError> {
        let (account, now) = (&account.as_bytes()[..], micros(now));
        // Its teams first, then everyone at once: shards join what lies beside what they hold, and
        // what this costs grows with the people of those teams, never with all records. 1 is
        // identity, 2 its bit: of `<> 0` the planner expects that most grants pass, where it took
        // `>> 1 & 1 = 1` for so rare that at 10,000 people it read every grant first.
        let teams = sqlx::query_scalar!(
            "SELECT team FROM memberships
             WHERE account = $1 AND ended IS NULL AND (compartments & 2) <> 0",
            account
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?;
        let rows = sqlx::query!(
            "SELECT n.organisation, w.person_id, w.epoch, w.grant_id, w.recipient_kind,
                 w.recipient, w.method, w.team_epoch, w.wrapped, g.compartments, g.until,
                 n.statement_hash, e.sequence, e.profile, e.author, e.key, e.previous, e.hash, e.sealed,
                 e.signature, e.file, e.file_hash, e.file_length
             FROM wraps w
             JOIN grants g ON g.person_id = w.person_id AND g.grant_id = w.grant_id
             JOIN entries e ON e.person_id = w.person_id AND e.epoch = w.epoch
             JOIN persons n ON n.person_id = w.person_id
             WHERE ((w.recipient_kind = 2 AND w.recipient = $1)
                     OR (w.recipient_kind = 1 AND w.recipient = ANY($3)))
                 AND w.compartment = 1
                 AND g.recipient_kind = w.recipient_kind AND g.recipient = w.recipient
                 AND g.ended IS NULL AND (g.until IS NULL OR g.until > $2)
                 AND (g.compartments & 2) <> 0
                 AND e.profile AND e.compartment = 1
                 AND NOT EXISTS (SELECT 1 FROM entries l WHERE l.person_id = e.person_id
                                 AND l.profile AND l.sequence > e.sequence)
             ORDER BY w.person_id, (w.method = 2) DESC",
            account,
            now,
            &teams
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?;
        let mut listed: Vec<ListedRow> = Vec::with_capacity(rows.len());
        for row in rows {
            let seen = listed.last().map(|l| &l.profile.person.as_bytes()[..]);
            if seen == Some(&row.person_id[..]) {
                continue;
            }
            let identity = i16::from(Compartment::Identity.code());
            let profile = RawEntry {
                person_id: row.person_id.clone(),
                sequence: row.sequence,
                compartment: identity,
                epoch: row.epoch,
                profile: row.profile,
                author: row.author,
                key: row.key,
                previous: row.previous,
                hash: row.hash,
                sealed: row.sealed,
                signature: row.signature,
                file: row.file,
                file_hash: row.file_hash,
                file_length: row.file_length,
            };
            let access = RawAccess {
                person_id: row.person_id,
                compartment: identity,
                epoch: row.epoch,
                grant_id: row.grant_id,
                recipient_kind: row.recipient_kind,
                recipient: row.recipient,
                method: row.method,
                team_epoch: row.team_epoch,
                wrapped: row.wrapped,
                compartments: row.compartments,
                until: row.until,
                ended: None,
            };
            let statement_hash = Column("persons", "statement_hash").bytes(&row.statement_hash)?;
            let organisation = Column("persons", "organisation").bytes(&row.organisation)?;
            listed.push(ListedRow {
                organisation: OrganisationId::from_bytes(organisation),
                access: access.try_into()?,
                statement_hash,
                profile: profile.try_into()?,
            });
        }
        Ok(listed)
    }

    async fn compartments(&mut self, person: PersonId) -> Result<Compartments, StorageError> {
        self.turn(person).await?;
        let person = &person.as_bytes()[..];
        sqlx::query_scalar!(
            "SELECT DISTINCT compartment FROM entries WHERE person_id = $1",
            person
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?
        .into_iter()
        .map(|code| Column("entries", "compartment").compartment(code))
        .collect()
    }

    async fn holders(&mut self, person: PersonId) -> Result<Vec<HolderRow>, StorageError> {
        self.turn(person).await?;
        let person = &person.as_bytes()[..];
        sqlx::query_as!(
            RawHolder,
            "SELECT w.compartment, w.epoch, w.grant_id, w.recipient_kind, w.recipient, w.method,
                 w.team_epoch
             FROM wraps w
             WHERE w.person_id = $1
                 AND w.epoch = (SELECT max(l.epoch) FROM wraps l
                                WHERE l.person_id = $1 AND l.compartment = w.compartment)
             ORDER BY w.compartment, w.grant_id",
            person
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?
        .into_iter()
        .map(HolderRow::try_from)
        .collect()
    }

    async fn latest_epoch(
        &mut self,
        person: PersonId,
        compartment: Compartment,
    ) -> Result<Option<u32>, StorageError> {
        self.turn(person).await?;
        let (person, compartment) = (&person.as_bytes()[..], i16::from(compartment.code()));
        sqlx::query_scalar!(
            "SELECT max(epoch) FROM wraps WHERE person_id = $1 AND compartment = $2",
            person,
            compartment
        )
        .fetch_one(self.ask())
        .await
        .map_err(engine)?
        .map(|epoch| Column("wraps", "epoch").small(epoch))
        .transpose()
    }
}
