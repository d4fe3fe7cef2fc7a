//! Use cases: the only crate that holds opened keys and talks to storage.
//!
//! A session proves who asks; rights are enforced by storage's queries and by the signatures that
//! grants rest on, and a key that was not opened cannot be used. What never lives here: HTTP,
//! pages, the words shown to people, a clock or a source of randomness of its own.

mod access;
mod account;
mod administration;
mod again;
mod alone;
mod backup;
mod beginning;
mod calendar;
mod card;
mod clock;
mod enrolment;
mod error;
mod floor;
mod followed;
mod followup;
mod import;
mod integrity;
mod jobs;
mod journal;
mod keepers;
mod keyring;
mod letters;
mod listed;
mod looked;
mod mandate;
mod observatory;
mod people;
mod procedure;
mod proof;
mod reading;
mod record;
mod restore;
mod rotation;
mod safe;
mod secret;
mod seed;
mod session;
mod set;
mod setup;
mod sign_in;
mod statements;
mod team;
mod trust;

pub use access::*;
pub use administration::*;
pub use alone::held_by_one_device;
pub use backup::{BackedUp, BackupPart, root_of, shares_of};
pub use calendar::CalendarDay;
pub use card::{CardLine, MadeCard, PRESENCE};
pub use clock::{Clock, FixedClock};
pub use enrolment::{EnrolError, Enrolled, EnrolmentCode};
pub use error::{Result, ServiceError};
pub use floor::seal_whole;
pub use import::{
    ImportColumn, ImportDone, ImportFault, ImportPlan, Mapping, PlannedRow, SheetError, read_sheet,
    understand,
};
pub use integrity::{VerifyFault, VerifyReport, verify};
pub use jobs::{Job, JobLine, Swept};
pub use keepers::WrappedAgain;
pub use letters::{LetterError, LetterTemplate};
pub use mandate::NewMandate;
pub use people::{Duplicates, NewPerson, PEOPLE_SHOWN, PeoplePage, PersonLine};
pub use procedure::{
    ComingDeadline, DIGEST_DAYS, Digest, NewDeadline, NewMove, NewProcedure, Offer, OfferedPiece,
    OwnDeadline,
};
pub use reading::{ReadingBody, ReadingLine, ReadingsPage, What};
pub use record::{OpenedRecord, Which, Who};
pub use restore::{OpenStore, restore};
pub use safe::{NewDocument, OpenedDocument, Upload};
pub use seed::{NewRecord, SealedRecord};
pub use session::*;
pub use set::{MOST_PIECES, NewSet, NoPaper, OpenedSet, SetPaper, SetPiece, TakenSet};
pub use setup::*;
pub use sign_in::{CardSignInError, SignInError};
pub use statements::StatementLine;
pub use team::{MemberLine, TeamPage};

/// What callers need of `seal` to speak of codes and secrets, without opening anything.
pub use seal::{
    CodeError, Pepper, PinError, Possession, RecoverySheet, RootFingerprint, RootKey, SigningKey,
};

use domain::id::ServerId;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use object_store::ObjectStore;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use std::sync::{Arc, Mutex, PoisonError};
use storage::{ShareStore, Storage};
use tokio::sync::Semaphore;

/// What the program hands to the use cases.
pub struct Parts {
    /// The main store.
    pub storage: Arc<dyn Storage>,
    /// The store of erasure shares.
    pub shares: Arc<dyn ShareStore>,
    /// Where sealed files go.
    pub files: Arc<dyn ObjectStore>,
    /// The secret kept outside the database.
    pub pepper: Pepper,
    /// The key that signs checkpoints.
    pub server: ServerKey,
    /// The root fingerprint pinned in the configuration.
    pub root: RootFingerprint,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// A seed drawn from the machine's secure generator.
    pub seed: [u8; 32],
    /// The time zone of the place.
    pub zone: TimeZone,
}

/// The key a server signs checkpoints with.
pub struct ServerKey {
    /// The server, as the root stated it.
    pub id: ServerId,
    /// Its signing key.
    pub signing: SigningKey,
}

/// All use cases. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) shares: Arc<dyn ShareStore>,
    pub(crate) files: Arc<dyn ObjectStore>,
    pub(crate) pepper: Pepper,
    pub(crate) server: ServerKey,
    pub(crate) trust: trust::TrustCache,
    clock: Arc<dyn Clock>,
    chance: Mutex<ChaCha20Rng>,
    /// Names this running node among others, for the leases of jobs; new at each start.
    pub(crate) node: [u8; 16],
    zone: TimeZone,
    /// Argon2id takes 64 MiB: two at once at most.
    pub(crate) stretches: Semaphore,
    pub(crate) readings: reading::ReadingJournal,
    pub(crate) proofs: proof::Proofs,
    pub(crate) followed: followed::FollowedRecords,
}

impl Service {
    /// The use cases over these parts; statements are read and must chain to the pinned root.
    ///
    /// # Errors
    /// [`ServiceError::Integrity`] where a statement does not chain to the root.
    pub async fn open(parts: Parts) -> Result<Self> {
        let trust = trust::TrustCache::load(&*parts.storage, &parts.root).await?;
        let readings = reading::ReadingJournal::start(Arc::clone(&parts.storage))?;
        let mut node = [0; 16];
        node.copy_from_slice(&blake3::derive_key("conatus node of a lease", &parts.seed)[..16]);
        let inner = Inner {
            storage: parts.storage,
            shares: parts.shares,
            files: parts.files,
            pepper: parts.pepper,
            server: parts.server,
            trust,
            clock: parts.clock,
            chance: Mutex::new(ChaCha20Rng::from_seed(parts.seed)),
            node,
            zone: parts.zone,
            stretches: Semaphore::new(2),
            readings,
            proofs: proof::Proofs::new(),
            followed: followed::FollowedRecords::new(),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.inner.now()
    }

    /// What day it is in this place.
    #[must_use]
    pub fn today(&self) -> Date {
        self.inner.today()
    }

    /// The time zone of the place.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.inner.zone
    }

    /// The main store's engine and version.
    pub async fn engine(&self) -> Result<String> {
        Ok(self.inner.storage.engine().await?)
    }

    /// Whether the main store answers and statements chain to the root.
    pub async fn ready(&self) -> Result<()> {
        self.inner.refresh_trust().await
    }

    /// Whether the store of documents answers.
    pub async fn documents_answer(&self) -> Result<()> {
        Ok(files::probe(&*self.inner.files).await?)
    }

    /// Waits for what runs, then closes both stores. Nothing may be asked afterwards.
    pub async fn close(&self) {
        self.inner.storage.close().await;
        self.inner.shares.close().await;
    }
}

impl Inner {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn today(&self) -> Date {
        self.zone.to_datetime(self.now()).date()
    }

    /// A generator of its own for one use case, drawn from the seeded one.
    pub(crate) fn chance(&self) -> ChaCha20Rng {
        let mut seed = [0; 32];
        self.chance
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .fill_bytes(&mut seed);
        ChaCha20Rng::from_seed(seed)
    }

    /// Sixteen random bytes for a new identifier.
    pub(crate) fn new_id(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        self.chance
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .fill_bytes(&mut bytes);
        bytes
    }
}
