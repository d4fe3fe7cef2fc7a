//! The lists of columns in `docs/SECURITY.md` are the tables' own.

use sqlx::{Row, SqlitePool};
use std::{collections::BTreeSet, path::Path};

/// Columns that hold sealed values, signed bytes, hashes, signatures, random identifiers or lookups.
const OPAQUE: &[&str] = &[
    "account",
    "author",
    "bytes",
    "card",
    "device",
    "entry_hash",
    "file",
    "file_hash",
    "grant_id",
    "hash",
    "holder",
    "id",
    "key",
    "lookup",
    "mark",
    "name",
    "organisation",
    "organisation_key",
    "person",
    "person_id",
    "previous",
    "public",
    "reader",
    "reading",
    "reading_hash",
    "recipient",
    "reminder",
    "salt",
    "sealed",
    "signature",
    "signed",
    "statement_hash",
    "team",
    "wrapped",
];

/// `accounts.profile` is sealed; `entries.profile` is a flag.
const SEALED_ELSEWHERE: &[&str] = &["accounts.profile"];

/// What stands in `docs/SECURITY.md` between that mark and the next end.
fn list(mark: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/SECURITY.md");
    let text = std::fs::read_to_string(path).unwrap();
    let list = text.split(mark).nth(1).unwrap();
    list.split("<!-- end -->").next().unwrap().to_owned()
}

fn told() -> BTreeSet<String> {
    list("<!-- plain columns -->")
        .lines()
        .filter_map(|line| line.strip_prefix("- `")?.split('`').next())
        .map(str::to_owned)
        .collect()
}

/// Each row of the table of other columns: a table's name, then its columns, each in backquotes.
fn told_otherwise() -> BTreeSet<String> {
    let mut columns = BTreeSet::new();
    for line in list("<!-- other columns -->").lines() {
        let mut words = line.split('`').skip(1).step_by(2);
        if let Some(table) = words.next() {
            columns.extend(words.map(|column| format!("{table}.{column}")));
        }
    }
    columns
}

/// Every column of every table, and its name alone.
async fn columns() -> Vec<(String, String)> {
    let (folder, storage) = super::open().await;
    let url = format!("sqlite://{}", folder.path().join("main.db").display());
    let pool = SqlitePool::connect(&url).await.unwrap();
    let rows = sqlx::query(
        "SELECT m.name AS t, c.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) c
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '_sqlx_%'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    pool.close().await;
    storage::Storage::close(&storage).await;
    rows.iter()
        .map(|row| (row.get::<String, _>("t"), row.get::<String, _>("c")))
        .map(|(table, column)| (format!("{table}.{column}"), column))
        .collect()
}

fn is_plain(name: &str, column: &str) -> bool {
    !OPAQUE.contains(&column) && !SEALED_ELSEWHERE.contains(&name)
}

#[tokio::test]
async fn plain_columns_are_those_that_security_tells() {
    let columns = columns().await.into_iter();
    let plain: BTreeSet<String> = columns
        .filter(|(name, column)| is_plain(name, column))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(plain, told());
}

#[tokio::test]
async fn the_other_columns_are_those_that_security_tells() {
    let columns = columns().await.into_iter();
    let others: BTreeSet<String> = columns
        .filter(|(name, column)| !is_plain(name, column))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(others, told_otherwise());
}
