//! Appending to a record: what is written is checked by `domain`, sealed, chained and signed, and
//! kept in one transaction with its effects.

use crate::{Inner, Result, ServiceError, keyring::RecordKeys};
use domain::{
    Compartment,
    entry::{Content, Entry, EntryBody},
    id::{AccountId, PersonId},
};
use rand_chacha::ChaCha20Rng;
use seal::{Binding, ContentType, EntryHeader, FileFact, Key, SigningKey, VerifyingKey};
use storage::{EntryRow, FileFactRow, Transaction};

/// Who signs, with what key.
pub(crate) struct Signer<'a> {
    pub(crate) account: AccountId,
    pub(crate) key: &'a SigningKey,
}

/// An entry to append.
pub(crate) struct NewEntry {
    pub(crate) compartment: Compartment,
    pub(crate) body: EntryBody,
    pub(crate) file: Option<FileFactRow>,
}

impl NewEntry {
    pub(crate) fn new(compartment: Compartment, body: EntryBody) -> Self {
        Self {
            compartment,
            body,
            file: None,
        }
    }
}

/// What a sealed entry is bound to.
pub(crate) fn entry_binding(row: &EntryRow, organisation: domain::id::OrganisationId) -> Binding {
    Binding::new(ContentType::Entry)
        .organisation(organisation)
        .person(row.person)
        .compartment(row.compartment)
        .sequence(row.sequence)
        .epoch(row.epoch)
}

/// The signed header of an entry's row.
pub(crate) fn header(row: &EntryRow, organisation: domain::id::OrganisationId) -> EntryHeader {
    EntryHeader {
        organisation,
        person: row.person,
        compartment: row.compartment,
        sequence: row.sequence,
        epoch: row.epoch,
        profile: row.profile,
        author: row.author,
        key: row.key,
        previous: row.previous,
        content_hash: *blake3::hash(&row.sealed).as_bytes(),
        file: row.file.map(|f| FileFact {
            file: f.file,
            sealed_hash: f.sealed_hash,
            sealed_length: f.sealed_length,
        }),
    }
}

impl Inner {
    /// Appends an entry to the record at its head; gives its sequence.
    pub(crate) async fn append(
        &self,
        tx: &mut dyn Transaction,
        keys: &RecordKeys,
        signer: &Signer<'_>,
        entry: NewEntry,
    ) -> Result<u64> {
        let (epoch, key) = keys
            .latest(entry.compartment)
            .ok_or(ServiceError::CompartmentClosed(entry.compartment))?;
        // An access was taken back since these keys were opened: under the earlier key, whoever lost
        // it could read what is written now. The next request opens the new one.
        let latest = tx.latest_epoch(keys.person, entry.compartment).await?;
        if latest.is_some_and(|latest| latest > epoch) {
            return Err(ServiceError::Busy);
        }
        let head = tx
            .person(keys.person)
            .await?
            .ok_or(ServiceError::NotFound)?;
        let at = (head.entries, head.entry_hash);
        let row = seal_row(keys, (epoch, key), signer, &entry, at, &mut self.chance())?;
        let month = self.today().first_of_month();
        tx.append_entry(&row, month).await?;
        Ok(row.sequence)
    }
}

/// An entry sealed, chained after that head and signed, as its row.
pub(crate) fn seal_row(
    keys: &RecordKeys,
    (epoch, key): (u32, &Key),
    signer: &Signer<'_>,
    entry: &NewEntry,
    (entries, previous): (u64, [u8; 32]),
    chance: &mut ChaCha20Rng,
) -> Result<EntryRow> {
    let mut row = EntryRow {
        person: keys.person,
        sequence: entries + 1,
        compartment: entry.compartment,
        epoch,
        profile: matches!(entry.body.content, Content::Profile(_)),
        author: signer.account,
        key: signer.key.verifying().key_id(),
        previous,
        hash: [0; 32],
        sealed: Vec::new(),
        signature: [0; 64],
        file: entry.file,
    };
    let json = zeroize::Zeroizing::new(serde_json::to_vec(&entry.body).map_err(|_| {
        ServiceError::Integrity {
            what: "an entry that cannot be written".into(),
        }
    })?);
    row.sealed = seal::seal(key, &entry_binding(&row, keys.organisation), &json, chance)?;
    let header = header(&row, keys.organisation);
    row.hash = header.hash();
    row.signature = *header.sign(signer.key).as_bytes();
    Ok(row)
}

/// Opens a row whose chain was followed; [`ServiceError::Integrity`] names the row by its place.
pub(crate) fn open_entry(row: &EntryRow, keys: &RecordKeys) -> Result<Entry> {
    let wrong = |what: &str| ServiceError::Integrity {
        what: format!("entry {} of person {}: {what}", row.sequence, row.person),
    };
    let key = keys
        .at(row.compartment, row.epoch)
        .ok_or_else(|| wrong("its key is missing"))?;
    let json = seal::open(key, &entry_binding(row, keys.organisation), &row.sealed)
        .map_err(|e| wrong(&e.to_string()))?;
    let body: EntryBody = serde_json::from_slice(&json).map_err(|_| wrong("its content"))?;
    if body.author.account != row.author {
        return Err(wrong("its author is not who signed"));
    }
    Ok(Entry {
        sequence: row.sequence,
        compartment: row.compartment,
        body,
    })
}

/// Follows the chain of a record to its head and checks the hashes and signatures of the rows that
/// are about to be opened; rows up to `trusted` were checked before under that hash.
pub(crate) fn follow(
    person: PersonId,
    organisation: domain::id::OrganisationId,
    links: &[([u8; 32], [u8; 32])],
    head: (u64, [u8; 32]),
    rows: &[EntryRow],
    trusted: Option<(u64, [u8; 32])>,
    key_of: impl Fn(&EntryRow) -> Option<VerifyingKey>,
) -> Result<()> {
    let wrong = |sequence: u64, what: &str| ServiceError::Integrity {
        what: format!("entry {sequence} of person {person}: {what}"),
    };
    let mut previous = seal::genesis(person);
    for (sequence, (hash, before)) in (1u64..).zip(links) {
        if *before != previous {
            return Err(wrong(sequence, "the chain is broken"));
        }
        previous = *hash;
    }
    if links.len() as u64 != head.0 || previous != head.1 {
        return Err(wrong(head.0, "the record's head is not its last entry"));
    }
    let at = |sequence: u64| {
        usize::try_from(sequence)
            .ok()
            .and_then(|s| s.checked_sub(1))
            .and_then(|i| links.get(i))
    };
    let trusted = trusted.filter(|(s, hash)| *s == 0 || at(*s).is_some_and(|(h, _)| h == hash));
    let checked = trusted.map_or(0, |(sequence, _)| sequence);
    for row in rows {
        let header = header(row, organisation);
        let linked = at(row.sequence).is_some_and(|(h, p)| *h == row.hash && *p == row.previous);
        if !linked || header.hash() != row.hash {
            return Err(wrong(row.sequence, "its header or content was changed"));
        }
        if row.sequence > checked {
            let key = key_of(row).ok_or_else(|| wrong(row.sequence, "its signer is unknown"))?;
            header
                .verify(&key, &seal::Signature::from_bytes(row.signature))
                .map_err(|_| wrong(row.sequence, "its signature"))?;
        }
    }
    Ok(())
}
