//! Opening a record and writing in it.

use crate::{
    Inner, PersonSession, Result, Service, ServiceError, WorkerSession,
    followed::Followed,
    journal::{NewEntry, Signer, follow, open_entry},
    keyring::RecordKeys,
    reading::{NewReading, What},
};
use domain::{
    Compartment, Compartments,
    entry::{About, Author, Content, Entry, EntryBody, LONGEST_TEXT, Side, TeamName, Writing},
    id::PersonId,
    record::Record,
    step::Step,
    words::Nature,
};
use futures_util::future::join;
use seal::VerifyingKey;
use std::{collections::BTreeMap, sync::Arc};
use storage::{EntryRow, Transaction};

/// Whose session asks, about which record.
#[derive(Clone, Copy)]
pub enum Who<'a> {
    /// A worker, about that person.
    Worker(&'a WorkerSession, PersonId),
    /// The person, about themselves.
    Person(&'a PersonSession),
}

impl Who<'_> {
    /// The person whose record it is.
    #[must_use]
    pub fn person(&self) -> PersonId {
        match self {
            Self::Worker(_, person) => *person,
            Self::Person(session) => session.person,
        }
    }

    pub(crate) fn session(&self) -> domain::id::SessionId {
        match self {
            Self::Worker(s, _) => s.id,
            Self::Person(s) => s.id,
        }
    }

    pub(crate) fn account(&self) -> domain::id::AccountId {
        match self {
            Self::Worker(s, _) => s.account,
            Self::Person(s) => s.account,
        }
    }

    pub(crate) fn secrets(&self) -> &crate::secret::Secrets {
        match self {
            Self::Worker(s, _) => &s.secrets,
            Self::Person(s) => &s.secrets,
        }
    }

    pub(crate) fn signing(&self) -> &Arc<seal::SigningKey> {
        match self {
            Self::Worker(s, _) => &s.signing,
            Self::Person(s) => &s.signing,
        }
    }

    pub(crate) fn signer(&self) -> Signer<'_> {
        Signer {
            account: self.account(),
            key: self.signing(),
        }
    }

    /// How their writings and readings name them, given the keys through which they act.
    pub(crate) fn author(&self, keys: &RecordKeys) -> Author {
        match self {
            Self::Worker(session, _) => Author {
                account: session.account,
                side: Side::Worker,
                name: session.name.clone(),
                job: session.job.clone(),
                team: session.acting_team(keys.through.iter().map(|(team, _)| *team)),
            },
            Self::Person(session) => Author {
                account: session.account,
                side: Side::Person,
                name: String::new(),
                job: String::new(),
                team: None,
            },
        }
    }
}

/// Which compartments to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All that are open to the reader.
    All,
    /// One.
    One(Compartment),
    /// Those of a set that are open to the reader, one of which must be.
    Among {
        /// Without it, nothing is here for the reader.
        needed: Compartment,
        /// The set.
        among: Compartments,
    },
}

/// A record, opened and folded.
#[derive(Debug, Clone)]
pub struct OpenedRecord {
    /// Whose record it is.
    pub person: PersonId,
    /// What holds in the compartments that were opened.
    pub record: Record,
    /// The compartments open to the reader (whether or not they were asked for now).
    pub open: Compartments,
    /// Whether a compartment exists that is not open to the reader; never which.
    pub another_exists: bool,
    /// Whom to ask about it: the referents named in what was opened.
    pub ask: Vec<String>,
    /// The reader's teams through which it is open.
    pub through: Vec<TeamName>,
}

/// What opening a record takes from storage: still sealed, its chain followed and its signatures checked.
struct Sealed {
    followed: Arc<Followed>,
    /// The compartments that hold anything.
    existing: Compartments,
    /// Whether a card of the person lacks a key that the reader holds.
    lacking: bool,
}

/// The entries of rows that were followed.
fn opened(followed: &Followed, keys: &RecordKeys) -> Result<Vec<Entry>> {
    // What was sealed under a key that is gone for this reader (the vault of a lost card) stays
    // closed; it was followed in the chain like the rest.
    let rows = followed.rows.iter();
    rows.filter(|row| keys.at(row.compartment, row.epoch).is_some())
        .map(|row| open_entry(row, keys))
        .collect()
}

/// What is noted once nothing lacks for the person's cards under those keys and that head.
fn complete_under(keys: &RecordKeys) -> [u8; 32] {
    keys.digest("conatus 2026 complete cards v1")
}

impl Inner {
    /// The keys of a record that the asker may use now.
    pub(crate) async fn keys_of(
        &self,
        tx: &mut dyn Transaction,
        who: &Who<'_>,
    ) -> Result<RecordKeys> {
        self.record_keys(tx, who.person(), who.account(), who.secrets())
            .await
    }

    /// The entries of those compartments: chain followed to the head, hashes and signatures
    /// checked, opened.
    pub(crate) async fn load(
        &self,
        tx: &mut dyn Transaction,
        keys: &RecordKeys,
        which: Compartments,
    ) -> Result<Vec<Entry>> {
        opened(&*self.follow_to_head(tx, keys, which).await?, keys)
    }

    /// The sealed rows of those compartments, the record's chain followed to its head and what was not
    /// checked before checked.
    async fn follow_to_head(
        &self,
        tx: &mut dyn Transaction,
        keys: &RecordKeys,
        which: Compartments,
    ) -> Result<Arc<Followed>> {
        let person = keys.person;
        let row = tx.person(person).await?.ok_or(ServiceError::NotFound)?;
        let head = (row.entries, row.entry_hash);
        if let Some(found) = self.followed.at(person, which, head) {
            return Ok(found);
        }
        let rows = tx.entries(person, which).await?;
        let whole = rows.len() as u64 == row.entries;
        let links = if whole {
            rows.iter().map(|row| (row.hash, row.previous)).collect()
        } else {
            tx.entry_links(person).await?
        };
        let known = self.signing_keys(tx, person, &rows).await?;
        follow(
            person,
            keys.organisation,
            &links,
            head,
            &rows,
            self.followed.checked(person, which),
            |row| known.get(&row.key).copied(),
        )?;
        let found = Arc::new(Followed { head, rows, whole });
        self.followed.keep(person, which, &found);
        Ok(found)
    }

    /// The keys that signed those rows, as statements tell them.
    async fn signing_keys(
        &self,
        tx: &mut dyn Transaction,
        person: PersonId,
        rows: &[EntryRow],
    ) -> Result<BTreeMap<domain::id::KeyId, VerifyingKey>> {
        let mut known = BTreeMap::new();
        let mut cards = None;
        for row in rows {
            if known.contains_key(&row.key) {
                continue;
            }
            let mut trust = self.trust();
            if trust.key(row.key).is_none() {
                self.refresh_trust_in(tx).await?;
                trust = self.trust();
            }
            if let Some(key) = trust.key(row.key).filter(|_| {
                trust
                    .account_of_key(row.key)
                    .is_none_or(|account| account == row.author)
            }) {
                known.insert(row.key, *key);
                continue;
            }
            if cards.is_none() {
                cards = Some(self.person_accounts(tx, person).await?);
            }
            let card = cards
                .iter()
                .flatten()
                .find(|c| c.account == row.author && c.public.verifying.key_id() == row.key);
            if let Some(card) = card {
                known.insert(row.key, card.public.verifying);
            }
        }
        Ok(known)
    }

    /// Readings first, then the record: if a reading cannot be written, nothing is shown.
    pub(crate) async fn open(&self, who: &Who<'_>, which: Which) -> Result<OpenedRecord> {
        if !self.proofs.met(who.person()) {
            self.storage.read_ahead(who.person());
        }
        let mut tx = self.storage.read().await?;
        let keys = self.keys_of(&mut *tx, who).await?;
        drop(tx);
        let open = keys.open_compartments();
        let wanted: Compartments = match which {
            Which::All => open,
            Which::One(c) if open.contains(c) => [c].into_iter().collect(),
            Which::Among { needed, among } if open.contains(needed) => open.intersection(among),
            Which::One(_) | Which::Among { .. } => return Err(ServiceError::NotFound),
        };
        let author = who.author(&keys);
        let readings = wanted
            .iter()
            .map(|compartment| NewReading {
                compartment,
                what: What::Compartment,
                object: [0; 16],
            })
            .collect();
        // The disk is waited for once: sealed rows are read and checked while readings are saved, and
        // opened after.
        let (journaled, sealed) = join(
            self.journal(&keys, who.session(), &author, who.signing(), readings),
            self.sealed(who, &keys, wanted),
        )
        .await;
        journaled?;
        let Sealed {
            followed,
            existing,
            lacking,
        } = sealed?;
        let record = Record::fold(opened(&followed, &keys)?);
        if let Who::Worker(session, _) = who
            && lacking
        {
            self.complete_for_person(session, &keys).await?;
        }
        let shared: Compartments = Compartment::SHARED.into_iter().collect();
        let mut ask: Vec<String> = record
            .accompaniments
            .iter()
            .filter(|a| a.closed.is_none())
            .filter_map(|a| a.referent.as_ref().map(|r| r.name.clone()))
            .collect();
        ask.dedup();
        let through = match who {
            Who::Worker(session, _) => keys
                .through
                .iter()
                .filter_map(|(team, _)| session.acting_team([*team].into_iter()))
                .collect(),
            Who::Person(_) => Vec::new(),
        };
        Ok(OpenedRecord {
            person: keys.person,
            record,
            open,
            another_exists: !open.covers(existing.intersection(shared)),
            ask,
            through,
        })
    }

    /// What opening those compartments takes from storage, of one state.
    async fn sealed(
        &self,
        who: &Who<'_>,
        keys: &RecordKeys,
        wanted: Compartments,
    ) -> Result<Sealed> {
        let mut tx = self.storage.read().await?;
        let followed = self.follow_to_head(&mut *tx, keys, wanted).await?;
        let existing = if followed.whole {
            wanted
        } else {
            tx.compartments(keys.person).await?
        };
        let beyond = !Compartments::usual().covers(keys.open_compartments());
        let lacking = beyond
            && matches!(who, Who::Worker(..))
            && self.lacks_for_person(&mut *tx, keys).await?;
        Ok(Sealed {
            followed,
            existing,
            lacking,
        })
    }

    /// Whether a card of the person lacks a key that this reader holds: its maker may not have opened
    /// all that this reader opens.
    async fn lacks_for_person(&self, tx: &mut dyn Transaction, keys: &RecordKeys) -> Result<bool> {
        // A new card or key is stated: nothing can be lacking that was not under this head.
        let under = complete_under(keys);
        if self.proofs.found(&under) {
            return Ok(false);
        }
        let cards = tx.cards(keys.person).await?;
        let wraps = tx.wraps(keys.person).await?;
        let lacking = cards.iter().filter(|c| c.dead.is_none()).any(|card| {
            let own = storage::Recipient::Account(card.account);
            keys.raw_all().any(|(at, _)| {
                !wraps
                    .iter()
                    .any(|w| w.recipient == own && (w.compartment, w.epoch) == at)
            })
        });
        if !lacking {
            self.proofs.note(under);
        }
        Ok(lacking)
    }

    /// Gives the person's cards what they lack.
    async fn complete_for_person(&self, session: &WorkerSession, keys: &RecordKeys) -> Result<()> {
        self.again(|| async {
            let mut tx = self.storage.write().await?;
            self.complete_cards(&mut *tx, &session.signing, keys)
                .await?;
            Ok(tx.save().await?)
        })
        .await?;
        self.proofs.note(complete_under(keys));
        Ok(())
    }

    /// Writes one entry as the asker, in one transaction.
    pub(crate) async fn write_one(
        &self,
        who: &Who<'_>,
        compartment: Compartment,
        content: Content,
    ) -> Result<u64> {
        self.again(|| async {
            let mut tx = self.storage.write().await?;
            let keys = self.keys_to_write(&mut *tx, who).await?;
            let sequence = self
                .append_as(&mut *tx, who, &keys, compartment, content.clone())
                .await?;
            tx.save().await?;
            Ok(sequence)
        })
        .await
    }

    /// Appends one entry as the asker inside a transaction under way.
    pub(crate) async fn append_as(
        &self,
        tx: &mut dyn Transaction,
        who: &Who<'_>,
        keys: &RecordKeys,
        compartment: Compartment,
        content: Content,
    ) -> Result<u64> {
        let body = EntryBody {
            at: self.now(),
            author: who.author(keys),
            content,
        };
        self.append(tx, keys, &who.signer(), NewEntry::new(compartment, body))
            .await
    }

    /// The record as it stands in the compartments open to the asker, for a use case that must
    /// decide on it; shows nothing, so it leaves no reading.
    pub(crate) async fn standing(
        &self,
        tx: &mut dyn Transaction,
        keys: &RecordKeys,
    ) -> Result<Record> {
        Ok(Record::fold(
            self.load(tx, keys, keys.open_compartments()).await?,
        ))
    }
}

/// A text that a record takes.
pub(crate) fn check_text(field: &'static str, text: &str) -> Result<()> {
    if text.trim().is_empty() {
        return Err(ServiceError::Invalid {
            field,
            key: "error-text-empty",
        });
    }
    if text.chars().count() > LONGEST_TEXT {
        return Err(ServiceError::Invalid {
            field,
            key: "error-text-long",
        });
    }
    Ok(())
}

impl Service {
    /// Opens a record for a worker; readings are on disk before this returns.
    pub async fn open_record(
        &self,
        session: &WorkerSession,
        person: PersonId,
        which: Which,
    ) -> Result<OpenedRecord> {
        self.inner.open(&Who::Worker(session, person), which).await
    }

    /// Opens the person's own record.
    pub async fn open_own(&self, session: &PersonSession, which: Which) -> Result<OpenedRecord> {
        self.inner.open(&Who::Person(session), which).await
    }

    /// Writes in a record; a correction or an answer names an entry of the same compartment.
    pub async fn write(
        &self,
        who: &Who<'_>,
        compartment: Compartment,
        writing: Writing,
    ) -> Result<u64> {
        check_text("text", &writing.text)?;
        if matches!(who, Who::Person(_)) && writing.nature != Nature::Words {
            return Err(ServiceError::Forbidden);
        }
        if compartment == Compartment::Vault && matches!(who, Who::Worker(..)) {
            return Err(ServiceError::CompartmentClosed(compartment));
        }
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                let keys = inner.keys_to_write(&mut *tx, who).await?;
                if let Some(About::Corrects(sequence) | About::Answers(sequence)) = writing.about {
                    let earlier = tx.entry(keys.person, sequence).await?;
                    let earlier = earlier
                        .filter(|e| e.compartment == compartment)
                        .ok_or(ServiceError::NotFound)?;
                    // What the person wrote is answered, never corrected in their stead.
                    if matches!(
                        (who, writing.about),
                        (Who::Worker(..), Some(About::Corrects(_)))
                    ) {
                        let cards = inner.person_accounts(&mut *tx, keys.person).await?;
                        if cards.iter().any(|c| c.account == earlier.author) {
                            return Err(ServiceError::Forbidden);
                        }
                    }
                }
                let content = Content::Writing(writing.clone());
                let sequence = inner
                    .append_as(&mut *tx, who, &keys, compartment, content)
                    .await?;
                tx.save().await?;
                Ok(sequence)
            })
            .await
    }

    /// Records a step, after the rules of its conduct.
    pub async fn record_step(
        &self,
        session: &WorkerSession,
        person: PersonId,
        compartment: Compartment,
        step: Step,
    ) -> Result<u64> {
        check_text("text", &step.text)?;
        let who = Who::Worker(session, person);
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                let keys = inner.keys_to_write(&mut *tx, &who).await?;
                let record = inner.standing(&mut *tx, &keys).await?;
                step.check(inner.today(), |id, theme, day| {
                    record.mandate_allows(id, theme, day)
                })?;
                let content = Content::Step(step.clone());
                let sequence = inner
                    .append_as(&mut *tx, &who, &keys, compartment, content)
                    .await?;
                tx.save().await?;
                Ok(sequence)
            })
            .await
    }
}
