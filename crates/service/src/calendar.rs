//! The calendar that a worker's other programs read, under an address that can be taken back. It is
//! read while the worker is signed out and everything is locked: it holds only days that were
//! prepared for them, and says nothing of whom or what they are about.

use crate::{
    Inner, Result, Service, ServiceError, WorkerSession,
    secret::{hex, unhex},
};
use domain::id::DeadlineId;
use jiff::{Timestamp, ToSpan, civil::Date};
use rand_core::Rng;
use storage::CalendarRow;

/// How many days back a calendar goes.
const BACK: i64 = 31;

/// A day of a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarDay {
    /// What it is known by, the same each time; it names nothing to whoever has no key.
    pub id: DeadlineId,
    /// The day.
    pub day: Date,
}

impl Inner {
    /// What a calendar is found by, of the secret in its address.
    fn calendar_lookup(&self, secret: &[u8; 32]) -> [u8; 16] {
        let key = self.pepper.derive("conatus 2026 calendar address v1");
        let hash = key.derive("conatus 2026 calendar address v1", &[secret]);
        let mut lookup = [0; 16];
        lookup.copy_from_slice(&hash.as_bytes()[..16]);
        lookup
    }
}

impl Service {
    /// Since when the worker has a calendar.
    pub async fn calendar_since(&self, session: &WorkerSession) -> Result<Option<Timestamp>> {
        let mut tx = self.inner.storage.read().await?;
        let found = tx.calendar_of(session.account).await?;
        Ok(found.map(|row| row.made))
    }

    /// Gives the worker a calendar; its secret is told this once, and its hash alone is kept.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] where they have one: it must be taken back first, by someone who
    /// knows that what reads it will stop.
    pub async fn make_calendar(&self, session: &WorkerSession) -> Result<String> {
        let inner = &self.inner;
        let mut secret = [0; 32];
        inner.chance().fill_bytes(&mut secret);
        inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                if tx.calendar_of(session.account).await?.is_some() {
                    return Err(ServiceError::Invalid {
                        field: "calendar",
                        key: "error-calendar-there",
                    });
                }
                tx.put_calendar(&CalendarRow {
                    account: session.account,
                    lookup: inner.calendar_lookup(&secret),
                    made: inner.now(),
                })
                .await?;
                Ok(tx.save().await?)
            })
            .await?;
        Ok(hex(&secret))
    }

    /// Takes the worker's calendar back: its address answers no more.
    pub async fn end_calendar(&self, session: &WorkerSession) -> Result<()> {
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                tx.remove_calendar(session.account).await?;
                Ok(tx.save().await?)
            })
            .await
    }

    /// The days of the calendar of that secret, earliest first; `None` where there is none, or its
    /// account ended.
    pub async fn calendar_days(&self, secret: &str) -> Result<Option<Vec<CalendarDay>>> {
        let Some(secret) = unhex::<32>(secret) else {
            return Ok(None);
        };
        let inner = &self.inner;
        let mut tx = inner.storage.read().await?;
        let Some(found) = tx.calendar(&inner.calendar_lookup(&secret)).await? else {
            return Ok(None);
        };
        let from = inner.today().saturating_sub(BACK.days());
        let rows = tx.reminders_of(found.account, from).await?;
        let day = |row: storage::ReminderRow| CalendarDay {
            id: row.reminder,
            day: row.day,
        };
        Ok(Some(rows.into_iter().map(day).collect()))
    }
}
