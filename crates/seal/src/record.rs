//! The headers that authors and readers sign: each carries the hash of the one before it, so that
//! nothing can be taken out, put in or moved.

use crate::{
    SealError, Signature, SigningKey, VerifyingKey,
    encoding::{Reader, Writer},
};
use domain::{
    Compartment,
    id::{AccountId, FileId, KeyId, OrganisationId, PersonId, ReadingId},
};

const ENTRY: u8 = 0x10;
const READING: u8 = 0x11;
const SIGN_ENTRY: &str = "conatus 2026 entry signature v1";
const SIGN_READING: &str = "conatus 2026 reading signature v1";

/// What both chains of a record begin with.
#[must_use]
pub fn genesis(person: PersonId) -> [u8; 32] {
    blake3::derive_key("conatus 2026 record beginning v1", person.as_bytes())
}

/// A file that an entry brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileFact {
    /// The file.
    pub file: FileId,
    /// The BLAKE3 hash of its sealed bytes.
    pub sealed_hash: [u8; 32],
    /// How many sealed bytes.
    pub sealed_length: u64,
}

/// The header of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryHeader {
    /// The organisation that opened the record.
    pub organisation: OrganisationId,
    /// The person.
    pub person: PersonId,
    /// The compartment.
    pub compartment: Compartment,
    /// Its place in the record, from 1.
    pub sequence: u64,
    /// The epoch of the compartment's key.
    pub epoch: u32,
    /// Whether it says who the person is.
    pub profile: bool,
    /// The account that signs.
    pub author: AccountId,
    /// The key that signs.
    pub key: KeyId,
    /// The hash of the entry before it.
    pub previous: [u8; 32],
    /// The BLAKE3 hash of the sealed content.
    pub content_hash: [u8; 32],
    /// The file it brings.
    pub file: Option<FileFact>,
}

/// The header of a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadingHeader {
    /// The organisation that opened the record.
    pub organisation: OrganisationId,
    /// The person read about.
    pub person: PersonId,
    /// The compartment opened.
    pub compartment: Compartment,
    /// Its identifier.
    pub reading: ReadingId,
    /// Its place in the chain of readings, from 1.
    pub sequence: u64,
    /// The epoch of the compartment's key.
    pub epoch: u32,
    /// The account that read.
    pub reader: AccountId,
    /// The key that signs.
    pub key: KeyId,
    /// The hash of the reading before it.
    pub previous: [u8; 32],
    /// The BLAKE3 hash of the sealed content.
    pub content_hash: [u8; 32],
}

macro_rules! signed_header {
    ($name:ident, $context:ident) => {
        impl $name {
            /// The hash that the next one carries.
            #[must_use]
            pub fn hash(&self) -> [u8; 32] {
                *blake3::hash(&self.to_bytes()).as_bytes()
            }

            /// Signs it.
            #[must_use]
            pub fn sign(&self, key: &SigningKey) -> Signature {
                key.sign($context, &self.to_bytes())
            }

            /// Whether that key signed it and is the one it names.
            ///
            /// # Errors
            /// [`SealError::Signature`] where it did not, or where it names another.
            pub fn verify(
                &self,
                key: &VerifyingKey,
                signature: &Signature,
            ) -> Result<(), SealError> {
                if self.key != key.key_id() {
                    return Err(SealError::Signature);
                }
                key.verify($context, &self.to_bytes(), signature)
            }
        }
    };
}
signed_header!(EntryHeader, SIGN_ENTRY);
signed_header!(ReadingHeader, SIGN_READING);

impl EntryHeader {
    /// Its canonical bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let writer = Writer::new(ENTRY)
            .field(self.organisation.as_bytes())
            .field(self.person.as_bytes())
            .u8(self.compartment.code())
            .u64(self.sequence)
            .u32(self.epoch)
            .u8(u8::from(self.profile))
            .field(self.author.as_bytes())
            .field(self.key.as_bytes())
            .field(&self.previous)
            .field(&self.content_hash);
        match &self.file {
            Some(file) => writer
                .u8(1)
                .field(file.file.as_bytes())
                .field(&file.sealed_hash)
                .u64(file.sealed_length),
            None => writer.u8(0),
        }
        .finish()
    }

    /// The header of those bytes.
    ///
    /// # Errors
    /// [`SealError`] where they are not one.
    pub fn parse(bytes: &[u8]) -> Result<Self, SealError> {
        let (tag, mut reader) = Reader::new(bytes, "entry header")?;
        if tag != ENTRY {
            return Err(reader.wrong());
        }
        let header = Self {
            organisation: OrganisationId::from_bytes(reader.array()?),
            person: PersonId::from_bytes(reader.array()?),
            compartment: Compartment::from_code(reader.u8()?).ok_or_else(|| reader.wrong())?,
            sequence: reader.u64()?,
            epoch: reader.u32()?,
            profile: match reader.u8()? {
                0 => false,
                1 => true,
                _ => return Err(reader.wrong()),
            },
            author: AccountId::from_bytes(reader.array()?),
            key: KeyId::from_bytes(reader.array()?),
            previous: reader.array()?,
            content_hash: reader.array()?,
            file: match reader.u8()? {
                0 => None,
                1 => Some(FileFact {
                    file: FileId::from_bytes(reader.array()?),
                    sealed_hash: reader.array()?,
                    sealed_length: reader.u64()?,
                }),
                _ => return Err(reader.wrong()),
            },
        };
        reader.finish()?;
        Ok(header)
    }
}

impl ReadingHeader {
    /// Its canonical bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        Writer::new(READING)
            .field(self.organisation.as_bytes())
            .field(self.person.as_bytes())
            .u8(self.compartment.code())
            .field(self.reading.as_bytes())
            .u64(self.sequence)
            .u32(self.epoch)
            .field(self.reader.as_bytes())
            .field(self.key.as_bytes())
            .field(&self.previous)
            .field(&self.content_hash)
            .finish()
    }
}
