//! The digest of a day: which deadlines fall due, prepared each morning while everything is locked.
//! It marks reminders that were wrapped to their accounts, by their days alone, so it knows neither
//! whom nor what they are about; whoever signs in opens their own. One that comes during the day
//! waits for the next morning: a digest does not grow while it is read.

use super::{
    ComingDeadline,
    reminders::{KEPT_DAYS, opened},
};
use crate::{PersonSession, Result, Service, WorkerSession, jobs::Job};
use domain::{
    id::{DeadlineId, ProcedureId},
    procedure::DeadlineKind,
};
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date};
use storage::Transaction;

/// How many days ahead a digest looks.
pub const DIGEST_DAYS: i64 = 30;
/// The hour of the place at which the digest of a day is prepared: nobody is called to it at night.
const MORNING: SignedDuration = SignedDuration::from_hours(6);
/// How many reminders are marked in one transaction.
const PAGE: u32 = 1000;

/// A digest, opened by whom it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest<T> {
    /// When it was prepared; `None` before the first one was.
    pub prepared: Option<Timestamp>,
    /// The day it is of.
    pub day: Option<Date>,
    /// What falls due, the earliest first; what is late comes first of all.
    pub due: Vec<T>,
}

/// A deadline of a person's own digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnDeadline {
    /// Its day.
    pub day: Date,
    /// What it is.
    pub kind: DeadlineKind,
    /// In which of their procedures.
    pub procedure: ProcedureId,
    /// Which.
    pub deadline: DeadlineId,
}

impl Service {
    /// The day whose digest is to be prepared at that time: before morning, the day before.
    pub(crate) fn digest_day(&self, at: Timestamp) -> Date {
        let at = at.saturating_sub(MORNING).unwrap_or(at);
        self.inner.zone.to_datetime(at).date()
    }

    /// Prepares the digest of the day: has it tell of every reminder that falls due and that none
    /// told of yet; gives how many. Done twice, it finds nothing left.
    pub async fn prepare_digest(&self) -> Result<u64> {
        let inner = &self.inner;
        let day = self.digest_day(inner.now());
        let since = day.saturating_sub(KEPT_DAYS.days());
        let until = day.saturating_add(DIGEST_DAYS.days());
        let mut all = 0;
        loop {
            let told = inner
                .again(|| async {
                    let mut tx = inner.storage.write().await?;
                    let told = tx.tell_reminders(day, since..=until, PAGE).await?;
                    tx.save().await?;
                    Ok(told)
                })
                .await?;
            all += told;
            if told < u64::from(PAGE) {
                return Ok(all);
            }
        }
    }

    /// When the last digest was prepared, by any node.
    async fn prepared(&self, tx: &mut dyn Transaction) -> Result<Option<Timestamp>> {
        let leases = tx.leases().await?;
        let lease = leases.iter().find(|l| l.job == Job::Digest.word());
        Ok(lease.and_then(|l| l.last_done))
    }

    /// The worker's digest: of the procedures that they follow, in records that are open to them.
    pub async fn digest(&self, session: &WorkerSession) -> Result<Digest<ComingDeadline>> {
        let mut tx = self.inner.storage.read().await?;
        let prepared = self.prepared(&mut *tx).await?;
        drop(tx);
        let mut due = self.my_deadlines(session).await?;
        due.retain(|d| d.told.is_some());
        Ok(Digest {
            prepared,
            day: prepared.map(|at| self.digest_day(at)),
            due,
        })
    }

    /// The person's own digest: what they asked to be reminded of. Deadlines that are shown silently,
    /// or not on shared phones, were never prepared for it.
    pub async fn own_digest(&self, session: &PersonSession) -> Result<Digest<OwnDeadline>> {
        let inner = &self.inner;
        let since = inner.today().saturating_sub(KEPT_DAYS.days());
        let mut tx = inner.storage.read().await?;
        let prepared = self.prepared(&mut *tx).await?;
        let mut rows = tx.reminders_of(session.account, since).await?;
        drop(tx);
        rows.retain(|row| row.told.is_some());
        let own = opened(&session.secrets.account, rows).into_iter();
        let due = own.map(|(row, about)| OwnDeadline {
            day: row.day,
            kind: about.kind,
            procedure: about.procedure,
            deadline: row.reminder,
        });
        Ok(Digest {
            prepared,
            day: prepared.map(|at| self.digest_day(at)),
            due: due.collect(),
        })
    }
}
