//! Whom to believe: only what chains, signature by signature, to the pinned root.
//!
//! Statements about organisations, teams and members are admitted in order and remembered; those
//! about a person (card keys, grants) are checked against them without being kept, because a server
//! may hold a million people.

mod about;
mod admission;
mod history;
mod persons;

use crate::{
    AccountPublic, Basis, CardReason, GrantRecipient, KemPublic, SealError, TeamRole, VerifyingKey,
    code::{from_groups, to_groups},
};
pub use about::{PersonTrust, StandingGrant};
use domain::{
    Compartment, Compartments,
    id::{AccountId, GrantId, KeyId, OrganisationId, PersonId, ServerId, TeamId},
};
use history::History;
use jiff::Timestamp;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    ops::RangeInclusive,
    str::FromStr,
};

/// The fingerprint of the root's key, pinned in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RootFingerprint([u8; 32]);

const FINGERPRINT: &str = "conatus 2026 root fingerprint checksum v1";

impl RootFingerprint {
    /// The fingerprint of that key.
    #[must_use]
    pub fn of(root: &VerifyingKey) -> Self {
        Self(blake3::derive_key(
            "conatus 2026 root fingerprint v1",
            root.as_bytes(),
        ))
    }
}

impl fmt::Display for RootFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_groups(&self.0, FINGERPRINT))
    }
}

impl FromStr for RootFingerprint {
    type Err = crate::CodeError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        from_groups::<32>(text, FINGERPRINT).map(|bytes| Self(*bytes))
    }
}

/// The keepers' public keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryPublic {
    /// What can be wrapped to them.
    pub kem: KemPublic,
    /// What verifies what they sign together.
    pub verifying: VerifyingKey,
    /// How many open together.
    pub threshold: u8,
    /// How many there are.
    pub keepers: u8,
}

/// An account behind a person's card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonAccount {
    /// The person.
    pub person: PersonId,
    /// The account.
    pub account: AccountId,
    /// Its keys.
    pub public: AccountPublic,
    /// Why they were stated.
    pub reason: CardReason,
}

/// What a grant that proves itself says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantFacts {
    /// The grant.
    pub grant: GrantId,
    /// The person.
    pub person: PersonId,
    /// Who may open.
    pub recipient: GrantRecipient,
    /// What.
    pub compartments: Compartments,
    /// On what it rests.
    pub basis: Basis,
    /// What for, sealed.
    pub purpose: Vec<u8>,
    /// Until when.
    pub until: Option<Timestamp>,
    /// When it was given.
    pub issued_at: Timestamp,
}

#[derive(Debug, Clone)]
struct KnownKey {
    key: VerifyingKey,
    account: AccountId,
    from: Timestamp,
    until: Option<Timestamp>,
}

#[derive(Debug, Clone)]
struct KnownAccount {
    organisation: OrganisationId,
    public: AccountPublic,
    administrator: bool,
    ended: bool,
    /// The date of the latest statement of its keys.
    stated: Timestamp,
}

type TeamKeys = BTreeMap<(TeamId, Compartment), BTreeMap<u32, KemPublic>>;

/// Everything kept of one account, by team.
fn of_account(account: AccountId) -> RangeInclusive<(AccountId, TeamId)> {
    let (first, last) = (TeamId::from_bytes([0; 16]), TeamId::from_bytes([0xff; 16]));
    (account, first)..=(account, last)
}

/// Who is who.
#[derive(Debug, Clone)]
pub struct Trust {
    root: VerifyingKey,
    keys: BTreeMap<KeyId, KnownKey>,
    accounts: BTreeMap<AccountId, KnownAccount>,
    teams: BTreeMap<TeamId, OrganisationId>,
    memberships: BTreeMap<(AccountId, TeamId), History<TeamRole>>,
    welcomes: BTreeMap<(AccountId, TeamId), History<Compartments>>,
    team_keys: TeamKeys,
    /// Of what someone was shut out since the team's key was stated.
    left: BTreeSet<(TeamId, Compartment)>,
    servers: BTreeMap<ServerId, (VerifyingKey, Timestamp)>,
    recovery: Option<(RecoveryPublic, Timestamp)>,
    /// What earlier keepers signed stays signed.
    earlier_keepers: BTreeMap<KeyId, VerifyingKey>,
}

const fn untrusted<T>(why: &'static str) -> Result<T, SealError> {
    Err(SealError::Untrusted(why))
}

impl Trust {
    /// Believes only that root, which must be the pinned one.
    ///
    /// # Errors
    /// [`SealError::Untrusted`] where it is another.
    pub fn new(root: VerifyingKey, pinned: &RootFingerprint) -> Result<Self, SealError> {
        if RootFingerprint::of(&root) != *pinned {
            return untrusted("the root is not the pinned one");
        }
        Ok(Self {
            root,
            keys: BTreeMap::new(),
            accounts: BTreeMap::new(),
            teams: BTreeMap::new(),
            memberships: BTreeMap::new(),
            welcomes: BTreeMap::new(),
            team_keys: BTreeMap::new(),
            left: BTreeSet::new(),
            servers: BTreeMap::new(),
            recovery: None,
            earlier_keepers: BTreeMap::new(),
        })
    }

    fn role_at(&self, team: TeamId, account: AccountId, at: Timestamp) -> Option<TeamRole> {
        self.memberships.get(&(account, team))?.at(at)
    }

    /// Whether an account belonged to any team.
    fn worked_at(&self, account: AccountId, at: Timestamp) -> bool {
        self.memberships
            .range(of_account(account))
            .any(|(_, history)| history.at(at).is_some())
    }

    /// The key of that name, if it was believed at that time.
    fn believed_at(&self, id: KeyId, at: Timestamp) -> Result<&KnownKey, SealError> {
        match self.keys.get(&id) {
            None => untrusted("the signer is unknown"),
            Some(known) if known.until.is_some_and(|until| at > until) => {
                untrusted("the signer's key had ended")
            }
            Some(known) => Ok(known),
        }
    }

    /// The key of that name, current or past: what was signed with it stays signed.
    #[must_use]
    pub fn key(&self, id: KeyId) -> Option<&VerifyingKey> {
        self.keepers_key(id)
            .or_else(|| self.keys.get(&id).map(|k| &k.key))
    }

    /// The key of that name, if the keepers sign or once signed with it.
    #[must_use]
    pub fn keepers_key(&self, id: KeyId) -> Option<&VerifyingKey> {
        match &self.recovery {
            Some((r, _)) if r.verifying.key_id() == id => Some(&r.verifying),
            _ => self.earlier_keepers.get(&id),
        }
    }

    /// The account of that key.
    #[must_use]
    pub fn account_of_key(&self, id: KeyId) -> Option<AccountId> {
        self.keys.get(&id).map(|k| k.account)
    }

    /// The keys of an account that did not end.
    #[must_use]
    pub fn account(&self, id: AccountId) -> Option<&AccountPublic> {
        self.accounts
            .get(&id)
            .filter(|a| !a.ended)
            .map(|a| &a.public)
    }

    /// The organisation an account administers.
    #[must_use]
    pub fn is_administrator(&self, id: AccountId) -> Option<OrganisationId> {
        let account = self.accounts.get(&id)?;
        (account.administrator && !account.ended).then_some(account.organisation)
    }

    /// The organisation of an account.
    #[must_use]
    pub fn account_organisation(&self, id: AccountId) -> Option<OrganisationId> {
        self.accounts.get(&id).map(|a| a.organisation)
    }

    /// What someone is in a team now.
    #[must_use]
    pub fn member(&self, team: TeamId, account: AccountId) -> Option<TeamRole> {
        self.memberships.get(&(account, team))?.now()
    }

    /// Which compartments of a team's records a member was welcomed to.
    #[must_use]
    pub fn welcome(&self, team: TeamId, account: AccountId) -> Compartments {
        self.welcomes
            .get(&(account, team))
            .and_then(History::now)
            .unwrap_or_default()
    }

    /// The latest public key of a team for a compartment, with its epoch.
    #[must_use]
    pub fn team_key(&self, team: TeamId, compartment: Compartment) -> Option<(u32, &KemPublic)> {
        let epochs = self.team_keys.get(&(team, compartment))?;
        epochs.last_key_value().map(|(epoch, key)| (*epoch, key))
    }

    /// The public key of a team for a compartment at that epoch.
    #[must_use]
    pub fn team_key_at(
        &self,
        team: TeamId,
        compartment: Compartment,
        epoch: u32,
    ) -> Option<&KemPublic> {
        self.team_keys.get(&(team, compartment))?.get(&epoch)
    }

    /// The compartments for which the team's latest key is known to someone who no longer opens
    /// them: a lead makes new ones.
    #[must_use]
    pub fn keys_to_renew(&self, team: TeamId) -> Compartments {
        let of_team = self.left.iter().filter(|(of, _)| *of == team);
        of_team.map(|(_, compartment)| *compartment).collect()
    }

    /// What an account had been welcomed to of a team's records at that time.
    fn welcome_at(&self, team: TeamId, account: AccountId, at: Timestamp) -> Compartments {
        let history = self.welcomes.get(&(account, team));
        history.and_then(|h| h.at(at)).unwrap_or_default()
    }

    /// The organisation of a team.
    #[must_use]
    pub fn team_organisation(&self, team: TeamId) -> Option<OrganisationId> {
        self.teams.get(&team).copied()
    }

    /// The keepers' keys.
    #[must_use]
    pub const fn recovery(&self) -> Option<&RecoveryPublic> {
        match &self.recovery {
            Some((recovery, _)) => Some(recovery),
            None => None,
        }
    }

    /// The key of a server.
    #[must_use]
    pub fn server_key(&self, server: ServerId) -> Option<&VerifyingKey> {
        self.servers.get(&server).map(|(key, _)| key)
    }
}
