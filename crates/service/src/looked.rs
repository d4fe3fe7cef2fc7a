//! Rights to look at: what is said for them and what the person decides, sealed in the follow-up
//! like the rest of it. Whoever opens the follow-up, and the person, may say and decide; the law
//! itself is read elsewhere, and nothing of what it gives is kept, opens or closes anything.

use crate::{OpenedRecord, Result, Service, ServiceError, Which, Who};
use domain::{
    Compartment, Compartments,
    entry::Content,
    looked::{Composition, Decided, FactRef, LookedEvent, Said},
};

/// What may hold facts that the law asks for: who the person is, the follow-up, titles of residence.
const READ: [Compartment; 3] = [
    Compartment::Identity,
    Compartment::Social,
    Compartment::Legal,
];

impl Service {
    /// Opens what rights are looked at with: civil status, the follow-up, residence, those of them
    /// that are open to the reader. Readings are on disk before this returns.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where the follow-up is not open to the reader.
    pub async fn look_at_rights(&self, who: &Who<'_>) -> Result<OpenedRecord> {
        let among: Compartments = READ.into_iter().collect();
        let needed = Compartment::Social;
        self.inner.open(who, Which::Among { needed, among }).await
    }

    /// Says who lives with the person.
    pub async fn say_household(&self, who: &Who<'_>, said: Composition) -> Result<()> {
        self.look(who, LookedEvent::Composed(said)).await
    }

    /// Says facts, in one entry: a later answer holds over an earlier one.
    pub async fn say_facts(&self, who: &Who<'_>, facts: Vec<Said>) -> Result<()> {
        self.look(who, LookedEvent::Said(facts)).await
    }

    /// Takes facts back: nothing is known of them any more. What was said stays in the journal.
    pub async fn take_back_facts(&self, who: &Who<'_>, facts: Vec<FactRef>) -> Result<()> {
        self.look(who, LookedEvent::TakenBack(facts)).await
    }

    /// Writes what the person decided about a right.
    pub async fn decide_on_right(&self, who: &Who<'_>, decided: Decided) -> Result<()> {
        self.look(who, LookedEvent::Decided(decided)).await
    }

    async fn look(&self, who: &Who<'_>, event: LookedEvent) -> Result<()> {
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                let keys = inner.keys_to_write(&mut *tx, who).await?;
                if !keys.open_compartments().contains(Compartment::Social) {
                    return Err(ServiceError::NotFound);
                }
                let social = [Compartment::Social].into_iter().collect();
                let entries = inner.load(&mut *tx, &keys, social).await?;
                let before = domain::record::Record::fold(entries).looked;
                event.check(inner.today(), &before)?;
                let content = Content::Looked {
                    event: event.clone(),
                };
                inner
                    .append_as(&mut *tx, who, &keys, Compartment::Social, content)
                    .await?;
                Ok(tx.save().await?)
            })
            .await
    }
}
