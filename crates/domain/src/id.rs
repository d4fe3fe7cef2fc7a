//! Identifiers: 16 random bytes, made by the caller, meaningless outside this server.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A text that is not 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier: 32 hexadecimal digits are expected")]
pub struct InvalidId;

fn parse(text: &str) -> Result<[u8; 16], InvalidId> {
    let mut bytes = [0; 16];
    if text.len() != 32 || !text.is_ascii() {
        return Err(InvalidId);
    }
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).map_err(|_| InvalidId)?;
    }
    Ok(bytes)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name([u8; 16]);

        impl $name {
            /// The identifier made of these bytes, which must come from a secure generator.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// Its 16 bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }
    )*};
}

ids! {
    /// An organisation hosted by this server (structure).
    OrganisationId
    /// A team of an organisation (équipe).
    TeamId
    /// An account that signs in: a worker's, or the one behind a person's card.
    AccountId
    /// A person accompanied, whose record it is.
    PersonId
    /// A device on which a worker may sign in, or a person's card.
    DeviceId
    /// A session: the hash of its cookie's token.
    SessionId
    /// A grant: who may open which compartments of whom.
    GrantId
    /// A mandate to act in the person's place.
    MandateId
    /// A document of the safe.
    DocumentId
    /// A sealed file in the object store.
    FileId
    /// A period of follow-up by a team.
    AccompanimentId
    /// An appointment.
    AppointmentId
    /// A reading: the trace left by opening something.
    ReadingId
    /// A household: people who live together.
    HouseholdId
    /// A public key of an account, by the first 16 bytes of its BLAKE3 hash.
    KeyId
    /// A signed statement, by the first 16 bytes of its BLAKE3 hash.
    StatementId
    /// A running server, by its key statement.
    ServerId
    /// A run of a spreadsheet import.
    ImportId
    /// A procedure: a right asked for, from the first question to the decision and its appeal.
    ProcedureId
    /// A piece that a procedure asks for.
    PieceId
    /// A deadline of a procedure; its reminders are kept under the same identifier.
    DeadlineId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips_and_refuses_anything_else() {
        let id = PersonId::from_bytes([0xa5; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
        for wrong in ["", "a5", &"g".repeat(32), &"é".repeat(16), &"a".repeat(33)] {
            assert_eq!(wrong.parse::<PersonId>(), Err(InvalidId), "{wrong}");
        }
    }
}
