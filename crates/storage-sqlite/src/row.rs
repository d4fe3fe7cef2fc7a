//! Reading columns back into values: a row that cannot be understood is its own error, never a
//! default.

use domain::{Compartment, Compartments};
use jiff::{Timestamp, civil::Date};
use sqlx::{Row, sqlite::SqliteRow};
use storage::StorageError;

/// What the engine said, as this crate's errors.
pub(crate) fn engine(error: sqlx::Error) -> StorageError {
    if let sqlx::Error::Database(db) = &error {
        match db.code().as_deref() {
            Some("13") => return StorageError::Full,
            Some("5" | "6" | "261" | "517") => return StorageError::Busy,
            Some("1555" | "2067" | "2579") => return StorageError::Conflict("a unique value"),
            _ => {}
        }
        let message = db.message();
        if message.contains("disk is full") || message.contains("disk I/O error") {
            return StorageError::Full;
        }
    }
    if matches!(error, sqlx::Error::PoolTimedOut) {
        return StorageError::Busy;
    }
    StorageError::Engine(Box::new(error))
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
