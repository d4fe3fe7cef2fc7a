//! The deadlines of a procedure. A rule proposes a day and a person sets it: nothing is assumed.

use super::{Begun, check_line, check_words};
use crate::{Inner, Result, Service, ServiceError, Who, WorkerSession};
use domain::{
    id::{DeadlineId, PersonId, ProcedureId},
    procedure::{
        Deadline, DeadlineEnd, DeadlineKind, DeadlineSource, ProcedureEvent, ProcedureState,
    },
    words::AppointmentShow,
};
use jiff::civil::Date;

/// A deadline to set.
#[derive(Debug, Clone)]
pub struct NewDeadline {
    /// What it is.
    pub kind: DeadlineKind,
    /// Its day.
    pub on: Date,
    /// Where that day comes from.
    pub source: DeadlineSource,
    /// In more words; may be empty.
    pub words: String,
    /// How it appears on the person's side.
    pub show: AppointmentShow,
}

/// The deadlines that have no object once a procedure is in that state.
const fn moot(to: ProcedureState) -> &'static [DeadlineKind] {
    match to {
        ProcedureState::Appealed => &[DeadlineKind::Appeal, DeadlineKind::Silence],
        ProcedureState::Accepted
        | ProcedureState::Refused
        | ProcedureState::Deferred
        | ProcedureState::Dismissed => &[DeadlineKind::Silence, DeadlineKind::Pieces],
        ProcedureState::ClosedByPerson => &[
            DeadlineKind::Silence,
            DeadlineKind::Pieces,
            DeadlineKind::Appeal,
        ],
        _ => &[],
    }
}

impl Inner {
    /// Ends the deadlines that the new state leaves without object, each by an entry that says so; gives how many.
    pub(super) async fn end_moot(
        &self,
        who: &Who<'_>,
        begun: &mut Begun,
        to: ProcedureState,
    ) -> Result<usize> {
        let kinds = moot(to);
        let end = if to == ProcedureState::Appealed {
            DeadlineEnd::Done
        } else {
            DeadlineEnd::Cancelled
        };
        let ended: Vec<DeadlineId> = begun
            .procedure()?
            .live_deadlines()
            .filter(|d| kinds.contains(&d.deadline.kind))
            .map(|d| d.deadline.id)
            .collect();
        for deadline in &ended {
            let deadline = *deadline;
            let event = ProcedureEvent::DeadlineEnded { deadline, end };
            self.tell(who, begun, event).await?;
        }
        Ok(ended.len())
    }
}

fn check_source(begun: &Begun, source: &DeadlineSource) -> Result<()> {
    match source {
        DeadlineSource::Rule { .. } => Ok(()),
        DeadlineSource::Document(id) => match begun.record.document(*id) {
            Some(_) => Ok(()),
            None => Err(ServiceError::NotFound),
        },
        DeadlineSource::Said(words) => check_line("source", words, true),
    }
}

impl Service {
    /// Sets a deadline, or changes the one of that identifier.
    pub async fn set_deadline(
        &self,
        session: &WorkerSession,
        person: PersonId,
        id: ProcedureId,
        deadline: Option<DeadlineId>,
        new: NewDeadline,
    ) -> Result<DeadlineId> {
        check_words("words", &new.words)?;
        let who = Who::Worker(session, person);
        let (known, fresh) = (deadline, DeadlineId::from_bytes(self.inner.new_id()));
        let deadline = known.unwrap_or(fresh);
        let set = |begun: &Begun| {
            check_source(begun, &new.source)?;
            let all = &begun.procedure()?.deadlines;
            if known.is_some_and(|known| all.iter().all(|d| d.deadline.id != known)) {
                return Err(ServiceError::NotFound);
            }
            Ok(ProcedureEvent::DeadlineSet(Deadline {
                id: deadline,
                kind: new.kind,
                on: new.on,
                source: new.source.clone(),
                words: new.words.clone(),
                show: new.show,
            }))
        };
        self.inner.tell_of(&who, id, set).await?;
        self.inner.prepare_reminders(&who, id).await;
        Ok(deadline)
    }

    /// Ends a deadline: what it asked for was done, or it no longer holds. A declaration that was
    /// made gives the next one, three months later.
    pub async fn end_deadline(
        &self,
        session: &WorkerSession,
        person: PersonId,
        id: ProcedureId,
        deadline: DeadlineId,
        end: DeadlineEnd,
    ) -> Result<()> {
        let who = Who::Worker(session, person);
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut begun = inner.begin_in(&who, id).await?;
                let ended = begun.procedure()?.live_deadline(deadline)?.deadline.clone();
                let event = ProcedureEvent::DeadlineEnded { deadline, end };
                inner.tell(&who, &mut begun, event).await?;
                let next = DeadlineId::from_bytes(inner.new_id());
                if let (DeadlineEnd::Done, Some(next)) = (end, ended.following(next)) {
                    let event = ProcedureEvent::DeadlineSet(next);
                    inner.tell(&who, &mut begun, event).await?;
                }
                Ok(begun.tx.save().await?)
            })
            .await?;
        inner.prepare_reminders(&who, id).await;
        Ok(())
    }
}
