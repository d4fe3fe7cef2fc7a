//! Organisations, teams, statements, memberships.

use crate::{
    SqliteTransaction,
    row::{Columns, engine, stored},
};
use async_trait::async_trait;
use domain::id::{AccountId, OrganisationId, StatementId, TeamId};
use sqlx::sqlite::SqliteRow;
use storage::{
    MembershipRow, OrganisationRepository, OrganisationRow, StatementRow, StorageError, TeamRow,
    TeamWrapRow,
};

fn membership(row: &SqliteRow) -> Result<MembershipRow, StorageError> {
    let c = Columns::of("memberships", row);
    Ok(MembershipRow {
        team: TeamId::from_bytes(c.array("team")?),
        account: AccountId::from_bytes(c.array("account")?),
        lead: c.bool("lead")?,
        compartments: c.compartments("compartments")?,
        ended: c.optional_time("ended")?,
    })
}

fn team_wrap(row: &SqliteRow) -> Result<TeamWrapRow, StorageError> {
    let c = Columns::of("team_wraps", row);
    Ok(TeamWrapRow {
        account: AccountId::from_bytes(c.array("account")?),
        team: TeamId::from_bytes(c.array("team")?),
        compartment: c.compartment("compartment")?,
        epoch: c.u32("epoch")?,
        wrapped: c.bytes("wrapped")?,
    })
}

#[async_trait]
impl OrganisationRepository for SqliteTransaction {
    async fn add_organisation(&mut self, row: &OrganisationRow) -> Result<(), StorageError> {
        sqlx::query("INSERT INTO organisations (id, name) VALUES (?, ?)")
            .bind(&row.id.as_bytes()[..])
            .bind(&row.name)
            .execute(self.on())
            .await
            .map_err(engine)?;
        Ok(())
    }

    async fn organisations(&mut self) -> Result<Vec<OrganisationRow>, StorageError> {
        let rows = sqlx::query("SELECT id, name FROM organisations ORDER BY id")
            .fetch_all(self.on())
            .await
            .map_err(engine)?;
        rows.iter()
            .map(|row| {
                let c = Columns::of("organisations", row);
                Ok(OrganisationRow {
                    id: OrganisationId::from_bytes(c.array("id")?),
                    name: c.bytes("name")?,
                })
            })
            .collect()
    }

    async fn add_team(&mut self, row: &TeamRow) -> Result<(), StorageError> {
        sqlx::query("INSERT INTO teams (id, organisation, name) VALUES (?, ?, ?)")
            .bind(&row.id.as_bytes()[..])
            .bind(&row.organisation.as_bytes()[..])
            .bind(&row.name)
            .execute(self.on())
            .await
            .map_err(engine)?;
        Ok(())
    }

    async fn rename_team(&mut self, team: TeamId, name: &[u8]) -> Result<(), StorageError> {
        sqlx::query("UPDATE teams SET name = ? WHERE id = ?")
            .bind(name)
            .bind(&team.as_bytes()[..])
            .execute(self.on())
            .await
            .map_err(engine)?;
        Ok(())
    }

    async fn teams(&mut self) -> Result<Vec<TeamRow>, StorageError> {
        let rows = sqlx::query("SELECT id, organisation, name FROM teams ORDER BY id")
            .fetch_all(self.on())
            .await
            .map_err(engine)?;
        rows.iter()
            .map(|row| {
                let c = Columns::of("teams", row);
                Ok(TeamRow {
                    id: TeamId::from_bytes(c.array("id")?),
                    organisation: OrganisationId::from_bytes(c.array("organisation")?),
                    name: c.bytes("name")?,
                })
            })
            .collect()
    }

    async fn add_statement(&mut self, id: StatementId, signed: &[u8]) -> Result<u64, StorageError> {
        sqlx::query(
            "INSERT INTO statements (id, signed) VALUES (?, ?) ON CONFLICT (id) DO NOTHING",
        )
        .bind(&id.as_bytes()[..])
        .bind(signed)
        .execute(self.on())
        .await
        .map_err(engine)?;
        let row = sqlx::query("SELECT sequence FROM statements WHERE id = ?")
            .bind(&id.as_bytes()[..])
            .fetch_one(self.on())
            .await
            .map_err(engine)?;
        Columns::of("statements", &row).u64("sequence")
    }

    async fn statements_after(
        &mut self,
        sequence: u64,
        limit: u32,
    ) -> Result<Vec<StatementRow>, StorageError> {
        let rows = sqlx::query(
            "SELECT sequence, id, signed FROM statements WHERE sequence > ? ORDER BY sequence LIMIT ?",
        )
        .bind(stored(sequence))
        .bind(limit)
        .fetch_all(self.on())
        .await
        .map_err(engine)?;
        rows.iter()
            .map(|row| {
                let c = Columns::of("statements", row);
                Ok(StatementRow {
                    sequence: c.u64("sequence")?,
                    id: StatementId::from_bytes(c.array("id")?),
                    signed: c.bytes("signed")?,
                })
            })
            .collect()
    }

    async fn put_membership(&mut self, row: &MembershipRow) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT INTO memberships (account, team, lead, compartments, ended) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (account, team) DO UPDATE
             SET lead = excluded.lead, compartments = excluded.compartments, ended = excluded.ended",
        )
        .bind(&row.account.as_bytes()[..])
        .bind(&row.team.as_bytes()[..])
        .bind(row.lead)
        .bind(i64::from(row.compartments.bits()))
        .bind(row.ended.map(jiff::Timestamp::as_microsecond))
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn memberships_of(
        &mut self,
        account: AccountId,
    ) -> Result<Vec<MembershipRow>, StorageError> {
        let rows = sqlx::query(
            "SELECT account, team, lead, compartments, ended FROM memberships WHERE account = ?",
        )
        .bind(&account.as_bytes()[..])
        .fetch_all(self.on())
        .await
        .map_err(engine)?;
        rows.iter().map(membership).collect()
    }

    async fn members(&mut self, team: TeamId) -> Result<Vec<MembershipRow>, StorageError> {
        let rows = sqlx::query(
            "SELECT account, team, lead, compartments, ended FROM memberships WHERE team = ?",
        )
        .bind(&team.as_bytes()[..])
        .fetch_all(self.on())
        .await
        .map_err(engine)?;
        rows.iter().map(membership).collect()
    }

    async fn put_team_wrap(&mut self, row: &TeamWrapRow) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT INTO team_wraps (account, team, compartment, epoch, wrapped) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (account, team, compartment, epoch) DO UPDATE SET wrapped = excluded.wrapped",
        )
        .bind(&row.account.as_bytes()[..])
        .bind(&row.team.as_bytes()[..])
        .bind(i64::from(row.compartment.code()))
        .bind(row.epoch)
        .bind(&row.wrapped)
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn team_wraps(&mut self, account: AccountId) -> Result<Vec<TeamWrapRow>, StorageError> {
        let rows = sqlx::query(
            "SELECT w.account, w.team, w.compartment, w.epoch, w.wrapped
             FROM team_wraps w
             JOIN memberships m ON m.account = w.account AND m.team = w.team
             WHERE w.account = ? AND m.ended IS NULL
               AND (m.compartments >> w.compartment) & 1 = 1",
        )
        .bind(&account.as_bytes()[..])
        .fetch_all(self.on())
        .await
        .map_err(engine)?;
        rows.iter().map(team_wrap).collect()
    }

    async fn all_team_wraps(
        &mut self,
        after: Option<(AccountId, TeamId, u8, u32)>,
        limit: u32,
    ) -> Result<Vec<TeamWrapRow>, StorageError> {
        let (account, team, compartment, epoch) = after.map_or_else(
            || (Vec::new(), Vec::new(), 0, 0),
            |(a, t, c, e)| (a.as_bytes().to_vec(), t.as_bytes().to_vec(), c, e),
        );
        let rows = sqlx::query(
            "SELECT account, team, compartment, epoch, wrapped FROM team_wraps
             WHERE (account, team, compartment, epoch) > (?, ?, ?, ?)
             ORDER BY account, team, compartment, epoch LIMIT ?",
        )
        .bind(account)
        .bind(team)
        .bind(i64::from(compartment))
        .bind(epoch)
        .bind(limit)
        .fetch_all(self.on())
        .await
        .map_err(engine)?;
        rows.iter().map(team_wrap).collect()
    }

    async fn remove_team_wraps(
        &mut self,
        account: AccountId,
        team: Option<TeamId>,
    ) -> Result<(), StorageError> {
        sqlx::query("DELETE FROM team_wraps WHERE account = ?1 AND (?2 IS NULL OR team = ?2)")
            .bind(&account.as_bytes()[..])
            .bind(team.map(|t| t.as_bytes().to_vec()))
            .execute(self.on())
            .await
            .map_err(engine)?;
        Ok(())
    }
}
