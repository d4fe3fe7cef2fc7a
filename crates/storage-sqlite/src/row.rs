//! Reading columns back into values: a row that cannot be understood is its own error, never a
//! default.

use domain::{Compartment, Compartments};
use jiff::{Timestamp, civil::Date};
use sqlx::{Row, sqlite::SqliteRow};
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

/// A row of that table.
pub(crate) struct Columns<'r> {
    pub(crate) table: &'static str,
    pub(crate) row: &'r SqliteRow,
}

impl<'r> Columns<'r> {
    pub(crate) fn of(table: &'static str, row: &'r SqliteRow) -> Self {
        Self { table, row }
    }

    pub(crate) fn broken(&self, column: &'static str, what: impl Into<String>) -> StorageError {
        StorageError::Broken {
            table: self.table,
            column,
            what: what.into(),
        }
    }

    fn get<T>(&self, column: &'static str) -> Result<T, StorageError>
    where
        T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
    {
        self.row
            .try_get(column)
            .map_err(|_| self.broken(column, "not of its type"))
    }

    pub(crate) fn bytes(&self, column: &'static str) -> Result<Vec<u8>, StorageError> {
        self.get(column)
    }

    pub(crate) fn array<const N: usize>(
        &self,
        column: &'static str,
    ) -> Result<[u8; N], StorageError> {
        let bytes: &[u8] = self.get(column)?;
        bytes
            .try_into()
            .map_err(|_| self.broken(column, format!("not {N} bytes")))
    }

    pub(crate) fn optional_array<const N: usize>(
        &self,
        column: &'static str,
    ) -> Result<Option<[u8; N]>, StorageError> {
        let bytes: Option<&[u8]> = self.get(column)?;
        bytes
            .map(|b| {
                b.try_into()
                    .map_err(|_| self.broken(column, format!("not {N} bytes")))
            })
            .transpose()
    }

    pub(crate) fn int(&self, column: &'static str) -> Result<i64, StorageError> {
        self.get(column)
    }

    pub(crate) fn u64(&self, column: &'static str) -> Result<u64, StorageError> {
        u64::try_from(self.int(column)?).map_err(|_| self.broken(column, "negative"))
    }

    pub(crate) fn u32(&self, column: &'static str) -> Result<u32, StorageError> {
        u32::try_from(self.int(column)?).map_err(|_| self.broken(column, "out of range"))
    }

    pub(crate) fn bool(&self, column: &'static str) -> Result<bool, StorageError> {
        match self.int(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.broken(column, "neither 0 nor 1")),
        }
    }

    pub(crate) fn time(&self, column: &'static str) -> Result<Timestamp, StorageError> {
        Timestamp::from_microsecond(self.int(column)?).map_err(|_| self.broken(column, "no time"))
    }

    pub(crate) fn optional_time(
        &self,
        column: &'static str,
    ) -> Result<Option<Timestamp>, StorageError> {
        let value: Option<i64> = self.get(column)?;
        value
            .map(|v| Timestamp::from_microsecond(v).map_err(|_| self.broken(column, "no time")))
            .transpose()
    }

    pub(crate) fn date(&self, column: &'static str) -> Result<Date, StorageError> {
        let text: &str = self.get(column)?;
        text.parse().map_err(|_| self.broken(column, "no day"))
    }

    pub(crate) fn compartment(&self, column: &'static str) -> Result<Compartment, StorageError> {
        let code = u8::try_from(self.int(column)?).ok();
        code.and_then(Compartment::from_code)
            .ok_or_else(|| self.broken(column, "no such compartment"))
    }

    pub(crate) fn compartments(&self, column: &'static str) -> Result<Compartments, StorageError> {
        let bits = u8::try_from(self.int(column)?).ok();
        bits.and_then(Compartments::from_bits)
            .ok_or_else(|| self.broken(column, "no such compartments"))
    }
}

/// A count as the engine stores it.
pub(crate) fn stored(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
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
