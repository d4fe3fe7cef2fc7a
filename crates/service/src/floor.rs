//! The least that opening a record can cost: what `conatus bench` measures pages against, and a way
//! to fill a record fast. Not reachable from any page.

use crate::{
    Result, Service, ServiceError, Who, WorkerSession,
    journal::open_entry,
    reading::{NewReading, What},
};
use domain::{
    Compartment,
    entry::{Content, Writing},
    id::PersonId,
    words::Nature,
};

impl Service {
    /// Reads the same rows from the same engine, opens them, and commits one insert: nothing else
    /// of what a page does. Gives how many entries were opened.
    pub async fn floor(&self, session: &WorkerSession, person: PersonId) -> Result<usize> {
        let inner = &self.inner;
        let who = Who::Worker(session, person);
        let mut tx = inner.storage.read().await?;
        let keys = inner.keys_of(&mut *tx, &who).await?;
        let rows = tx.entries(person, keys.open_compartments()).await?;
        drop(tx);
        let mut opened = 0;
        for row in &rows {
            open_entry(row, &keys)?;
            opened += 1;
        }
        let reading = NewReading {
            compartment: Compartment::Social,
            what: What::Compartment,
            object: inner.new_id(),
        };
        let author = who.author(&keys);
        inner
            .journal(&keys, session.id, &author, who.signing(), vec![reading])
            .await?;
        Ok(opened)
    }

    /// Appends many writings in one transaction.
    pub async fn write_many(
        &self,
        session: &WorkerSession,
        person: PersonId,
        texts: &[String],
    ) -> Result<()> {
        let inner = &self.inner;
        let who = Who::Worker(session, person);
        inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                let keys = inner.keys_to_write(&mut *tx, &who).await?;
                for text in texts {
                    if text.is_empty() {
                        return Err(ServiceError::Invalid {
                            field: "text",
                            key: "error-text-empty",
                        });
                    }
                    let content = Content::Writing(Writing {
                        nature: Nature::Fact,
                        text: text.clone(),
                        theme: None,
                        about: None,
                    });
                    inner
                        .append_as(&mut *tx, &who, &keys, Compartment::Social, content)
                        .await?;
                }
                Ok(tx.save().await?)
            })
            .await
    }

    /// A code that enrols devices of the signed-in worker many times: for demonstrations only.
    pub async fn demo_device_code(
        &self,
        session: &WorkerSession,
        passphrase: &secrecy::SecretString,
    ) -> Result<String> {
        let until = self
            .now()
            .saturating_add(jiff::SignedDuration::from_hours(24 * 30))
            .unwrap_or_else(|_| self.now());
        let code = self
            .inner
            .add_device_code(
                session.account,
                &session.secrets.account,
                passphrase,
                until,
                10_000,
            )
            .await?;
        Ok(code.to_code())
    }
}

/// Seals a whole document in memory as the safe would: what `conatus bench upload` measures against.
///
/// # Errors
/// [`ServiceError::Integrity`] past the longest file.
pub fn seal_whole(content: &[u8]) -> Result<Vec<u8>> {
    use rand_core::SeedableRng;
    let mut chance = rand_chacha::ChaCha20Rng::from_seed([1; 32]);
    let key = seal::Key::generate(&mut chance);
    let binding = seal::Binding::new(seal::ContentType::File);
    let mut sealer = seal::FileSealer::new(&key, &binding, &mut chance);
    let mut sealed = sealer.header();
    sealer.push(content, &mut sealed)?;
    sealer.finish(&mut sealed)?;
    // As an upload does, both sides are hashed.
    let hashes = (blake3::hash(content), blake3::hash(&sealed));
    sealed.extend_from_slice(hashes.0.as_bytes());
    sealed.extend_from_slice(hashes.1.as_bytes());
    Ok(sealed)
}
