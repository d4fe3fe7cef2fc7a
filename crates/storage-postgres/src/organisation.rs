//! Organisations, teams, their statements, memberships and wrapped team keys.

use crate::{
    PostgresTransaction,
    row::{Column, bound, engine, micros},
};
use async_trait::async_trait;
use domain::id::{AccountId, OrganisationId, StatementId, TeamId};
use storage::{
    MembershipRow, OrganisationRepository, OrganisationRow, StatementRow, StorageError, TeamRow,
    TeamWrapRow,
};

/// The lock of those that add a statement.
const STATEMENTS: i64 = 0x636f_6e61_7475_7303;

struct RawOrganisation {
    id: Vec<u8>,
    name: Vec<u8>,
}

impl TryFrom<RawOrganisation> for OrganisationRow {
    type Error = StorageError;
    fn try_from(raw: RawOrganisation) -> Result<Self, StorageError> {
        let id = Column("organisations", "id").bytes(&raw.id)?;
        Ok(Self {
            id: OrganisationId::from_bytes(id),
            name: raw.name,
        })
    }
}

struct RawTeam {
    id: Vec<u8>,
    organisation: Vec<u8>,
    name: Vec<u8>,
}

impl TryFrom<RawTeam> for TeamRow {
    type Error = StorageError;
    fn try_from(raw: RawTeam) -> Result<Self, StorageError> {
        let organisation = Column("teams", "organisation").bytes(&raw.organisation)?;
        Ok(Self {
            id: TeamId::from_bytes(Column("teams", "id").bytes(&raw.id)?),
            organisation: OrganisationId::from_bytes(organisation),
            name: raw.name,
        })
    }
}

struct RawStatement {
    sequence: i64,
    id: Vec<u8>,
    signed: Vec<u8>,
}

impl TryFrom<RawStatement> for StatementRow {
    type Error = StorageError;
    fn try_from(raw: RawStatement) -> Result<Self, StorageError> {
        let id = Column("statements", "id").bytes(&raw.id)?;
        Ok(Self {
            sequence: Column("statements", "sequence").count(raw.sequence)?,
            id: StatementId::from_bytes(id),
            signed: raw.signed,
        })
    }
}

struct RawMembership {
    team: Vec<u8>,
    account: Vec<u8>,
    lead: bool,
    compartments: i16,
    ended: Option<i64>,
}

impl TryFrom<RawMembership> for MembershipRow {
    type Error = StorageError;
    fn try_from(raw: RawMembership) -> Result<Self, StorageError> {
        let of = |column| Column("memberships", column);
        Ok(Self {
            team: TeamId::from_bytes(of("team").bytes(&raw.team)?),
            account: AccountId::from_bytes(of("account").bytes(&raw.account)?),
            lead: raw.lead,
            compartments: of("compartments").compartments(raw.compartments)?,
            ended: of("ended").instant_if(raw.ended)?,
        })
    }
}

struct RawTeamWrap {
    account: Vec<u8>,
    team: Vec<u8>,
    compartment: i16,
    epoch: i64,
    wrapped: Vec<u8>,
}

impl TryFrom<RawTeamWrap> for TeamWrapRow {
    type Error = StorageError;
    fn try_from(raw: RawTeamWrap) -> Result<Self, StorageError> {
        let of = |column| Column("team_wraps", column);
        Ok(Self {
            account: AccountId::from_bytes(of("account").bytes(&raw.account)?),
            team: TeamId::from_bytes(of("team").bytes(&raw.team)?),
            compartment: of("compartment").compartment(raw.compartment)?,
            epoch: of("epoch").small(raw.epoch)?,
            wrapped: raw.wrapped,
        })
    }
}

#[async_trait]
impl OrganisationRepository for PostgresTransaction {
    async fn add_organisation(&mut self, row: &OrganisationRow) -> Result<(), StorageError> {
        let id = &row.id.as_bytes()[..];
        sqlx::query!(
            "INSERT INTO organisations (id, name) VALUES ($1, $2)",
            id,
            row.name
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn organisations(&mut self) -> Result<Vec<OrganisationRow>, StorageError> {
        sqlx::query_as!(
            RawOrganisation,
            "SELECT id, name FROM organisations ORDER BY id"
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?
        .into_iter()
        .map(OrganisationRow::try_from)
        .collect()
    }

    async fn add_team(&mut self, row: &TeamRow) -> Result<(), StorageError> {
        let (id, organisation) = (&row.id.as_bytes()[..], &row.organisation.as_bytes()[..]);
        sqlx::query!(
            "INSERT INTO teams (id, organisation, name) VALUES ($1, $2, $3)",
            id,
            organisation,
            row.name
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn rename_team(&mut self, team: TeamId, name: &[u8]) -> Result<(), StorageError> {
        let team = &team.as_bytes()[..];
        let done = sqlx::query!("UPDATE teams SET name = $2 WHERE id = $1", team, name)
            .execute(self.ask())
            .await
            .map_err(engine)?;
        match done.rows_affected() {
            0 => Err(StorageError::Conflict("team")),
            _ => Ok(()),
        }
    }

    async fn teams(&mut self) -> Result<Vec<TeamRow>, StorageError> {
        sqlx::query_as!(
            RawTeam,
            "SELECT id, organisation, name FROM teams ORDER BY id"
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?
        .into_iter()
        .map(TeamRow::try_from)
        .collect()
    }

    async fn hold_statements(&mut self) -> Result<(), StorageError> {
        sqlx::query!("SELECT pg_advisory_xact_lock($1)", STATEMENTS)
            .execute(self.ask())
            .await
            .map_err(engine)?;
        Ok(())
    }

    async fn add_statement(&mut self, id: StatementId, signed: &[u8]) -> Result<u64, StorageError> {
        // One at a time until the end of the transaction: numbers have no gap, and whoever follows
        // them never passes one that is saved later.
        self.hold_statements().await?;
        let of = Column("statements", "sequence");
        let bytes = &id.as_bytes()[..];
        let known = sqlx::query_scalar!("SELECT sequence FROM statements WHERE id = $1", bytes)
            .fetch_optional(self.ask())
            .await
            .map_err(engine)?;
        if let Some(sequence) = known {
            return of.count(sequence);
        }
        let last =
            sqlx::query_scalar!(r#"SELECT coalesce(max(sequence), 0) AS "last!" FROM statements"#)
                .fetch_one(self.ask())
                .await
                .map_err(engine)?;
        let last = of.count(last)?;
        // What was read before it is what the statement was judged by.
        if self.statements_read().is_some_and(|read| read < last) {
            return Err(StorageError::Conflict("the statements"));
        }
        let sequence = of.stored(last + 1)?;
        sqlx::query!(
            "INSERT INTO statements (sequence, id, signed) VALUES ($1, $2, $3)",
            sequence,
            bytes,
            signed
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        self.has_read_statements(last + 1);
        Ok(last + 1)
    }

    async fn statements_after(
        &mut self,
        sequence: u64,
        limit: u32,
    ) -> Result<Vec<StatementRow>, StorageError> {
        let after = bound(sequence);
        let rows: Vec<StatementRow> = sqlx::query_as!(
            RawStatement,
            "SELECT sequence, id, signed FROM statements
             WHERE sequence > $1 ORDER BY sequence LIMIT $2",
            after,
            i64::from(limit)
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?
        .into_iter()
        .map(StatementRow::try_from)
        .collect::<Result<_, _>>()?;
        self.has_read_statements(rows.last().map_or(sequence, |row| row.sequence));
        Ok(rows)
    }

    async fn put_membership(&mut self, row: &MembershipRow) -> Result<(), StorageError> {
        let (team, account) = (&row.team.as_bytes()[..], &row.account.as_bytes()[..]);
        let compartments = i16::from(row.compartments.bits());
        let ended = row.ended.map(micros);
        sqlx::query!(
            "INSERT INTO memberships (team, account, lead, compartments, ended)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (team, account) DO UPDATE SET
                 lead = excluded.lead,
                 compartments = excluded.compartments,
                 ended = excluded.ended",
            team,
            account,
            row.lead,
            compartments,
            ended
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn memberships_of(
        &mut self,
        account: AccountId,
    ) -> Result<Vec<MembershipRow>, StorageError> {
        let account = &account.as_bytes()[..];
        sqlx::query_as!(
            RawMembership,
            "SELECT team, account, lead, compartments, ended FROM memberships
             WHERE account = $1 ORDER BY team",
            account
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?
        .into_iter()
        .map(MembershipRow::try_from)
        .collect()
    }

    async fn members(&mut self, team: TeamId) -> Result<Vec<MembershipRow>, StorageError> {
        let team = &team.as_bytes()[..];
        sqlx::query_as!(
            RawMembership,
            "SELECT team, account, lead, compartments, ended FROM memberships
             WHERE team = $1 ORDER BY account",
            team
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?
        .into_iter()
        .map(MembershipRow::try_from)
        .collect()
    }

    async fn put_team_wrap(&mut self, row: &TeamWrapRow) -> Result<(), StorageError> {
        let (account, team) = (&row.account.as_bytes()[..], &row.team.as_bytes()[..]);
        let compartment = i16::from(row.compartment.code());
        sqlx::query!(
            "INSERT INTO team_wraps (account, team, compartment, epoch, wrapped)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (account, team, compartment, epoch) DO UPDATE SET
                 wrapped = excluded.wrapped",
            account,
            team,
            compartment,
            i64::from(row.epoch),
            row.wrapped
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn team_wraps(&mut self, account: AccountId) -> Result<Vec<TeamWrapRow>, StorageError> {
        let account = &account.as_bytes()[..];
        sqlx::query_as!(
            RawTeamWrap,
            "SELECT w.account, w.team, w.compartment, w.epoch, w.wrapped
             FROM team_wraps w
             JOIN memberships m ON m.team = w.team AND m.account = w.account
             WHERE w.account = $1 AND m.ended IS NULL
                 AND (m.compartments >> w.compartment) & 1 = 1
             ORDER BY w.team, w.compartment, w.epoch",
            account
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?
        .into_iter()
        .map(TeamWrapRow::try_from)
        .collect()
    }

    async fn all_team_wraps(
        &mut self,
        after: Option<(AccountId, TeamId, u8, u32)>,
        limit: u32,
    ) -> Result<Vec<TeamWrapRow>, StorageError> {
        // Before every row: nothing sorts before the empty bytes.
        let (account, team, compartment, epoch) = match &after {
            None => (&[][..], &[][..], 0, 0),
            Some((account, team, compartment, epoch)) => (
                &account.as_bytes()[..],
                &team.as_bytes()[..],
                i16::from(*compartment),
                i64::from(*epoch),
            ),
        };
        sqlx::query_as!(
            RawTeamWrap,
            "SELECT account, team, compartment, epoch, wrapped FROM team_wraps
             WHERE (account, team, compartment, epoch) > ($1, $2, $3, $4)
             ORDER BY account, team, compartment, epoch LIMIT $5",
            account,
            team,
            compartment,
            epoch,
            i64::from(limit)
        )
        .fetch_all(self.ask())
        .await
        .map_err(engine)?
        .into_iter()
        .map(TeamWrapRow::try_from)
        .collect()
    }

    async fn remove_team_wraps(
        &mut self,
        account: AccountId,
        team: Option<TeamId>,
    ) -> Result<(), StorageError> {
        let account = &account.as_bytes()[..];
        let team = team.as_ref().map(|t| &t.as_bytes()[..]);
        sqlx::query!(
            "DELETE FROM team_wraps WHERE account = $1 AND ($2::bytea IS NULL OR team = $2)",
            account,
            team
        )
        .execute(self.ask())
        .await
        .map_err(engine)?;
        Ok(())
    }
}
