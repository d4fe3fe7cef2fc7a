//! Checkpoints: a server signs, from time to time, where every record that changed stands, so that
//! a record cut short afterwards is seen.

use crate::{
    SealError, Signature, SigningKey, VerifyingKey,
    encoding::{Reader, Writer},
};
use domain::id::{PersonId, ServerId};
use jiff::Timestamp;

const CHECKPOINT: u8 = 0x12;
const SIGN: &str = "conatus 2026 checkpoint signature v1";

/// Where one record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The person.
    pub person: PersonId,
    /// How many entries.
    pub entries: u64,
    /// The hash of the last.
    pub entry_hash: [u8; 32],
    /// How many readings.
    pub readings: u64,
    /// The hash of the last.
    pub reading_hash: [u8; 32],
    /// How many statements about the person.
    pub statements: u64,
    /// The hash of their chain.
    pub statement_hash: [u8; 32],
}

/// The hash of those heads, which must come in order of person.
#[must_use]
pub fn heads_hash<'a>(heads: impl IntoIterator<Item = &'a Head>) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("conatus 2026 checkpoint heads v1");
    for head in heads {
        hasher
            .update(head.person.as_bytes())
            .update(&head.entries.to_le_bytes())
            .update(&head.entry_hash)
            .update(&head.readings.to_le_bytes())
            .update(&head.reading_hash)
            .update(&head.statements.to_le_bytes())
            .update(&head.statement_hash);
    }
    *hasher.finalize().as_bytes()
}

/// A checkpoint over the heads that changed since the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// The server that signs.
    pub server: ServerId,
    /// Its place among checkpoints, from 1.
    pub sequence: u64,
    /// The hash of the one before it; zeros for the first.
    pub previous: [u8; 32],
    /// When.
    pub at: Timestamp,
    /// How many heads.
    pub changed: u64,
    /// Their hash.
    pub heads_hash: [u8; 32],
    /// How many statements about organisations, teams and members had been made.
    pub statements: u64,
    /// The hash of their chain.
    pub statement_hash: [u8; 32],
}

impl Checkpoint {
    /// Its canonical bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        Writer::new(CHECKPOINT)
            .field(self.server.as_bytes())
            .u64(self.sequence)
            .field(&self.previous)
            .time(self.at)
            .u64(self.changed)
            .field(&self.heads_hash)
            .u64(self.statements)
            .field(&self.statement_hash)
            .finish()
    }

    /// The checkpoint of those bytes.
    ///
    /// # Errors
    /// [`SealError`] where they are not one.
    pub fn parse(bytes: &[u8]) -> Result<Self, SealError> {
        let (tag, mut reader) = Reader::new(bytes, "checkpoint")?;
        if tag != CHECKPOINT {
            return Err(reader.wrong());
        }
        let checkpoint = Self {
            server: ServerId::from_bytes(reader.array()?),
            sequence: reader.u64()?,
            previous: reader.array()?,
            at: reader.time()?,
            changed: reader.u64()?,
            heads_hash: reader.array()?,
            statements: reader.u64()?,
            statement_hash: reader.array()?,
        };
        reader.finish()?;
        Ok(checkpoint)
    }

    /// The hash that the next one carries.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        *blake3::hash(&self.to_bytes()).as_bytes()
    }

    /// Signs it.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> Signature {
        key.sign(SIGN, &self.to_bytes())
    }

    /// Whether that key signed it.
    ///
    /// # Errors
    /// [`SealError::Signature`] where it did not.
    pub fn verify(&self, key: &VerifyingKey, signature: &Signature) -> Result<(), SealError> {
        key.verify(SIGN, &self.to_bytes(), signature)
    }
}
