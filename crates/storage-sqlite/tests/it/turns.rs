//! One writer at a time, whatever becomes of those that were waiting.

use crate::open;
use domain::id::OrganisationId;
use sqlx::{SqlitePool, sqlite::SqliteConnectOptions};
use std::{future::Future, task::Poll, time::Duration};
use storage::{OrganisationRow, Storage};

fn organisation(byte: u8) -> OrganisationRow {
    OrganisationRow {
        id: OrganisationId::from_bytes([byte; 16]),
        name: vec![byte],
    }
}

/// Polls a future so many times and drops it: what a request that is cancelled does.
async fn abandon<T>(future: impl Future<Output = T>, polls: usize) {
    let mut future = Box::pin(future);
    for _ in 0..polls {
        let done = std::future::poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx).is_ready()));
        if done.await {
            return;
        }
        // Without giving way: what the engine answers meanwhile is found at the next poll.
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[tokio::test]
async fn a_cancelled_beginning_leaves_no_transaction_open() {
    let (folder, storage) = open().await;
    // Another process writes, so that beginning takes a while: long enough to be cancelled.
    let options = SqliteConnectOptions::new().filename(folder.path().join("main.db"));
    let other = SqlitePool::connect_with(options).await.unwrap();
    let lock = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let cancelled = tokio::time::timeout(Duration::from_millis(100), storage.write()).await;
    assert!(cancelled.is_err(), "still waiting");
    lock.rollback().await.unwrap();

    for byte in 1..4 {
        let mut tx = storage.write().await.unwrap();
        tx.add_organisation(&organisation(byte)).await.unwrap();
        tx.save().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_saving_is_whole_or_nothing() {
    let (_folder, storage) = open().await;
    for polls in 1..=6 {
        let (one, two) = (organisation(2 * polls), organisation(2 * polls + 1));
        let mut tx = storage.write().await.unwrap();
        tx.add_organisation(&one).await.unwrap();
        tx.add_organisation(&two).await.unwrap();
        abandon(tx.save(), polls.into()).await;
        let mut tx = storage.write().await.unwrap();
        let all = tx.organisations().await.unwrap();
        assert_eq!(all.contains(&one), all.contains(&two));
        drop(tx);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_wait_for_their_turn_and_readers_do_not() {
    let (_folder, storage) = open().await;
    let storage = std::sync::Arc::new(storage);
    let mut first = storage.write().await.unwrap();
    first.add_organisation(&organisation(1)).await.unwrap();
    let waiting: Vec<_> = (2..10)
        .map(|byte| {
            let storage = storage.clone();
            tokio::spawn(async move {
                let mut tx = storage.write().await.unwrap();
                tx.add_organisation(&organisation(byte)).await.unwrap();
                tx.save().await.unwrap();
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut reader = storage.read().await.unwrap();
    assert!(reader.organisations().await.unwrap().is_empty());
    drop(reader);
    assert!(waiting.iter().all(|task| !task.is_finished()));
    first.save().await.unwrap();
    for task in waiting {
        task.await.unwrap();
    }
    let mut reader = storage.read().await.unwrap();
    assert_eq!(reader.organisations().await.unwrap().len(), 9);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_waits_for_what_runs() {
    let (folder, storage) = open().await;
    let storage = std::sync::Arc::new(storage);
    let mut tx = storage.write().await.unwrap();
    tx.add_organisation(&organisation(1)).await.unwrap();
    let mut reader = storage.read().await.unwrap();
    reader.organisations().await.unwrap();
    let closing = tokio::spawn({
        let storage = storage.clone();
        async move { storage.close().await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!closing.is_finished());
    drop(reader);
    tx.save().await.unwrap();
    closing.await.unwrap();
    assert!(storage.write().await.is_err());
    assert!(storage.read().await.is_err());

    let file = folder.path().join("main.db");
    let again = storage_sqlite::SqliteStorage::open(&file).await.unwrap();
    let mut tx = again.read().await.unwrap();
    assert_eq!(tx.organisations().await.unwrap(), [organisation(1)]);
}
