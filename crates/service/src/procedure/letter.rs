//! Letters left to the person: text that a worker prepared, for them to read, print and sign.

use crate::{Result, Service, ServiceError, Who, WorkerSession};
use domain::{
    id::{PersonId, ProcedureId},
    letter::{LONGEST_TEMPLATE, LetterKind},
    procedure::ProcedureEvent,
};

impl Service {
    /// Leaves a prepared letter to the person, who reads, prints and signs it from their own pages.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] where it is empty, or longer than letters are.
    pub async fn leave_letter(
        &self,
        session: &WorkerSession,
        person: PersonId,
        id: ProcedureId,
        kind: LetterKind,
        text: String,
    ) -> Result<()> {
        if text.trim().is_empty() || text.chars().count() > LONGEST_TEMPLATE {
            return Err(ServiceError::Invalid {
                field: "text",
                key: "error-letter",
            });
        }
        let who = Who::Worker(session, person);
        let left = |_: &_| {
            let text = text.clone();
            Ok(ProcedureEvent::LetterLeft { kind, text })
        };
        self.inner.tell_of(&who, id, left).await?;
        Ok(())
    }
}
