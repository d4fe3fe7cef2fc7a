//! Checkpoints: only what changed, once.

use super::sample::{Sample, advance, advance_readings, january, refused};
use crate::{CheckpointRow, HeadRow, PersonRow, Storage, StorageError, Transaction};
use domain::{Compartment, id::PersonId};

/// Who changed among the neighbours after that one, walked by pages of two.
async fn changed(
    tx: &mut Box<dyn Transaction>,
    first: PersonId,
) -> Result<Vec<PersonRow>, StorageError> {
    let near = |person: PersonId| person.as_bytes()[..15] == first.as_bytes()[..15];
    let mut walked: Vec<PersonRow> = Vec::new();
    let mut after = first;
    loop {
        let page = tx.changed_people(Some(after), 2).await?;
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { break };
        after = last.person;
        walked.extend(page);
        if !near(after) {
            break;
        }
    }
    assert!(walked.is_sorted_by_key(|p| p.person));
    walked.retain(|p| near(p.person));
    Ok(walked)
}

fn head(person: &PersonRow, checkpoint: u64) -> HeadRow {
    HeadRow {
        person: person.person,
        checkpoint,
        entries: person.entries,
        entry_hash: person.entry_hash,
        readings: person.readings,
        reading_hash: person.reading_hash,
        statements: person.statements,
        statement_hash: person.statement_hash,
    }
}

/// Signs nothing: adds the heads and the checkpoint that come next.
async fn add(
    storage: &dyn Storage,
    sample: &mut Sample,
    people: &[PersonRow],
) -> Result<(CheckpointRow, Vec<HeadRow>), StorageError> {
    let mut tx = storage.write().await?;
    let last = tx.last_checkpoint().await?;
    let row = CheckpointRow {
        sequence: last.map_or(0, |c| c.sequence) + 1,
        bytes: sample.sealed(),
        signature: sample.bytes(),
    };
    let heads: Vec<_> = people.iter().map(|p| head(p, row.sequence)).collect();
    tx.add_heads(&heads).await?;
    tx.add_checkpoint(&row).await?;
    tx.save().await?;
    Ok((row, heads))
}

/// A checkpoint holds the records that changed since the one that held them last.
pub async fn checkpoints(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let mut people = Vec::new();
    let (first_id, ids) = sample.neighbours::<4>();
    let before = PersonId::from_bytes(first_id);
    for id in ids {
        let mut person = told.person_row(&mut sample);
        person.person = PersonId::from_bytes(id);
        let entry = sample.entry(&person, Compartment::Social);
        let mut tx = storage.write().await?;
        tx.add_person(&person).await?;
        tx.append_entry(&entry, january()).await?;
        tx.save().await?;
        advance(&mut person, &entry);
        people.push(person);
    }
    let mut tx = storage.read().await?;
    assert_eq!(changed(&mut tx, before).await?, people, "never held yet");
    drop(tx);
    let (first, heads) = add(storage, &mut sample, &people).await?;
    let mut tx = storage.read().await?;
    assert!(changed(&mut tx, before).await?.is_empty());
    drop(tx);

    // One new entry here, one new reading there, nothing elsewhere.
    let entry = sample.entry(&people[1], Compartment::Health);
    let reading = sample.reading(&people[3], Compartment::Social);
    let mut tx = storage.write().await?;
    tx.append_entry(&entry, january()).await?;
    tx.append_readings(std::slice::from_ref(&reading)).await?;
    tx.save().await?;
    advance(&mut people[1], &entry);
    advance_readings(&mut people[3], &reading);
    let moved = [people[1].clone(), people[3].clone()];
    let mut tx = storage.read().await?;
    assert_eq!(changed(&mut tx, before).await?, moved);
    drop(tx);
    let (second, new_heads) = add(storage, &mut sample, &moved).await?;

    let mut tx = storage.read().await?;
    assert!(changed(&mut tx, before).await?.is_empty());
    assert_eq!(tx.last_checkpoint().await?.as_ref(), Some(&second));
    let earlier = first.sequence - 1;
    let both = [first.clone(), second.clone()];
    assert_eq!(tx.checkpoints_after(earlier, 10).await?, both);
    assert_eq!(tx.checkpoints_after(earlier, 1).await?, both[..1]);
    assert_eq!(tx.checkpoints_after(first.sequence, 10).await?, both[1..]);
    assert_eq!(tx.heads(first.sequence, None, 10).await?, heads);
    let after = Some(heads[1].person);
    assert_eq!(tx.heads(first.sequence, after, 1).await?, heads[2..3]);
    assert_eq!(tx.heads(second.sequence, None, 10).await?, new_heads);
    drop(tx);

    let mut tx = storage.write().await?;
    refused(tx.add_checkpoint(&second).await);
    drop(tx);
    let mut tx = storage.write().await?;
    refused(tx.add_heads(&new_heads).await);
    Ok(())
}
