//! Reminders of deadlines: prepared when someone writes, neutral and dated, for the worker who
//! follows the procedure and, unless they asked otherwise, for the person. Each is wrapped to its
//! account: a locked server knows that an account has a date that day, and nothing else.

use crate::{Inner, Result, Service, ServiceError, Who, WorkerSession};
use domain::{
    Compartment, Compartments,
    id::{AccountId, DeadlineId, PersonId, ProcedureId},
    procedure::{Deadline, DeadlineKind, Procedure},
    words::AppointmentShow,
};
use jiff::{ToSpan, civil::Date};
use seal::{AccountKeys, Binding, ContentType, KemPublic};
use std::collections::{BTreeMap, btree_map::Entry};
use storage::{ReminderRow, Transaction};

/// How many days a deadline whose day is past stays among those that come: what is late is seen.
pub(crate) const KEPT_DAYS: i64 = 62;

/// Bytes kept for the word of a kind, so that every reminder has one size.
const WORD: usize = 16;
/// A person, a procedure, a compartment and a kind.
const LENGTH: usize = 16 + 16 + 1 + WORD;

/// A deadline that comes, as a worker's list shows it without opening any record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComingDeadline {
    /// Its day.
    pub day: Date,
    /// What it is.
    pub kind: DeadlineKind,
    /// In whose record.
    pub person: PersonId,
    /// The name that the worker's list shows them under.
    pub name: String,
    /// In which procedure.
    pub procedure: ProcedureId,
    /// Which.
    pub deadline: DeadlineId,
    /// The day whose digest first told of it.
    pub told: Option<Date>,
}

/// What a reminder wraps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct About {
    person: PersonId,
    pub(super) procedure: ProcedureId,
    compartment: Compartment,
    pub(super) kind: DeadlineKind,
}

impl About {
    fn to_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.extend_from_slice(self.person.as_bytes());
        bytes.extend_from_slice(self.procedure.as_bytes());
        bytes.push(self.compartment.code());
        bytes.extend_from_slice(self.kind.word().as_bytes());
        bytes.resize(LENGTH, 0);
        bytes
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (person, rest) = bytes.split_first_chunk::<16>()?;
        let (procedure, rest) = rest.split_first_chunk::<16>()?;
        let (compartment, word) = rest.split_first()?;
        let end = word.iter().position(|b| *b == 0).unwrap_or(word.len());
        let word = std::str::from_utf8(word.get(..end)?).ok()?;
        (bytes.len() == LENGTH).then_some(Self {
            person: PersonId::from_bytes(*person),
            procedure: ProcedureId::from_bytes(*procedure),
            compartment: Compartment::from_code(*compartment)?,
            kind: DeadlineKind::from_word(word)?,
        })
    }
}

fn reminder_binding(account: AccountId, reminder: DeadlineId) -> Binding {
    Binding::new(ContentType::Reminder)
        .person_bytes(*account.as_bytes())
        .object(reminder.as_bytes())
}

/// What an account's keys open of these, each with what it is about. What was wrapped to earlier
/// keys of the account stays closed.
pub(super) fn opened(keys: &AccountKeys, rows: Vec<ReminderRow>) -> Vec<(ReminderRow, About)> {
    let open = |row: ReminderRow| {
        let binding = reminder_binding(row.account, row.reminder);
        let bytes = seal::unwrap(&keys.kem, &binding, &row.sealed).ok()?;
        Some((row, About::parse(&bytes)?))
    };
    rows.into_iter().filter_map(open).collect()
}

impl Inner {
    /// Prepares again the reminders of a procedure's deadlines, in a transaction of their own: they
    /// lie elsewhere than the record. The record is what counts: where this fails, it is told to the
    /// log and the next writing in the procedure does it.
    pub(super) async fn prepare_reminders(&self, who: &Who<'_>, id: ProcedureId) {
        if let Err(error) = self.again(|| self.try_prepare(who, id)).await {
            tracing::error!(%error, "reminders could not be prepared");
        }
    }

    async fn try_prepare(&self, who: &Who<'_>, id: ProcedureId) -> Result<()> {
        let mut tx = self.storage.write().await?;
        let keys = self.keys_of(&mut *tx, who).await?;
        let record = self.standing(&mut *tx, &keys).await?;
        let Some(procedure) = record.procedure(id) else {
            return Ok(());
        };
        let since = self.today().saturating_sub(KEPT_DAYS.days());
        for view in &procedure.deadlines {
            // What a digest told of one that stays is not told as new.
            let told: BTreeMap<(AccountId, Date), Date> = tx
                .reminders_named(view.deadline.id)
                .await?
                .into_iter()
                .filter_map(|row| Some(((row.account, row.day), row.told?)))
                .collect();
            tx.remove_reminders(view.deadline.id).await?;
            if view.ended.is_none() && view.deadline.on >= since {
                let worker = procedure.follower.as_ref().map(|f| f.account);
                let worker = worker.unwrap_or(view.author.account);
                let to = self.recipients(&mut *tx, keys.person, worker, &view.deadline);
                for (account, public) in to.await? {
                    let told = told.get(&(account, view.deadline.on)).copied();
                    let row =
                        self.reminder(keys.person, procedure, &view.deadline, account, &public)?;
                    tx.put_reminder(&ReminderRow { told, ..row }).await?;
                }
            }
        }
        Ok(tx.save().await?)
    }

    /// Who is reminded of a deadline: that worker, and the person by their live cards unless they
    /// asked for no reminder.
    async fn recipients(
        &self,
        tx: &mut dyn Transaction,
        person: PersonId,
        worker: AccountId,
        deadline: &Deadline,
    ) -> Result<Vec<(AccountId, KemPublic)>> {
        let trust = self.trust();
        let mut to: Vec<(AccountId, KemPublic)> = trust
            .account(worker)
            .map(|public| (worker, public.kem.clone()))
            .into_iter()
            .collect();
        if deadline.show == AppointmentShow::Notified {
            let live: Vec<AccountId> = tx
                .cards(person)
                .await?
                .into_iter()
                .filter(|card| card.dead.is_none())
                .map(|card| card.account)
                .collect();
            let cards = self.person_accounts(tx, person).await?;
            let cards = cards.into_iter().filter(|c| live.contains(&c.account));
            to.extend(cards.map(|c| (c.account, c.public.kem)));
        }
        Ok(to)
    }

    fn reminder(
        &self,
        person: PersonId,
        procedure: &Procedure,
        deadline: &Deadline,
        account: AccountId,
        public: &KemPublic,
    ) -> Result<ReminderRow> {
        let about = About {
            person,
            procedure: procedure.id,
            compartment: procedure.compartment,
            kind: deadline.kind,
        };
        let binding = reminder_binding(account, deadline.id);
        Ok(ReminderRow {
            account,
            reminder: deadline.id,
            day: deadline.on,
            sealed: seal::wrap_to(public, &binding, &about.to_bytes(), &mut self.chance())?,
            told: None,
        })
    }
}

impl Service {
    /// The deadlines of the procedures that the worker follows, earliest first: those that come and
    /// those that are late, in records that are still open to them. No record is opened: only what
    /// was prepared is shown, and the name that the worker's list of people shows.
    pub async fn my_deadlines(&self, session: &WorkerSession) -> Result<Vec<ComingDeadline>> {
        let inner = &self.inner;
        let since = self.today().saturating_sub(KEPT_DAYS.days());
        let mut tx = inner.storage.read().await?;
        let rows = tx.reminders_of(session.account, since).await?;
        drop(tx);
        let about = opened(&session.secrets.account, rows);
        if about.is_empty() {
            return Ok(Vec::new());
        }
        let names: BTreeMap<PersonId, String> = inner
            .listed(session)
            .await?
            .into_iter()
            .map(|(line, profile)| (line.person, profile.shown_name()))
            .collect();
        let mut open = BTreeMap::new();
        let mut coming = Vec::with_capacity(about.len());
        for (row, about) in about {
            let Some(name) = names.get(&about.person) else {
                continue;
            };
            // Followed once, and closed since: not even that there is a date is told.
            let compartments = match open.entry(about.person) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(place) => *place.insert(self.open_to(session, about.person).await?),
            };
            let may = compartments.contains(about.compartment);
            if may {
                coming.push(ComingDeadline {
                    day: row.day,
                    kind: about.kind,
                    person: about.person,
                    name: name.clone(),
                    procedure: about.procedure,
                    deadline: row.reminder,
                    told: row.told,
                });
            }
        }
        Ok(coming)
    }

    /// The compartments of that record that are open to the worker now; none where it is closed.
    async fn open_to(&self, session: &WorkerSession, person: PersonId) -> Result<Compartments> {
        let mut tx = self.inner.storage.read().await?;
        let who = Who::Worker(session, person);
        match self.inner.keys_of(&mut *tx, &who).await {
            Ok(keys) => Ok(keys.open_compartments()),
            Err(ServiceError::NotFound | ServiceError::Erased) => Ok(Compartments::NONE),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reminder_has_one_size_and_comes_back() {
        for kind in DeadlineKind::ALL {
            let about = About {
                person: PersonId::from_bytes([1; 16]),
                procedure: ProcedureId::from_bytes([2; 16]),
                compartment: Compartment::Legal,
                kind: *kind,
            };
            let bytes = about.to_bytes();
            assert_eq!(bytes.len(), LENGTH, "{kind:?}");
            assert_eq!(About::parse(&bytes), Some(about));
            assert_eq!(About::parse(&bytes[1..]), None);
        }
    }
}
