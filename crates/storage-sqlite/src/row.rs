//! Reading columns back into values: a row that cannot be understood is its own error, never a
//! default.

use domain::{Compartment, Compartments};
use jiff::{Timestamp, civil::Date};
use std::io;
use storage::StorageError;

/// What the engine said, as this crate's errors.
pub(crate) fn engine(error: sqlx::Error) -> StorageError {
    match &error {
        sqlx::Error::PoolTimedOut => return StorageError::Busy,
        // Only statements that must find their row ask for one.
        sqlx::Error::RowNotFound => return StorageError::Conflict("a row"),
        sqlx::Error::Database(said) => {
            let code: i32 = said.code().and_then(|c| c.parse().ok()).unwrap_or_default();
            match (code, code & 0xff) {
                (UNIQUE | PRIMARY_KEY, _) => return StorageError::Conflict("a unique value"),
                (FOREIGN_KEY, _) => return StorageError::Conflict("a row that another names"),
                // No room for the shared memory beside the log is said as an input error.
                (_, FULL) | (SHARED_MEMORY_SIZE, _) => return StorageError::Full,
                (_, BUSY | LOCKED) => return StorageError::Busy,
                _ => {}
            }
        }
        _ => {}
    }
    StorageError::Engine(Box::new(error))
}

// https://www.sqlite.org/rescode.html; the lowest byte of an extended code is the plain one.
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const FULL: i32 = 13;
const FOREIGN_KEY: i32 = 787;
const PRIMARY_KEY: i32 = 1555;
const UNIQUE: i32 = 2067;
const SHARED_MEMORY_SIZE: i32 = 4874;

/// What the file system around the database said.
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

    pub(crate) fn flag(self, value: i64) -> Result<bool, StorageError> {
        match value {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.broken("neither 0 nor 1")),
        }
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

    pub(crate) fn compartment(self, value: i64) -> Result<Compartment, StorageError> {
        let code = u8::try_from(value).ok();
        code.and_then(Compartment::from_code)
            .ok_or_else(|| self.broken("no such compartment"))
    }

    pub(crate) fn compartments(self, value: i64) -> Result<Compartments, StorageError> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::{Connection, SqliteConnection};

    /// What this crate says of the failure of the last of these statements.
    async fn said(statements: &[&'static str]) -> StorageError {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let mut last = Ok(());
        for statement in statements {
            assert!(last.is_ok(), "{last:?}");
            last = sqlx::query(*statement)
                .execute(&mut connection)
                .await
                .map(drop);
        }
        engine(last.unwrap_err())
    }

    #[tokio::test]
    async fn failures_are_told_apart() {
        let table = "CREATE TABLE t (a INTEGER PRIMARY KEY, b UNIQUE, c REFERENCES t)";
        let one = "INSERT INTO t VALUES (1, 1, NULL)";
        let two = "INSERT INTO t VALUES (2, 1, NULL)";
        for twice in [[table, one, one], [table, one, two]] {
            assert!(matches!(said(&twice).await, StorageError::Conflict(_)));
        }
        let nowhere = said(&[table, "INSERT INTO t VALUES (3, 3, 9)"]).await;
        assert!(matches!(nowhere, StorageError::Conflict(_)), "{nowhere:?}");
        let small = "PRAGMA max_page_count = 2";
        let full = said(&[
            table,
            small,
            "INSERT INTO t VALUES (4, zeroblob(90000), NULL)",
        ])
        .await;
        assert!(matches!(full, StorageError::Full), "{full:?}");
        let other = said(&["SELECT * FROM nowhere"]).await;
        assert!(matches!(other, StorageError::Engine(_)), "{other:?}");
    }
}
