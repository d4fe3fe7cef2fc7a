//! How the engine means to find what each checked query asks for: never by walking all people.

use crate::own_database;
use sqlx::{AssertSqlSafe, PgPool};
use std::path::Path;

/// Walked whole: tables that stay small or are asked for whole.
const SMALL: [&str; 6] = [
    "leases",
    "organisations",
    "teams",
    "checkpoints",
    "statements",
    "memberships",
];

struct Checked {
    query: String,
    parameters: usize,
}

fn checked_queries() -> Vec<Checked> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".sqlx");
    std::fs::read_dir(folder)
        .unwrap()
        .map(|file| {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let described: serde_json::Value = serde_json::from_str(&text).unwrap();
            Checked {
                query: described["query"].as_str().unwrap().to_owned(),
                parameters: described["describe"]["parameters"]["Left"]
                    .as_array()
                    .map_or(0, Vec::len),
            }
        })
        .collect()
}

/// Every step of a plan that reads a table or an index from its beginning to its end.
fn walks(step: &serde_json::Value, found: &mut Vec<String>) {
    let kind = step["Node Type"].as_str().unwrap_or_default();
    let table = step["Relation Name"].as_str().unwrap_or_default();
    let index = step["Index Name"].as_str().unwrap_or_default();
    let whole = match kind {
        "Seq Scan" => true,
        "Index Scan" | "Index Only Scan" | "Bitmap Index Scan" => step["Index Cond"].is_null(),
        _ => false,
    };
    if whole && !SMALL.contains(&table) {
        found.push(format!("{kind} {table} {index}"));
    }
    for below in step["Plans"].as_array().into_iter().flatten() {
        walks(below, found);
    }
}

#[tokio::test]
async fn no_query_walks_all_people() {
    let Some(database) = own_database() else {
        return;
    };
    let pool = PgPool::connect(database.url()).await.unwrap();
    let mut connection = pool.acquire().await.unwrap();
    // Empty tables are walked rather than looked up in, unless told otherwise.
    sqlx::raw_sql("SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan")
        .execute(&mut *connection)
        .await
        .unwrap();
    let queries = checked_queries();
    assert!(queries.len() > 80, "{} queries", queries.len());
    for Checked { query, parameters } in queries {
        // Counting everyone is asked for by `doctor` alone; a lock is no table.
        if query.contains("count(*)") || query.contains("pg_advisory") {
            continue;
        }
        let given = vec!["NULL"; parameters].join(", ");
        let given = if parameters > 0 {
            format!("({given})")
        } else {
            given
        };
        let prepare = AssertSqlSafe(format!("DEALLOCATE ALL; PREPARE q AS {query}"));
        sqlx::raw_sql(prepare)
            .execute(&mut *connection)
            .await
            .unwrap();
        let explain = AssertSqlSafe(format!("EXPLAIN (FORMAT JSON) EXECUTE q{given}"));
        let plan = sqlx::raw_sql(explain).fetch_one(&mut *connection).await;
        let plan = sqlx::Row::get_unchecked::<String, _>(&plan.unwrap(), 0);
        let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
        let mut found = Vec::new();
        walks(&plan[0]["Plan"], &mut found);
        assert!(found.is_empty(), "{found:?}: {query}");
    }
}
