//! What the server does on its own while everything is locked: checkpoints, sweeping and the digest of
//! the day, each by one node at a time. Every job may be run twice without harm: a lease saves work, it guards nothing.

use crate::{Result, Service, procedure::KEPT_DAYS, safe::file_path};
use jiff::{SignedDuration, Timestamp, ToSpan};
use object_store::ObjectStoreExt;
use seal::{Checkpoint, Head, heads_hash};
use storage::{CheckpointRow, HeadRow, Storage, StorageError};

const PAGE: u32 = 1000;
/// An upload not finished after this long is an orphan.
const ORPHAN: SignedDuration = SignedDuration::from_hours(24);

/// How often a job is done.
const EVERY: SignedDuration = SignedDuration::from_hours(1);
/// How long a node may take for one before another takes over.
const LEASE: SignedDuration = SignedDuration::from_mins(15);

/// A background job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// Signing where every record stands.
    Checkpoint,
    /// Removing sessions that are over and files that nobody names.
    Sweep,
    /// Preparing the digest of the day, once it is morning.
    Digest,
}

impl Job {
    /// Every job.
    pub const ALL: [Self; 3] = [Self::Checkpoint, Self::Sweep, Self::Digest];

    /// Its word, in leases and in `doctor`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Checkpoint => "checkpoint",
            Self::Sweep => "sweep",
            Self::Digest => "digest",
        }
    }
}

/// A job as `doctor` tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobLine {
    /// The job's word.
    pub job: &'static str,
    /// When it was last done to its end, by any node.
    pub last_done: Option<Timestamp>,
    /// Whether a node runs it at that time.
    pub running: bool,
}

impl JobLine {
    /// Every job, as that store knows it at that time.
    ///
    /// # Errors
    /// [`StorageError`] where the store fails.
    pub async fn all(storage: &dyn Storage, now: Timestamp) -> Result<Vec<Self>, StorageError> {
        let leases = storage.read().await?.leases().await?;
        let line = |job: Job| {
            let lease = leases.iter().find(|lease| lease.job == job.word());
            Self {
                job: job.word(),
                last_done: lease.and_then(|lease| lease.last_done),
                running: lease.is_some_and(|lease| lease.until > now),
            }
        };
        Ok(Job::ALL.into_iter().map(line).collect())
    }
}

/// What a sweep removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Sessions whose time was over.
    pub sessions: u64,
    /// Files that no entry names.
    pub files: u64,
    /// Reminders of days long past.
    pub reminders: u64,
}

impl Service {
    /// Does a job if it is due and no other node is at it; gives whether it was done. It is due an hour
    /// after any node did it; the digest, once a morning.
    ///
    /// # Errors
    /// What the job failed with: it is given back, and whoever comes next does it.
    pub async fn run_job(&self, job: Job) -> Result<bool> {
        self.do_job(job, EVERY).await
    }

    /// Does a job however lately it was done, unless another node is at it: before this one stops,
    /// so that what it wrote since is signed too.
    ///
    /// # Errors
    /// As [`Service::run_job`].
    pub async fn run_job_now(&self, job: Job) -> Result<bool> {
        self.do_job(job, SignedDuration::ZERO).await
    }

    async fn do_job(&self, job: Job, after: SignedDuration) -> Result<bool> {
        if !self.take(job, after).await? {
            return Ok(false);
        }
        let done = match job {
            Job::Checkpoint => self.checkpoint().await.map(|_| ()),
            Job::Sweep => self.sweep().await.map(|_| ()),
            Job::Digest => self.prepare_digest().await.map(|_| ()),
        };
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                tx.release_lease(job.word(), &inner.node, inner.now(), done.is_ok())
                    .await?;
                Ok(tx.save().await?)
            })
            .await?;
        done.map(|()| true)
    }

    async fn take(&self, job: Job, after: SignedDuration) -> Result<bool> {
        let inner = &self.inner;
        let now = inner.now();
        inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                let leases = tx.leases().await?;
                let last = leases
                    .iter()
                    .find(|lease| lease.job == job.word())
                    .and_then(|lease| lease.last_done);
                let done = |last: Timestamp| match job {
                    Job::Digest if !after.is_zero() => {
                        self.digest_day(last) == self.digest_day(now)
                    }
                    _ => now.duration_since(last) < after,
                };
                if last.is_some_and(done) {
                    return Ok(false);
                }
                let until = now.saturating_add(LEASE).unwrap_or(now);
                let taken = tx.take_lease(job.word(), &inner.node, now, until).await?;
                tx.save().await?;
                Ok(taken)
            })
            .await
    }

    /// Signs where every record that changed since the last checkpoint stands, and which statements
    /// there are; gives how many records, and `None` where nothing changed.
    pub async fn checkpoint(&self) -> Result<Option<u64>> {
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                inner.refresh_trust_in(&mut *tx).await?;
                let stated = inner.trust.chain();
                let (sequence, previous, seen) = match tx.last_checkpoint().await? {
                    Some(row) => {
                        let last = Checkpoint::parse(&row.bytes)?;
                        (row.sequence + 1, last.hash(), last.statements)
                    }
                    None => (1, [0; 32], 0),
                };
                let mut heads: Vec<Head> = Vec::new();
                loop {
                    let after = heads.last().map(|h| h.person);
                    let rows = tx.changed_people(after, PAGE).await?;
                    if rows.is_empty() {
                        break;
                    }
                    heads.extend(rows.iter().map(|row| Head {
                        person: row.person,
                        entries: row.entries,
                        entry_hash: row.entry_hash,
                        readings: row.readings,
                        reading_hash: row.reading_hash,
                        statements: row.statements,
                        statement_hash: row.statement_hash,
                    }));
                }
                if heads.is_empty() && seen == stated.count {
                    return Ok(None);
                }
                let checkpoint = Checkpoint {
                    server: inner.server.id,
                    sequence,
                    previous,
                    at: inner.now(),
                    changed: heads.len() as u64,
                    heads_hash: heads_hash(&heads),
                    statements: stated.count,
                    statement_hash: stated.hash,
                };
                let rows: Vec<HeadRow> = heads
                    .iter()
                    .map(|h| HeadRow {
                        person: h.person,
                        checkpoint: sequence,
                        entries: h.entries,
                        entry_hash: h.entry_hash,
                        readings: h.readings,
                        reading_hash: h.reading_hash,
                        statements: h.statements,
                        statement_hash: h.statement_hash,
                    })
                    .collect();
                tx.add_heads(&rows).await?;
                tx.add_checkpoint(&CheckpointRow {
                    sequence,
                    bytes: checkpoint.to_bytes(),
                    signature: *checkpoint.sign(&inner.server.signing).as_bytes(),
                })
                .await?;
                tx.save().await?;
                Ok(Some(heads.len() as u64))
            })
            .await
    }

    /// Removes sessions whose time is over, files that no entry names and reminders of days long past.
    pub async fn sweep(&self) -> Result<Swept> {
        let inner = &self.inner;
        let long_past = self.today().saturating_sub(KEPT_DAYS.days());
        let before = inner.now().saturating_sub(ORPHAN).unwrap_or(inner.now());
        let (mut swept, orphans) = inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                let swept = Swept {
                    sessions: tx.sweep_sessions(inner.now()).await?,
                    files: 0,
                    reminders: tx.sweep_reminders(long_past).await?,
                };
                let orphans = tx.orphan_files(before, PAGE).await?;
                tx.save().await?;
                Ok((swept, orphans))
            })
            .await?;
        for orphan in orphans {
            match inner
                .files
                .delete(&file_path(orphan.person, orphan.file))
                .await
            {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
            inner
                .again(|| async {
                    let mut tx = inner.storage.write().await?;
                    tx.forget_file(orphan.person, orphan.file).await?;
                    Ok(tx.save().await?)
                })
                .await?;
            swept.files += 1;
        }
        Ok(swept)
    }
}
