//! What proves the grants and keys of a record: the signed chain of statements about the person,
//! followed to its head. Storage's columns are believed only where they say what the chain says.

use crate::{Inner, Result, ServiceError, keyring::recipient};
use domain::id::PersonId;
use jiff::Timestamp;
use lru::LruCache;
use seal::{Key, PersonTrust, SealError, Signed, Statement};
use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
};
use storage::{AccessRow, GrantRow, PersonRow, PersonStatementRow, Recipient, Transaction};

/// Chains followed lately, and what was found so under their heads: a changed head makes another
/// digest, and it is looked at again.
pub(crate) struct Proofs {
    people: Mutex<LruCache<PersonId, Arc<PersonTrust>>>,
    found: Mutex<LruCache<[u8; 32], ()>>,
}

impl Proofs {
    pub(crate) fn new() -> Self {
        // A chain takes some kilobytes, a digest 32 bytes.
        let cache = |size: usize| NonZeroUsize::MIN.saturating_add(size);
        Self {
            people: Mutex::new(LruCache::new(cache(1023))),
            found: Mutex::new(LruCache::new(cache(65_535))),
        }
    }

    fn followed(&self, head: &PersonRow) -> Option<Arc<PersonTrust>> {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        let known = people.get(&head.person)?;
        stands_at(known, head).then(|| Arc::clone(known))
    }

    /// Whether what was stated about that person was followed here lately.
    pub(crate) fn met(&self, person: PersonId) -> bool {
        let people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        people.contains(&person)
    }

    fn remember(&self, person: PersonId, trust: &Arc<PersonTrust>) {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        people.put(person, Arc::clone(trust));
    }

    /// Whether that was found so, under the head that its digest holds.
    pub(crate) fn found(&self, digest: &[u8; 32]) -> bool {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.get(digest).is_some()
    }

    pub(crate) fn note(&self, digest: [u8; 32]) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.put(digest, ());
    }
}

fn stands_at(trust: &PersonTrust, head: &PersonRow) -> bool {
    (trust.count(), trust.head()) == (head.statements, head.statement_hash)
}

/// Whether a grant's columns say what was signed.
pub(crate) fn says_as_signed(row: &GrantRow, trust: &PersonTrust) -> bool {
    let Some(standing) = trust.grant(row.grant) else {
        return false;
    };
    let facts = &standing.facts;
    facts.person == row.person
        && recipient(facts.recipient) == row.recipient
        && facts.compartments == row.compartments
        && facts.until.map(Timestamp::as_second) == row.until.map(Timestamp::as_second)
        && standing.ended.is_some() == row.ended.is_some()
}

impl Inner {
    /// What was stated about a person, followed to the head that their row names.
    pub(crate) async fn person_trust(
        &self,
        tx: &mut dyn Transaction,
        head: &PersonRow,
    ) -> Result<Arc<PersonTrust>> {
        if let Some(known) = self.proofs.followed(head) {
            return Ok(known);
        }
        let signed: Vec<Signed> = tx
            .person_statements(head.person)
            .await?
            .iter()
            .map(|bytes| Signed::parse(bytes))
            .collect::<Result<_, SealError>>()?;
        let followed = match self.follow_statements(head.person, &signed) {
            // Someone may have been stated since, through another node.
            Err(SealError::Untrusted(_)) => {
                self.refresh_trust_in(tx).await?;
                self.follow_statements(head.person, &signed)
            }
            other => other,
        };
        let followed = followed.map_err(|e| ServiceError::Integrity {
            what: format!("statements about person {}: {e}", head.person),
        })?;
        if !stands_at(&followed, head) {
            return Err(ServiceError::Integrity {
                what: format!("statements about person {}: cut or moved", head.person),
            });
        }
        let followed = Arc::new(followed);
        self.proofs.remember(head.person, &followed);
        Ok(followed)
    }

    fn follow_statements(
        &self,
        person: PersonId,
        signed: &[Signed],
    ) -> Result<PersonTrust, SealError> {
        let trust = self.trust();
        let mut followed = PersonTrust::new(person);
        for signed in signed {
            followed.admit(&trust, signed)?;
        }
        Ok(followed)
    }

    /// The same, of a person whose row is not at hand.
    pub(crate) async fn trust_about(
        &self,
        tx: &mut dyn Transaction,
        person: PersonId,
    ) -> Result<Arc<PersonTrust>> {
        let head = tx.person(person).await?.ok_or(ServiceError::NotFound)?;
        self.person_trust(tx, &head).await
    }

    /// Appends what is stated about a person, if it would be believed after what was stated so far:
    /// what this server would refuse must never be written. Gives what then stands.
    pub(crate) async fn state_about(
        &self,
        tx: &mut dyn Transaction,
        person: PersonId,
        signed: &Signed,
    ) -> Result<Arc<PersonTrust>> {
        let before = self.trust_about(tx, person).await?;
        let mut after = PersonTrust::clone(&before);
        after.admit(&self.trust(), signed)?;
        tx.append_person_statement(&PersonStatementRow {
            person,
            number: after.count(),
            previous: before.head(),
            hash: after.head(),
            signed: signed.to_bytes(),
        })
        .await?;
        let after = Arc::new(after);
        // Undone, the row's head is another again, and the chain is followed anew.
        self.proofs.remember(person, &after);
        Ok(after)
    }

    /// Ends a grant: stated, and in its columns.
    pub(crate) async fn end_grant(
        &self,
        tx: &mut dyn Transaction,
        person: PersonId,
        grant: domain::id::GrantId,
        signer: &seal::SigningKey,
    ) -> Result<()> {
        let at = self.now();
        let end = Statement::GrantEnd {
            grant,
            person,
            issued_at: at,
        };
        self.state_about(tx, person, &Signed::sign(end, signer))
            .await?;
        tx.end_grant(person, grant, at).await?;
        Ok(())
    }

    /// Whether an access proves itself: its grant stands in the signed chain as its columns say, and
    /// the key that its wrap gave is the one stated for that compartment and epoch.
    pub(crate) async fn prove_access(
        &self,
        tx: &mut dyn Transaction,
        statement_hash: &[u8; 32],
        access: &AccessRow,
        key: &Key,
    ) -> Result<()> {
        let (wrap, row) = (&access.wrap, &access.grant);
        let commitment = key.commitment(row.person, wrap.compartment, wrap.epoch);
        let digest = digest(access, statement_hash, &commitment);
        if self.proofs.found(&digest) {
            return Ok(());
        }
        let wrong = |what: String| Err(ServiceError::Integrity { what });
        let trust = self.trust_about(tx, row.person).await?;
        let says = says_as_signed(row, &trust)
            && row.grant == wrap.grant
            && row.recipient == wrap.recipient
            && row.compartments.contains(wrap.compartment);
        if !says {
            return wrong(format!("grant {} of person {}", row.grant, row.person));
        }
        if !trust.is_key(wrap.compartment, wrap.epoch, key) {
            let place = (wrap.compartment.word(), wrap.epoch);
            return wrong(format!(
                "key {} {} of person {}",
                place.0, place.1, row.person
            ));
        }
        if trust.head() == *statement_hash {
            self.proofs.note(digest);
        }
        Ok(())
    }

    /// The accounts behind a person's cards.
    pub(crate) async fn person_accounts(
        &self,
        tx: &mut dyn Transaction,
        person: PersonId,
    ) -> Result<Vec<seal::PersonAccount>> {
        Ok(self.trust_about(tx, person).await?.cards().to_vec())
    }

    /// States new keys of a record and gives them with its other keys.
    pub(crate) async fn state_keys(
        &self,
        tx: &mut dyn Transaction,
        person: PersonId,
        fresh: &crate::people::RawKeys,
        signer: &seal::SigningKey,
    ) -> Result<Arc<PersonTrust>> {
        let keys = fresh
            .iter()
            .map(|((compartment, epoch), key)| seal::KeyFact {
                compartment: *compartment,
                epoch: *epoch,
                commitment: key.commitment(person, *compartment, *epoch),
            })
            .collect();
        let statement = Statement::CompartmentKeys {
            person,
            keys,
            issued_at: self.now(),
        };
        self.state_about(tx, person, &Signed::sign(statement, signer))
            .await
    }
}

fn digest(access: &AccessRow, statement_hash: &[u8; 32], commitment: &[u8; 32]) -> [u8; 32] {
    let row = &access.grant;
    let mut hasher = blake3::Hasher::new();
    hasher.update(statement_hash).update(commitment);
    hasher
        .update(row.person.as_bytes())
        .update(row.grant.as_bytes())
        .update(access.wrap.grant.as_bytes());
    hasher.update(&[row.compartments.bits(), access.wrap.compartment.code()]);
    let second = |at: Option<Timestamp>| at.map_or(i64::MAX, Timestamp::as_second).to_le_bytes();
    hasher.update(&second(row.until)).update(&second(row.ended));
    for recipient in [row.recipient, access.wrap.recipient] {
        match recipient {
            Recipient::Team(id) => hasher.update(b"t").update(id.as_bytes()),
            Recipient::Account(id) => hasher.update(b"a").update(id.as_bytes()),
            Recipient::Keepers => hasher.update(b"k"),
        };
    }
    *hasher.finalize().as_bytes()
}
