//! What was stated about one person, in order: the keys behind their cards, the keys of their
//! compartments, who may open them, what was taken back. Each statement is judged by those before
//! it, and their chain has one hash, so that none can be taken out, put in or moved.

use super::{GrantFacts, PersonAccount, Trust, untrusted};
use crate::{
    Basis, CardReason, GrantRecipient, Key, KeyFact, SealError, Signed, Statement, genesis,
    statement_link,
};
use domain::{
    Compartment,
    id::{AccountId, GrantId, PersonId},
};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A grant, and whether it was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingGrant {
    /// What was signed.
    pub facts: GrantFacts,
    /// When it was taken back.
    pub ended: Option<Timestamp>,
}

impl StandingGrant {
    /// Whether it opens something at that time.
    #[must_use]
    pub fn holds(&self, at: Timestamp) -> bool {
        self.ended.is_none() && self.facts.until.is_none_or(|until| until > at)
    }
}

/// Everything stated about one person that proves itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonTrust {
    person: PersonId,
    count: u64,
    head: [u8; 32],
    cards: Vec<PersonAccount>,
    grants: BTreeMap<GrantId, StandingGrant>,
    /// Commitments, epoch after epoch.
    keys: BTreeMap<Compartment, Vec<[u8; 32]>>,
    /// Who opened the record.
    opener: Option<AccountId>,
    /// Who has just stated the keys of the person's only card: they may make the vault's key.
    card_maker: Option<AccountId>,
}

impl PersonTrust {
    /// Nothing stated yet.
    #[must_use]
    pub fn new(person: PersonId) -> Self {
        Self {
            person,
            count: 0,
            head: genesis(person),
            cards: Vec::new(),
            grants: BTreeMap::new(),
            keys: BTreeMap::new(),
            opener: None,
            card_maker: None,
        }
    }

    /// Admits the next statement, if its signer had the right to it; otherwise changes nothing.
    ///
    /// # Errors
    /// [`SealError::Signature`] or [`SealError::Untrusted`] saying which right was missing.
    pub fn admit(&mut self, trust: &Trust, signed: &Signed) -> Result<(), SealError> {
        let mut card_maker = None;
        match &signed.statement {
            Statement::PersonKeys { .. } => {
                let card = trust.verify_person_keys(signed)?;
                self.check_card(&card)?;
                if !self.has_live_card() {
                    card_maker = trust.account_of_key(signed.signer);
                }
                self.cards.push(card);
            }
            Statement::Grant { .. } => {
                let facts = trust.verify_grant(signed, &self.cards)?;
                self.check_grant(&facts)?;
                if facts.basis == Basis::Mission {
                    self.opener = trust.account_of_key(signed.signer);
                }
                let grant = StandingGrant { facts, ended: None };
                self.grants.insert(grant.facts.grant, grant);
            }
            Statement::GrantEnd { grant, .. } => {
                let Some(known) = self.grants.get(grant).filter(|g| g.ended.is_none()) else {
                    return untrusted("the end of a grant that does not hold");
                };
                trust.verify_grant_end(signed, &self.cards, &known.facts)?;
                if let Some(known) = self.grants.get_mut(grant) {
                    known.ended = Some(signed.statement.issued_at());
                }
            }
            Statement::CompartmentKeys { person, keys, .. } => {
                if *person != self.person || keys.is_empty() {
                    return untrusted("the keys of another record");
                }
                let next = self.with_keys(trust, signed, keys)?;
                self.keys = next;
            }
            _ => return untrusted("not about a person"),
        }
        self.card_maker = card_maker;
        self.count += 1;
        self.head = statement_link(&self.head, &signed.to_bytes());
        Ok(())
    }

    fn check_card(&self, card: &PersonAccount) -> Result<(), SealError> {
        if card.person != self.person {
            return untrusted("the card of another person");
        }
        if self.cards.iter().any(|c| c.account == card.account) {
            return untrusted("that card was stated");
        }
        if card.reason == CardReason::First && !self.cards.is_empty() {
            return untrusted("the first card was stated");
        }
        Ok(())
    }

    fn check_grant(&self, facts: &GrantFacts) -> Result<(), SealError> {
        if facts.person != self.person {
            return untrusted("a grant of another record");
        }
        if self.grants.contains_key(&facts.grant) {
            return untrusted("that grant was stated");
        }
        // Later teams come in by the person's consent.
        if (facts.basis == Basis::Mission) != (self.count == 0) {
            return untrusted("a record begins with the mission of one team, and no other follows");
        }
        Ok(())
    }

    /// The keys with those added.
    fn with_keys(
        &self,
        trust: &Trust,
        signed: &Signed,
        keys: &[KeyFact],
    ) -> Result<BTreeMap<Compartment, Vec<[u8; 32]>>, SealError> {
        let card = self
            .cards
            .iter()
            .find(|c| c.public.key_id() == signed.signer);
        let account = match card {
            Some(card) => {
                signed.verify(&card.public.verifying)?;
                card.account
            }
            None => trust.signer(signed)?,
        };
        let at = signed.statement.issued_at();
        let mut next = self.keys.clone();
        for fact in keys {
            let epochs = next.entry(fact.compartment).or_default();
            if u32::try_from(epochs.len() + 1) != Ok(fact.epoch) {
                return untrusted("epochs of a compartment's key follow each other");
            }
            let allowed = match fact.compartment {
                Compartment::Vault => {
                    self.opens(trust, account, Compartment::Vault, at)
                        || self.card_maker == Some(account)
                }
                shared => {
                    (fact.epoch == 1 && self.opener == Some(account))
                        || self.opens(trust, account, shared, at)
                }
            };
            if !allowed {
                return untrusted("only who opens a compartment makes its next key");
            }
            epochs.push(fact.commitment);
        }
        Ok(next)
    }

    /// Whether that account opened that compartment at that time.
    fn opens(
        &self,
        trust: &Trust,
        account: AccountId,
        compartment: Compartment,
        at: Timestamp,
    ) -> bool {
        self.grants.values().any(|grant| {
            grant.holds(at)
                && grant.facts.compartments.contains(compartment)
                && match grant.facts.recipient {
                    GrantRecipient::Account(own) => own == account,
                    GrantRecipient::Team(team) => {
                        trust.role_at(team, account, at).is_some()
                            && trust.welcome_at(team, account, at).contains(compartment)
                    }
                    GrantRecipient::Keepers => false,
                }
        })
    }

    fn has_live_card(&self) -> bool {
        self.grants
            .values()
            .any(|g| g.facts.basis == Basis::Own && g.ended.is_none())
    }

    /// How many statements were admitted.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The hash of their chain; before any, the record's beginning.
    #[must_use]
    pub const fn head(&self) -> [u8; 32] {
        self.head
    }

    /// The accounts behind the person's cards, lost ones included.
    #[must_use]
    pub fn cards(&self) -> &[PersonAccount] {
        &self.cards
    }

    /// The grant of that identifier.
    #[must_use]
    pub fn grant(&self, grant: GrantId) -> Option<&StandingGrant> {
        self.grants.get(&grant)
    }

    /// Every grant, ended ones included, in order of identifier.
    pub fn grants(&self) -> impl Iterator<Item = &StandingGrant> {
        self.grants.values()
    }

    /// The epoch of a compartment's latest key.
    #[must_use]
    pub fn latest_epoch(&self, compartment: Compartment) -> Option<u32> {
        let epochs = self.keys.get(&compartment)?.len();
        u32::try_from(epochs).ok().filter(|latest| *latest > 0)
    }

    /// Whether that is the key stated for the compartment at that epoch.
    #[must_use]
    pub fn is_key(&self, compartment: Compartment, epoch: u32, key: &Key) -> bool {
        let index = usize::try_from(epoch).ok().and_then(|e| e.checked_sub(1));
        let stated = index.and_then(|i| self.keys.get(&compartment)?.get(i));
        stated == Some(&key.commitment(self.person, compartment, epoch))
    }
}
