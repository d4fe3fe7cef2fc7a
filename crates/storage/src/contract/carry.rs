//! Carried rows: in, out the same and in order, all or none, once.

use super::sample::{Sample, refused};
use crate::{CarriedRow, CarriedTable, Carrier, Holds, SHARES, StorageError, TABLES, Value};

/// How many rows of each table a story tells.
const ROWS: u32 = 7;

/// Columns whose bytes have the length of a hash, or of a signature; others that of an identifier.
const HASHES: [&str; 8] = [
    "entry_hash",
    "reading_hash",
    "statement_hash",
    "previous",
    "hash",
    "share",
    "file_hash",
    "name",
];

/// Columns that may hold nothing: every other row has nothing there.
const EMPTY: [&str; 7] = [
    "ended",
    "until",
    "dead",
    "file",
    "file_hash",
    "file_length",
    "person",
];

/// What names a row of another table has the same bytes there: one owner of each kind is enough.
fn owner(table: &CarriedTable, column: &str, row: u32) -> Option<Vec<u8>> {
    let of = |kind: u8, row: u32| vec![kind ^ u8::try_from(row).unwrap_or_default(); 16];
    Some(match (table.name, column) {
        ("organisations", "id") | ("brake_counts" | "letters", "organisation") => of(0x10, row),
        ("teams", "id") | ("memberships", "team") => of(0x20, row),
        ("accounts", "id") | ("calendars", "account") => of(0x30, row),
        ("persons" | "shares" | "grants" | "wraps", "person_id") => of(0x40, row),
        ("grants" | "wraps", "grant_id") => of(0x50, row),
        ("teams" | "accounts", "organisation") => of(0x10, 1),
        ("team_wraps", "team") => of(0x20, 2),
        (_, "account") => of(0x30, if table.key > 1 { row } else { 3 }),
        (_, "person_id") => of(0x40, row / 2),
        _ => return None,
    })
}

fn value(sample: &mut Sample, table: &CarriedTable, column: usize, row: u32) -> Value {
    let told = table.columns[column];
    let may_be_nothing =
        EMPTY.contains(&told.name) && column >= table.key && !requires(table, told.name);
    if may_be_nothing && row % 2 == 1 {
        return Value::Nothing;
    }
    let byte = sample.bytes::<1>()[0];
    match told.holds {
        Holds::Flag => Value::Number(i64::from(byte % 2)),
        Holds::Small if told.name == "compartments" => Value::Number(3),
        Holds::Small => Value::Number(i64::from(byte % 3 + 1)),
        // Beyond what four bytes hold, and in order where it is a key.
        Holds::Number if told.name == "epoch" => Value::Number(i64::from(row) + 1),
        Holds::Number => Value::Number((1 << 40) * i64::from(row + 1) + i64::from(byte)),
        Holds::Text => Value::Text(format!("20{:02}-{:02}-01", byte % 50 + 10, row % 12 + 1)),
        Holds::Bytes => Value::Bytes(owner(table, told.name, row).unwrap_or_else(
            || match told.name {
                "signature" => sample.bytes::<64>().to_vec(),
                "sealed" => sample.bytes::<96>().repeat(1 << (row * 2)),
                name if HASHES.contains(&name) => sample.bytes::<32>().to_vec(),
                _ => sample.bytes::<16>().to_vec(),
            },
        )),
    }
}

/// Ends of what has an end from the start.
fn requires(table: &CarriedTable, column: &str) -> bool {
    matches!(
        (table.name, column),
        ("enrolments" | "short_codes", "until") | ("files", "file")
    )
}

fn rows(sample: &mut Sample, table: &CarriedTable) -> Vec<CarriedRow> {
    let all = 0..ROWS;
    let mut rows: Vec<CarriedRow> = all
        .map(|row| {
            let columns = 0..table.columns.len();
            columns
                .map(|column| value(sample, table, column, row))
                .collect()
        })
        .collect();
    rows.sort();
    rows
}

/// Reads a table by pages of at most two.
async fn walked(
    carrier: &dyn Carrier,
    table: &CarriedTable,
) -> Result<Vec<CarriedRow>, StorageError> {
    let mut walked: Vec<CarriedRow> = Vec::new();
    loop {
        let after = walked.last().map(|row| &row[..table.key]);
        let page = carrier.page(table, after, 2).await?;
        assert!(page.len() <= 2);
        if page.is_empty() {
            return Ok(walked);
        }
        walked.extend(page);
    }
}

async fn one_table(
    carrier: &dyn Carrier,
    sample: &mut Sample,
    table: &CarriedTable,
) -> Result<(), StorageError> {
    let told = rows(sample, table);
    assert_eq!(carrier.last(table).await?, None, "{}", table.name);
    let (first, rest) = told.split_at(3);
    carrier.append(table, first.to_vec()).await?;
    let last = carrier.last(table).await?;
    assert_eq!(last.as_deref(), Some(&first[2][..table.key]));
    // All or none: one of these is there.
    let mut again = rest.to_vec();
    again.push(first[0].clone());
    refused(carrier.append(table, again).await);
    assert_eq!(carrier.count(table).await?, 3, "{}", table.name);
    carrier.append(table, rest.to_vec()).await?;
    carrier.append(table, Vec::new()).await?;
    assert_eq!(carrier.count(table).await?, u64::from(ROWS));
    assert!(walked(carrier, table).await? == told, "{}", table.name);
    let all = carrier.page(table, None, 100).await?;
    assert!(all == told, "{}", table.name);
    Ok(())
}

/// In an empty store: every table takes rows as they are told and gives them back the same, in order
/// of their keys.
pub async fn carried(carrier: &dyn Carrier, mut sample: Sample) -> Result<(), StorageError> {
    for table in &TABLES {
        one_table(carrier, &mut sample, table).await?;
    }
    // What names a row that is not there is refused.
    let mut entry = rows(&mut sample, &crate::ENTRIES).remove(0);
    entry[0] = Value::Bytes(vec![0xee; 16]);
    refused(carrier.append(&crate::ENTRIES, vec![entry]).await);
    Ok(())
}

/// The same of an empty store of shares.
pub async fn carried_shares(carrier: &dyn Carrier, mut sample: Sample) -> Result<(), StorageError> {
    one_table(carrier, &mut sample, &SHARES).await
}
