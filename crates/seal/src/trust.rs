//! Whom to believe: only what chains, signature by signature, to the pinned root.
//!
//! Statements about organisations, teams and members are admitted in order and remembered; those
//! about a person (card keys, grants) are checked against them without being kept, because a server
//! may hold a million people.

use crate::{
    AccountPublic, Basis, CardReason, GrantRecipient, KemPublic, SealError, Signed, Statement,
    TeamRole, VerifyingKey,
    code::{from_groups, to_groups},
};
use domain::{
    Compartment, Compartments,
    id::{AccountId, GrantId, KeyId, OrganisationId, PersonId, ServerId, TeamId},
};
use jiff::Timestamp;
use std::{collections::BTreeMap, fmt, str::FromStr};

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
    until: Option<Timestamp>,
}

#[derive(Debug, Clone)]
struct KnownAccount {
    organisation: OrganisationId,
    public: AccountPublic,
    administrator: bool,
    ended: bool,
}

#[derive(Debug, Clone, Copy)]
struct Period {
    role: TeamRole,
    from: Timestamp,
    until: Option<Timestamp>,
}

type TeamKeys = BTreeMap<(TeamId, Compartment), BTreeMap<u32, KemPublic>>;

/// Who is who.
#[derive(Debug, Clone)]
pub struct Trust {
    root: VerifyingKey,
    keys: BTreeMap<KeyId, KnownKey>,
    accounts: BTreeMap<AccountId, KnownAccount>,
    teams: BTreeMap<TeamId, OrganisationId>,
    periods: BTreeMap<(TeamId, AccountId), Vec<Period>>,
    welcomes: BTreeMap<(TeamId, AccountId), Compartments>,
    team_keys: TeamKeys,
    servers: BTreeMap<ServerId, VerifyingKey>,
    recovery: Option<RecoveryPublic>,
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
            periods: BTreeMap::new(),
            welcomes: BTreeMap::new(),
            team_keys: BTreeMap::new(),
            servers: BTreeMap::new(),
            recovery: None,
        })
    }

    /// Admits a statement about organisations, teams, members or servers, if its signer had the
    /// right to it when it was stated. Admitting the same one again changes nothing.
    ///
    /// # Errors
    /// [`SealError::Signature`] or [`SealError::Untrusted`] saying which right was missing.
    #[expect(
        clippy::too_many_lines,
        reason = "one arm a kind of statement reads as the table it is"
    )]
    pub fn admit(&mut self, signed: &Signed) -> Result<(), SealError> {
        let at = signed.statement.issued_at();
        match &signed.statement {
            Statement::Root { key, .. } => {
                if *key != self.root {
                    return untrusted("another root");
                }
                signed.verify(&self.root)
            }
            Statement::Administrator {
                organisation,
                account,
                keys,
                ..
            } => {
                self.by_root(signed)?;
                self.put_account(*organisation, *account, keys, true, at)
            }
            Statement::Server { server, key, .. } => {
                self.by_root(signed)?;
                self.servers.insert(*server, *key);
                Ok(())
            }
            Statement::Recovery {
                kem,
                verifying,
                threshold,
                keepers,
                ..
            } => {
                self.by_root(signed)?;
                self.recovery = Some(RecoveryPublic {
                    kem: kem.clone(),
                    verifying: *verifying,
                    threshold: *threshold,
                    keepers: *keepers,
                });
                Ok(())
            }
            Statement::Member {
                organisation,
                account,
                keys,
                ..
            } => {
                self.by_administrator(signed, *organisation)?;
                if self.accounts.get(account).is_some_and(|a| a.administrator) {
                    return untrusted("only the root states an administrator's keys");
                }
                self.put_account(*organisation, *account, keys, false, at)
            }
            Statement::Team {
                organisation, team, ..
            } => {
                self.by_administrator(signed, *organisation)?;
                match self.teams.insert(*team, *organisation) {
                    Some(other) if other != *organisation => {
                        self.teams.insert(*team, other);
                        untrusted("the team belongs to another organisation")
                    }
                    _ => Ok(()),
                }
            }
            Statement::Membership {
                organisation,
                team,
                account,
                role,
                ..
            } => {
                self.by_administrator(signed, *organisation)?;
                self.same_organisation(*organisation, *team, *account)?;
                let periods = self.periods.entry((*team, *account)).or_default();
                if periods
                    .last()
                    .is_some_and(|p| p.from == at && p.role == *role)
                {
                    return Ok(());
                }
                if let Some(last) = periods.last_mut() {
                    last.until.get_or_insert(at);
                }
                periods.push(Period {
                    role: *role,
                    from: at,
                    until: None,
                });
                Ok(())
            }
            Statement::MembershipEnd {
                organisation,
                team,
                account,
                ..
            } => {
                if self.by_administrator(signed, *organisation).is_err() {
                    self.by_lead(signed, *team)?;
                }
                if self.teams.get(team) != Some(organisation) {
                    return untrusted("the team belongs to another organisation");
                }
                if let Some(last) = self
                    .periods
                    .get_mut(&(*team, *account))
                    .and_then(|p| p.last_mut())
                {
                    last.until.get_or_insert(at);
                }
                self.welcomes.remove(&(*team, *account));
                Ok(())
            }
            Statement::TeamKey {
                organisation,
                team,
                compartment,
                epoch,
                key,
                ..
            } => {
                self.by_lead(signed, *team)?;
                if self.teams.get(team) != Some(organisation) {
                    return untrusted("the team belongs to another organisation");
                }
                let epochs = self.team_keys.entry((*team, *compartment)).or_default();
                match epochs.get(epoch) {
                    Some(known) if known == key => return Ok(()),
                    Some(_) => return untrusted("that epoch of the team's key was stated"),
                    None => {}
                }
                let next = epochs.keys().next_back().map_or(1, |e| e + 1);
                if *epoch != next {
                    return untrusted("epochs of a team's key follow each other");
                }
                epochs.insert(*epoch, key.clone());
                Ok(())
            }
            Statement::Welcome {
                organisation,
                team,
                account,
                compartments,
                ..
            } => {
                self.by_lead(signed, *team)?;
                self.same_organisation(*organisation, *team, *account)?;
                if compartments.contains(Compartment::Vault) {
                    return untrusted("the vault is the person's alone");
                }
                self.welcomes.insert((*team, *account), *compartments);
                Ok(())
            }
            Statement::AccountEnd {
                organisation,
                account,
                ..
            } => {
                self.by_administrator(signed, *organisation)?;
                let known = self.accounts.get_mut(account);
                let Some(known) = known.filter(|a| a.organisation == *organisation) else {
                    return untrusted("the account belongs to another organisation");
                };
                known.ended = true;
                let id = known.public.key_id();
                if let Some(key) = self.keys.get_mut(&id) {
                    key.until.get_or_insert(at);
                }
                Ok(())
            }
            Statement::PersonKeys { .. } | Statement::Grant { .. } | Statement::GrantEnd { .. } => {
                untrusted("statements about a person are checked on their own")
            }
        }
    }

    fn put_account(
        &mut self,
        organisation: OrganisationId,
        account: AccountId,
        keys: &AccountPublic,
        administrator: bool,
        at: Timestamp,
    ) -> Result<(), SealError> {
        let id = keys.key_id();
        if self.keys.get(&id).is_some_and(|k| k.account != account) {
            return untrusted("those keys are another account's");
        }
        if let Some(known) = self.accounts.get(&account) {
            if known.organisation != organisation {
                return untrusted("the account belongs to another organisation");
            }
            let old = known.public.key_id();
            if old != id
                && let Some(key) = self.keys.get_mut(&old)
            {
                key.until.get_or_insert(at);
            }
        }
        self.keys.entry(id).or_insert(KnownKey {
            key: keys.verifying,
            account,
            until: None,
        });
        let administrator =
            administrator || self.accounts.get(&account).is_some_and(|a| a.administrator);
        let public = keys.clone();
        self.accounts.insert(
            account,
            KnownAccount {
                organisation,
                public,
                administrator,
                ended: false,
            },
        );
        Ok(())
    }

    fn by_root(&self, signed: &Signed) -> Result<(), SealError> {
        if signed.signer != self.root.key_id() {
            return untrusted("only the root states this");
        }
        signed.verify(&self.root)
    }

    /// The account whose key signed, if the signature holds and the key was believed at that time.
    fn signer(&self, signed: &Signed) -> Result<AccountId, SealError> {
        let Some(known) = self.keys.get(&signed.signer) else {
            return untrusted("the signer is unknown");
        };
        signed.verify(&known.key)?;
        if known
            .until
            .is_some_and(|until| signed.statement.issued_at() > until)
        {
            return untrusted("the signer's key had ended");
        }
        Ok(known.account)
    }

    fn by_administrator(
        &self,
        signed: &Signed,
        organisation: OrganisationId,
    ) -> Result<(), SealError> {
        let account = self.signer(signed)?;
        match self.accounts.get(&account) {
            Some(a) if a.administrator && a.organisation == organisation => Ok(()),
            _ => untrusted("only an administrator of the organisation states this"),
        }
    }

    fn by_lead(&self, signed: &Signed, team: TeamId) -> Result<(), SealError> {
        let account = self.signer(signed)?;
        match self.role_at(team, account, signed.statement.issued_at()) {
            Some(TeamRole::Lead) => Ok(()),
            _ => untrusted("only a lead of the team states this"),
        }
    }

    fn same_organisation(
        &self,
        organisation: OrganisationId,
        team: TeamId,
        account: AccountId,
    ) -> Result<(), SealError> {
        let team = self.teams.get(&team) == Some(&organisation);
        let account = self
            .accounts
            .get(&account)
            .is_some_and(|a| a.organisation == organisation);
        if team && account {
            Ok(())
        } else {
            untrusted("the team or the account belongs to another organisation")
        }
    }

    fn role_at(&self, team: TeamId, account: AccountId, at: Timestamp) -> Option<TeamRole> {
        let periods = self.periods.get(&(team, account))?;
        periods
            .iter()
            .rev()
            .find(|p| p.from <= at && p.until.is_none_or(|until| at <= until))
            .map(|p| p.role)
    }

    /// The key of that name, current or past: what was signed with it stays signed.
    #[must_use]
    pub fn key(&self, id: KeyId) -> Option<&VerifyingKey> {
        match &self.recovery {
            Some(r) if r.verifying.key_id() == id => Some(&r.verifying),
            _ => self.keys.get(&id).map(|k| &k.key),
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
        let last = self.periods.get(&(team, account))?.last()?;
        last.until.is_none().then_some(last.role)
    }

    /// Which compartments of a team's records a member was welcomed to.
    #[must_use]
    pub fn welcome(&self, team: TeamId, account: AccountId) -> Compartments {
        self.welcomes
            .get(&(team, account))
            .copied()
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

    /// The organisation of a team.
    #[must_use]
    pub fn team_organisation(&self, team: TeamId) -> Option<OrganisationId> {
        self.teams.get(&team).copied()
    }

    /// The keepers' keys.
    #[must_use]
    pub const fn recovery(&self) -> Option<&RecoveryPublic> {
        self.recovery.as_ref()
    }

    /// The key of a server.
    #[must_use]
    pub fn server_key(&self, server: ServerId) -> Option<&VerifyingKey> {
        self.servers.get(&server)
    }

    /// Checks a statement of the keys behind a person's card.
    ///
    /// # Errors
    /// [`SealError`] where it was not signed by a worker, or by two where it replaces a lost card.
    pub fn verify_person_keys(&self, signed: &Signed) -> Result<PersonAccount, SealError> {
        let Statement::PersonKeys {
            person,
            account,
            keys,
            reason,
            ..
        } = &signed.statement
        else {
            return untrusted("not a statement of a card's keys");
        };
        let first = self.signer(signed)?;
        if *reason == CardReason::Replaced {
            let Some((second, _)) = signed.second else {
                return untrusted("a lost card is replaced by two workers");
            };
            let Some(known) = self.keys.get(&second) else {
                return untrusted("the second signer is unknown");
            };
            signed.verify_second(&known.key)?;
            if known.account == first {
                return untrusted("a lost card is replaced by two different workers");
            }
            if known
                .until
                .is_some_and(|until| signed.statement.issued_at() > until)
            {
                return untrusted("the second signer's key had ended");
            }
        }
        Ok(PersonAccount {
            person: *person,
            account: *account,
            public: keys.clone(),
            reason: *reason,
        })
    }

    /// Checks a grant; `cards` are the accounts behind the person's cards, themselves checked.
    ///
    /// # Errors
    /// [`SealError`] where its signer had no right to give it.
    pub fn verify_grant(
        &self,
        signed: &Signed,
        cards: &[PersonAccount],
    ) -> Result<GrantFacts, SealError> {
        let Statement::Grant {
            grant,
            person,
            recipient,
            compartments,
            basis,
            purpose,
            until,
            issued_at,
        } = &signed.statement
        else {
            return untrusted("not a grant");
        };
        let own = |account: AccountId| {
            cards
                .iter()
                .any(|c| c.person == *person && c.account == account)
        };
        match (basis, recipient) {
            (Basis::Consent, _) => Self::by_person(signed, *person, cards)?,
            (Basis::Mission, GrantRecipient::Team(team)) => {
                let account = self.signer(signed)?;
                if self.role_at(*team, account, *issued_at).is_none() {
                    return untrusted("only a member opens a record for their team");
                }
            }
            (Basis::Own, GrantRecipient::Account(account)) if own(*account) => {
                if Self::by_person(signed, *person, cards).is_err() {
                    self.signer(signed)?;
                }
            }
            (Basis::Recovery, GrantRecipient::Keepers) => {
                self.signer(signed)?;
            }
            _ => return untrusted("this basis does not let this recipient in"),
        }
        let alone = compartments.contains(Compartment::Vault) && *basis != Basis::Own;
        if alone {
            return untrusted("the vault is the person's alone");
        }
        Ok(GrantFacts {
            grant: *grant,
            person: *person,
            recipient: *recipient,
            compartments: *compartments,
            basis: *basis,
            purpose: purpose.clone(),
            until: *until,
            issued_at: *issued_at,
        })
    }

    /// Checks the end of a grant: by the person, or by a worker (a team gives up its own access, a
    /// lost card's access is ended).
    ///
    /// # Errors
    /// [`SealError`] where its signer had no right to it.
    pub fn verify_grant_end(
        &self,
        signed: &Signed,
        cards: &[PersonAccount],
    ) -> Result<(GrantId, PersonId), SealError> {
        let Statement::GrantEnd { grant, person, .. } = &signed.statement else {
            return untrusted("not the end of a grant");
        };
        if Self::by_person(signed, *person, cards).is_err() {
            self.signer(signed)?;
        }
        Ok((*grant, *person))
    }

    fn by_person(
        signed: &Signed,
        person: PersonId,
        cards: &[PersonAccount],
    ) -> Result<(), SealError> {
        let card = cards
            .iter()
            .find(|c| c.person == person && c.public.key_id() == signed.signer);
        match card {
            Some(card) => signed.verify(&card.public.verifying),
            None => untrusted("only the person consents"),
        }
    }
}
