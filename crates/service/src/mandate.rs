//! Mandates: given before a worker, taken back by either side at any time.

use crate::{Result, Service, ServiceError, Who, WorkerSession};
use domain::{
    Compartment,
    entry::Content,
    id::{MandateId, PersonId},
    mandate::{Mandate, MandateDuration},
    words::{ConsentForm, Theme},
};
use jiff::civil::Date;

/// A mandate to write down.
#[derive(Debug, Clone)]
pub struct NewMandate {
    /// What may be done in the person's place.
    pub themes: Vec<Theme>,
    /// The first day it allows.
    pub from: Date,
    /// How long.
    pub duration: MandateDuration,
    /// How the person agreed.
    pub consent: ConsentForm,
    /// What exactly; may be empty.
    pub words: String,
}

impl Service {
    /// Writes a mandate in the follow-up compartment; the team in whose name the worker acts may
    /// use it.
    pub async fn give_mandate(
        &self,
        session: &WorkerSession,
        person: PersonId,
        new: NewMandate,
    ) -> Result<MandateId> {
        if new.themes.is_empty() {
            return Err(ServiceError::Invalid {
                field: "themes",
                key: "error-themes-empty",
            });
        }
        if new.from < self.today() {
            return Err(ServiceError::Invalid {
                field: "from",
                key: "error-mandate-past",
            });
        }
        let who = Who::Worker(session, person);
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                let keys = inner.keys_to_write(&mut *tx, &who).await?;
                let author = who.author(&keys);
                let id = MandateId::from_bytes(inner.new_id());
                let mandate = Mandate {
                    id,
                    themes: new.themes.clone(),
                    from: new.from,
                    duration: new.duration,
                    consent: new.consent,
                    words: new.words.clone(),
                    to: author.team.map_or(author.name, |team| team.name),
                };
                let content = Content::MandateGiven(mandate);
                inner
                    .append_as(&mut *tx, &who, &keys, Compartment::Social, content)
                    .await?;
                tx.save().await?;
                Ok(id)
            })
            .await
    }

    /// Takes a mandate back, from either side; from then on it allows nothing.
    pub async fn revoke_mandate(
        &self,
        who: &Who<'_>,
        mandate: MandateId,
        reason: String,
    ) -> Result<()> {
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                let keys = inner.keys_to_write(&mut *tx, who).await?;
                let record = inner.standing(&mut *tx, &keys).await?;
                let view = record.mandates.iter().find(|m| m.mandate.id == mandate);
                let view = view.ok_or(ServiceError::NotFound)?;
                if view.revoked.is_some() {
                    return Ok(());
                }
                let content = Content::MandateRevoked {
                    mandate,
                    reason: reason.clone(),
                };
                inner
                    .append_as(&mut *tx, who, &keys, view.compartment, content)
                    .await?;
                Ok(tx.save().await?)
            })
            .await
    }
}
