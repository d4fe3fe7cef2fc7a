//! How long anything may take, connections that are cut, and tables of another version.

use crate::{
    damage::run,
    opened, own_database,
    rows::{PERSON, add, add_person, all, organisation, person},
};
use sqlx::PgPool;
use std::time::{Duration, Instant};
use storage::{Storage, StorageError};
use storage_postgres::{PostgresStorage, Settings, distribute, migrate, schema};

#[tokio::test]
async fn no_turn_and_no_connection_is_waited_for_for_ever() {
    let Some(database) = own_database() else {
        return;
    };
    let settings = Settings {
        writers: 2,
        acquire: Duration::from_secs(2),
        statement: Duration::from_secs(1),
        ..Settings::default()
    };
    let storage = PostgresStorage::open(database.url(), &settings).await;
    let storage = storage.unwrap();
    add_person(&storage, PERSON).await;
    let begun = Instant::now();
    let mut first = storage.write().await.unwrap();
    first.person(PERSON).await.unwrap();
    let mut second = storage.write().await.unwrap();
    let turn = second.person(PERSON).await;
    assert!(matches!(turn, Err(StorageError::Busy)), "a turn: {turn:?}");
    let third = storage.write().await.map(drop);
    assert!(
        matches!(third, Err(StorageError::Busy)),
        "a connection: {third:?}"
    );
    assert!(begun.elapsed() < Duration::from_secs(20));
    drop(second);
    add(&storage, &organisation(1)).await.unwrap();
}

#[tokio::test]
async fn a_transaction_that_does_nothing_lets_go_of_its_turn() {
    let Some(database) = own_database() else {
        return;
    };
    let settings = Settings {
        idle: Duration::from_millis(500),
        ..Settings::default()
    };
    let storage = PostgresStorage::open(database.url(), &settings).await;
    let storage = storage.unwrap();
    add_person(&storage, PERSON).await;
    let mut idle = storage.write().await.unwrap();
    idle.person(PERSON).await.unwrap();
    let mut next = storage.write().await.unwrap();
    next.person(PERSON).await.unwrap();
    drop(next);
    let late = idle.person(PERSON).await;
    assert!(matches!(late, Err(StorageError::Busy)), "{late:?}");
}

#[tokio::test]
async fn a_server_that_falls_silent_in_the_middle_keeps_nobody_waiting() {
    let Some(server) = postgres_fixture::Alone::start().unwrap() else {
        return;
    };
    let url = server.database("silent").unwrap();
    migrate(&url, Duration::from_secs(30)).await.unwrap();
    let settings = Settings {
        statement: Duration::from_secs(1),
        ..Settings::default()
    };
    let storage = PostgresStorage::open(&url, &settings).await.unwrap();
    add_person(&storage, PERSON).await;
    let mut reading = storage.read().await.unwrap();
    let mut writing = storage.write().await.unwrap();
    let mut saved = storage.write().await.unwrap();
    reading.person(PERSON).await.unwrap();
    writing.person(PERSON).await.unwrap();
    saved.add_organisation(&organisation(7)).await.unwrap();
    server.hold().unwrap();
    let begun = Instant::now();
    let never = organisation(8);
    let (read, written, saved) = tokio::join!(
        reading.person(PERSON),
        writing.add_organisation(&never),
        saved.save(),
    );
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    assert!(matches!(read, Err(StorageError::Busy)), "{read:?}");
    assert!(matches!(written, Err(StorageError::Busy)), "{written:?}");
    // What was being saved may be: that is told as itself.
    let unsure = saved.unwrap_err().to_string();
    assert!(unsure.contains("saved or not"), "{unsure}");
    drop((reading, writing));
    server.let_go().unwrap();
    let begun = Instant::now();
    while add(&storage, &organisation(9)).await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
    let there = all(&storage).await;
    assert!(there.contains(&organisation(9)) && !there.contains(&never));
}

/// Cuts every connection of that database but the one that asks.
async fn cut(owner: &PgPool) {
    sqlx::query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    .execute(owner)
    .await
    .unwrap();
}

#[tokio::test]
async fn cut_connections_are_made_again() {
    let Some(database) = own_database() else {
        return;
    };
    let storage = opened(&database).await;
    let owner = PgPool::connect_with(database.url().parse().unwrap())
        .await
        .unwrap();
    let several = [
        storage.write().await.unwrap(),
        storage.write().await.unwrap(),
        storage.read().await.unwrap(),
    ];
    drop(several);
    tokio::time::sleep(Duration::from_millis(50)).await;
    cut(&owner).await;
    add(&storage, &organisation(1)).await.unwrap();
    assert_eq!(all(&storage).await.len(), 1);

    let mut tx = storage.write().await.unwrap();
    tx.add_organisation(&organisation(2)).await.unwrap();
    cut(&owner).await;
    let lost = tx.add_organisation(&organisation(3)).await;
    assert!(matches!(lost, Err(StorageError::Busy)), "{lost:?}");
    drop(tx);

    let mut tx = storage.write().await.unwrap();
    tx.add_organisation(&organisation(4)).await.unwrap();
    cut(&owner).await;
    let unsure = tx.save().await.unwrap_err();
    assert!(unsure.to_string().contains("saved or not"), "{unsure}");
    assert_eq!(all(&storage).await, [organisation(1)]);
}

#[tokio::test]
async fn tables_of_another_version_are_told() {
    let Some(database) = own_database() else {
        return;
    };
    let owner = PgPool::connect(database.url()).await.unwrap();
    let known = schema(database.url()).await.unwrap().known;
    let refused = async || {
        let opened = PostgresStorage::open(database.url(), &Settings::default()).await;
        opened.map(drop).unwrap_err().to_string()
    };
    run(&owner, "INSERT INTO _sqlx_migrations SELECT 99, description, installed_on, success, checksum, execution_time FROM _sqlx_migrations WHERE version = 1")
        .await
        .unwrap();
    opened(&database).await.close().await;
    migrate(database.url(), Duration::ZERO).await.unwrap();
    assert_eq!(schema(database.url()).await.unwrap().applied, Some(99));

    run(&owner, "DELETE FROM _sqlx_migrations WHERE version = 99")
        .await
        .unwrap();
    run(&owner, "UPDATE _sqlx_migrations SET version = version - 1")
        .await
        .unwrap();
    let said = refused().await;
    assert!(said.contains("conatus migrate"), "{said}");
    assert!(said.contains(&format!("needs {known}")), "{said}");
    run(&owner, "DROP TABLE _sqlx_migrations").await.unwrap();
    let said = refused().await;
    assert!(said.contains("conatus migrate"), "{said}");
}

#[tokio::test]
async fn one_node_migrates_while_others_wait_or_are_told() {
    let Some(database) = own_database() else {
        return;
    };
    let owner = PgPool::connect(database.url()).await.unwrap();
    let mut other = owner.acquire().await.unwrap();
    sqlx::query("SELECT pg_advisory_lock(7165066897014485761)")
        .execute(&mut *other)
        .await
        .unwrap();
    let told = migrate(database.url(), Duration::from_millis(300)).await;
    let told = told.unwrap_err().to_string();
    assert!(told.contains("another node is migrating"), "{told}");
    let waiting = tokio::spawn({
        let url = database.url().to_owned();
        async move { migrate(&url, Duration::from_secs(20)).await }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!waiting.is_finished());
    sqlx::query("SELECT pg_advisory_unlock_all()")
        .execute(&mut *other)
        .await
        .unwrap();
    waiting.await.unwrap().unwrap();
}

#[tokio::test]
async fn without_citus_nothing_is_spread() {
    let Some(database) = own_database() else {
        return;
    };
    if opened(&database)
        .await
        .engine()
        .await
        .unwrap()
        .contains("citus")
    {
        return;
    }
    let told = distribute(database.url()).await.unwrap_err().to_string();
    assert!(told.contains("CREATE EXTENSION citus"), "{told}");
}

#[tokio::test]
async fn errors_hold_no_password() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    let mut urls = vec![
        format!("postgres://someone:opensesame@127.0.0.1:{port}/db"),
        "postgres://someone:opensesame@127.0.0.1:port/db".to_owned(),
    ];
    if let Some(database) = own_database() {
        let (_, place) = database.url().split_once('@').unwrap();
        urls.push(format!("postgres://someone:opensesame@{place}"));
        let storage = opened(&database).await;
        assert!(!format!("{storage:?}").contains("postgres:"));
    }
    for url in urls {
        let error = PostgresStorage::open(&url, &Settings::default()).await;
        let error = error.unwrap_err();
        let said = format!("{error} {error:?}");
        assert!(!said.contains("opensesame"), "{said}");
    }
}

#[tokio::test]
async fn a_full_transaction_of_people_is_one_exchange_each() {
    let Some(database) = own_database() else {
        return;
    };
    let storage = opened(&database).await;
    let mut tx = storage.write().await.unwrap();
    for byte in 0..200 {
        let id = domain::id::PersonId::from_bytes([byte; 16]);
        tx.add_person(&person(id)).await.unwrap();
    }
    tx.save().await.unwrap();
    let mut tx = storage.read().await.unwrap();
    assert_eq!(tx.count_people().await.unwrap(), 200);
}

#[tokio::test]
async fn what_is_read_ahead_is_read_side_by_side_and_leaves_nothing_open() {
    let Some(database) = own_database() else {
        return;
    };
    let storage = opened(&database).await;
    add_person(&storage, PERSON).await;
    let other = PgPool::connect(database.url()).await.unwrap();
    let asked = "SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle'
           AND query LIKE 'SELECT max(length)%'";
    let begun = Instant::now();
    let mut connections = 0_i64;
    while connections < 3 && begun.elapsed() < Duration::from_secs(20) {
        storage.read_ahead(PERSON);
        tokio::time::sleep(Duration::from_millis(20)).await;
        connections = sqlx::query_scalar(asked).fetch_one(&other).await.unwrap();
    }
    assert_eq!(connections, 3, "one a part of what an opening reads");
    storage.close().await;
}
