//! Signed statements in words a page can show.

use crate::{Inner, Result, WorkerSession};
use domain::{
    entry::TeamName,
    id::{AccountId, TeamId},
};
use jiff::Timestamp;
use seal::{Signed, Statement};
use std::collections::BTreeMap;
use storage::Transaction;

/// A statement, in words a page can show.
#[derive(Debug, Clone)]
pub struct StatementLine {
    /// What kind of thing is stated: `member`, `team`, `membership`, `membership_end`, `team_key`,
    /// `welcome`, `account_end`, `administrator`, `server`, `recovery`, `root`.
    pub kind: &'static str,
    /// Whom it is about, where a name is known.
    pub about: String,
    /// By whom, where a name is known.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl Inner {
    /// The latest statements about the worker's organisation, latest first.
    pub(crate) async fn statement_lines(
        &self,
        tx: &mut dyn Transaction,
        session: &WorkerSession,
        names: &BTreeMap<AccountId, String>,
        teams: &[TeamName],
    ) -> Result<Vec<StatementLine>> {
        let trust = self.trust();
        let team_name = |id: &TeamId| {
            teams
                .iter()
                .find(|t| t.id == *id)
                .map(|t| t.name.clone())
                .unwrap_or_default()
        };
        let name = |id: &AccountId| names.get(id).cloned().unwrap_or_default();
        let mut lines = Vec::new();
        let mut after = 0;
        loop {
            let rows = tx.statements_after(after, 500).await?;
            let Some(last) = rows.last() else { break };
            after = last.sequence;
            for row in &rows {
                let signed = Signed::parse(&row.signed)?;
                let (kind, organisation, about) = match &signed.statement {
                    Statement::Administrator {
                        organisation,
                        account,
                        ..
                    } => ("administrator", Some(organisation), name(account)),
                    Statement::Member {
                        organisation,
                        account,
                        ..
                    } => ("member", Some(organisation), name(account)),
                    Statement::Team {
                        organisation, team, ..
                    } => ("team", Some(organisation), team_name(team)),
                    Statement::Membership {
                        organisation,
                        team,
                        account,
                        ..
                    } => (
                        "membership",
                        Some(organisation),
                        format!("{} · {}", name(account), team_name(team)),
                    ),
                    Statement::MembershipEnd {
                        organisation,
                        team,
                        account,
                        ..
                    } => (
                        "membership_end",
                        Some(organisation),
                        format!("{} · {}", name(account), team_name(team)),
                    ),
                    Statement::TeamKey {
                        organisation, team, ..
                    } => ("team_key", Some(organisation), team_name(team)),
                    Statement::Welcome {
                        organisation,
                        team,
                        account,
                        ..
                    } => (
                        "welcome",
                        Some(organisation),
                        format!("{} · {}", name(account), team_name(team)),
                    ),
                    Statement::AccountEnd {
                        organisation,
                        account,
                        ..
                    } => ("account_end", Some(organisation), name(account)),
                    _ => continue,
                };
                if organisation != Some(&session.organisation) {
                    continue;
                }
                let by = trust
                    .account_of_key(signed.signer)
                    .map(|a| name(&a))
                    .unwrap_or_default();
                lines.push(StatementLine {
                    kind,
                    about,
                    by,
                    at: signed.statement.issued_at(),
                });
            }
        }
        lines.reverse();
        lines.truncate(100);
        Ok(lines)
    }
}
