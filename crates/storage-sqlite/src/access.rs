//! Wraps and grants: a reader's rights, inside the queries.

use crate::{
    SqliteTransaction,
    record::entry,
    row::{Columns, engine},
};
use async_trait::async_trait;
use domain::{
    Compartment, Compartments,
    id::{AccountId, GrantId, OrganisationId, PersonId, TeamId},
};
use jiff::Timestamp;
use sqlx::{Row, sqlite::SqliteRow};
use storage::{
    AccessRepository, AccessRow, GrantRow, ListedRow, Recipient, StorageError, WrapMethod, WrapRow,
};

/// What lets account ?2 use wrap `w` under grant `g` at time ?3.
macro_rules! usable {
    () => {
        "g.ended IS NULL AND (g.until IS NULL OR g.until > ?3)
         AND (g.compartments >> w.compartment) & 1 = 1
         AND g.recipient_kind = w.recipient_kind AND g.recipient = w.recipient
         AND ((w.recipient_kind = 2 AND w.recipient = ?2)
           OR (w.recipient_kind = 1 AND EXISTS (
                 SELECT 1 FROM memberships m
                 WHERE m.account = ?2 AND m.team = w.recipient AND m.ended IS NULL
                   AND (m.compartments >> w.compartment) & 1 = 1)))"
    };
}

fn recipient_parts(recipient: Recipient) -> (i64, Vec<u8>) {
    match recipient {
        Recipient::Team(id) => (1, id.as_bytes().to_vec()),
        Recipient::Account(id) => (2, id.as_bytes().to_vec()),
        Recipient::Keepers => (3, Vec::new()),
    }
}

fn recipient(c: &Columns<'_>) -> Result<Recipient, StorageError> {
    Ok(match c.int("recipient_kind")? {
        1 => Recipient::Team(TeamId::from_bytes(c.array("recipient")?)),
        2 => Recipient::Account(AccountId::from_bytes(c.array("recipient")?)),
        3 => Recipient::Keepers,
        _ => return Err(c.broken("recipient_kind", "no such kind")),
    })
}

fn grant(row: &SqliteRow) -> Result<GrantRow, StorageError> {
    let c = Columns::of("grants", row);
    Ok(GrantRow {
        person: PersonId::from_bytes(c.array("person_id")?),
        grant: GrantId::from_bytes(c.array("grant_id")?),
        recipient: recipient(&c)?,
        compartments: c.compartments("compartments")?,
        until: c.optional_time("until")?,
        ended: c.optional_time("ended")?,
        signed: c.bytes("signed")?,
        end_signed: c.bytes("end_signed")?,
    })
}

fn wrap(row: &SqliteRow, epoch: &'static str) -> Result<WrapRow, StorageError> {
    let c = Columns::of("wraps", row);
    let team_epoch = c.u32("team_epoch")?;
    Ok(WrapRow {
        person: PersonId::from_bytes(c.array("person_id")?),
        compartment: c.compartment("wrap_compartment")?,
        epoch: c.u32(epoch)?,
        recipient: recipient(&c)?,
        grant: GrantId::from_bytes(c.array("grant_id")?),
        method: match c.int("method")? {
            1 => WrapMethod::Public,
            2 => WrapMethod::TeamSecret { epoch: team_epoch },
            3 => WrapMethod::TeamPublic { epoch: team_epoch },
            _ => return Err(c.broken("method", "no such method")),
        },
        wrapped: c.bytes("wrapped")?,
    })
}

#[async_trait]
impl AccessRepository for SqliteTransaction {
    async fn add_grant(&mut self, row: &GrantRow) -> Result<(), StorageError> {
        let (kind, recipient) = recipient_parts(row.recipient);
        sqlx::query(
            "INSERT INTO grants (person_id, grant_id, recipient_kind, recipient, compartments,
             until, ended, signed, end_signed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&row.person.as_bytes()[..])
        .bind(&row.grant.as_bytes()[..])
        .bind(kind)
        .bind(recipient)
        .bind(i64::from(row.compartments.bits()))
        .bind(row.until.map(Timestamp::as_microsecond))
        .bind(row.ended.map(Timestamp::as_microsecond))
        .bind(&row.signed)
        .bind(&row.end_signed)
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn end_grant(
        &mut self,
        person: PersonId,
        grant: GrantId,
        at: Timestamp,
        signed: &[u8],
    ) -> Result<bool, StorageError> {
        let done = sqlx::query(
            "UPDATE grants SET ended = ?, end_signed = ?
             WHERE person_id = ? AND grant_id = ? AND ended IS NULL",
        )
        .bind(at.as_microsecond())
        .bind(signed)
        .bind(&person.as_bytes()[..])
        .bind(&grant.as_bytes()[..])
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(done.rows_affected() == 1)
    }

    async fn grants(&mut self, person: PersonId) -> Result<Vec<GrantRow>, StorageError> {
        let rows = sqlx::query("SELECT * FROM grants WHERE person_id = ? ORDER BY grant_id")
            .bind(&person.as_bytes()[..])
            .fetch_all(self.on())
            .await
            .map_err(engine)?;
        rows.iter().map(grant).collect()
    }

    async fn put_wrap(&mut self, row: &WrapRow) -> Result<(), StorageError> {
        let (kind, recipient) = recipient_parts(row.recipient);
        let (method, team_epoch) = match row.method {
            WrapMethod::Public => (1, 0),
            WrapMethod::TeamSecret { epoch } => (2, epoch),
            WrapMethod::TeamPublic { epoch } => (3, epoch),
        };
        sqlx::query(
            "INSERT INTO wraps (person_id, compartment, epoch, grant_id, recipient_kind, recipient,
             method, team_epoch, wrapped) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (person_id, compartment, epoch, recipient_kind, recipient, grant_id)
             DO UPDATE SET
             method = excluded.method, team_epoch = excluded.team_epoch, wrapped = excluded.wrapped",
        )
        .bind(&row.person.as_bytes()[..])
        .bind(i64::from(row.compartment.code()))
        .bind(row.epoch)
        .bind(&row.grant.as_bytes()[..])
        .bind(kind)
        .bind(recipient)
        .bind(method)
        .bind(team_epoch)
        .bind(&row.wrapped)
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn wraps(&mut self, person: PersonId) -> Result<Vec<WrapRow>, StorageError> {
        let rows = sqlx::query(
            "SELECT *, compartment AS wrap_compartment FROM wraps WHERE person_id = ?
             ORDER BY compartment, epoch, grant_id",
        )
        .bind(&person.as_bytes()[..])
        .fetch_all(self.on())
        .await
        .map_err(engine)?;
        rows.iter().map(|row| wrap(row, "epoch")).collect()
    }

    async fn access(
        &mut self,
        person: PersonId,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<AccessRow>, StorageError> {
        let rows = sqlx::query(concat!(
            "SELECT w.person_id, w.compartment AS wrap_compartment, w.epoch, w.grant_id,
                    w.recipient_kind, w.recipient, w.method, w.team_epoch, w.wrapped,
                    g.compartments, g.until, g.ended, g.signed, g.end_signed
             FROM wraps w
             JOIN grants g ON g.person_id = w.person_id AND g.grant_id = w.grant_id
             WHERE w.person_id = ?1 AND ",
            usable!(),
            " ORDER BY w.compartment, w.epoch, w.method = 2 DESC"
        ))
        .bind(&person.as_bytes()[..])
        .bind(&account.as_bytes()[..])
        .bind(now.as_microsecond())
        .fetch_all(self.on())
        .await
        .map_err(engine)?;
        rows.iter()
            .map(|row| {
                Ok(AccessRow {
                    wrap: wrap(row, "epoch")?,
                    grant: grant(row)?,
                })
            })
            .collect()
    }

    async fn listed(
        &mut self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<ListedRow>, StorageError> {
        let rows = sqlx::query(concat!(
            "WITH recipients (kind, id) AS (
               SELECT 2, ?2
               UNION ALL SELECT 1, m0.team FROM memberships m0
                 WHERE m0.account = ?2 AND m0.ended IS NULL AND (m0.compartments >> ?1) & 1 = 1)
             SELECT e.*, n.organisation, w.compartment AS wrap_compartment, w.epoch AS wrap_epoch, w.grant_id,
                    w.recipient_kind, w.recipient, w.method, w.team_epoch, w.wrapped,
                    g.compartments, g.until, g.ended, g.signed, g.end_signed
             FROM recipients r
             JOIN wraps w ON w.recipient_kind = r.kind AND w.recipient = r.id AND w.compartment = ?1
             JOIN grants g ON g.person_id = w.person_id AND g.grant_id = w.grant_id
             JOIN persons n ON n.person_id = w.person_id
             JOIN entries e ON e.person_id = w.person_id AND e.epoch = w.epoch AND e.compartment = ?1
              AND e.sequence = (SELECT max(p.sequence) FROM entries p
                                WHERE p.person_id = w.person_id AND p.profile = 1)
             WHERE ",
            usable!(),
            " ORDER BY w.person_id, w.method = 2 DESC"
        ))
        .bind(i64::from(Compartment::Identity.code()))
        .bind(&account.as_bytes()[..])
        .bind(now.as_microsecond())
        .fetch_all(self.on())
        .await
        .map_err(engine)?;
        let mut listed: Vec<ListedRow> = Vec::with_capacity(rows.len());
        for row in &rows {
            let profile = entry(row)?;
            if listed
                .last()
                .is_some_and(|l| l.profile.person == profile.person)
            {
                continue;
            }
            let access = AccessRow {
                wrap: wrap(row, "wrap_epoch")?,
                grant: grant(row)?,
            };
            let organisation = Columns::of("persons", row).array("organisation")?;
            listed.push(ListedRow {
                organisation: OrganisationId::from_bytes(organisation),
                access,
                profile,
            });
        }
        Ok(listed)
    }

    async fn compartments(&mut self, person: PersonId) -> Result<Compartments, StorageError> {
        let rows = sqlx::query("SELECT DISTINCT compartment FROM entries WHERE person_id = ?")
            .bind(&person.as_bytes()[..])
            .fetch_all(self.on())
            .await
            .map_err(engine)?;
        rows.iter()
            .map(|row| Columns::of("entries", row).compartment("compartment"))
            .collect()
    }

    async fn latest_epoch(
        &mut self,
        person: PersonId,
        compartment: Compartment,
    ) -> Result<Option<u32>, StorageError> {
        let row = sqlx::query(
            "SELECT max(epoch) AS epoch FROM wraps WHERE person_id = ? AND compartment = ?",
        )
        .bind(&person.as_bytes()[..])
        .bind(i64::from(compartment.code()))
        .fetch_one(self.on())
        .await
        .map_err(engine)?;
        row.try_get::<Option<u32>, _>("epoch").map_err(engine)
    }
}
