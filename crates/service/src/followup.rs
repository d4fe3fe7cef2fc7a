//! Following someone up: accompaniments, their referent, appointments.

use crate::{PersonSession, Result, Service, ServiceError, Who, WorkerSession};
use domain::{
    Compartment,
    entry::{Appointment, Content, Referent},
    id::{AccompanimentId, AccountId, AppointmentId, PersonId, TeamId},
    words::{AppointmentState, ClosingReason},
};

impl Service {
    /// Opens an accompaniment by one of the worker's teams through which the record is open.
    pub async fn open_accompaniment(
        &self,
        session: &WorkerSession,
        person: PersonId,
        team: TeamId,
        referent: bool,
    ) -> Result<AccompanimentId> {
        let mine = session.membership(team).ok_or(ServiceError::NotFound)?;
        let id = AccompanimentId::from_bytes(self.inner.new_id());
        let content = Content::AccompanimentOpened {
            id,
            team: mine.team.clone(),
            referent: referent.then(|| Referent {
                account: session.account,
                name: session.name.clone(),
            }),
            on: self.today(),
        };
        let who = Who::Worker(session, person);
        self.inner
            .write_one(&who, Compartment::Identity, content)
            .await?;
        Ok(id)
    }

    /// The members of the accompaniment's team who may be named its referent, by name.
    pub async fn possible_referents(
        &self,
        session: &WorkerSession,
        team: TeamId,
    ) -> Result<Vec<Referent>> {
        let page = self.team(session, team).await?;
        let live = page.members.into_iter().filter(|m| !m.waiting);
        Ok(live
            .map(|m| Referent {
                account: m.account,
                name: m.name,
            })
            .collect())
    }

    /// Names the worker answerable for an accompaniment, from its own team.
    pub async fn name_referent(
        &self,
        session: &WorkerSession,
        person: PersonId,
        accompaniment: AccompanimentId,
        account: AccountId,
    ) -> Result<()> {
        let who = Who::Worker(session, person);
        let inner = &self.inner;
        let mut tx = inner.storage.read().await?;
        let keys = inner.keys_of(&mut *tx, &who).await?;
        let record = inner.standing(&mut *tx, &keys).await?;
        drop(tx);
        let view = record.accompaniments.iter().find(|a| a.id == accompaniment);
        let view = view
            .filter(|a| a.closed.is_none())
            .ok_or(ServiceError::NotFound)?;
        let possible = self.possible_referents(session, view.team.id).await?;
        let referent = possible.into_iter().find(|r| r.account == account);
        let referent = referent.ok_or(ServiceError::NotFound)?;
        let content = Content::ReferentNamed {
            accompaniment,
            referent,
        };
        inner.write_one(&who, view.compartment, content).await?;
        Ok(())
    }

    /// Ends an accompaniment of one of the worker's teams, with its reason.
    pub async fn close_accompaniment(
        &self,
        session: &WorkerSession,
        person: PersonId,
        accompaniment: AccompanimentId,
        reason: ClosingReason,
        words: String,
    ) -> Result<()> {
        if reason == ClosingReason::Other && words.trim().is_empty() {
            return Err(ServiceError::Invalid {
                field: "words",
                key: "error-closing-words",
            });
        }
        let who = Who::Worker(session, person);
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                let keys = inner.keys_to_write(&mut *tx, &who).await?;
                let record = inner.standing(&mut *tx, &keys).await?;
                let view = record.accompaniments.iter().find(|a| a.id == accompaniment);
                let view = view
                    .filter(|a| a.closed.is_none())
                    .ok_or(ServiceError::NotFound)?;
                if session.membership(view.team.id).is_none() {
                    return Err(ServiceError::Forbidden);
                }
                let on = self.today();
                let content = Content::AccompanimentClosed {
                    accompaniment,
                    reason,
                    words: words.clone(),
                    on,
                };
                inner
                    .append_as(&mut *tx, &who, &keys, view.compartment, content)
                    .await?;
                Ok(tx.save().await?)
            })
            .await
    }

    /// Makes an appointment, in the follow-up compartment.
    pub async fn set_appointment(
        &self,
        session: &WorkerSession,
        person: PersonId,
        appointment: Appointment,
    ) -> Result<()> {
        let who = Who::Worker(session, person);
        self.inner
            .write_one(&who, Compartment::Social, Content::Appointment(appointment))
            .await?;
        Ok(())
    }

    /// A new appointment's identifier.
    #[must_use]
    pub fn new_appointment_id(&self) -> AppointmentId {
        AppointmentId::from_bytes(self.inner.new_id())
    }

    /// Says where an appointment stands now.
    pub async fn appointment_state(
        &self,
        session: &WorkerSession,
        person: PersonId,
        id: AppointmentId,
        state: AppointmentState,
    ) -> Result<()> {
        self.change_appointment(&Who::Worker(session, person), id, state)
            .await
    }

    /// The person says that they cannot come: the appointment is excused.
    pub async fn cannot_come(&self, session: &PersonSession, id: AppointmentId) -> Result<()> {
        self.change_appointment(&Who::Person(session), id, AppointmentState::Excused)
            .await
    }

    async fn change_appointment(
        &self,
        who: &Who<'_>,
        id: AppointmentId,
        state: AppointmentState,
    ) -> Result<()> {
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                let keys = inner.keys_to_write(&mut *tx, who).await?;
                let record = inner.standing(&mut *tx, &keys).await?;
                let view = record.appointments.iter().find(|a| a.appointment.id == id);
                let view = view.ok_or(ServiceError::NotFound)?;
                if matches!(who, Who::Person(_))
                    && view.appointment.state != AppointmentState::Planned
                {
                    return Err(ServiceError::NotFound);
                }
                let content = Content::Appointment(Appointment {
                    state,
                    ..view.appointment.clone()
                });
                inner
                    .append_as(&mut *tx, who, &keys, view.compartment, content)
                    .await?;
                Ok(tx.save().await?)
            })
            .await
    }
}
