//! Writers of one person take turns; nobody else waits; what was read holds until it is saved.

use crate::{
    opened, own_database,
    rows::{JANUARY, PERSON, add, add_person, all, entry, organisation},
};
use domain::{
    Compartment, Compartments,
    id::{GrantId, PersonId, StatementId},
};
use std::{future::Future, sync::Arc, task::Poll, time::Duration};
use storage::{GrantRow, Recipient, Storage, StorageError, WrapMethod, WrapRow};
use storage_postgres::{PostgresStorage, Settings};

/// Polls a future so many times and drops it: what a request that is cancelled does.
async fn abandon<T>(future: impl Future<Output = T>, polls: usize) {
    let mut future = Box::pin(future);
    for _ in 0..polls {
        let done = std::future::poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx).is_ready()));
        if done.await {
            return;
        }
        // The engine answers meanwhile, and so does what carries its answers.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_saving_is_whole_or_nothing() {
    let Some(database) = own_database() else {
        return;
    };
    let storage = opened(&database).await;
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

#[tokio::test]
async fn a_cancelled_beginning_leaves_no_transaction_open() {
    let Some(database) = own_database() else {
        return;
    };
    let settings = Settings {
        writers: 1,
        ..Settings::default()
    };
    let storage = PostgresStorage::open(database.url(), &settings)
        .await
        .unwrap();
    for byte in 1..8 {
        abandon(storage.write(), byte.into()).await;
        add(&storage, &organisation(byte)).await.unwrap();
    }
    assert_eq!(all(&storage).await.len(), 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_writers_of_the_same_person_wait() {
    let Some(database) = own_database() else {
        return;
    };
    let storage = Arc::new(opened(&database).await);
    let other = PersonId::from_bytes([6; 16]);
    add_person(&*storage, PERSON).await;
    add_person(&*storage, other).await;
    let mut first = storage.write().await.unwrap();
    first.person(PERSON).await.unwrap();
    let waiting = tokio::spawn({
        let storage = storage.clone();
        async move {
            let mut tx = storage.write().await?;
            let head = tx.person(PERSON).await?;
            Ok::<_, StorageError>(head.map(|head| head.entries))
        }
    });
    let mut elsewhere = storage.write().await.unwrap();
    elsewhere
        .append_entry(&entry(other), JANUARY)
        .await
        .unwrap();
    elsewhere.save().await.unwrap();
    let mut reader = storage.read().await.unwrap();
    assert!(reader.person(PERSON).await.unwrap().is_some());
    assert!(!waiting.is_finished());
    first.append_entry(&entry(PERSON), JANUARY).await.unwrap();
    first.save().await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap(), Some(1), "what was saved");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_writer_read_of_a_person_holds_until_it_saves() {
    let Some(database) = own_database() else {
        return;
    };
    let storage = Arc::new(opened(&database).await);
    add_person(&*storage, PERSON).await;
    let mut writer = storage.write().await.unwrap();
    // Reads which key is the latest, to seal under it: nobody may make a later one meanwhile.
    let latest = writer.latest_epoch(PERSON, Compartment::Social).await;
    assert_eq!(latest.unwrap(), None);
    let rotating = tokio::spawn({
        let storage = storage.clone();
        async move {
            let grant = GrantRow {
                person: PERSON,
                grant: GrantId::from_bytes([1; 16]),
                recipient: Recipient::Keepers,
                compartments: Compartments::usual(),
                until: None,
                ended: None,
            };
            let wrap = WrapRow {
                person: PERSON,
                compartment: Compartment::Social,
                epoch: 2,
                recipient: Recipient::Keepers,
                grant: grant.grant,
                method: WrapMethod::Public,
                wrapped: vec![1],
            };
            let mut tx = storage.write().await?;
            tx.add_grant(&grant).await?;
            tx.put_wrap(&wrap).await?;
            tx.save().await
        }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!rotating.is_finished());
    writer.append_entry(&entry(PERSON), JANUARY).await.unwrap();
    writer.save().await.unwrap();
    rotating.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_that_wait_for_each_other_are_told_to_try_again() {
    let Some(database) = own_database() else {
        return;
    };
    let storage = opened(&database).await;
    let other = PersonId::from_bytes([6; 16]);
    add_person(&storage, PERSON).await;
    add_person(&storage, other).await;
    let (mut one, mut two) = (
        storage.write().await.unwrap(),
        storage.write().await.unwrap(),
    );
    one.person(PERSON).await.unwrap();
    two.person(other).await.unwrap();
    // Whoever is told lets go at once, as one does after a refusal.
    let cross = async |mut tx: Box<dyn storage::Transaction>, person| {
        let result = tx.person(person).await.map(drop);
        drop(tx);
        result
    };
    let answers: [Result<(), StorageError>; 2] =
        tokio::join!(cross(one, other), cross(two, PERSON)).into();
    let told = answers
        .iter()
        .filter(|answer| matches!(answer, Err(StorageError::Conflict(_))));
    assert_eq!(told.count(), 1, "{answers:?}");
}

fn statement(byte: u8) -> StatementId {
    StatementId::from_bytes([byte; 16])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statements_have_no_gap_and_none_is_passed() {
    let Some(database) = own_database() else {
        return;
    };
    let storage = Arc::new(opened(&database).await);
    let follower = tokio::spawn({
        let storage = storage.clone();
        async move {
            let mut seen = Vec::new();
            while seen.len() < 30 {
                let mut tx = storage.read().await.unwrap();
                let last = seen.last().copied().unwrap_or(0);
                let page = tx.statements_after(last, 4).await.unwrap();
                seen.extend(page.iter().map(|row| row.sequence));
            }
            seen
        }
    });
    let writers = (0..6_u8).map(|writer| {
        let storage = storage.clone();
        tokio::spawn(async move {
            for number in 0..5 {
                let mut tx = storage.write().await.unwrap();
                let id = statement(writer * 10 + number);
                tx.add_statement(id, b"signed").await.unwrap();
                tokio::time::sleep(Duration::from_millis(3)).await;
                // One in five is given up: its number goes to the next.
                if number != 2 {
                    tx.save().await.unwrap();
                    continue;
                }
                drop(tx);
                let mut tx = storage.write().await.unwrap();
                tx.add_statement(id, b"signed").await.unwrap();
                tx.save().await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let seen = follower.await.unwrap();
    assert_eq!(seen, (1..=30).collect::<Vec<u64>>());
}

#[tokio::test]
async fn a_statement_judged_by_fewer_than_there_are_is_refused() {
    let Some(database) = own_database() else {
        return;
    };
    let storage = opened(&database).await;
    let mut judging = storage.write().await.unwrap();
    assert!(judging.statements_after(0, 10).await.unwrap().is_empty());
    let mut first = storage.write().await.unwrap();
    first.add_statement(statement(1), b"signed").await.unwrap();
    first.save().await.unwrap();
    let late = judging.add_statement(statement(2), b"signed").await;
    assert!(matches!(late, Err(StorageError::Conflict(_))), "{late:?}");
    drop(judging);

    let mut tx = storage.write().await.unwrap();
    assert_eq!(tx.statements_after(0, 10).await.unwrap().len(), 1);
    assert_eq!(tx.add_statement(statement(2), b"signed").await.unwrap(), 2);
    assert_eq!(tx.add_statement(statement(3), b"signed").await.unwrap(), 3);
    assert_eq!(tx.add_statement(statement(1), b"signed").await.unwrap(), 1);
    tx.save().await.unwrap();
}
