//! How the engine means to find what each checked query asks for: never by walking all people.

use crate::open;
use sqlx::{AssertSqlSafe, Row, SqlitePool, sqlite::SqliteConnectOptions};
use std::path::Path;

/// Walked whole: tables that stay small, and the recipients of one account.
const SMALL: [&str; 8] = [
    "organisations",
    "teams",
    "checkpoints",
    "short_codes",
    "enrolments",
    "leases",
    "r",
    "CONSTANT",
];

fn checked_queries() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".sqlx");
    std::fs::read_dir(folder)
        .unwrap()
        .map(|file| {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let described: serde_json::Value = serde_json::from_str(&text).unwrap();
            described["query"].as_str().unwrap().to_owned()
        })
        .collect()
}

#[tokio::test]
async fn no_query_walks_all_people() {
    let (folder, _storage) = open().await;
    let options = SqliteConnectOptions::new().filename(folder.path().join("main.db"));
    let pool = SqlitePool::connect_with(options).await.unwrap();
    let queries = checked_queries();
    assert!(queries.len() > 80, "{} queries", queries.len());
    for query in queries {
        // Counting everyone is asked for by `doctor` alone.
        if query.contains("count(*)") {
            continue;
        }
        let plan = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {query}"));
        for step in sqlx::raw_sql(plan).fetch_all(&pool).await.unwrap() {
            let step: String = step.get("detail");
            // A list that the caller gives is walked, and what a step below found; never a table.
            if let Some(walked) = step.strip_prefix("SCAN ")
                && !walked.contains(" VIRTUAL TABLE ")
                && !walked.starts_with("(subquery-")
            {
                let table = walked.split(' ').next().unwrap();
                assert!(SMALL.contains(&table), "{step}: {query}");
            }
        }
    }
}
