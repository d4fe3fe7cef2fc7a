//! What an administrator does: teams, members, statements of keys, sessions. None of it opens a
//! record.

use crate::{
    Inner, Result, Service, ServiceError, StatementLine, WorkerSession,
    account::{AccountProfile, name_binding, open_name, organisation_key_binding},
    session::{CARD_TRIES, ENROLMENT},
};
use domain::{
    Compartments,
    entry::TeamName,
    id::{AccountId, SessionId, TeamId},
    words::Role,
};
use jiff::Timestamp;
use seal::{AccountPublic, ContentType, Key, Possession, Signed, Statement, TeamRole};
use storage::{AccountRow, AccountState, EnrolmentRow, MembershipRow, TeamRow, Transaction};

/// A member to invite.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// The name they will sign in with and that others see.
    pub name: String,
    /// Their job title.
    pub job: String,
}

/// An invitation: its code is shown once.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The account.
    pub account: AccountId,
    /// The code to type on their device.
    pub code: String,
    /// Until when.
    pub until: Timestamp,
}

/// Where a member's account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberState {
    /// Invited: they did not enrol a device yet.
    Invited,
    /// Enrolled: an administrator must state their keys.
    Enrolled,
    /// They may sign in.
    Active,
    /// Their account ended.
    Ended,
}

/// A member, as an administrator sees them.
#[derive(Debug, Clone)]
pub struct MemberAdmin {
    /// The account.
    pub account: AccountId,
    /// The name.
    pub name: String,
    /// The job title.
    pub job: String,
    /// Whether they administer the organisation.
    pub administrator: bool,
    /// Where the account stands.
    pub state: MemberState,
    /// Their teams, and whether they lead each.
    pub teams: Vec<(TeamName, bool)>,
    /// The short name of their keys, to compare aloud before stating them.
    pub fingerprint: Option<String>,
}

/// A session of a worker.
#[derive(Debug, Clone)]
pub struct SessionLine {
    /// The session.
    pub id: SessionId,
    /// Whose.
    pub name: String,
    /// When it was opened.
    pub opened: Timestamp,
    /// When it was last used.
    pub seen: Timestamp,
    /// Whether it is the asker's own.
    pub own: bool,
}

/// A card that wrong PINs locked: which team can unlock it, and nothing of whose it is.
#[derive(Debug, Clone)]
pub struct LockedCard {
    /// The team that made it.
    pub team: String,
    /// When it was made.
    pub made: Timestamp,
}

/// An organisation, as its administrator sees it.
#[derive(Debug, Clone)]
pub struct Administration {
    /// Its teams, by name.
    pub teams: Vec<TeamName>,
    /// Its members, by name.
    pub members: Vec<MemberAdmin>,
    /// Locked cards.
    pub locked_cards: Vec<LockedCard>,
    /// Sessions of its workers.
    pub sessions: Vec<SessionLine>,
    /// The latest statements, latest first.
    pub statements: Vec<StatementLine>,
}

fn administers(session: &WorkerSession) -> Result<&Key> {
    match &session.secrets.organisation {
        Some(key) if session.administrator => Ok(key),
        _ => Err(ServiceError::Forbidden),
    }
}

fn check_name(name: &str) -> Result<()> {
    let length = name.trim().chars().count();
    if (2..=80).contains(&length) {
        Ok(())
    } else {
        Err(ServiceError::Invalid {
            field: "name",
            key: "error-name-empty",
        })
    }
}

/// What an administrator compares aloud with a member before stating their keys.
fn spoken_fingerprint(public: &AccountPublic) -> String {
    let id = public.key_id().to_string();
    format!("{} {} {}", &id[..4], &id[4..8], &id[8..12])
}

impl Inner {
    async fn member_of(
        &self,
        tx: &mut dyn Transaction,
        session: &WorkerSession,
        account: AccountId,
    ) -> Result<AccountRow> {
        let row = tx.account(account).await?;
        row.filter(|a| a.organisation == session.organisation)
            .ok_or(ServiceError::NotFound)
    }

    async fn invite_code(
        &self,
        tx: &mut dyn Transaction,
        account: AccountId,
    ) -> Result<Invitation> {
        let code = Possession::generate(&mut self.chance());
        let until = self.now().saturating_add(ENROLMENT).unwrap_or(self.now());
        tx.remove_enrolments(account).await?;
        tx.add_enrolment(&EnrolmentRow {
            lookup: code.lookup(),
            account,
            salt: [0; 16],
            sealed: Vec::new(),
            until,
            uses_left: 1,
            tries: 0,
        })
        .await?;
        Ok(Invitation {
            account,
            code: code.to_code(),
            until,
        })
    }
}

impl Service {
    /// The organisation, for its administrator.
    pub async fn administration(&self, session: &WorkerSession) -> Result<Administration> {
        let key = administers(session)?;
        let inner = &self.inner;
        let organisation = session.organisation;
        let mut tx = inner.storage.read().await?;
        inner.refresh_trust_in(&mut *tx).await?;
        let mut teams = Vec::new();
        for row in tx
            .teams()
            .await?
            .into_iter()
            .filter(|t| t.organisation == organisation)
        {
            let name = open_name(
                key,
                ContentType::TeamName,
                organisation,
                row.id.as_bytes(),
                &row.name,
            )?;
            teams.push(TeamName {
                id: row.id,
                name,
                organisation: session.organisation_name.clone(),
            });
        }
        teams.sort_by(|a, b| a.name.cmp(&b.name));
        let mut members = Vec::new();
        let mut names = std::collections::BTreeMap::new();
        for row in tx.accounts(organisation).await? {
            let profile = AccountProfile::open(key, &row)?;
            names.insert(row.id, profile.name.clone());
            let mut mine = Vec::new();
            for m in tx
                .memberships_of(row.id)
                .await?
                .iter()
                .filter(|m| m.ended.is_none())
            {
                mine.extend(
                    teams
                        .iter()
                        .find(|t| t.id == m.team)
                        .map(|t| (t.clone(), m.lead)),
                );
            }
            let fingerprint = AccountPublic::parse(&row.public).ok();
            members.push(MemberAdmin {
                account: row.id,
                name: profile.name,
                job: profile.job,
                administrator: row.administrator,
                state: match row.state {
                    AccountState::Invited => MemberState::Invited,
                    AccountState::Enrolled => MemberState::Enrolled,
                    AccountState::Active => MemberState::Active,
                    AccountState::Ended => MemberState::Ended,
                },
                teams: mine,
                fingerprint: fingerprint.as_ref().map(spoken_fingerprint),
            });
        }
        members.sort_by(|a, b| a.name.cmp(&b.name));
        let locked_cards = tx
            .locked_cards(organisation, CARD_TRIES)
            .await?
            .into_iter()
            .map(|c| LockedCard {
                team: teams
                    .iter()
                    .find(|t| t.id == c.team)
                    .map(|t| t.name.clone())
                    .unwrap_or_default(),
                made: c.made,
            })
            .collect();
        let sessions = tx
            .sessions_in(organisation, inner.now())
            .await?
            .into_iter()
            .map(|s| SessionLine {
                id: s.id,
                name: names.get(&s.account).cloned().unwrap_or_default(),
                opened: s.opened,
                seen: s.seen,
                own: s.id == session.id,
            })
            .collect();
        let statements = inner
            .statement_lines(&mut *tx, session, &names, &teams)
            .await?;
        Ok(Administration {
            teams,
            members,
            locked_cards,
            sessions,
            statements,
        })
    }

    /// Adds a team; its keys are made by the first lead who comes.
    pub async fn add_team(&self, session: &WorkerSession, name: &str) -> Result<TeamId> {
        let key = administers(session)?;
        check_name(name)?;
        let inner = &self.inner;
        let organisation = session.organisation;
        let team = TeamId::from_bytes(inner.new_id());
        let binding = name_binding(ContentType::TeamName, organisation, team.as_bytes());
        let sealed = seal::seal(key, &binding, name.trim().as_bytes(), &mut inner.chance())?;
        inner
            .again(|| async {
                let mut tx = inner.begin_stating().await?;
                let statement = Statement::Team {
                    organisation,
                    team,
                    issued_at: inner.now(),
                };
                inner
                    .state(&mut *tx, &Signed::sign(statement, &session.signing))
                    .await?;
                tx.add_team(&TeamRow {
                    id: team,
                    organisation,
                    name: sealed.clone(),
                })
                .await?;
                tx.save().await?;
                inner.refresh_trust().await?;
                Ok(team)
            })
            .await
    }

    /// Invites a member: they enrol their device with the code and choose a passphrase; their keys
    /// are made there.
    pub async fn invite(&self, session: &WorkerSession, new: &NewMember) -> Result<Invitation> {
        let key = administers(session)?;
        check_name(&new.name)?;
        let inner = &self.inner;
        let account = AccountId::from_bytes(inner.new_id());
        let lookup = inner.name_lookup(&new.name);
        inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                if tx.account_by_lookup(&lookup).await?.is_some() {
                    return Err(ServiceError::Invalid {
                        field: "name",
                        key: "error-name-taken",
                    });
                }
                let profile = AccountProfile {
                    name: new.name.trim().to_owned(),
                    job: new.job.trim().to_owned(),
                    role: Role::Worker,
                };
                tx.add_account(&AccountRow {
                    id: account,
                    organisation: session.organisation,
                    lookup,
                    profile: profile.seal(
                        key,
                        session.organisation,
                        account,
                        &mut inner.chance(),
                    )?,
                    administrator: false,
                    state: AccountState::Invited,
                    public: Vec::new(),
                    organisation_key: Vec::new(),
                })
                .await?;
                let invitation = inner.invite_code(&mut *tx, account).await?;
                tx.save().await?;
                Ok(invitation)
            })
            .await
    }

    /// States the keys of a member who enrolled, once their short name was compared aloud; from
    /// then on they may sign in.
    pub async fn state_keys(&self, session: &WorkerSession, account: AccountId) -> Result<()> {
        let key = administers(session)?;
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut tx = inner.begin_stating().await?;
                let mut row = inner.member_of(&mut *tx, session, account).await?;
                if row.state != AccountState::Enrolled {
                    return Err(ServiceError::NotFound);
                }
                let keys = AccountPublic::parse(&row.public)?;
                let statement = Statement::Member {
                    organisation: session.organisation,
                    account,
                    keys: keys.clone(),
                    issued_at: inner.now(),
                };
                inner
                    .state(&mut *tx, &Signed::sign(statement, &session.signing))
                    .await?;
                row.state = AccountState::Active;
                row.organisation_key = seal::wrap_to(
                    &keys.kem,
                    &organisation_key_binding(session.organisation, account),
                    key.as_bytes(),
                    &mut inner.chance(),
                )?;
                tx.update_account(&row).await?;
                tx.save().await?;
                inner.refresh_trust().await
            })
            .await
    }

    /// Puts a member in a team, as a worker or a lead; a lead must then welcome them.
    pub async fn join_team(
        &self,
        session: &WorkerSession,
        account: AccountId,
        team: TeamId,
        lead: bool,
    ) -> Result<()> {
        administers(session)?;
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut tx = inner.begin_stating().await?;
                let row = inner.member_of(&mut *tx, session, account).await?;
                if row.state != AccountState::Active {
                    return Err(ServiceError::Invalid {
                        field: "account",
                        key: "error-member-not-active",
                    });
                }
                let teams = tx.teams().await?;
                if !teams
                    .iter()
                    .any(|t| t.id == team && t.organisation == session.organisation)
                {
                    return Err(ServiceError::NotFound);
                }
                let role = if lead {
                    TeamRole::Lead
                } else {
                    TeamRole::Worker
                };
                let statement = Statement::Membership {
                    organisation: session.organisation,
                    team,
                    account,
                    role,
                    issued_at: inner.now(),
                };
                inner
                    .state(&mut *tx, &Signed::sign(statement, &session.signing))
                    .await?;
                let before = tx
                    .members(team)
                    .await?
                    .into_iter()
                    .find(|m| m.account == account);
                let compartments = before
                    .filter(|m| m.ended.is_none())
                    .map_or(Compartments::NONE, |m| m.compartments);
                tx.put_membership(&MembershipRow {
                    team,
                    account,
                    lead,
                    compartments,
                    ended: None,
                })
                .await?;
                tx.save().await?;
                inner.refresh_trust().await
            })
            .await
    }

    /// Takes a member out of a team. A lead should then renew the team's keys.
    pub async fn leave_team(
        &self,
        session: &WorkerSession,
        account: AccountId,
        team: TeamId,
    ) -> Result<()> {
        administers(session)?;
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut tx = inner.begin_stating().await?;
                inner.member_of(&mut *tx, session, account).await?;
                let row = tx
                    .members(team)
                    .await?
                    .into_iter()
                    .find(|m| m.account == account);
                let row = row
                    .filter(|m| m.ended.is_none())
                    .ok_or(ServiceError::NotFound)?;
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
                    ..row
                })
                .await?;
                tx.remove_team_wraps(account, Some(team)).await?;
                tx.save().await?;
                inner.refresh_trust().await
            })
            .await
    }

    /// A forgotten passphrase or lost devices: new keys will be made on a new device, then stated,
    /// and leads welcome again. Nothing of the old keys remains.
    pub async fn reset_member(
        &self,
        session: &WorkerSession,
        account: AccountId,
    ) -> Result<Invitation> {
        administers(session)?;
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                let mut row = inner.member_of(&mut *tx, session, account).await?;
                if row.administrator || row.state == AccountState::Ended {
                    return Err(ServiceError::Forbidden);
                }
                row.state = AccountState::Invited;
                row.public.clear();
                row.organisation_key.clear();
                tx.update_account(&row).await?;
                tx.end_sessions_of(account).await?;
                tx.remove_devices(account, None).await?;
                tx.remove_team_wraps(account, None).await?;
                for membership in tx.memberships_of(account).await? {
                    let none = MembershipRow {
                        compartments: Compartments::NONE,
                        ..membership
                    };
                    tx.put_membership(&none).await?;
                }
                let invitation = inner.invite_code(&mut *tx, account).await?;
                tx.save().await?;
                Ok(invitation)
            })
            .await
    }

    /// Ends a member's account: their keys are no longer believed for what comes after.
    pub async fn end_member(&self, session: &WorkerSession, account: AccountId) -> Result<()> {
        administers(session)?;
        if account == session.account {
            return Err(ServiceError::Forbidden);
        }
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut tx = inner.begin_stating().await?;
                let mut row = inner.member_of(&mut *tx, session, account).await?;
                let at = inner.now();
                if inner.trust().account(account).is_some() {
                    let statement = Statement::AccountEnd {
                        organisation: session.organisation,
                        account,
                        issued_at: at,
                    };
                    inner
                        .state(&mut *tx, &Signed::sign(statement, &session.signing))
                        .await?;
                }
                row.state = AccountState::Ended;
                tx.update_account(&row).await?;
                tx.end_sessions_of(account).await?;
                tx.remove_devices(account, None).await?;
                tx.remove_enrolments(account).await?;
                tx.remove_team_wraps(account, None).await?;
                for membership in tx.memberships_of(account).await? {
                    let ended = MembershipRow {
                        compartments: Compartments::NONE,
                        ended: membership.ended.or(Some(at)),
                        ..membership
                    };
                    tx.put_membership(&ended).await?;
                }
                tx.save().await?;
                inner.refresh_trust().await
            })
            .await
    }

    /// Closes a session of a worker of the organisation.
    pub async fn end_session(&self, session: &WorkerSession, id: SessionId) -> Result<()> {
        administers(session)?;
        self.inner
            .again(|| async {
                let mut tx = self.inner.storage.write().await?;
                let sessions = tx
                    .sessions_in(session.organisation, self.inner.now())
                    .await?;
                if !sessions.iter().any(|s| s.id == id) {
                    return Err(ServiceError::NotFound);
                }
                tx.end_session(id).await?;
                Ok(tx.save().await?)
            })
            .await
    }
}
