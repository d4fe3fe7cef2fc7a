//! What is said about a person and judged without being kept: the keys behind their card, who may
//! open their record, and what takes it back.

use super::{GrantFacts, PersonAccount, Trust, untrusted};
use crate::{Basis, CardReason, GrantRecipient, SealError, Signed, Statement};
use domain::{
    Compartment,
    id::{AccountId, GrantId, PersonId},
};

/// Whether that account stands behind a card of the person's.
fn is_card(cards: &[PersonAccount], person: PersonId, account: AccountId) -> bool {
    cards
        .iter()
        .any(|c| c.person == person && c.account == account)
}

impl Trust {
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
        let first = self.worker(signed)?;
        if *reason == CardReason::Replaced && self.second_worker(signed)? == first {
            return untrusted("a lost card is replaced by two different workers");
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
        match (basis, recipient) {
            (Basis::Consent, _) => Self::by_person(signed, *person, cards)?,
            (Basis::Mission, GrantRecipient::Team(team)) => {
                let account = self.signer(signed)?;
                if self.role_at(*team, account, *issued_at).is_none()
                    || self.welcome_at(*team, account, *issued_at).is_empty()
                {
                    return untrusted("only a welcomed member opens a record for their team");
                }
            }
            (Basis::Own, GrantRecipient::Account(account)) if is_card(cards, *person, *account) => {
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

    /// Checks the end of a grant, whose facts were themselves checked: by the person, by a member of
    /// the team or the account that gives up its own access, or by any worker where it lets in a
    /// card of the person, which may be lost.
    ///
    /// # Errors
    /// [`SealError`] where its signer had no right to it, or where it ends another grant.
    pub fn verify_grant_end(
        &self,
        signed: &Signed,
        cards: &[PersonAccount],
        facts: &GrantFacts,
    ) -> Result<(GrantId, PersonId), SealError> {
        let Statement::GrantEnd {
            grant,
            person,
            issued_at,
        } = &signed.statement
        else {
            return untrusted("not the end of a grant");
        };
        if (*grant, *person) != (facts.grant, facts.person) {
            return untrusted("the end of another grant");
        }
        if Self::by_person(signed, *person, cards).is_ok() {
            return Ok((*grant, *person));
        }
        let account = self.signer(signed)?;
        let allowed = match facts.recipient {
            GrantRecipient::Team(team) => self.role_at(team, account, *issued_at).is_some(),
            GrantRecipient::Account(own) if own == account => true,
            GrantRecipient::Account(card) => {
                is_card(cards, *person, card) && self.worked_at(account, *issued_at)
            }
            GrantRecipient::Keepers => false,
        };
        if allowed {
            Ok((*grant, *person))
        } else {
            untrusted("only the person or who was let in ends a grant")
        }
    }

    /// The account whose key signed, if the signature holds and the key was believed at that time.
    pub(super) fn signer(&self, signed: &Signed) -> Result<AccountId, SealError> {
        let known = self.believed_at(signed.signer, signed.statement.issued_at())?;
        signed.verify(&known.key)?;
        Ok(known.account)
    }

    /// The same, where the account belonged to a team at that time.
    fn worker(&self, signed: &Signed) -> Result<AccountId, SealError> {
        let account = self.signer(signed)?;
        if self.worked_at(account, signed.statement.issued_at()) {
            Ok(account)
        } else {
            untrusted("only a worker states this")
        }
    }

    /// The account of the second signature, under the same conditions.
    fn second_worker(&self, signed: &Signed) -> Result<AccountId, SealError> {
        let Some((second, _)) = signed.second else {
            return untrusted("a lost card is replaced by two workers");
        };
        let at = signed.statement.issued_at();
        let known = self.believed_at(second, at)?;
        signed.verify_second(&known.key)?;
        if self.worked_at(known.account, at) {
            Ok(known.account)
        } else {
            untrusted("only a worker signs second")
        }
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
