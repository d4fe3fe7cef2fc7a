//! Keepers opening one sealed record together, with a reason that the record shows.

mod renewal;

pub use renewal::WrappedAgain;

use crate::{
    Inner, Result, Service, ServiceError,
    journal::{NewEntry, Signer},
    keyring::{RecordKeys, wrap_binding},
    people::RawKeys,
    reading::{NewReading, What},
};
use domain::{
    entry::{Author, Content, EntryBody, Side},
    id::{AccountId, PersonId, SessionId},
    record::Record,
};
use seal::{Basis, Key, RecoveryKeys, RecoverySheet};
use std::{collections::BTreeMap, sync::Arc};
use storage::{PersonRow, Recipient, Transaction};

/// What stands for an account where the keepers sign together.
pub(crate) const KEEPERS: AccountId = AccountId::from_bytes([0; 16]);

impl Inner {
    /// The recovery keys that those sheets give back, if they are this installation's.
    pub(crate) fn recovery(&self, sheets: &[RecoverySheet]) -> Result<RecoveryKeys> {
        let seed = seal::combine(sheets)
            .map_err(|_| ServiceError::Setup("these sheets do not open together"))?;
        let keys = RecoveryKeys::from_seed(&seed);
        let trust = self.trust();
        let stated = trust
            .recovery()
            .ok_or(ServiceError::Setup("no recovery key was stated"))?;
        if keys.public() != (stated.kem.clone(), stated.verifying) {
            return Err(ServiceError::Setup(
                "these sheets are not those of this installation",
            ));
        }
        Ok(keys)
    }

    /// The keys of a record that those keepers open together now.
    async fn keys_of_keepers(
        &self,
        tx: &mut dyn Transaction,
        row: &PersonRow,
        recovery: &RecoveryKeys,
    ) -> Result<RawKeys> {
        let person = row.person;
        let about = self.person_trust(tx, row).await?;
        let (mut raw, mut earlier) = (BTreeMap::new(), false);
        for wrap in tx.wraps(person).await? {
            if wrap.recipient != Recipient::Keepers {
                continue;
            }
            let open = about.grant(wrap.grant).filter(|g| {
                g.holds(self.now())
                    && g.facts.basis == Basis::Recovery
                    && g.facts.compartments.contains(wrap.compartment)
            });
            if open.is_none() {
                continue;
            }
            let binding = wrap_binding(
                row.organisation,
                person,
                wrap.compartment,
                wrap.epoch,
                wrap.grant,
            );
            match seal::unwrap(&recovery.kem, &binding, &wrap.wrapped) {
                Ok(key) => {
                    let key = Key::from_slice(&key)?;
                    if !about.is_key(wrap.compartment, wrap.epoch, &key) {
                        return Err(ServiceError::Integrity {
                            what: format!("key of person {person}"),
                        });
                    }
                    raw.insert((wrap.compartment, wrap.epoch), key);
                }
                Err(_) => earlier = true,
            }
        }
        if earlier {
            return Err(ServiceError::Setup(
                "some of this record is wrapped to earlier keepers, or was changed: first wrap it again with their sheets",
            ));
        }
        if raw.is_empty() {
            return Err(ServiceError::Setup(
                "the person declined that keepers open this record",
            ));
        }
        Ok(raw)
    }
}

impl Service {
    /// Keepers open a record together. The reason is written in every compartment they open, and a
    /// reading in each, before anything is shown.
    pub async fn open_by_keepers(
        &self,
        sheets: &[RecoverySheet],
        person: PersonId,
        reason: &str,
    ) -> Result<Record> {
        if reason.trim().chars().count() < 10 {
            return Err(ServiceError::Setup("say why in at least ten characters"));
        }
        let inner = &self.inner;
        inner.refresh_trust().await?;
        let recovery = inner.recovery(sheets)?;
        let (keys, opened, author) = inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                let row = tx.person(person).await?.ok_or(ServiceError::NotFound)?;
                let raw = inner.keys_of_keepers(&mut *tx, &row, &recovery).await?;
                let share = inner.share(person).await?;
                let keys = RecordKeys::new(row.organisation, person, raw, &share);
                let how_many = u8::try_from(sheets.len()).unwrap_or(u8::MAX);
                let author = Author {
                    account: KEEPERS,
                    side: Side::Keepers,
                    name: String::new(),
                    job: String::new(),
                    team: None,
                };
                let existing = tx.compartments(person).await?;
                let opened = keys.open_compartments().intersection(existing);
                let signer = Signer {
                    account: KEEPERS,
                    key: &recovery.signing,
                };
                for compartment in opened.iter() {
                    let content = Content::OpenedByKeepers {
                        reason: reason.trim().to_owned(),
                        keepers: how_many,
                    };
                    let body = EntryBody {
                        at: inner.now(),
                        author: author.clone(),
                        content,
                    };
                    inner
                        .append(&mut *tx, &keys, &signer, NewEntry::new(compartment, body))
                        .await?;
                }
                tx.save().await?;
                Ok((keys, opened, author))
            })
            .await?;
        let readings = opened
            .iter()
            .map(|compartment| NewReading {
                compartment,
                what: What::Keepers(reason.trim().to_owned()),
                object: [0; 16],
            })
            .collect();
        let session = SessionId::from_bytes(inner.new_id());
        let signing = Arc::new(recovery.signing.clone());
        inner
            .journal(&keys, session, &author, &signing, readings)
            .await?;
        let mut tx = inner.storage.read().await?;
        Ok(Record::fold(inner.load(&mut *tx, &keys, opened).await?))
    }
}
