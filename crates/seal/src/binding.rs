//! What a sealed value is bound to: opened anywhere else, it is refused.

use crate::encoding::Writer;
use domain::{
    Compartment,
    id::{OrganisationId, PersonId},
};

const TAG: u8 = 0x01;
/// XChaCha20-Poly1305 with BLAKE3 key commitment.
const SUITE: u8 = 1;

/// What kind of thing is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ContentType {
    /// An entry of a record.
    Entry = 1,
    /// A reading.
    Reading = 2,
    /// The key of a file.
    FileKey = 3,
    /// A file.
    File = 4,
    /// A compartment's key.
    CompartmentKey = 5,
    /// A team's key.
    TeamKey = 6,
    /// An account's keys.
    Account = 7,
    /// A session's keys.
    Session = 8,
    /// An organisation's name.
    OrganisationName = 9,
    /// A worker's name and job title.
    AccountName = 10,
    /// A team's name.
    TeamName = 11,
    /// What a short code points to.
    ShortCode = 12,
    /// The purpose of a grant.
    Purpose = 13,
    /// A backup.
    Backup = 14,
    /// The keepers' recovery key.
    Recovery = 15,
    /// An organisation's key.
    OrganisationKey = 16,
    /// What an import remembers.
    Import = 17,
    /// An invitation.
    Invitation = 18,
    /// A reminder of a deadline.
    Reminder = 19,
    /// The template of a letter.
    Letter = 20,
}

/// The place a sealed value belongs to. Unset parts are zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    organisation: [u8; 16],
    person: [u8; 16],
    compartment: u8,
    object: [u8; 16],
    sequence: u64,
    epoch: u32,
    content: ContentType,
}

impl Binding {
    /// A place for that kind of content.
    #[must_use]
    pub const fn new(content: ContentType) -> Self {
        Self {
            organisation: [0; 16],
            person: [0; 16],
            compartment: 0,
            object: [0; 16],
            sequence: 0,
            epoch: 0,
            content,
        }
    }

    /// In that organisation.
    #[must_use]
    pub const fn organisation(mut self, id: OrganisationId) -> Self {
        self.organisation = *id.as_bytes();
        self
    }

    /// Held by something else than an organisation, by its bytes.
    #[must_use]
    pub const fn organisation_bytes(mut self, bytes: [u8; 16]) -> Self {
        self.organisation = bytes;
        self
    }

    /// In the record of that person.
    #[must_use]
    pub const fn person(mut self, id: PersonId) -> Self {
        self.person = *id.as_bytes();
        self
    }

    /// Held for someone who is not a person accompanied, by their bytes.
    #[must_use]
    pub const fn person_bytes(mut self, bytes: [u8; 16]) -> Self {
        self.person = bytes;
        self
    }

    /// In that compartment.
    #[must_use]
    pub const fn compartment(mut self, compartment: Compartment) -> Self {
        self.compartment = compartment.code();
        self
    }

    /// As that object.
    #[must_use]
    pub const fn object(mut self, id: &[u8; 16]) -> Self {
        self.object = *id;
        self
    }

    /// At that place in a chain.
    #[must_use]
    pub const fn sequence(mut self, sequence: u64) -> Self {
        self.sequence = sequence;
        self
    }

    /// Under that epoch of the key.
    #[must_use]
    pub const fn epoch(mut self, epoch: u32) -> Self {
        self.epoch = epoch;
        self
    }

    /// The associated data: format version, suite, then each part prefixed by its length.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        Writer::new(TAG)
            .u8(SUITE)
            .field(&self.organisation)
            .field(&self.person)
            .u8(self.compartment)
            .field(&self.object)
            .u64(self.sequence)
            .u32(self.epoch)
            .u8(self.content as u8)
            .finish()
    }
}
