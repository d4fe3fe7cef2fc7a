//! The list of plain columns in `docs/SECURITY.md` is the tables' own.

use sqlx::{Row, SqlitePool};
use std::{collections::BTreeSet, path::Path};

/// Columns that hold sealed values, signed bytes, hashes, signatures, random identifiers or lookups.
const OPAQUE: &[&str] = &[
    "account",
    "author",
    "bytes",
    "card",
    "device",
    "end_signed",
    "entry_hash",
    "file",
    "file_hash",
    "grant_id",
    "hash",
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
    "salt",
    "sealed",
    "signature",
    "signed",
    "team",
    "wrapped",
];

/// `accounts.profile` is sealed; `entries.profile` is a flag.
const SEALED_ELSEWHERE: &[&str] = &["accounts.profile"];

fn told() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/SECURITY.md");
    let text = std::fs::read_to_string(path).unwrap();
    let list = text.split("<!-- plain columns -->").nth(1).unwrap();
    let list = list.split("<!-- end -->").next().unwrap();
    list.lines()
        .filter_map(|line| line.strip_prefix("- `")?.split('`').next())
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn plain_columns_are_those_that_security_tells() {
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
    let plain: BTreeSet<String> = rows
        .iter()
        .map(|row| (row.get::<String, _>("t"), row.get::<String, _>("c")))
        .filter(|(_, column)| !OPAQUE.contains(&column.as_str()))
        .map(|(table, column)| format!("{table}.{column}"))
        .filter(|name| !SEALED_ELSEWHERE.contains(&name.as_str()))
        .collect();
    assert_eq!(plain, told());
    storage::Storage::close(&storage).await;
}
