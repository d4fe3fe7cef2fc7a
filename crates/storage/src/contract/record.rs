//! The chains of entries and readings, and files.

use super::sample::{Sample, advance, advance_readings, at, february, january, refused, set};
use crate::{ReadingHeads, Storage, StorageError};
use domain::{Compartment, Compartments};

/// Entries join the end of the chain or are refused; they come back as given.
pub async fn entries(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let mut person = told.person(storage, &mut sample).await?;
    let beginning = person.clone();
    let mut written = Vec::new();
    let mut tx = storage.write().await?;
    for compartment in [
        Compartment::Identity,
        Compartment::Social,
        Compartment::Vault,
        Compartment::Social,
    ] {
        let mut entry = sample.entry(&person, compartment);
        entry.profile = compartment == Compartment::Identity;
        entry.epoch = u32::from(compartment.code());
        entry.file = (compartment == Compartment::Vault).then(|| sample.file_fact());
        tx.append_entry(&entry, february()).await?;
        advance(&mut person, &entry);
        written.push(entry);
    }
    tx.save().await?;
    person.active = february();

    let mut tx = storage.read().await?;
    assert_eq!(tx.person(person.person).await?.as_ref(), Some(&person));
    let everything: Compartments = Compartment::ALL.into_iter().collect();
    assert_eq!(tx.entries(person.person, everything).await?, written);
    let held = set(&[
        Compartment::Identity,
        Compartment::Social,
        Compartment::Vault,
    ]);
    assert_eq!(tx.compartments(person.person).await?, held);
    let social = tx
        .entries(person.person, set(&[Compartment::Social]))
        .await?;
    assert_eq!(social, [written[1].clone(), written[3].clone()]);
    let none = tx.entries(person.person, Compartments::NONE).await?;
    assert!(none.is_empty());
    assert_eq!(
        tx.entry(person.person, 3).await?.as_ref(),
        Some(&written[2])
    );
    assert_eq!(tx.entry(person.person, 5).await?, None);
    assert_eq!(tx.entries_after(person.person, 1, 2).await?, written[1..3]);
    let links: Vec<_> = written.iter().map(|e| (e.hash, e.previous)).collect();
    assert_eq!(tx.entry_links(person.person).await?, links);
    drop(tx);

    let mut forked = sample.entry(&person, Compartment::Social);
    forked.previous = written[2].hash;
    let mut skipping = sample.entry(&person, Compartment::Social);
    skipping.sequence += 1;
    let again = sample.entry(&beginning, Compartment::Social);
    let mut nowhere = sample.entry(&person, Compartment::Social);
    nowhere.person = domain::id::PersonId::from_bytes(sample.bytes());
    for wrong in [forked, skipping, again, nowhere, written[3].clone()] {
        let mut tx = storage.write().await?;
        refused(tx.append_entry(&wrong, january()).await);
    }
    let mut tx = storage.read().await?;
    assert_eq!(tx.person(person.person).await?, Some(person.clone()));
    assert_eq!(tx.entry_links(person.person).await?, links);
    Ok(())
}

/// Readings join their own chain, many in one transaction, each identifier once.
pub async fn readings(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let mut person = told.person(storage, &mut sample).await?;
    let beginning = person.clone();
    let mut written = Vec::new();
    for number in 0..6 {
        let compartment = if number % 2 == 0 {
            Compartment::Social
        } else {
            Compartment::Health
        };
        let reading = sample.reading(&person, compartment);
        advance_readings(&mut person, &reading);
        written.push(reading);
    }
    let mut tx = storage.write().await?;
    tx.append_readings(&written[..1]).await?;
    tx.append_readings(&written[1..]).await?;
    tx.append_readings(&[]).await?;
    tx.save().await?;

    let mut repeated = sample.reading(&person, Compartment::Social);
    repeated.reading = written[2].reading;
    let mut tx = storage.write().await?;
    let again = tx.append_readings(&[repeated]).await;
    assert!(again.is_err(), "an identifier once");
    drop(tx);

    let mut tx = storage.read().await?;
    let id = person.person;
    assert_eq!(tx.person(id).await?.as_ref(), Some(&person));
    let asked = [written[4].reading, sample.reading_id(), written[2].reading];
    let found = tx
        .reading_heads(&asked.map(|reading| (id, reading)))
        .await?;
    let head = (person.readings, person.reading_hash);
    assert_eq!(found.heads, [(id, head)].into());
    let there = [(id, asked[0]), (id, asked[2])];
    assert_eq!(found.known, there.into());
    assert_eq!(tx.reading_heads(&[]).await?, ReadingHeads::default());
    assert_eq!(tx.readings_after(id, 2, 3).await?, written[2..5]);
    let social = tx
        .readings(id, set(&[Compartment::Social]), None, 2)
        .await?;
    assert_eq!(social, [written[4].clone(), written[2].clone()]);
    let older = tx
        .readings(id, set(&[Compartment::Social]), Some(3), 2)
        .await?;
    assert_eq!(older, [written[0].clone()]);
    let both = set(&[Compartment::Social, Compartment::Health]);
    assert_eq!(tx.readings(id, both, Some(u64::MAX), 100).await?.len(), 6);
    let nothing = tx.readings(id, Compartments::NONE, None, 100).await?;
    assert!(nothing.is_empty());
    drop(tx);

    let mut forked = sample.reading(&person, Compartment::Social);
    forked.previous = written[4].hash;
    let stale = sample.reading(&beginning, Compartment::Social);
    let next = sample.reading(&person, Compartment::Social);
    let apart = sample.reading(&person, Compartment::Social);
    for wrong in [vec![forked], vec![stale], vec![next, apart]] {
        let mut tx = storage.write().await?;
        refused(tx.append_readings(&wrong).await);
    }

    // The same identifier about someone else is another reading.
    let other = told.person(storage, &mut sample).await?;
    let mut theirs = sample.reading(&other, Compartment::Social);
    theirs.reading = written[0].reading;
    let mut tx = storage.write().await?;
    let asked = [(other.person, theirs.reading), (id, theirs.reading)];
    let found = tx.reading_heads(&asked).await?;
    assert_eq!(found.known, [asked[1]].into());
    assert_eq!(found.heads.len(), 2);
    // Several people's readings go in at once, each in their own chain.
    let mine = sample.reading(&person, Compartment::Social);
    tx.append_readings(&[mine.clone(), theirs]).await?;
    tx.save().await?;
    advance_readings(&mut person, &mine);

    let both = [
        sample.reading(&person, Compartment::Social),
        sample.reading(&other, Compartment::Social),
    ];
    let mut tx = storage.write().await?;
    refused(tx.append_readings(&both).await);
    drop(tx);
    let mut tx = storage.read().await?;
    let kept = tx.person(id).await?.map(|row| row.readings);
    assert_eq!(kept, Some(person.readings), "one is late: neither is kept");
    Ok(())
}

/// An upload is an orphan until an entry names its file; a kept file is never forgotten.
pub async fn files(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let person = told.person(storage, &mut sample).await?.person;
    let kept = sample.file(person, at(1));
    let orphan = sample.file(person, at(2));
    let recent = sample.file(person, at(9));
    let mut tx = storage.write().await?;
    for file in [&kept, &orphan, &recent] {
        tx.begin_file(file).await?;
    }
    tx.keep_file(person, kept.file).await?;
    tx.save().await?;

    let mut tx = storage.write().await?;
    let mut orphans = tx.orphan_files(at(9), 10_000).await?;
    orphans.retain(|f| f.person == person);
    assert_eq!(orphans, [orphan]);
    tx.forget_file(person, orphan.file).await?;
    tx.forget_file(person, kept.file).await?;
    let mut orphans = tx.orphan_files(at(10), 10_000).await?;
    orphans.retain(|f| f.person == person);
    assert_eq!(orphans, [recent]);
    tx.keep_file(person, kept.file).await?;
    tx.save().await?;

    let mut tx = storage.write().await?;
    refused(tx.keep_file(person, orphan.file).await);
    drop(tx);
    let mut tx = storage.write().await?;
    refused(tx.begin_file(&kept).await);
    Ok(())
}

/// Entries of one person are appended together as one after the other, or not at all.
pub async fn entries_together(
    storage: &dyn Storage,
    mut sample: Sample,
) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let mut person = told.person(storage, &mut sample).await?;
    let beginning = person.clone();
    let mut written = Vec::new();
    for number in 0..5 {
        let mut entry = sample.entry(&person, Compartment::Social);
        entry.file = (number == 2).then(|| sample.file_fact());
        advance(&mut person, &entry);
        written.push(entry);
    }
    let mut tx = storage.write().await?;
    tx.append_entries(&written[..2], january()).await?;
    tx.append_entries(&written[2..], february()).await?;
    tx.append_entries(&[], january()).await?;
    tx.save().await?;
    person.active = february();

    let mut tx = storage.read().await?;
    assert_eq!(tx.person(person.person).await?.as_ref(), Some(&person));
    assert_eq!(tx.entries_after(person.person, 0, 9).await?, written);
    drop(tx);

    let stale = sample.entry(&beginning, Compartment::Social);
    let next = sample.entry(&person, Compartment::Social);
    let apart = sample.entry(&person, Compartment::Social);
    for wrong in [vec![stale], vec![next, apart]] {
        let mut tx = storage.write().await?;
        refused(tx.append_entries(&wrong, january()).await);
    }
    Ok(())
}
