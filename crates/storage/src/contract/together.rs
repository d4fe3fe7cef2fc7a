//! Transactions beside each other: undone, in turn, and each with one state.

use super::sample::{Sample, advance, january, refused};
use crate::{Storage, StorageError};
use domain::Compartment;
use futures_util::future::try_join_all;

/// Dropped without `save`, nothing of a transaction stays, and the next one may write.
pub async fn unsaved_is_undone(
    storage: &dyn Storage,
    mut sample: Sample,
) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let account = told.account(storage, &mut sample).await?;
    let kept = told.person(storage, &mut sample).await?;
    let dropped = told.person_row(&mut sample);
    let device = sample.device(account);
    let entry = sample.entry(&kept, Compartment::Social);
    for _ in 0..3 {
        let mut tx = storage.write().await?;
        tx.add_person(&dropped).await?;
        tx.add_device(&device).await?;
        assert_eq!(tx.count_device_try(device.id).await?, 1);
        tx.append_entry(&entry, january()).await?;
        assert_eq!(tx.person(kept.person).await?.map(|p| p.entries), Some(1));
        drop(tx);
        let mut tx = storage.read().await?;
        assert_eq!(tx.person(dropped.person).await?, None);
        assert_eq!(tx.person(kept.person).await?.as_ref(), Some(&kept));
        assert!(tx.devices(account).await?.is_empty());
        assert!(tx.entry_links(kept.person).await?.is_empty());
    }
    Ok(())
}

/// Writers that look at the head inside their transaction all get their turn; one that kept an old
/// head is refused.
pub async fn concurrent_writers(
    storage: &dyn Storage,
    mut sample: Sample,
) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let person = told.person(storage, &mut sample).await?;
    let writers = (0..10).map(|_| {
        let mut entry = sample.entry(&person, Compartment::Social);
        let reading = sample.reading(&person, Compartment::Social);
        async move {
            let mut tx = storage.write().await?;
            let now = tx.person(entry.person).await?;
            let now = now.ok_or(StorageError::Conflict("person"))?;
            entry.sequence = now.entries + 1;
            entry.previous = now.entry_hash;
            tx.append_entry(&entry, january()).await?;
            let mut reading = reading;
            reading.sequence = now.readings + 1;
            reading.previous = now.reading_hash;
            tx.append_readings(&[reading]).await?;
            tx.save().await
        }
    });
    let writers: Vec<_> = writers.collect();
    try_join_all(writers).await?;

    let mut tx = storage.read().await?;
    let now = tx.person(person.person).await?;
    let heads = now.map(|p| (p.entries, p.readings));
    assert_eq!(heads, Some((10, 10)));
    let links = tx.entry_links(person.person).await?;
    let mut previous = person.entry_hash;
    for (hash, before) in &links {
        assert_eq!(*before, previous, "an unbroken chain");
        previous = *hash;
    }
    assert_eq!(links.len(), 10);
    drop(tx);

    let stale = sample.entry(&person, Compartment::Social);
    let mut tx = storage.write().await?;
    refused(tx.append_entry(&stale, january()).await);
    Ok(())
}

/// A reader keeps the state it began with while a writer saves; a new reader sees the new one.
pub async fn one_consistent_state(
    storage: &dyn Storage,
    mut sample: Sample,
) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let mut person = told.person(storage, &mut sample).await?;
    let mut reader = storage.read().await?;
    let before = reader.person(person.person).await?;
    assert_eq!(before.as_ref(), Some(&person));

    let entry = sample.entry(&person, Compartment::Social);
    let mut tx = storage.write().await?;
    tx.append_entry(&entry, january()).await?;
    let mut beside = storage.read().await?;
    let unsaved = beside.person(person.person).await?;
    assert_eq!(unsaved, before, "not saved yet");
    drop(beside);
    tx.save().await?;

    assert_eq!(reader.person(person.person).await?, before);
    assert!(reader.entry_links(person.person).await?.is_empty());
    drop(reader);
    advance(&mut person, &entry);
    let mut reader = storage.read().await?;
    assert_eq!(reader.person(person.person).await?, Some(person.clone()));
    assert_eq!(reader.entry_links(person.person).await?.len(), 1);
    drop(reader);

    // A transaction that reads cannot be made to write.
    let mut reader = storage.read().await?;
    let late = sample.entry(&person, Compartment::Social);
    assert!(reader.append_entry(&late, january()).await.is_err());
    Ok(())
}

/// Reading ahead, of people who are there or not and more often than there are connections, changes
/// nothing and keeps nobody waiting.
pub async fn reading_ahead(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let person = told.person(storage, &mut sample).await?;
    let nobody = told.person_row(&mut sample);
    let mut entries = Vec::new();
    for _ in 0..20 {
        for _ in 0..10 {
            storage.read_ahead(person.person);
            storage.read_ahead(nobody.person);
        }
        let mut tx = storage.write().await?;
        let now = tx.person(person.person).await?;
        let entry = sample.entry(&now.unwrap_or(person.clone()), Compartment::Social);
        tx.append_entry(&entry, january()).await?;
        tx.save().await?;
        entries.push(entry);
        let mut tx = storage.read().await?;
        let social = [Compartment::Social].into_iter().collect();
        assert_eq!(tx.entries(person.person, social).await?, entries);
        assert_eq!(tx.person(nobody.person).await?, None);
    }
    Ok(())
}
