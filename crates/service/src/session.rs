//! Sessions: who is signed in, with the keys they may use, and opening one again at each request.

use crate::{
    Inner, Result, Service, ServiceError,
    account::{AccountProfile, open_name, organisation_key_binding},
    secret::{Names, Secrets},
};
use domain::{
    Compartments,
    entry::TeamName,
    id::{AccountId, DeviceId, OrganisationId, PersonId, SessionId, TeamId},
};
use jiff::{SignedDuration, Timestamp};
use seal::{AccountKeys, ContentType, Key, SigningKey};
use std::{collections::BTreeMap, sync::Arc};
use storage::{AccountRow, MembershipRow, SessionRow, Transaction};

pub use crate::secret::SessionToken;

/// A worker's session ends after this long without use.
pub const WORKER_IDLE: SignedDuration = SignedDuration::from_mins(30);
/// A worker's session ends after this long whatever happens.
pub const WORKER_WHOLE: SignedDuration = SignedDuration::from_hours(10);
/// A person's session ends after this long without use.
pub const PERSON_IDLE: SignedDuration = SignedDuration::from_mins(10);
/// A person's session ends after this long whatever happens.
pub const PERSON_WHOLE: SignedDuration = SignedDuration::from_mins(30);
/// Wrong PINs that lock a card.
pub const CARD_TRIES: u32 = 5;
/// Wrong passphrases that lock a device or an enrolment code.
pub const DEVICE_TRIES: u32 = 10;
/// How long an enrolment code may be used.
pub const ENROLMENT: SignedDuration = SignedDuration::from_hours(72);
const TOUCH_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// Whoever is signed in.
#[derive(Debug)]
pub enum Session {
    /// A worker.
    Worker(WorkerSession),
    /// A person, by their card.
    Person(PersonSession),
}

/// A worker signed in, with the keys they may use.
pub struct WorkerSession {
    /// The session.
    pub id: SessionId,
    /// The account.
    pub account: AccountId,
    /// The name shown.
    pub name: String,
    /// The job title shown.
    pub job: String,
    /// Their organisation.
    pub organisation: OrganisationId,
    /// Its name.
    pub organisation_name: String,
    /// Whether they administer it.
    pub administrator: bool,
    /// Their teams, by name.
    pub teams: Vec<MyTeam>,
    /// When it was opened.
    pub opened: Timestamp,
    /// When it ends whatever happens.
    pub ends: Timestamp,
    /// The token that forms carry.
    pub form_token: String,
    /// The device it was opened from.
    pub device: DeviceId,
    pub(crate) secrets: Secrets,
    pub(crate) signing: Arc<SigningKey>,
}

/// A team of the signed-in worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MyTeam {
    /// The team.
    pub team: TeamName,
    /// Whether they lead it.
    pub lead: bool,
    /// What they were welcomed to; none while they wait for a lead.
    pub compartments: Compartments,
}

/// A person signed in with their card.
pub struct PersonSession {
    /// The session.
    pub id: SessionId,
    /// The account behind the card.
    pub account: AccountId,
    /// The person.
    pub person: PersonId,
    /// The card.
    pub card: DeviceId,
    /// When it was opened.
    pub opened: Timestamp,
    /// When it ends whatever happens.
    pub ends: Timestamp,
    /// When it ends if it is not used.
    pub idle_ends: Timestamp,
    /// The token that forms carry.
    pub form_token: String,
    pub(crate) secrets: Secrets,
    pub(crate) signing: Arc<SigningKey>,
}

impl std::fmt::Debug for WorkerSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WorkerSession")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for PersonSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PersonSession")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

impl WorkerSession {
    /// Whether they lead one of their teams.
    #[must_use]
    pub fn leads(&self) -> bool {
        self.teams.iter().any(|t| t.lead)
    }

    /// Their membership of that team.
    #[must_use]
    pub fn membership(&self, team: TeamId) -> Option<&MyTeam> {
        self.teams.iter().find(|t| t.team.id == team)
    }

    /// The first of those teams that is theirs: in whose name they act.
    pub(crate) fn acting_team(&self, through: impl Iterator<Item = TeamId>) -> Option<TeamName> {
        through
            .filter_map(|id| self.membership(id))
            .map(|t| t.team.clone())
            .next()
    }
}

impl Inner {
    /// Opens a session for a worker whose account keys were opened.
    pub(crate) async fn open_worker_session(
        &self,
        tx: &mut dyn Transaction,
        account: &AccountRow,
        device: DeviceId,
        keys: AccountKeys,
    ) -> Result<SessionToken> {
        self.refresh_trust_in(tx).await?;
        let trust = self.trust();
        let stated = trust.account(account.id);
        if stated.is_none_or(|public| public.key_id() != keys.public().key_id()) {
            return Err(ServiceError::Integrity {
                what: format!(
                    "account {} does not hold the keys stated for it",
                    account.id
                ),
            });
        }
        let organisation = seal::unwrap(
            &keys.kem,
            &organisation_key_binding(account.organisation, account.id),
            &account.organisation_key,
        )?;
        let organisation = Key::from_slice(&organisation)?;
        let mut secrets = Secrets {
            account: keys,
            organisation: Some(organisation),
            teams: BTreeMap::new(),
            own: BTreeMap::new(),
            names: Names::default(),
        };
        self.open_names(tx, account, &mut secrets).await?;
        self.open_team_keys(tx, account, &mut secrets).await?;
        self.keep_session(tx, account.id, None, device, &secrets, WORKER_WHOLE)
            .await
    }

    pub(crate) async fn keep_session(
        &self,
        tx: &mut dyn Transaction,
        account: AccountId,
        person: Option<PersonId>,
        device: DeviceId,
        secrets: &Secrets,
        whole: SignedDuration,
    ) -> Result<SessionToken> {
        let token = SessionToken::new(&mut self.chance());
        let now = self.now();
        let sealed = secrets.seal(&token, account, person, &mut self.chance())?;
        tx.add_session(&SessionRow {
            id: token.session(),
            account,
            person,
            device,
            sealed,
            opened: now,
            seen: now,
            ends: now.saturating_add(whole).unwrap_or(now),
        })
        .await?;
        Ok(token)
    }

    async fn open_names(
        &self,
        tx: &mut dyn Transaction,
        account: &AccountRow,
        secrets: &mut Secrets,
    ) -> Result<()> {
        let Some(key) = &secrets.organisation else {
            return Ok(());
        };
        let id = account.organisation;
        let profile = AccountProfile::open(key, account)?;
        let mut names = Names {
            name: profile.name,
            job: profile.job,
            ..Names::default()
        };
        for row in tx.organisations().await?.iter().filter(|o| o.id == id) {
            names.organisation = open_name(
                key,
                ContentType::OrganisationName,
                id,
                id.as_bytes(),
                &row.name,
            )?;
        }
        for row in tx.teams().await?.iter().filter(|t| t.organisation == id) {
            let name = open_name(key, ContentType::TeamName, id, row.id.as_bytes(), &row.name)?;
            names.teams.insert(row.id.to_string(), name);
        }
        secrets.names = names;
        Ok(())
    }

    async fn open_team_keys(
        &self,
        tx: &mut dyn Transaction,
        account: &AccountRow,
        secrets: &mut Secrets,
    ) -> Result<()> {
        for wrap in tx.team_wraps(account.id).await? {
            let at = (wrap.team, wrap.compartment, wrap.epoch);
            if secrets.teams.contains_key(&at) {
                continue;
            }
            let binding = crate::keyring::team_wrap_binding(
                account.organisation,
                wrap.team,
                account.id,
                wrap.compartment,
                wrap.epoch,
            );
            let key = Key::from_slice(&seal::unwrap(
                &secrets.account.kem,
                &binding,
                &wrap.wrapped,
            )?)?;
            // A team key is only what a lead stated: its public half must be the stated one.
            let public = crate::keyring::team_kem(&key).public();
            let trust = self.trust();
            let stated = trust.team_key_at(wrap.team, wrap.compartment, wrap.epoch);
            if stated.is_none_or(|s| *s != public) {
                return Err(ServiceError::Integrity {
                    what: format!("a key of team {} held by account {}", wrap.team, account.id),
                });
            }
            secrets.teams.insert(at, key);
        }
        Ok(())
    }

    /// Opens the session that a token names, with what its worker or person may do now.
    pub(crate) async fn resume(&self, token: &SessionToken) -> Result<Option<Session>> {
        let mut tx = self.storage.read().await?;
        let now = self.now();
        let Some(row) = tx.session(token.session()).await? else {
            return Ok(None);
        };
        let idle = if row.person.is_some() {
            PERSON_IDLE
        } else {
            WORKER_IDLE
        };
        let idle_ends = row.seen.saturating_add(idle).unwrap_or(row.seen);
        if now >= row.ends || now >= idle_ends {
            return Ok(None);
        }
        let mut secrets = Secrets::open(token, row.account, row.person, &row.sealed)?;
        let session = match row.person {
            Some(person) => {
                let fresh = self
                    .open_own_keys(&mut *tx, person, row.account, &mut secrets)
                    .await?;
                drop(tx);
                if fresh {
                    self.reseal(token, &row, &secrets).await?;
                }
                Session::Person(PersonSession {
                    id: row.id,
                    account: row.account,
                    person,
                    card: row.device,
                    opened: row.opened,
                    ends: row.ends,
                    idle_ends: now.saturating_add(idle).unwrap_or(now).min(row.ends),
                    form_token: token.form_token(),
                    signing: Arc::new(secrets.account.signing.clone()),
                    secrets,
                })
            }
            None => {
                let Some(account) = tx.account(row.account).await? else {
                    return Ok(None);
                };
                // What another node stated since: whoever left, new keys of teams.
                self.refresh_trust_in(&mut *tx).await?;
                let memberships = tx.memberships_of(row.account).await?;
                let administers = self.administers(&mut *tx, &account).await?;
                let missing = self.lacks_keys(&memberships, &secrets);
                if missing {
                    self.open_names(&mut *tx, &account, &mut secrets).await?;
                    self.open_team_keys(&mut *tx, &account, &mut secrets)
                        .await?;
                }
                drop(tx);
                if missing {
                    self.reseal(token, &row, &secrets).await?;
                }
                let mut session = worker_session(&row, &account, &memberships, token, secrets);
                session.administrator = administers;
                Session::Worker(session)
            }
        };
        if now.duration_since(row.seen) >= TOUCH_EVERY {
            self.again(|| async {
                let mut tx = self.storage.write().await?;
                tx.touch_session(row.id, now).await?;
                Ok(tx.save().await?)
            })
            .await?;
        }
        Ok(Some(session))
    }

    /// Whether the row says that they administer, and the root stated it.
    async fn administers(&self, tx: &mut dyn Transaction, account: &AccountRow) -> Result<bool> {
        let stated = || self.trust().is_administrator(account.id) == Some(account.organisation);
        if account.administrator && !stated() {
            self.refresh_trust_in(tx).await?;
        }
        Ok(account.administrator && stated())
    }

    /// Whether a membership says more than the session's keys open: a lead welcomed them since.
    fn lacks_keys(&self, memberships: &[MembershipRow], secrets: &Secrets) -> bool {
        let trust = self.trust();
        memberships.iter().filter(|m| m.ended.is_none()).any(|m| {
            let named = secrets.names.teams.contains_key(&m.team.to_string());
            let keyed = m.compartments.iter().all(|c| {
                trust
                    .team_key(m.team, c)
                    .is_some_and(|(epoch, _)| secrets.teams.contains_key(&(m.team, c, epoch)))
            });
            !named || !keyed
        })
    }

    async fn reseal(
        &self,
        token: &SessionToken,
        row: &SessionRow,
        secrets: &Secrets,
    ) -> Result<()> {
        let sealed = secrets.seal(token, row.account, row.person, &mut self.chance())?;
        self.again(|| async {
            let mut tx = self.storage.write().await?;
            tx.reseal_session(row.id, &sealed).await?;
            Ok(tx.save().await?)
        })
        .await
    }

    /// Opens the compartment keys wrapped to a person's own account; true where some were new.
    pub(crate) async fn open_own_keys(
        &self,
        tx: &mut dyn Transaction,
        person: PersonId,
        account: AccountId,
        secrets: &mut Secrets,
    ) -> Result<bool> {
        let row = tx.person(person).await?.ok_or(ServiceError::NotFound)?;
        let mut fresh = false;
        for access in tx.access(person, account, self.now()).await? {
            let at = (access.wrap.compartment, access.wrap.epoch);
            if secrets.own.contains_key(&at) {
                continue;
            }
            let binding = crate::keyring::wrap_binding(
                row.organisation,
                person,
                access.wrap.compartment,
                access.wrap.epoch,
                access.wrap.grant,
            );
            let key = seal::unwrap(&secrets.account.kem, &binding, &access.wrap.wrapped)?;
            let key = Key::from_slice(&key)?;
            self.prove_access(tx, &row.statement_hash, &access, &key)
                .await?;
            secrets.own.insert(at, key);
            fresh = true;
        }
        Ok(fresh)
    }
}

fn worker_session(
    row: &SessionRow,
    account: &AccountRow,
    memberships: &[MembershipRow],
    token: &SessionToken,
    secrets: Secrets,
) -> WorkerSession {
    let names = &secrets.names;
    let mut teams: Vec<MyTeam> = memberships
        .iter()
        .filter(|m| m.ended.is_none())
        .map(|m| MyTeam {
            team: TeamName {
                id: m.team,
                name: names
                    .teams
                    .get(&m.team.to_string())
                    .cloned()
                    .unwrap_or_default(),
                organisation: names.organisation.clone(),
            },
            lead: m.lead,
            compartments: m.compartments,
        })
        .collect();
    teams.sort_by(|a, b| a.team.name.cmp(&b.team.name));
    WorkerSession {
        id: row.id,
        account: row.account,
        name: names.name.clone(),
        job: names.job.clone(),
        organisation: account.organisation,
        organisation_name: names.organisation.clone(),
        administrator: false,
        teams,
        opened: row.opened,
        ends: row.ends,
        form_token: token.form_token(),
        device: row.device,
        signing: Arc::new(secrets.account.signing.clone()),
        secrets,
    }
}

impl Service {
    /// The session that a token names, if it still holds.
    pub async fn resume(&self, token: &SessionToken) -> Result<Option<Session>> {
        self.inner.resume(token).await
    }
}
