//! A team seen by its members; a lead welcomes, and decides which compartments each opens.

use crate::{
    Inner, Result, Service, ServiceError, WorkerSession,
    account::AccountProfile,
    keyring::{team_kem, team_wrap_binding},
};
use domain::{
    Compartment, Compartments,
    entry::TeamName,
    id::{AccountId, TeamId},
};
use seal::{Key, Signed, Statement};
use std::collections::BTreeMap;
use storage::{AccountState, MembershipRow, TeamWrapRow, Transaction};

/// A member of a team.
#[derive(Debug, Clone)]
pub struct MemberLine {
    /// The account.
    pub account: AccountId,
    /// The name shown.
    pub name: String,
    /// The job title shown.
    pub job: String,
    /// Whether they lead the team.
    pub lead: bool,
    /// What they were welcomed to.
    pub compartments: Compartments,
    /// Whether they wait for a lead's welcome.
    pub waiting: bool,
    /// Whether their keys are stated: before, they cannot be welcomed.
    pub keyed: bool,
}

/// A team, as its members see it.
#[derive(Debug, Clone)]
pub struct TeamPage {
    /// The team.
    pub team: TeamName,
    /// Whether the asker leads it.
    pub lead: bool,
    /// Its members, by name.
    pub members: Vec<MemberLine>,
    /// The compartments for which the team has keys.
    pub keyed: Compartments,
}

impl Inner {
    /// Wraps the team's keys of those compartments, every epoch the lead holds, to a member.
    async fn wrap_team_keys(
        &self,
        tx: &mut dyn Transaction,
        session: &WorkerSession,
        team_keys: &BTreeMap<(TeamId, Compartment, u32), Key>,
        team: TeamId,
        account: AccountId,
        compartments: Compartments,
    ) -> Result<()> {
        let trust = self.trust();
        let public = trust.account(account).ok_or(ServiceError::NotFound)?;
        for ((of, compartment, epoch), key) in team_keys {
            if *of != team || !compartments.contains(*compartment) {
                continue;
            }
            let binding =
                team_wrap_binding(session.organisation, team, account, *compartment, *epoch);
            let wrapped = seal::wrap_to(&public.kem, &binding, key.as_bytes(), &mut self.chance())?;
            tx.put_team_wrap(&TeamWrapRow {
                account,
                team,
                compartment: *compartment,
                epoch: *epoch,
                wrapped,
            })
            .await?;
        }
        Ok(())
    }

    /// Makes the team's next keys for those compartments and states their public halves.
    async fn make_team_keys(
        &self,
        tx: &mut dyn Transaction,
        session: &WorkerSession,
        team: TeamId,
        compartments: Compartments,
    ) -> Result<BTreeMap<(TeamId, Compartment, u32), Key>> {
        let mut made = BTreeMap::new();
        for compartment in compartments.iter() {
            let epoch = self
                .trust()
                .team_key(team, compartment)
                .map_or(1, |(epoch, _)| epoch + 1);
            let key = Key::generate(&mut self.chance());
            let statement = Statement::TeamKey {
                organisation: session.organisation,
                team,
                compartment,
                epoch,
                key: team_kem(&key).public(),
                issued_at: self.now(),
            };
            let signed = Signed::sign(statement, &session.signing);
            self.state(tx, &signed).await?;
            made.insert((team, compartment, epoch), key);
        }
        Ok(made)
    }

    /// Makes the team's next keys for those compartments and gives them to its members, each to
    /// what they were welcomed to.
    async fn renew_team_keys(
        &self,
        tx: &mut dyn Transaction,
        session: &WorkerSession,
        team: TeamId,
        compartments: Compartments,
    ) -> Result<()> {
        let made = self.make_team_keys(tx, session, team, compartments).await?;
        for member in tx.members(team).await? {
            if member.ended.is_some() || self.trust().account(member.account).is_none() {
                continue;
            }
            self.wrap_team_keys(
                tx,
                session,
                &made,
                team,
                member.account,
                member.compartments,
            )
            .await?;
        }
        Ok(())
    }

    /// A team without keys gets them from the first lead who comes: nobody else could give them.
    pub(crate) async fn found_team(
        &self,
        tx: &mut dyn Transaction,
        session: &WorkerSession,
        team: TeamId,
    ) -> Result<bool> {
        let lead = session.membership(team).is_some_and(|m| m.lead);
        if !lead || self.trust().team_key(team, Compartment::Identity).is_some() {
            return Ok(false);
        }
        let shared: Compartments = Compartment::SHARED.into_iter().collect();
        let made = self.make_team_keys(tx, session, team, shared).await?;
        self.welcome_in(tx, session, &made, team, session.account, shared)
            .await?;
        Ok(true)
    }

    async fn welcome_in(
        &self,
        tx: &mut dyn Transaction,
        session: &WorkerSession,
        team_keys: &BTreeMap<(TeamId, Compartment, u32), Key>,
        team: TeamId,
        account: AccountId,
        compartments: Compartments,
    ) -> Result<()> {
        let statement = Statement::Welcome {
            organisation: session.organisation,
            team,
            account,
            compartments,
            issued_at: self.now(),
        };
        self.state(tx, &Signed::sign(statement, &session.signing))
            .await?;
        tx.remove_team_wraps(account, Some(team)).await?;
        self.wrap_team_keys(tx, session, team_keys, team, account, compartments)
            .await?;
        let members = tx.members(team).await?;
        let row = members.into_iter().find(|m| m.account == account);
        let row = row.ok_or(ServiceError::NotFound)?;
        tx.put_membership(&MembershipRow {
            compartments,
            ..row
        })
        .await?;
        Ok(())
    }

    fn leads(session: &WorkerSession, team: TeamId) -> Result<()> {
        match session.membership(team) {
            Some(mine) if mine.lead => Ok(()),
            Some(_) => Err(ServiceError::Forbidden),
            None => Err(ServiceError::NotFound),
        }
    }
}

impl Service {
    /// A team of the worker's, with its members. The first lead who comes makes its keys.
    pub async fn team(&self, session: &WorkerSession, team: TeamId) -> Result<TeamPage> {
        let mine = session.membership(team).ok_or(ServiceError::NotFound)?;
        let inner = &self.inner;
        let mut tx = inner.storage.read().await?;
        inner.refresh_trust_in(&mut *tx).await?;
        let key = session
            .secrets
            .organisation
            .as_ref()
            .ok_or(ServiceError::NotFound)?;
        let trust = inner.trust();
        let mut members = Vec::new();
        for row in tx
            .members(team)
            .await?
            .into_iter()
            .filter(|m| m.ended.is_none())
        {
            let Some(account) = tx.account(row.account).await? else {
                continue;
            };
            if account.state == AccountState::Ended {
                continue;
            }
            let profile = AccountProfile::open(key, &account)?;
            members.push(MemberLine {
                account: row.account,
                name: profile.name,
                job: profile.job,
                lead: row.lead,
                compartments: row.compartments,
                waiting: row.compartments.is_empty(),
                keyed: account.state == AccountState::Active
                    && trust.account(row.account).is_some(),
            });
        }
        members.sort_by(|a, b| a.name.cmp(&b.name));
        let keyed = Compartment::SHARED
            .into_iter()
            .filter(|c| trust.team_key(team, *c).is_some())
            .collect();
        Ok(TeamPage {
            team: mine.team.clone(),
            lead: mine.lead,
            members,
            keyed,
        })
    }

    /// What only a lead can do for a team's keys, done when one comes: the first makes them; later
    /// ones make new keys where someone who left still knows the latest. True where some were made.
    pub async fn keep_team_keys(&self, session: &WorkerSession) -> Result<bool> {
        let inner = &self.inner;
        let mut made = false;
        for mine in session.teams.iter().filter(|t| t.lead) {
            let team = mine.team.id;
            let trust = inner.trust();
            let founded = trust.team_key(team, Compartment::Identity).is_some();
            let due = |trust: &seal::Trust| {
                trust
                    .keys_to_renew(team)
                    .intersection(trust.welcome(team, session.account))
            };
            if founded && due(&trust).is_empty() {
                continue;
            }
            made |= inner
                .again(|| async {
                    let mut tx = inner.begin_stating().await?;
                    if !inner.found_team(&mut *tx, session, team).await? {
                        let compartments = due(&inner.trust());
                        if compartments.is_empty() {
                            return Ok(false);
                        }
                        inner
                            .renew_team_keys(&mut *tx, session, team, compartments)
                            .await?;
                    }
                    tx.save().await?;
                    Ok(true)
                })
                .await?;
            inner.refresh_trust().await?;
        }
        Ok(made)
    }

    /// A lead welcomes a member to compartments of the team's records, or changes which; what the
    /// lead does not open themselves, they cannot give.
    pub async fn welcome(
        &self,
        session: &WorkerSession,
        team: TeamId,
        account: AccountId,
        compartments: Compartments,
    ) -> Result<()> {
        Inner::leads(session, team)?;
        let mine = session
            .membership(team)
            .map(|m| m.compartments)
            .unwrap_or_default();
        if compartments.is_empty() || !mine.covers(compartments) {
            return Err(ServiceError::Invalid {
                field: "compartments",
                key: "error-welcome-compartments",
            });
        }
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut tx = inner.begin_stating().await?;
                // Until an administrator states new keys, those stated are the forgotten ones.
                let row = tx.account(account).await?.ok_or(ServiceError::NotFound)?;
                if row.state != AccountState::Active {
                    return Err(ServiceError::Invalid {
                        field: "account",
                        key: "error-member-not-active",
                    });
                }
                let keys = &session.secrets.teams;
                inner
                    .welcome_in(&mut *tx, session, keys, team, account, compartments)
                    .await?;
                tx.save().await?;
                inner.refresh_trust().await
            })
            .await
    }

    /// A lead ends someone's membership: the team's keys change for what is written from then on.
    pub async fn end_membership(
        &self,
        session: &WorkerSession,
        team: TeamId,
        account: AccountId,
    ) -> Result<()> {
        Inner::leads(session, team)?;
        if account == session.account {
            return Err(ServiceError::Forbidden);
        }
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut tx = inner.begin_stating().await?;
                let members = tx.members(team).await?;
                let row = members
                    .iter()
                    .find(|m| m.account == account && m.ended.is_none());
                let row = row.ok_or(ServiceError::NotFound)?.clone();
                let at = inner.now();
                let statement = Statement::MembershipEnd {
                    organisation: session.organisation,
                    team,
                    account,
                    issued_at: at,
                };
                inner
                    .state(&mut *tx, &Signed::sign(statement, &session.signing))
                    .await?;
                tx.put_membership(&MembershipRow {
                    compartments: Compartments::NONE,
                    ended: Some(at),
                    ..row.clone()
                })
                .await?;
                tx.remove_team_wraps(account, Some(team)).await?;
                let mine = session
                    .membership(team)
                    .map(|m| m.compartments)
                    .unwrap_or_default();
                let compartments = row.compartments.intersection(mine);
                inner
                    .renew_team_keys(&mut *tx, session, team, compartments)
                    .await?;
                tx.save().await?;
                inner.refresh_trust().await
            })
            .await
    }
}
