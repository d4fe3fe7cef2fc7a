//! Reading columns back into values: a row that cannot be understood is its own error, never a
//! default.

use domain::{Compartment, Compartments};
use jiff::{Timestamp, civil::Date};
use std::io;
use storage::StorageError;

/// What the engine said before anything was saved, as this crate's errors: what was cut off or came
/// too late is undone, so it may be tried again.
pub(crate) fn engine(error: sqlx::Error) -> StorageError {
    match &error {
        sqlx::Error::PoolTimedOut => return StorageError::Busy,
        // Only statements that must find their row ask for one.
        sqlx::Error::RowNotFound => return StorageError::Conflict("a row"),
        _ if is_lost(&error) => return StorageError::Busy,
        sqlx::Error::Database(said) => match said.code().as_deref() {
            Some(UNIQUE) => return StorageError::Conflict("a unique value"),
            Some(FOREIGN_KEY) => return StorageError::Conflict("a row that another names"),
            Some(SERIALISATION | DEADLOCK) => return StorageError::Conflict("what was read"),
            Some(DISK_FULL) => return StorageError::Full,
            Some(CANCELLED | LOCK_TIMEOUT | IDLE | TOO_MANY | STARTING) => {
                return StorageError::Busy;
            }
            _ => {}
        },
        _ => {}
    }
    StorageError::Engine(Box::new(error))
}

/// What the engine said to a commit. Cut off there, nobody knows whether it is saved: that is told
/// as itself, since trying again could do twice what was done.
pub(crate) fn saving(error: sqlx::Error) -> StorageError {
    if is_lost(&error) {
        return StorageError::Engine(Box::new(Unsure(error)));
    }
    engine(error)
}

/// Nobody knows whether a commit was made.
#[derive(Debug, thiserror::Error)]
#[error("the connection was lost while saving: what was written may be saved or not")]
struct Unsure(#[source] sqlx::Error);

/// Whether the connection is gone, with all that was not saved.
pub(crate) fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(said) => said
            .code()
            .is_some_and(|code| matches!(&*code, SHUT_DOWN | CRASHED | STARTING | DROPPED)),
        _ => false,
    }
}

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const FOREIGN_KEY: &str = "23503";
const UNIQUE: &str = "23505";
const IDLE: &str = "25P03";
const SERIALISATION: &str = "40001";
const DEADLOCK: &str = "40P01";
const DISK_FULL: &str = "53100";
const TOO_MANY: &str = "53300";
const LOCK_TIMEOUT: &str = "55P03";
const CANCELLED: &str = "57014";
const SHUT_DOWN: &str = "57P01";
const CRASHED: &str = "57P02";
const STARTING: &str = "57P03";
const DROPPED: &str = "57P05";

/// What the file system around a copy said.
pub(crate) fn unwritable(error: io::Error) -> StorageError {
    if error.kind() == io::ErrorKind::StorageFull {
        StorageError::Full
    } else {
        StorageError::Engine(Box::new(error))
    }
}

/// A column by its table and name, for the error that names it.
#[derive(Clone, Copy)]
pub(crate) struct Column(pub(crate) &'static str, pub(crate) &'static str);

impl Column {
    pub(crate) fn broken(self, what: impl Into<String>) -> StorageError {
        StorageError::Broken {
            table: self.0,
            column: self.1,
            what: what.into(),
        }
    }

    /// Bytes of a fixed length: identifiers, hashes, signatures, salts, look-ups.
    pub(crate) fn bytes<const N: usize>(self, value: &[u8]) -> Result<[u8; N], StorageError> {
        let bytes = value.try_into();
        bytes.map_err(|_| self.broken(format!("not {N} bytes")))
    }

    /// A count or sequence.
    pub(crate) fn count(self, value: i64) -> Result<u64, StorageError> {
        u64::try_from(value).map_err(|_| self.broken("negative"))
    }

    /// An epoch, or a count of tries or uses.
    pub(crate) fn small(self, value: i64) -> Result<u32, StorageError> {
        u32::try_from(value).map_err(|_| self.broken("out of range"))
    }

    pub(crate) fn instant(self, value: i64) -> Result<Timestamp, StorageError> {
        Timestamp::from_microsecond(value).map_err(|_| self.broken("no time"))
    }

    pub(crate) fn instant_if(self, value: Option<i64>) -> Result<Option<Timestamp>, StorageError> {
        value.map(|v| self.instant(v)).transpose()
    }

    pub(crate) fn date(self, value: &str) -> Result<Date, StorageError> {
        value.parse().map_err(|_| self.broken("no day"))
    }

    pub(crate) fn compartment(self, value: i16) -> Result<Compartment, StorageError> {
        let code = u8::try_from(value).ok();
        code.and_then(Compartment::from_code)
            .ok_or_else(|| self.broken("no such compartment"))
    }

    pub(crate) fn compartments(self, value: i16) -> Result<Compartments, StorageError> {
        let bits = u8::try_from(value).ok();
        bits.and_then(Compartments::from_bits)
            .ok_or_else(|| self.broken("no such compartments"))
    }

    /// A count or sequence to be written.
    pub(crate) fn stored(self, value: u64) -> Result<i64, StorageError> {
        i64::try_from(value).map_err(|_| self.broken("too large"))
    }
}

/// A sequence to compare with: past the largest, it finds the same.
pub(crate) fn bound(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}

/// Microseconds since 1970, rounded towards zero.
pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}
