//! Filling a store fast: whole records sealed, chained and signed apart from any transaction, as many
//! at once as there are processors, then added many in one. The same rules, statements, keys and
//! entries as a record that a page begins. Not reachable from any page.

use crate::{
    Result, Service, ServiceError, WorkerSession,
    people::{NewPerson, check_profile},
    record::check_text,
};
use domain::{
    Compartment,
    entry::Content,
    id::{PersonId, TeamId},
};
use seal::ErasureShare;
use storage::RecordBeginning;

/// A record to begin whole.
#[derive(Debug, Clone)]
pub struct NewRecord {
    /// Whose it is: one of [`Service::new_people`].
    pub person: PersonId,
    /// The team whose mission it is, one of the sealing worker's.
    pub team: TeamId,
    /// Who they are, as a new person is brought in.
    pub new: NewPerson,
    /// What is written after that, in order: writings and steps.
    pub written: Vec<(Compartment, Content)>,
}

/// A record sealed and not yet kept.
pub struct SealedRecord {
    beginning: RecordBeginning,
    share: ErasureShare,
}

impl std::fmt::Debug for SealedRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedRecord")
            .field("person", &self.beginning.person.person)
            .finish_non_exhaustive()
    }
}

/// What a record's entry may say here: the other kinds have rules that look at the whole record.
fn check_written(content: &Content, today: jiff::civil::Date) -> Result<()> {
    match content {
        Content::Writing(writing) if writing.about.is_none() => check_text("text", &writing.text),
        Content::Step(step) => {
            check_text("text", &step.text)?;
            // Nobody gave a mandate in a record that begins.
            Ok(step.check(today, |_, _, _| false)?)
        }
        _ => Err(ServiceError::Forbidden),
    }
}

impl Service {
    /// Identifiers of that many new people, in order: rows that follow each other are written fast,
    /// and people who came together lie as far apart as any.
    #[must_use]
    pub fn new_people(&self, count: usize) -> Vec<PersonId> {
        use rand_core::Rng;
        let mut chance = self.inner.chance();
        let mut people: Vec<PersonId> = (0..count)
            .map(|_| {
                let mut id = [0; 16];
                chance.fill_bytes(&mut id);
                PersonId::from_bytes(id)
            })
            .collect();
        people.sort_unstable();
        people
    }

    /// Seals a whole record as that worker. Takes some milliseconds of a processor and waits for
    /// nothing: call it where blocking is allowed.
    pub fn seal_record(&self, session: &WorkerSession, record: &NewRecord) -> Result<SealedRecord> {
        let inner = &self.inner;
        let today = self.today();
        check_profile(&record.new.profile, today)?;
        for (_, content) in &record.written {
            check_written(content, today)?;
        }
        let share = ErasureShare::generate(&mut inner.chance());
        let of = (record.person, &share);
        let more = record.written.clone();
        let beginning = inner.beginning(session, record.team, of, &record.new, more)?;
        Ok(SealedRecord { beginning, share })
    }

    /// Keeps sealed records, all or none; gives how many entries they hold.
    pub async fn keep_records(&self, records: Vec<SealedRecord>) -> Result<u64> {
        let inner = &self.inner;
        // Shares first: a share without a record is harmless, a record without a share is lost.
        let shares: Vec<_> = records
            .iter()
            .map(|r| (r.beginning.person.person, *r.share.as_bytes()))
            .collect();
        inner.shares.add_shares(&shares).await?;
        let rows: Vec<RecordBeginning> = records.into_iter().map(|r| r.beginning).collect();
        inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                tx.begin_records(&rows).await?;
                Ok(tx.save().await?)
            })
            .await?;
        Ok(rows.iter().map(|r| r.person.entries).sum())
    }

    /// How many people there are.
    pub async fn count_people(&self) -> Result<u64> {
        Ok(self.inner.storage.read().await?.count_people().await?)
    }

    /// Some of the people there are, whoever they are, as far apart as chance puts them.
    pub async fn some_people(&self, count: usize) -> Result<Vec<PersonId>> {
        let mut people = Vec::with_capacity(count);
        for start in self.new_people(count) {
            let mut tx = self.inner.storage.read().await?;
            let next = tx.people_after(Some(start), 1).await?;
            people.extend(next.first().map(|row| row.person));
        }
        people.dedup();
        Ok(people)
    }
}
