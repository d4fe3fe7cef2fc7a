//! Rows carried in and out, by the role that serves, while no node is there.

use crate::{damage::run, opened, own_database};
use sqlx::PgPool;
use storage::{Carrier, LEASES, SHARES, ShareStore, Storage, TABLES, contract, contract::Sample};
use storage_postgres::{PostgresCarrier, PostgresShares, Settings, allow_runtime};

/// The same database as a role that serves.
async fn as_runtime(url: &str, owner: &PgPool) -> String {
    let name = url.rsplit('/').next().unwrap();
    let role = format!("carries_{}", name.split('?').next().unwrap());
    let make = format!("CREATE ROLE {role} LOGIN PASSWORD 'opensesame'");
    run(owner, &make).await.unwrap();
    allow_runtime(url, &role).await.unwrap();
    let (_, place) = url.split_once('@').unwrap();
    format!("postgres://{role}:opensesame@{place}")
}

#[tokio::test]
async fn rows_are_carried_as_they_are_by_the_role_that_serves() {
    let Some(database) = own_database().filter(|database| database.files().is_some()) else {
        return;
    };
    let owner = PgPool::connect(database.url()).await.unwrap();
    let url = as_runtime(database.url(), &owner).await;
    let carrier = PostgresCarrier::open(&url).unwrap();
    assert!(!carrier.is_used_by_others().await.unwrap());
    let told = Sample::new("carried");
    contract::carried(&carrier, told).await.unwrap();
    // The engine reads what was carried, and goes on from there.
    let storage = opened(&database).await;
    assert_eq!(storage.check().await.unwrap(), Vec::<String>::new());
    let mut tx = storage.read().await.unwrap();
    assert_eq!(tx.count_people().await.unwrap(), 7);
    let last = tx.statements_after(0, 100).await.unwrap().pop().unwrap();
    drop(tx);
    // A node is there, whoever looks.
    assert!(carrier.is_used_by_others().await.unwrap());
    let mut tx = storage.write().await.unwrap();
    let id = domain::id::StatementId::from_bytes([1; 16]);
    let next = tx.add_statement(id, b"signed").await.unwrap();
    assert_eq!(next, last.sequence + 1);
    drop(tx);
    storage.close().await;
    carrier.close().await;
}

#[tokio::test]
async fn shares_are_carried_as_they_are() {
    let Some(database) = own_database() else {
        return;
    };
    let shares = PostgresShares::open(database.url(), &Settings::default()).await;
    shares.unwrap().close().await;
    let carrier = PostgresCarrier::open(database.url()).unwrap();
    let told = Sample::new("carried_shares");
    contract::carried_shares(&carrier, told).await.unwrap();
    carrier.close().await;
}

#[tokio::test]
async fn no_column_is_left_behind() {
    let Some(database) = own_database() else {
        return;
    };
    let shares = PostgresShares::open(database.url(), &Settings::default()).await;
    shares.unwrap().close().await;
    let owner = PgPool::connect(database.url()).await.unwrap();
    let mut there: Vec<(String, String)> = sqlx::query_as(
        "SELECT table_name::text, column_name::text FROM information_schema.columns
         WHERE table_schema = current_schema() AND table_name NOT LIKE '\\_sqlx\\_%'",
    )
    .fetch_all(&owner)
    .await
    .unwrap();
    let columns = |t: &storage::CarriedTable| {
        let name = match t.name {
            "shares" => "erasure_shares",
            name => name,
        };
        t.columns
            .iter()
            .map(move |c| (name.to_owned(), c.name.to_owned()))
    };
    let tables = [&TABLES[..], &[LEASES, SHARES]].concat();
    let mut carried: Vec<_> = tables.iter().flat_map(columns).collect();
    there.sort();
    carried.sort();
    assert_eq!(there, carried);
}
