//! Many rows as one value, read back by `json_each`: `SQLite` takes no array, and each question it is
//! asked waits its turn for a processor.

use crate::row::Column;
use serde_json::{Value, json};
use storage::{ReadingRow, StorageError};

/// Those rows as one value.
pub(crate) fn list(
    rows: impl Iterator<Item = Result<Value, StorageError>>,
) -> Result<String, StorageError> {
    let rows: Vec<Value> = rows.collect::<Result<_, _>>()?;
    Ok(Value::from(rows).to_string())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let digits = String::with_capacity(2 * bytes.len());
    bytes.iter().fold(digits, |mut digits, byte| {
        // Writing to a string does not fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// From which head to which one person's readings move it.
pub(crate) fn head_move(group: &[ReadingRow]) -> Result<Value, StorageError> {
    let of = Column("readings", "sequence");
    let (first, last) = (&group[0], &group[group.len() - 1]);
    Ok(json!([
        first.person.to_string(),
        of.stored(first.sequence)? - 1,
        hex(&first.previous),
        of.stored(last.sequence)?,
        hex(&last.hash),
    ]))
}

/// A reading, column by column.
pub(crate) fn written(row: &ReadingRow) -> Result<Value, StorageError> {
    Ok(json!([
        row.person.to_string(),
        Column("readings", "sequence").stored(row.sequence)?,
        row.reading.to_string(),
        row.compartment.code(),
        row.epoch,
        row.reader.to_string(),
        row.key.to_string(),
        hex(&row.previous),
        hex(&row.hash),
        hex(&row.sealed),
        hex(&row.signature),
    ]))
}
