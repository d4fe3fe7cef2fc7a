//! New keepers in place of the old: a new recovery key that the root states, and what was wrapped
//! to the old one wrapped again to the new, under the same grants. No content is opened here.

use crate::{Inner, Result, Service, ServiceError, keyring::wrap_binding};
use domain::id::PersonId;
use seal::{
    Basis, Key, PersonTrust, RecoveryKeys, RecoveryPublic, RecoverySheet, RootKey, Signed,
    Statement,
};
use storage::{PersonRow, Recipient, Transaction, WrapRow};

/// Records done in one transaction: a server that serves meanwhile waits for one at most.
const BATCH: u32 = 20;

/// What became of the keys wrapped to earlier keepers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WrappedAgain {
    /// Records looked at.
    pub people: u64,
    /// Keys wrapped to the keepers of now.
    pub moved: u64,
    /// Keys that those sheets do not open: wrapped to the keepers of now already, or to others.
    pub others: u64,
    /// Keys whose grant does not prove itself; they are left as they are.
    pub unproved: u64,
}

impl WrappedAgain {
    fn add(&mut self, batch: Self) {
        self.people += batch.people;
        self.moved += batch.moved;
        self.others += batch.others;
        self.unproved += batch.unproved;
    }
}

fn keys_of(sheets: &[RecoverySheet]) -> Result<RecoveryKeys> {
    let seed = seal::combine(sheets)
        .map_err(|_| ServiceError::Setup("these sheets do not open together"))?;
    Ok(RecoveryKeys::from_seed(&seed))
}

impl Inner {
    fn recovery_stated(&self) -> Result<RecoveryPublic> {
        let trust = self.trust();
        trust
            .recovery()
            .cloned()
            .ok_or(ServiceError::Setup("no recovery key was stated"))
    }

    /// Whether the wrap rests on the keepers' own grant: `None` where that grant ended.
    fn keepers_grant(about: &PersonTrust, wrap: &WrapRow) -> Option<bool> {
        match about.grant(wrap.grant) {
            Some(grant) if grant.ended.is_some() => None,
            Some(grant) => Some(
                grant.facts.basis == Basis::Recovery
                    && grant.facts.compartments.contains(wrap.compartment),
            ),
            None => Some(false),
        }
    }

    async fn wrap_record_again(
        &self,
        tx: &mut dyn Transaction,
        row: &PersonRow,
        old: &RecoveryKeys,
        done: &mut WrappedAgain,
    ) -> Result<()> {
        let person = row.person;
        let about = self.person_trust(tx, row).await?;
        let to = self.recovery_stated()?;
        let wraps = tx.wraps(person).await?.into_iter();
        for wrap in wraps.filter(|w| w.recipient == Recipient::Keepers) {
            match Self::keepers_grant(&about, &wrap) {
                // A grant that ended opens nothing, whoever it was wrapped to.
                None => continue,
                Some(false) => {
                    done.unproved += 1;
                    continue;
                }
                Some(true) => {}
            }
            let binding = wrap_binding(
                row.organisation,
                person,
                wrap.compartment,
                wrap.epoch,
                wrap.grant,
            );
            let Ok(key) = seal::unwrap(&old.kem, &binding, &wrap.wrapped) else {
                done.others += 1;
                continue;
            };
            let key = Key::from_slice(&key)?;
            if !about.is_key(wrap.compartment, wrap.epoch, &key) {
                done.unproved += 1;
                continue;
            }
            let wrapped = seal::wrap_to(&to.kem, &binding, key.as_bytes(), &mut self.chance())?;
            tx.put_wrap(&WrapRow { wrapped, ..wrap }).await?;
            done.moved += 1;
        }
        Ok(())
    }
}

impl Service {
    /// Whether that is this installation's root key.
    pub async fn is_root(&self, root: &RootKey) -> Result<bool> {
        let mut tx = self.inner.storage.read().await?;
        crate::setup::is_root(&mut *tx, root).await
    }

    /// Whether those sheets are together the keepers' of now (true) or earlier ones' (false).
    ///
    /// # Errors
    /// [`ServiceError::Setup`] where they do not open together or never were this installation's.
    pub async fn keepers_of_now(&self, sheets: &[RecoverySheet]) -> Result<bool> {
        let keys = keys_of(sheets)?;
        self.inner.refresh_trust().await?;
        let (kem, verifying) = keys.public();
        let trust = self.inner.trust();
        if trust
            .recovery()
            .is_some_and(|now| now.kem == kem && now.verifying == verifying)
        {
            return Ok(true);
        }
        match trust.keepers_key(verifying.key_id()) {
            Some(_) => Ok(false),
            None => Err(ServiceError::Setup(
                "these sheets are not those of this installation",
            )),
        }
    }

    /// States new keepers, with the root key in hand; gives their sheets, shown once. What comes
    /// from now on is wrapped to them; [`Service::wrap_to_keepers_again`] brings what came before.
    ///
    /// # Errors
    /// [`ServiceError::Setup`] where the key is not the root's or the numbers are not possible.
    pub async fn renew_keepers(
        &self,
        root: &RootKey,
        threshold: u8,
        keepers: u8,
    ) -> Result<Vec<RecoverySheet>> {
        let inner = &self.inner;
        let mut chance = inner.chance();
        let seed = Key::generate(&mut chance);
        let sheets = seal::split(&seed, threshold, keepers, &mut chance)
            .map_err(|_| ServiceError::Setup("keepers: from 1 of 1 to 9 of 9 are possible"))?;
        let (kem, verifying) = RecoveryKeys::from_seed(&seed).public();
        inner
            .again(|| async {
                let mut tx = inner.begin_stating().await?;
                if !crate::setup::is_root(&mut *tx, root).await? {
                    return Err(crate::setup::OTHER_ROOT);
                }
                let statement = Statement::Recovery {
                    kem: kem.clone(),
                    verifying,
                    threshold,
                    keepers,
                    issued_at: inner.now(),
                };
                inner
                    .state(&mut *tx, &Signed::sign(statement, root.signing()))
                    .await?;
                Ok(tx.save().await?)
            })
            .await?;
        inner.refresh_trust().await?;
        Ok(sheets)
    }

    /// Wraps to the keepers of now every compartment key that those earlier sheets open, under the
    /// same grant. May be stopped and begun again: what was done stays done. `progress` is told
    /// (records done, records in all).
    ///
    /// # Errors
    /// [`ServiceError::Setup`] where the sheets are not earlier keepers'.
    pub async fn wrap_to_keepers_again(
        &self,
        old: &[RecoverySheet],
        progress: &(dyn Fn(u64, u64) + Send + Sync),
    ) -> Result<WrappedAgain> {
        if self.keepers_of_now(old).await? {
            return Err(ServiceError::Setup(
                "these sheets are those of the keepers of now: nothing is to be wrapped again",
            ));
        }
        let old = keys_of(old)?;
        let inner = &self.inner;
        let mut done = WrappedAgain::default();
        let mut after: Option<PersonId> = None;
        loop {
            let (batch, all, last) = inner
                .again(|| async {
                    let mut tx = inner.storage.write().await?;
                    // Others may have renewed the keepers meanwhile.
                    inner.refresh_trust_in(&mut *tx).await?;
                    let all = tx.count_people().await?;
                    let people = tx.people_after(after, BATCH).await?;
                    let mut batch = WrappedAgain::default();
                    for row in &people {
                        inner
                            .wrap_record_again(&mut *tx, row, &old, &mut batch)
                            .await?;
                        batch.people += 1;
                    }
                    tx.save().await?;
                    Ok((batch, all, people.last().map(|row| row.person)))
                })
                .await?;
            if last.is_none() {
                return Ok(done);
            }
            after = last;
            done.add(batch);
            progress(done.people, all);
        }
    }
}
