//! What documents tell of the tables is so: `docs/SECURITY.md` of their columns, `docs/SCALE.md` of
//! where they lie.

use crate::own_database;
use sqlx::PgPool;
use std::{collections::BTreeSet, path::Path};
use storage_postgres::{DISTRIBUTED, REFERENCE};

/// What stands in a document between that mark and the next end.
fn list(document: &str, mark: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let text = std::fs::read_to_string(path.join(document)).unwrap();
    let list = text.split(mark).nth(1).unwrap();
    list.split("<!-- end -->").next().unwrap().to_owned()
}

/// The words in backquotes, in order.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn told_columns() -> BTreeSet<String> {
    let plain = list("SECURITY.md", "<!-- plain columns -->");
    let mut columns: BTreeSet<String> = plain
        .lines()
        .filter_map(|line| line.strip_prefix("- `")?.split('`').next())
        .map(str::to_owned)
        .collect();
    for line in list("SECURITY.md", "<!-- other columns -->").lines() {
        let mut words = quoted(line);
        if let Some(table) = words.next() {
            columns.extend(words.map(|column| format!("{table}.{column}")));
        }
    }
    columns
}

#[tokio::test]
async fn columns_are_those_that_security_tells() {
    let Some(database) = own_database() else {
        return;
    };
    let pool = PgPool::connect(database.url()).await.unwrap();
    let columns: Vec<String> = sqlx::query_scalar(
        "SELECT table_name || '.' || column_name FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let columns: BTreeSet<String> = columns.into_iter().collect();
    assert_eq!(columns, told_columns());
}

#[tokio::test]
async fn every_table_is_spread_one_way_or_the_other() {
    let Some(database) = own_database() else {
        return;
    };
    let pool = PgPool::connect(database.url()).await.unwrap();
    let tables: Vec<(String, bool)> = sqlx::query_as(
        "SELECT t.table_name, EXISTS (SELECT 1 FROM information_schema.columns c
             WHERE c.table_name = t.table_name AND c.column_name = 'person_id')
         FROM information_schema.tables t
         WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    for (table, about_people) in &tables {
        let lists = (
            DISTRIBUTED.contains(&table.as_str()),
            REFERENCE.contains(&table.as_str()),
        );
        assert_eq!(lists, (*about_people, !about_people), "{table}");
    }
    assert_eq!(tables.len(), DISTRIBUTED.len() + REFERENCE.len());
    for (mark, names) in [
        ("<!-- distributed -->", &DISTRIBUTED[..]),
        ("<!-- reference -->", &REFERENCE[..]),
    ] {
        assert_eq!(quoted(&list("SCALE.md", mark)).collect::<Vec<_>>(), names);
    }
}

#[tokio::test]
async fn no_key_of_a_distributed_table_leaves_the_person_out() {
    let Some(database) = own_database() else {
        return;
    };
    let pool = PgPool::connect(database.url()).await.unwrap();
    // Unique indexes begin with the person; keys name tables that lie beside, by the person first.
    let wrong: Vec<String> = sqlx::query_scalar(
        "SELECT i.indexrelid::regclass::text FROM pg_index i
         JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
         WHERE i.indisunique AND i.indrelid::regclass::text = ANY($1) AND a.attname <> 'person_id'
         UNION ALL
         SELECT c.conname FROM pg_constraint c
         JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
         WHERE c.contype = 'f' AND c.conrelid::regclass::text = ANY($1)
             AND (a.attname <> 'person_id' OR NOT c.confrelid::regclass::text = ANY($1))
         UNION ALL
         SELECT c.conname FROM pg_constraint c
         WHERE c.contype = 'f' AND NOT c.conrelid::regclass::text = ANY($1)
             AND c.confrelid::regclass::text = ANY($1)",
    )
    .bind(DISTRIBUTED.map(str::to_owned))
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(wrong, Vec::<String>::new());
}
