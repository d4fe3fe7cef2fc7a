//! The chains of a record: entries, the files they name, readings.

use super::{PAGE, VerifyReport};
use crate::{journal::header, reading::reading_header, safe::file_path};
use domain::id::{AccountId, KeyId, PersonId};
use futures_util::StreamExt;
use object_store::{ObjectStore, ObjectStoreExt};
use seal::{Head, PersonAccount, Signature, Trust, VerifyingKey};
use storage::{PersonRow, StorageError, Transaction};

/// The key of that name, if that account may sign with it.
fn signer(
    trust: &Trust,
    cards: &[PersonAccount],
    account: AccountId,
    key: KeyId,
) -> Option<VerifyingKey> {
    if let Some(found) = trust.keepers_key(key) {
        return (account == crate::keepers::KEEPERS).then_some(*found);
    }
    if trust.account_of_key(key) == Some(account) {
        return trust.key(key).copied();
    }
    cards
        .iter()
        .find(|c| c.account == account && c.public.key_id() == key)
        .map(|c| c.public.verifying)
}

/// One link of a chain as its row says it, and what was found of it.
struct Link {
    sequence: u64,
    previous: [u8; 32],
    hash: [u8; 32],
    /// The hash of the header that its columns and content make.
    found: [u8; 32],
    signed: bool,
}

/// A chain being followed from the record's beginning.
struct Walk {
    table: &'static str,
    person: PersonId,
    sequence: u64,
    /// The hash after each link, from the beginning.
    hashes: Vec<[u8; 32]>,
}

impl Walk {
    fn new(table: &'static str, person: PersonId) -> Self {
        Self {
            table,
            person,
            sequence: 0,
            hashes: vec![seal::genesis(person)],
        }
    }

    fn last(&self) -> Option<&[u8; 32]> {
        self.hashes.last()
    }

    fn pass(&mut self, link: &Link, report: &mut VerifyReport) {
        let place = format!("{} {} {}", self.table, self.person, link.sequence);
        if link.sequence != self.sequence + 1 || Some(&link.previous) != self.last() {
            report.fault(place.clone(), "the chain is broken");
        }
        if link.found != link.hash {
            report.fault(place.clone(), "its header or sealed content was changed");
        }
        if !link.signed {
            report.fault(place, "its signature");
        }
        self.sequence = link.sequence;
        self.hashes.push(link.hash);
    }

    /// Whether the chain ends where the person's row says and passes where checkpoints saw it.
    fn end(
        &self,
        head: (u64, [u8; 32]),
        seen: impl Iterator<Item = (u64, [u8; 32])>,
        report: &mut VerifyReport,
    ) {
        let place = format!("persons {}", self.person);
        if self.sequence != head.0 || self.last() != Some(&head.1) {
            report.fault(
                place.clone(),
                format!("its head is not the last of {}", self.table),
            );
        }
        for (at, hash) in seen {
            let passed = usize::try_from(at).ok().and_then(|at| self.hashes.get(at));
            if passed != Some(&hash) {
                let what = format!("a checkpoint saw {} {at} otherwise", self.table);
                report.fault(place.clone(), what);
            }
        }
    }
}

pub(super) async fn entries(
    tx: &mut dyn Transaction,
    store: &dyn ObjectStore,
    trust: &Trust,
    row: &PersonRow,
    cards: &[PersonAccount],
    heads: &[Head],
    report: &mut VerifyReport,
) -> Result<(), StorageError> {
    let mut walk = Walk::new("entries", row.person);
    loop {
        let page = tx.entries_after(row.person, walk.sequence, PAGE).await?;
        if page.is_empty() {
            break;
        }
        for entry in &page {
            report.entries += 1;
            let header = header(entry, row.organisation);
            let signature = Signature::from_bytes(entry.signature);
            let key = signer(trust, cards, entry.author, entry.key);
            let link = Link {
                sequence: entry.sequence,
                previous: entry.previous,
                hash: entry.hash,
                found: header.hash(),
                signed: key.is_some_and(|key| header.verify(&key, &signature).is_ok()),
            };
            walk.pass(&link, report);
            if let Some(fact) = &entry.file {
                report.files += 1;
                if let Err(what) = file(store, row.person, fact).await {
                    report.fault(format!("files {} {}", row.person, fact.file), what);
                }
            }
        }
    }
    let seen = heads.iter().map(|h| (h.entries, h.entry_hash));
    walk.end((row.entries, row.entry_hash), seen, report);
    Ok(())
}

async fn file(
    store: &dyn ObjectStore,
    person: PersonId,
    fact: &storage::FileFactRow,
) -> Result<(), String> {
    let found = store.get(&file_path(person, fact.file)).await;
    let found = found.map_err(|e| files::explain(&e).to_owned())?;
    let mut hasher = blake3::Hasher::new();
    let mut length = 0;
    let mut stream = found.into_stream();
    while let Some(bytes) = stream.next().await {
        let bytes = bytes.map_err(|_| "it cannot be read".to_owned())?;
        length += bytes.len() as u64;
        hasher.update(&bytes);
    }
    if length == fact.sealed_length && *hasher.finalize().as_bytes() == fact.sealed_hash {
        Ok(())
    } else {
        Err("its bytes are not those signed".into())
    }
}

pub(super) async fn readings(
    tx: &mut dyn Transaction,
    trust: &Trust,
    row: &PersonRow,
    cards: &[PersonAccount],
    heads: &[Head],
    report: &mut VerifyReport,
) -> Result<(), StorageError> {
    let mut walk = Walk::new("readings", row.person);
    loop {
        let page = tx.readings_after(row.person, walk.sequence, PAGE).await?;
        if page.is_empty() {
            break;
        }
        for reading in &page {
            report.readings += 1;
            let header = reading_header(reading, row.organisation);
            let signature = Signature::from_bytes(reading.signature);
            let key = signer(trust, cards, reading.reader, reading.key);
            let link = Link {
                sequence: reading.sequence,
                previous: reading.previous,
                hash: reading.hash,
                found: header.hash(),
                signed: key.is_some_and(|key| header.verify(&key, &signature).is_ok()),
            };
            walk.pass(&link, report);
        }
    }
    let seen = heads.iter().map(|h| (h.readings, h.reading_hash));
    walk.end((row.readings, row.reading_hash), seen, report);
    Ok(())
}
