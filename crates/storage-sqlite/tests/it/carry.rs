//! Rows carried in and out of files that nobody else has open.

use crate::{open, open_shares};
use sqlx::{Connection, SqliteConnection};
use storage::{
    Carrier, LEASES, SHARES, ShareStore, Storage, StorageError, TABLES, contract, contract::Sample,
};
use storage_sqlite::{SqliteCarrier, SqliteStorage};

#[tokio::test]
async fn rows_are_carried_as_they_are() {
    let (folder, storage) = open().await;
    storage.close().await;
    let path = folder.path().join("main.db");
    let carrier = SqliteCarrier::target(&path).await.unwrap();
    assert!(carrier.is_up_to_date().await.unwrap());
    let told = Sample::new("carried");
    contract::carried(&carrier, told).await.unwrap();
    carrier.close().await;
    // The engine reads what was carried, and goes on from there.
    let storage = SqliteStorage::open(&path).await.unwrap();
    assert_eq!(storage.check().await.unwrap(), Vec::<String>::new());
    let mut tx = storage.read().await.unwrap();
    assert_eq!(tx.count_people().await.unwrap(), 7);
    let last = tx.statements_after(0, 100).await.unwrap().pop().unwrap();
    drop(tx);
    let mut tx = storage.write().await.unwrap();
    let id = domain::id::StatementId::from_bytes([1; 16]);
    let next = tx.add_statement(id, b"signed").await.unwrap();
    assert_eq!(next, last.sequence + 1);
}

#[tokio::test]
async fn shares_are_carried_as_they_are() {
    let (folder, shares) = open_shares().await;
    shares.close().await;
    let path = folder.path().join("shares.db");
    let carrier = SqliteCarrier::target(&path).await.unwrap();
    let told = Sample::new("carried_shares");
    contract::carried_shares(&carrier, told).await.unwrap();
}

#[tokio::test]
async fn what_is_open_elsewhere_is_refused_and_what_is_carried_opens_nowhere() {
    let (folder, storage) = open().await;
    let path = folder.path().join("main.db");
    let refused = SqliteCarrier::source(&path).await;
    assert!(matches!(refused, Err(StorageError::Busy)), "{refused:?}");
    storage.close().await;
    let carrier = SqliteCarrier::source(&path).await.unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&path)
        .busy_timeout(std::time::Duration::from_millis(100));
    let other = SqliteConnection::connect_with(&options).await;
    if let Ok(mut other) = other {
        let read = sqlx::query("SELECT count(*) FROM persons");
        assert!(read.execute(&mut other).await.is_err());
    }
    // What is read from is never written to.
    let row = vec![storage::Value::Bytes(vec![1; 16]); 2];
    assert!(carrier.append(&TABLES[0], vec![row]).await.is_err());
    carrier.close().await;
    assert!(
        SqliteCarrier::source(&folder.path().join("none"))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn no_column_is_left_behind() {
    let (folder, storage) = open().await;
    storage.close().await;
    let (others, shares) = open_shares().await;
    shares.close().await;
    for (path, tables) in [
        (
            folder.path().join("main.db"),
            [&TABLES[..], &[LEASES]].concat(),
        ),
        (others.path().join("shares.db"), vec![SHARES]),
    ] {
        let address = format!("sqlite://{}", path.display());
        let mut file = SqliteConnection::connect(&address).await.unwrap();
        let mut there: Vec<(String, String)> = sqlx::query_as(
            "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '_sqlx_%'",
        )
        .fetch_all(&mut file)
        .await
        .unwrap();
        let columns = |t: &storage::CarriedTable| {
            let name = t.name;
            t.columns
                .iter()
                .map(move |c| (name.to_owned(), c.name.to_owned()))
        };
        let mut carried: Vec<_> = tables.iter().flat_map(columns).collect();
        there.sort();
        carried.sort();
        assert_eq!(there, carried);
    }
}
