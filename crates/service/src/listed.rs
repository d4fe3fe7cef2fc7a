//! The name of one person of the worker's list, without opening their record.

use crate::{Result, Service, WorkerSession};
use domain::id::PersonId;
use jiff::civil::Date;

impl Service {
    /// How a person is called in the worker's list, and their day of birth, which it shows without
    /// opening records; `None` where they are not in it.
    pub async fn listed_person(
        &self,
        session: &WorkerSession,
        person: PersonId,
    ) -> Result<Option<(String, Option<Date>)>> {
        let mut listed = self.inner.listed(session).await?.into_iter();
        let found = listed.find(|(line, _)| line.person == person);
        Ok(found.map(|(line, profile)| (profile.shown_name(), line.born)))
    }
}
