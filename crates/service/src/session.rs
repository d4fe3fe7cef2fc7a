//! Signing in and out, sessions, devices and enrolment codes.

use crate::{
    Inner, Result, Service, ServiceError,
    secret::{Names, Secrets},
};
use domain::{
    Compartments,
    entry::TeamName,
    id::{AccountId, DeviceId, OrganisationId, PersonId, SessionId, TeamId},
    search::plain,
    words::Role,
};
use jiff::{SignedDuration, Timestamp};
use seal::{
    AccountKeys, Binding, CodeError, ContentType, Key, Pin, Possession, SigningKey,
    StretchParameters,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};
use storage::{
    AccountRow, AccountState, CardRow, DeviceRow, EnrolmentRow, MembershipRow, SessionRow,
    Transaction,
};
use unicode_normalization::UnicodeNormalization;

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

/// Why a worker could not sign in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The name, the passphrase or the device is wrong; never told which.
    #[error("the name, the passphrase or the device is wrong")]
    Wrong,
    /// Too many wrong passphrases on this device: it must be enrolled again.
    #[error("this device is locked: enrol it again")]
    Locked,
    /// The account's keys wait for an administrator's statement.
    #[error("the account waits for an administrator")]
    NotYet,
    /// Something else.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

/// Why a card did not let in.
#[derive(Debug, thiserror::Error)]
pub enum CardSignInError {
    /// The code was not typed right.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The code or the PIN is wrong.
    #[error("the code or the PIN is wrong; {left} tries left")]
    Wrong {
        /// Tries left before the card is locked.
        left: u32,
    },
    /// The card is locked until a worker with access unlocks it.
    #[error("the card is locked")]
    Locked,
    /// Something else.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

/// Why a device was not enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The code was not typed right.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The name, the code or the passphrase is wrong, or the code was used or is over.
    #[error("the name, the code or the passphrase is wrong, or the code is over")]
    Wrong,
    /// The passphrase chosen is too weak; the Fluent key that says why.
    #[error("the passphrase is too weak")]
    Weak {
        /// Why.
        key: &'static str,
    },
    /// Something else.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

macro_rules! from_lower {
    ($($outer:ident)*) => {$(
        impl From<storage::StorageError> for $outer {
            fn from(error: storage::StorageError) -> Self {
                Self::Service(error.into())
            }
        }
        impl From<seal::SealError> for $outer {
            fn from(error: seal::SealError) -> Self {
                Self::Service(error.into())
            }
        }
    )*};
}
from_lower!(SignInError CardSignInError EnrolError);

/// A device enrolled.
#[derive(Debug)]
pub struct Enrolled {
    /// The secret the device keeps.
    pub device: Possession,
    /// A session, unless the account still waits for an administrator's statement.
    pub token: Option<SessionToken>,
}

/// A code to type on a new device.
#[derive(Debug, Clone)]
pub struct EnrolmentCode {
    /// The code, in groups.
    pub code: String,
    /// Until when.
    pub until: Timestamp,
}

/// What an account's row seals about its worker.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AccountProfile {
    pub(crate) name: String,
    pub(crate) job: String,
    pub(crate) role: Role,
}

impl AccountProfile {
    fn binding(organisation: OrganisationId, account: AccountId) -> Binding {
        Binding::new(ContentType::AccountName)
            .organisation(organisation)
            .object(account.as_bytes())
    }

    pub(crate) fn seal(
        &self,
        key: &Key,
        organisation: OrganisationId,
        account: AccountId,
        chance: &mut rand_chacha::ChaCha20Rng,
    ) -> Result<Vec<u8>> {
        let json = serde_json::to_vec(self).map_err(|_| ServiceError::Integrity {
            what: "an account's profile".into(),
        })?;
        Ok(seal::seal(
            key,
            &Self::binding(organisation, account),
            &json,
            chance,
        )?)
    }

    pub(crate) fn open(key: &Key, row: &AccountRow) -> Result<Self> {
        let json = seal::open(key, &Self::binding(row.organisation, row.id), &row.profile)?;
        serde_json::from_slice(&json).map_err(|_| ServiceError::Integrity {
            what: format!("profile of account {}", row.id),
        })
    }
}

/// What the wrapped organisation key is bound to.
pub(crate) fn organisation_key_binding(
    organisation: OrganisationId,
    account: AccountId,
) -> Binding {
    Binding::new(ContentType::OrganisationKey)
        .organisation(organisation)
        .object(account.as_bytes())
}

/// What a team's or organisation's sealed name is bound to.
pub(crate) fn name_binding(
    content: ContentType,
    organisation: OrganisationId,
    object: &[u8; 16],
) -> Binding {
    Binding::new(content)
        .organisation(organisation)
        .object(object)
}

/// A sealed name, opened.
pub(crate) fn open_name(
    key: &Key,
    content: ContentType,
    organisation: OrganisationId,
    object: &[u8; 16],
    sealed: &[u8],
) -> Result<String> {
    let bytes = seal::open(key, &name_binding(content, organisation, object), sealed)?;
    String::from_utf8(bytes.to_vec()).map_err(|_| ServiceError::Integrity {
        what: format!("name in organisation {organisation}"),
    })
}

/// The keyed hash of a name typed to sign in.
pub(crate) fn name_lookup(pepper: &seal::Pepper, name: &str) -> [u8; 16] {
    let key = pepper.derive("conatus 2026 sign-in name v1");
    let hash = key.derive("conatus 2026 sign-in name v1", &[plain(name).as_bytes()]);
    let mut lookup = [0; 16];
    lookup.copy_from_slice(&hash.as_bytes()[..16]);
    lookup
}

impl Inner {
    pub(crate) fn name_lookup(&self, name: &str) -> [u8; 16] {
        name_lookup(&self.pepper, name)
    }

    /// Stretches a passphrase or PIN away from the async threads, two at once at most.
    pub(crate) async fn stretch(&self, secret: &str, salt: [u8; 16]) -> Result<Key> {
        let busy = |_| ServiceError::Busy;
        let permit = self.stretches.acquire().await.map_err(busy)?;
        let secret = zeroize::Zeroizing::new(secret.nfc().collect::<String>());
        let stretched = tokio::task::spawn_blocking(move || {
            seal::stretch(secret.as_bytes(), &salt, &StretchParameters::DEFAULT)
        })
        .await
        .map_err(|_| ServiceError::Busy)?;
        drop(permit);
        Ok(stretched?)
    }

    pub(crate) async fn unlock(
        &self,
        possession: &Possession,
        secret: &str,
        salt: [u8; 16],
    ) -> Result<Key> {
        let stretched = self.stretch(secret, salt).await?;
        Ok(seal::unlock_key(possession, &stretched, &self.pepper))
    }

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

    async fn keep_session(
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
    async fn resume(&self, token: &SessionToken) -> Result<Option<Session>> {
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
                let memberships = tx.memberships_of(row.account).await?;
                let missing = self.lacks_keys(&memberships, &secrets);
                if missing {
                    self.refresh_trust_in(&mut *tx).await?;
                    self.open_names(&mut *tx, &account, &mut secrets).await?;
                    self.open_team_keys(&mut *tx, &account, &mut secrets)
                        .await?;
                }
                drop(tx);
                if missing {
                    self.reseal(token, &row, &secrets).await?;
                }
                Session::Worker(worker_session(&row, &account, &memberships, token, secrets))
            }
        };
        if now.duration_since(row.seen) >= TOUCH_EVERY {
            let mut tx = self.storage.write().await?;
            tx.touch_session(row.id, now).await?;
            tx.save().await?;
        }
        Ok(Some(session))
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
        let mut tx = self.storage.write().await?;
        tx.reseal_session(row.id, &sealed).await?;
        Ok(tx.save().await?)
    }

    /// Opens the compartment keys wrapped to a person's own account; true where some were new.
    pub(crate) async fn open_own_keys(
        &self,
        tx: &mut dyn Transaction,
        person: PersonId,
        account: AccountId,
        secrets: &mut Secrets,
    ) -> Result<bool> {
        let organisation = tx
            .person(person)
            .await?
            .ok_or(ServiceError::NotFound)?
            .organisation;
        let mut fresh = false;
        for access in tx.access(person, account, self.now()).await? {
            let at = (access.wrap.compartment, access.wrap.epoch);
            if secrets.own.contains_key(&at) {
                continue;
            }
            self.check_grant(tx, &access).await?;
            let binding = crate::keyring::wrap_binding(
                organisation,
                person,
                access.wrap.compartment,
                access.wrap.epoch,
                access.wrap.grant,
            );
            let key = seal::unwrap(&secrets.account.kem, &binding, &access.wrap.wrapped)?;
            secrets.own.insert(at, Key::from_slice(&key)?);
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
        administrator: account.administrator,
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
    /// Signs a worker in on an enrolled device.
    pub async fn sign_in_worker(
        &self,
        name: &str,
        passphrase: &SecretString,
        device: &Possession,
    ) -> Result<SessionToken, SignInError> {
        let inner = &self.inner;
        let mut tx = inner.storage.write().await?;
        let account = tx.account_by_lookup(&inner.name_lookup(name)).await?;
        let found = match account {
            Some(account) => tx
                .device(account.id, &device.lookup())
                .await?
                .map(|device| (account, device)),
            None => None,
        };
        let Some((account, row)) = found else {
            drop(tx);
            // As long as a wrong passphrase takes, so that names and devices cannot be told.
            inner.stretch(passphrase.expose_secret(), [0; 16]).await?;
            return Err(SignInError::Wrong);
        };
        if tx.count_device_try(row.id).await? > DEVICE_TRIES {
            return Err(SignInError::Locked);
        }
        tx.save().await?;
        let unlock = inner
            .unlock(device, passphrase.expose_secret(), row.salt)
            .await?;
        let Ok(keys) = seal::open_account(&unlock, account.id, row.id, &row.sealed) else {
            return Err(SignInError::Wrong);
        };
        match account.state {
            AccountState::Active => {}
            AccountState::Enrolled => return Err(SignInError::NotYet),
            AccountState::Invited | AccountState::Ended => return Err(SignInError::Wrong),
        }
        let mut tx = inner.storage.write().await?;
        tx.clear_device_tries(row.id).await?;
        let token = inner
            .open_worker_session(&mut *tx, &account, row.id, keys)
            .await?;
        tx.save().await?;
        // The first lead of a new team makes its keys by coming in: nobody else could.
        if let Some(Session::Worker(session)) = inner.resume(&token).await? {
            self.found_my_teams(&session).await?;
        }
        Ok(token)
    }

    /// Lets a person in by their card's code and their PIN.
    pub async fn sign_in_card(
        &self,
        code: &str,
        pin: &str,
    ) -> Result<SessionToken, CardSignInError> {
        let inner = &self.inner;
        let (card, keys) = inner.open_card(code, pin).await?;
        let mut tx = inner.storage.write().await?;
        let mut secrets = Secrets {
            account: keys,
            organisation: None,
            teams: BTreeMap::new(),
            own: BTreeMap::new(),
            names: Names::default(),
        };
        inner.refresh_trust_in(&mut *tx).await?;
        inner
            .open_own_keys(&mut *tx, card.person, card.account, &mut secrets)
            .await?;
        inner
            .hand_on(&mut *tx, card.person, card.account, &secrets)
            .await?;
        let token = inner
            .keep_session(
                &mut *tx,
                card.account,
                Some(card.person),
                card.card,
                &secrets,
                PERSON_WHOLE,
            )
            .await?;
        tx.save().await?;
        Ok(token)
    }

    /// The session that a token names, if it still holds.
    pub async fn resume(&self, token: &SessionToken) -> Result<Option<Session>> {
        self.inner.resume(token).await
    }

    /// Ends a session.
    pub async fn sign_out(&self, token: &SessionToken) -> Result<()> {
        let mut tx = self.inner.storage.write().await?;
        tx.end_session(token.session()).await?;
        Ok(tx.save().await?)
    }

    /// The Fluent key that says why a passphrase is too weak; `None` where it is strong enough.
    /// Nothing leaves the server to know it.
    #[must_use]
    pub fn passphrase_weakness(passphrase: &str, name: &str) -> Option<&'static str> {
        if passphrase.chars().count() < 12 {
            return Some("error-passphrase-short");
        }
        let guessable = zxcvbn::zxcvbn(passphrase, &[name, "conatus"]).guesses_log10() < 10.0;
        guessable.then_some("error-passphrase-weak")
    }

    /// Enrols a device with a code: makes the account's keys where it was invited, or brings them
    /// over from the device that made the code.
    pub async fn enrol(
        &self,
        name: &str,
        code: &str,
        passphrase: &SecretString,
    ) -> Result<Enrolled, EnrolError> {
        let inner = &self.inner;
        let code = Possession::parse(code)?;
        let mut tx = inner.storage.write().await?;
        let enrolment = tx.enrolment(&code.lookup()).await?;
        let account = tx.account_by_lookup(&inner.name_lookup(name)).await?;
        let (Some(enrolment), Some(account)) = (enrolment, account) else {
            return Err(EnrolError::Wrong);
        };
        let over = enrolment.until <= inner.now() || enrolment.uses_left == 0;
        if over || enrolment.account != account.id || account.state == AccountState::Ended {
            return Err(EnrolError::Wrong);
        }
        if enrolment.sealed.is_empty()
            && let Some(key) = Self::passphrase_weakness(passphrase.expose_secret(), name)
        {
            return Err(EnrolError::Weak { key });
        }
        if tx.count_enrolment_try(&enrolment.lookup).await? > DEVICE_TRIES {
            return Err(EnrolError::Wrong);
        }
        tx.save().await?;
        let keys = if enrolment.sealed.is_empty() {
            AccountKeys::generate(&mut inner.chance())
        } else {
            let unlock = inner
                .unlock(&code, passphrase.expose_secret(), enrolment.salt)
                .await?;
            seal::open_account(
                &unlock,
                account.id,
                code_device(&enrolment.lookup),
                &enrolment.sealed,
            )
            .map_err(|_| EnrolError::Wrong)?
        };
        inner
            .finish_enrolment(&enrolment, account, keys, passphrase)
            .await
    }

    /// A code to enrol another device of the signed-in worker, sealed under their passphrase.
    pub async fn new_device_code(
        &self,
        session: &WorkerSession,
        device: &Possession,
        passphrase: &SecretString,
    ) -> Result<EnrolmentCode, SignInError> {
        self.inner
            .check_passphrase(session, device, passphrase)
            .await?;
        let until = self
            .now()
            .saturating_add(ENROLMENT)
            .unwrap_or_else(|_| self.now());
        let code = self
            .inner
            .add_device_code(
                session.account,
                &session.secrets.account,
                passphrase,
                until,
                1,
            )
            .await?;
        Ok(EnrolmentCode {
            code: code.to_code(),
            until,
        })
    }

    /// Changes the passphrase of the signed-in worker on this device; their other devices must be
    /// enrolled again, since they hold keys under the old one.
    pub async fn change_passphrase(
        &self,
        session: &WorkerSession,
        device: &Possession,
        old: &SecretString,
        new: &SecretString,
    ) -> Result<(), EnrolError> {
        match self.inner.check_passphrase(session, device, old).await {
            Ok(()) => {}
            Err(SignInError::Service(e)) => return Err(e.into()),
            Err(_) => return Err(EnrolError::Wrong),
        }
        if let Some(key) = Self::passphrase_weakness(new.expose_secret(), &session.name) {
            return Err(EnrolError::Weak { key });
        }
        let inner = &self.inner;
        let salt = inner.new_id();
        let unlock = inner.unlock(device, new.expose_secret(), salt).await?;
        let mut tx = inner.storage.write().await?;
        tx.device(session.account, &device.lookup())
            .await?
            .ok_or(EnrolError::Wrong)?;
        tx.remove_devices(session.account, None).await?;
        tx.remove_enrolments(session.account).await?;
        let keys = &session.secrets.account;
        inner
            .add_device(
                &mut *tx,
                session.account,
                session.device,
                device,
                &unlock,
                salt,
                keys,
            )
            .await?;
        tx.save().await?;
        Ok(())
    }
}

/// The place of an enrolment's sealed keys: they belong to a code, not to a device yet.
pub(crate) fn code_device(lookup: &[u8; 16]) -> DeviceId {
    DeviceId::from_bytes(*lookup)
}

impl Inner {
    /// Opens a person's card; counts the try before it is judged, so that neither a restart nor
    /// parallel tries give more of them.
    pub(crate) async fn open_card(
        &self,
        code: &str,
        pin: &str,
    ) -> Result<(CardRow, AccountKeys), CardSignInError> {
        let possession = Possession::parse(code)?;
        let mut tx = self.storage.write().await?;
        let card = tx
            .card(&possession.lookup())
            .await?
            .filter(|c| c.dead.is_none());
        let Some(card) = card else {
            drop(tx);
            self.stretch(pin, [0; 16]).await?;
            return Err(CardSignInError::Wrong {
                left: CARD_TRIES - 1,
            });
        };
        let tries = tx.count_card_try(card.person, card.card).await?;
        tx.save().await?;
        if tries > CARD_TRIES {
            return Err(CardSignInError::Locked);
        }
        let left = CARD_TRIES - tries;
        let wrong = || {
            if left == 0 {
                CardSignInError::Locked
            } else {
                CardSignInError::Wrong { left }
            }
        };
        let Ok(pin) = Pin::parse(pin) else {
            return Err(wrong());
        };
        let unlock = self.unlock(&possession, pin.as_str(), card.salt).await?;
        let Ok(keys) = seal::open_account(&unlock, card.account, card.card, &card.sealed) else {
            return Err(wrong());
        };
        let mut tx = self.storage.write().await?;
        tx.clear_card_tries(card.person, card.card).await?;
        tx.save().await?;
        Ok((card, keys))
    }

    /// Whether that is the passphrase of the signed-in worker on the device of this session, whose
    /// secret the browser sent.
    pub(crate) async fn check_passphrase(
        &self,
        session: &WorkerSession,
        device: &Possession,
        passphrase: &SecretString,
    ) -> Result<(), SignInError> {
        let mut tx = self.storage.write().await?;
        let row = tx.device(session.account, &device.lookup()).await?;
        let row = row
            .filter(|d| d.id == session.device)
            .ok_or(SignInError::Wrong)?;
        if tx.count_device_try(row.id).await? > DEVICE_TRIES {
            return Err(SignInError::Locked);
        }
        tx.save().await?;
        let unlock = self
            .unlock(device, passphrase.expose_secret(), row.salt)
            .await?;
        seal::open_account(&unlock, session.account, row.id, &row.sealed)
            .map_err(|_| SignInError::Wrong)?;
        let mut tx = self.storage.write().await?;
        tx.clear_device_tries(row.id).await?;
        tx.save().await?;
        Ok(())
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "a device row is made of all of these"
    )]
    pub(crate) async fn add_device(
        &self,
        tx: &mut dyn Transaction,
        account: AccountId,
        device: DeviceId,
        possession: &Possession,
        unlock: &Key,
        salt: [u8; 16],
        keys: &AccountKeys,
    ) -> Result<()> {
        let sealed = seal::seal_account(unlock, account, device, keys, &mut self.chance())?;
        tx.add_device(&DeviceRow {
            id: device,
            account,
            lookup: possession.lookup(),
            salt,
            sealed,
            enrolled: self.now(),
            tries: 0,
        })
        .await?;
        Ok(())
    }

    /// Adds a code that brings an account's keys to another device.
    pub(crate) async fn add_device_code(
        &self,
        account: AccountId,
        keys: &AccountKeys,
        passphrase: &SecretString,
        until: Timestamp,
        uses: u32,
    ) -> Result<Possession> {
        let code = Possession::generate(&mut self.chance());
        let salt = self.new_id();
        let unlock = self.unlock(&code, passphrase.expose_secret(), salt).await?;
        let lookup = code.lookup();
        let sealed = seal::seal_account(
            &unlock,
            account,
            code_device(&lookup),
            keys,
            &mut self.chance(),
        )?;
        let mut tx = self.storage.write().await?;
        tx.add_enrolment(&EnrolmentRow {
            lookup,
            account,
            salt,
            sealed,
            until,
            uses_left: uses,
            tries: 0,
        })
        .await?;
        tx.save().await?;
        Ok(code)
    }

    async fn finish_enrolment(
        &self,
        enrolment: &EnrolmentRow,
        mut account: AccountRow,
        keys: AccountKeys,
        passphrase: &SecretString,
    ) -> Result<Enrolled, EnrolError> {
        let device = DeviceId::from_bytes(self.new_id());
        let possession = Possession::generate(&mut self.chance());
        let salt = self.new_id();
        let unlock = self
            .unlock(&possession, passphrase.expose_secret(), salt)
            .await?;
        let mut tx = self.storage.write().await?;
        if !tx.use_enrolment(&enrolment.lookup).await? {
            return Err(EnrolError::Wrong);
        }
        if enrolment.sealed.is_empty() {
            account.public = keys.public().to_bytes();
            account.state = AccountState::Enrolled;
            tx.remove_devices(account.id, None).await?;
            tx.update_account(&account).await?;
        }
        self.add_device(
            &mut *tx,
            account.id,
            device,
            &possession,
            &unlock,
            salt,
            &keys,
        )
        .await?;
        let token = if account.state == AccountState::Active {
            Some(
                self.open_worker_session(&mut *tx, &account, device, keys)
                    .await?,
            )
        } else {
            None
        };
        tx.save().await?;
        Ok(Enrolled {
            device: possession,
            token,
        })
    }
}
