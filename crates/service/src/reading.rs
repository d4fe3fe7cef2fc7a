//! Readings: the trace left by opening something, durable before anything is shown, and shown to
//! the person. One a session, a thing opened and a quarter of an hour.

use crate::{Inner, Result, Service, ServiceError, Who, keyring::RecordKeys};
use domain::{
    Compartment,
    entry::Author,
    id::{PersonId, ReadingId, SessionId},
};
use futures_util::future::join_all;
use jiff::Timestamp;
use rand_chacha::ChaCha20Rng;
use seal::{Binding, ContentType, Key, ReadingHeader, SigningKey};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use storage::{ReadingHeads, ReadingRow, Storage, StorageError};
use tokio::sync::{mpsc, oneshot};

/// What was opened.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A compartment's entries.
    Compartment,
    /// A document was shown; its title.
    Document(String),
    /// A document was taken out; its title.
    Download(String),
    /// Keepers opened the compartment together; their reason.
    Keepers(String),
}

impl What {
    fn tag(&self) -> &'static str {
        match self {
            Self::Compartment => "compartment",
            Self::Document(_) => "document",
            Self::Download(_) => "download",
            Self::Keepers(_) => "keepers",
        }
    }
}

/// What a reading seals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingBody {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub reader: Author,
    /// What.
    pub what: What,
}

/// A reading to write before something is shown.
pub(crate) struct NewReading {
    pub(crate) compartment: Compartment,
    pub(crate) what: What,
    /// The document opened, where it is one.
    pub(crate) object: [u8; 16],
}

/// A line of the list of readings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingLine {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub reader: Author,
    /// In which compartment.
    pub compartment: Compartment,
    /// What.
    pub what: What,
}

/// A page of readings, latest first.
#[derive(Debug, Clone, Default)]
pub struct ReadingsPage {
    /// The readings.
    pub lines: Vec<ReadingLine>,
    /// What to ask for the page before, if there is one.
    pub next: Option<u64>,
}

const READINGS_PAGE: u32 = 50;
const QUARTER: i64 = 15 * 60;
const LARGEST_BATCH: usize = 128;
/// How many readings are remembered at the most: 4 MB.
const MOST_SAVED: usize = 100_000;
/// How often a batch is written again where another node was first.
const TRIES: u32 = 3;

/// Writes readings in groups: those that arrive while one commit is under way share the next.
pub(crate) struct ReadingJournal {
    queue: mpsc::Sender<Request>,
    saved: Mutex<Saved>,
}

/// The readings that this node saved in the quarter of an hour that goes on: who opens the same
/// again waits for no disk. Without this memory (another node, a new start) the store knows them.
#[derive(Default)]
struct Saved {
    quarter: i64,
    readings: HashSet<ReadingId>,
}

impl Saved {
    /// Their identifiers say the quarter, so those of an earlier one are never asked for again.
    fn keep(&mut self, quarter: i64, readings: impl Iterator<Item = ReadingId>) {
        if quarter != self.quarter || self.readings.len() > MOST_SAVED {
            self.quarter = quarter;
            self.readings.clear();
        }
        self.readings.extend(readings);
    }
}

/// What one reader opens at once.
struct Request {
    person: PersonId,
    sealings: Vec<Sealing>,
    done: oneshot::Sender<Result<(), StorageError>>,
}

/// All it takes to seal and sign a reading once its place in the chain is known.
struct Sealing {
    organisation: domain::id::OrganisationId,
    person: PersonId,
    compartment: Compartment,
    epoch: u32,
    key: Key,
    reading: ReadingId,
    body: Vec<u8>,
    reader: domain::id::AccountId,
    signing: Arc<SigningKey>,
    chance: ChaCha20Rng,
}

impl ReadingJournal {
    /// Writes on a thread of its own: among requests that open and draw pages, it would wait for
    /// them at every step, and everyone waits for it.
    ///
    /// # Errors
    /// [`ServiceError::Setup`] where the system gives no thread.
    pub(crate) fn start(storage: Arc<dyn Storage>) -> Result<Self> {
        let (queue, incoming) = mpsc::channel::<Request>(1024);
        let refused = |_| ServiceError::Setup("the system gives no thread for readings");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(refused)?;
        std::thread::Builder::new()
            .name("readings".into())
            .spawn(move || runtime.block_on(write_in_groups(storage, incoming)))
            .map_err(refused)?;
        Ok(Self {
            queue,
            saved: Mutex::default(),
        })
    }

    fn saved(&self) -> MutexGuard<'_, Saved> {
        self.saved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this node saved that reading, in this quarter of an hour.
    fn is_saved(&self, reading: ReadingId) -> bool {
        self.saved().readings.contains(&reading)
    }

    async fn write(&self, person: PersonId, quarter: i64, sealings: Vec<Sealing>) -> Result<()> {
        if sealings.is_empty() {
            return Ok(());
        }
        let readings: Vec<ReadingId> = sealings.iter().map(|s| s.reading).collect();
        let (done, wait) = oneshot::channel();
        let closed = |_| ServiceError::Storage(StorageError::Busy);
        self.queue
            .send(Request {
                person,
                sealings,
                done,
            })
            .await
            .map_err(closed)?;
        wait.await
            .map_err(|_| ServiceError::Storage(StorageError::Busy))??;
        self.saved().keep(quarter, readings.into_iter());
        Ok(())
    }
}

/// The same failure for each reader of a batch; the engine's own error is told once.
fn again(error: &StorageError) -> StorageError {
    match error {
        StorageError::Full => StorageError::Full,
        StorageError::Conflict(what) => StorageError::Conflict(what),
        other => {
            tracing::error!(error = %other, "readings could not be written");
            StorageError::Busy
        }
    }
}

async fn write_in_groups(storage: Arc<dyn Storage>, mut incoming: mpsc::Receiver<Request>) {
    let mut batch = Vec::with_capacity(LARGEST_BATCH);
    while incoming.recv_many(&mut batch, LARGEST_BATCH).await > 0 {
        if storage.one_writer() {
            commit(&*storage, std::mem::take(&mut batch)).await;
            continue;
        }
        // Where many write at a time, each person has their own turn, and their own transaction.
        let mut of_person: BTreeMap<PersonId, Vec<Request>> = BTreeMap::new();
        for request in batch.drain(..) {
            of_person.entry(request.person).or_default().push(request);
        }
        let commits = of_person
            .into_values()
            .map(|requests| commit(&*storage, requests));
        join_all(commits).await;
    }
}

/// Writes what those readers open, again a few times where another node was first, and tells them.
async fn commit(storage: &dyn Storage, mut requests: Vec<Request>) {
    let mut outcome = try_commit(storage, &mut requests).await;
    for _ in 0..TRIES {
        if !matches!(outcome, Err(StorageError::Conflict(_))) {
            break;
        }
        outcome = try_commit(storage, &mut requests).await;
    }
    for request in requests {
        // A reader who left needs no answer.
        let _ = request.done.send(match &outcome {
            Ok(()) => Ok(()),
            Err(error) => Err(again(error)),
        });
    }
}

async fn try_commit(storage: &dyn Storage, requests: &mut [Request]) -> Result<(), StorageError> {
    let asked: Vec<(PersonId, ReadingId)> = requests
        .iter()
        .flat_map(|request| request.sealings.iter().map(|s| (s.person, s.reading)))
        .collect();
    let mut tx = storage.write().await?;
    // What is known was told in this quarter of an hour.
    let ReadingHeads { heads, mut known } = tx.reading_heads(&asked).await?;
    let mut of_person: BTreeMap<PersonId, Vec<&mut Sealing>> = BTreeMap::new();
    for sealing in requests.iter_mut().flat_map(|r| &mut r.sealings) {
        if known.insert((sealing.person, sealing.reading)) {
            of_person.entry(sealing.person).or_default().push(sealing);
        }
    }
    let mut rows = Vec::with_capacity(asked.len());
    for (person, sealings) in of_person {
        let mut head = *heads
            .get(&person)
            .ok_or(StorageError::Conflict("the person"))?;
        for sealing in sealings {
            let row = sealing.seal(head)?;
            head = (row.sequence, row.hash);
            rows.push(row);
        }
    }
    tx.append_readings(&rows).await?;
    tx.save().await
}

impl Sealing {
    fn seal(&mut self, head: (u64, [u8; 32])) -> Result<ReadingRow, StorageError> {
        let mut row = ReadingRow {
            person: self.person,
            sequence: head.0 + 1,
            reading: self.reading,
            compartment: self.compartment,
            epoch: self.epoch,
            reader: self.reader,
            key: self.signing.verifying().key_id(),
            previous: head.1,
            hash: [0; 32],
            sealed: Vec::new(),
            signature: [0; 64],
        };
        let binding = reading_binding(&row, self.organisation);
        row.sealed = seal::seal(&self.key, &binding, &self.body, &mut self.chance)
            .map_err(|e| StorageError::Engine(Box::new(e)))?;
        let header = reading_header(&row, self.organisation);
        row.hash = header.hash();
        row.signature = *header.sign(&self.signing).as_bytes();
        Ok(row)
    }
}

/// What a sealed reading is bound to.
pub(crate) fn reading_binding(
    row: &ReadingRow,
    organisation: domain::id::OrganisationId,
) -> Binding {
    Binding::new(ContentType::Reading)
        .organisation(organisation)
        .person(row.person)
        .compartment(row.compartment)
        .object(row.reading.as_bytes())
        .sequence(row.sequence)
        .epoch(row.epoch)
}

/// The signed header of a reading's row.
pub(crate) fn reading_header(
    row: &ReadingRow,
    organisation: domain::id::OrganisationId,
) -> ReadingHeader {
    ReadingHeader {
        organisation,
        person: row.person,
        compartment: row.compartment,
        reading: row.reading,
        sequence: row.sequence,
        epoch: row.epoch,
        reader: row.reader,
        key: row.key,
        previous: row.previous,
        content_hash: *blake3::hash(&row.sealed).as_bytes(),
    }
}

impl Inner {
    /// Writes readings and returns once they are on disk: nothing may be shown before.
    pub(crate) async fn journal(
        &self,
        keys: &RecordKeys,
        session: SessionId,
        reader: &Author,
        signing: &Arc<SigningKey>,
        readings: Vec<NewReading>,
    ) -> Result<()> {
        let at = self.now();
        let quarter = at.as_second().div_euclid(QUARTER);
        let mut sealings = Vec::with_capacity(readings.len());
        for new in readings {
            let (epoch, key) = keys.latest(new.compartment).ok_or(ServiceError::NotFound)?;
            let id = self
                .pepper
                .derive("conatus 2026 reading identifier v1")
                .derive(
                    "conatus 2026 reading identifier v1",
                    &[
                        session.as_bytes(),
                        keys.person.as_bytes(),
                        &[new.compartment.code()],
                        new.what.tag().as_bytes(),
                        &new.object,
                        &quarter.to_le_bytes(),
                    ],
                );
            let mut reading = [0; 16];
            reading.copy_from_slice(&id.as_bytes()[..16]);
            let reading = ReadingId::from_bytes(reading);
            if self.readings.is_saved(reading) {
                continue;
            }
            let body = ReadingBody {
                at,
                reader: reader.clone(),
                what: new.what,
            };
            let body = serde_json::to_vec(&body).map_err(|_| ServiceError::Integrity {
                what: "a reading that cannot be written".into(),
            })?;
            sealings.push(Sealing {
                organisation: keys.organisation,
                person: keys.person,
                compartment: new.compartment,
                epoch,
                key: key.clone(),
                reading,
                body,
                reader: reader.account,
                signing: Arc::clone(signing),
                chance: self.chance(),
            });
        }
        self.readings.write(keys.person, quarter, sealings).await
    }
}

impl Service {
    /// Writes that something made from what was opened in that compartment (a filled form, a letter)
    /// was taken out: a title in words, and what tells two of them apart.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where the compartment is not open to the asker: nothing may leave.
    pub async fn note_taken(
        &self,
        who: &Who<'_>,
        compartment: Compartment,
        title: String,
        object: [u8; 16],
    ) -> Result<()> {
        let inner = &self.inner;
        let mut tx = inner.storage.read().await?;
        let keys = inner.keys_of(&mut *tx, who).await?;
        drop(tx);
        let author = who.author(&keys);
        let reading = NewReading {
            compartment,
            what: What::Download(title),
            object,
        };
        inner
            .journal(&keys, who.session(), &author, who.signing(), vec![reading])
            .await
    }

    /// Who opened what of this record, latest first, in the compartments that the asker may open;
    /// `before` is a page's `next`.
    pub async fn who_read(&self, who: &Who<'_>, before: Option<u64>) -> Result<ReadingsPage> {
        let inner = &self.inner;
        let mut tx = inner.storage.read().await?;
        let keys = inner.keys_of(&mut *tx, who).await?;
        let open = keys.open_compartments();
        let rows = tx
            .readings(keys.person, open, before, READINGS_PAGE)
            .await?;
        let next = (rows.len() == READINGS_PAGE as usize)
            .then(|| rows.last().map(|r| r.sequence))
            .flatten();
        // What was sealed under a key that is gone for this reader (the vault of a lost card) is left
        // out: the rest must still be told.
        let lines = rows
            .iter()
            .filter(|row| keys.at(row.compartment, row.epoch).is_some())
            .map(|row| open_reading(row, &keys))
            .collect::<Result<_>>()?;
        Ok(ReadingsPage { lines, next })
    }
}

fn open_reading(row: &ReadingRow, keys: &RecordKeys) -> Result<ReadingLine> {
    let wrong = || ServiceError::Integrity {
        what: format!("reading {} of person {}", row.sequence, row.person),
    };
    let key = keys.at(row.compartment, row.epoch).ok_or_else(wrong)?;
    let header = reading_header(row, keys.organisation);
    if header.hash() != row.hash {
        return Err(wrong());
    }
    let json = seal::open(key, &reading_binding(row, keys.organisation), &row.sealed)
        .map_err(|_| wrong())?;
    let body: ReadingBody = serde_json::from_slice(&json).map_err(|_| wrong())?;
    if body.reader.account != row.reader {
        return Err(wrong());
    }
    Ok(ReadingLine {
        at: body.at,
        reader: body.reader,
        compartment: row.compartment,
        what: body.what,
    })
}
