//! The observatory: what blocked, counted without names, for those who answer for a team or an
//! organisation. Nothing of a record is read.

use crate::{Result, Service, ServiceError, WorkerSession};
use domain::observatory::{Counted, Year};
use jiff::{ToSpan, civil::Date};

impl Service {
    /// A year of brakes of the asker's organisation, up to the month before this one: a month that
    /// goes on would tell, from one day to the next, what one more brake was. Small counts are
    /// withheld. A lead or an administrator alone may ask.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for anyone else.
    pub async fn observatory(&self, session: &WorkerSession, year: i16) -> Result<Year> {
        if !session.leads() && !session.administrator {
            return Err(ServiceError::Forbidden);
        }
        let (Ok(from), Ok(last)) = (Date::new(year, 1, 1), Date::new(year, 12, 1)) else {
            return Err(ServiceError::NotFound);
        };
        let over = self.today().first_of_month().saturating_sub(1.month());
        let mut tx = self.inner.storage.read().await?;
        let rows = tx
            .brake_counts(session.organisation, from, last.min(over))
            .await?;
        let counted: Vec<Counted> = rows
            .into_iter()
            .map(|row| Counted {
                month: row.counted.month,
                service: row.counted.service,
                kind: row.counted.kind,
                count: row.count,
            })
            .collect();
        Ok(Year::of(year, &counted))
    }
}
