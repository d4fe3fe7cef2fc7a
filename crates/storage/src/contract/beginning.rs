//! Records that begin whole.

use super::sample::{Sample, Told, advance, refused, set};
use crate::{PersonRow, Recipient, RecordBeginning, Storage, StorageError};
use domain::{Compartment, id::TeamId};

/// A record of three entries, two statements, one grant and its wraps.
fn whole(told: &Told, sample: &mut Sample, team: TeamId) -> RecordBeginning {
    let mut person = told.person_row(sample);
    let beginning: [u8; 32] = sample.bytes();
    (
        person.entry_hash,
        person.reading_hash,
        person.statement_hash,
    ) = (beginning, beginning, beginning);
    let mut statements = Vec::new();
    for _ in 0..2 {
        let statement = sample.person_statement(&person);
        (person.statements, person.statement_hash) = (statement.number, statement.hash);
        statements.push(statement);
    }
    let mut entries = Vec::new();
    for compartment in [
        Compartment::Identity,
        Compartment::Social,
        Compartment::Vault,
    ] {
        let mut entry = sample.entry(&person, compartment);
        entry.profile = compartment == Compartment::Identity;
        entry.file = (compartment == Compartment::Vault).then(|| sample.file_fact());
        advance(&mut person, &entry);
        entries.push(entry);
    }
    let opened = set(&[Compartment::Identity, Compartment::Social]);
    let grant = sample.grant(person.person, Recipient::Team(team), opened);
    let keepers = sample.grant(person.person, Recipient::Keepers, opened);
    let mut wraps: Vec<_> = opened
        .iter()
        .map(|compartment| sample.wrap(&grant, compartment, 1))
        .collect();
    wraps.push(sample.wrap(&keepers, Compartment::Social, 1));
    RecordBeginning {
        person,
        statements,
        grants: vec![grant, keepers],
        wraps,
        entries,
        marks: vec![sample.bytes(), sample.bytes()],
    }
}

/// Records begin whole and come back as given, many at once; one that is there, or whose rows do
/// not hold together, does not.
pub async fn beginnings(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let team = told.team(storage, &mut sample).await?;
    let records: Vec<_> = (0..3).map(|_| whole(&told, &mut sample, team)).collect();
    let mut tx = storage.write().await?;
    tx.begin_records(&records).await?;
    tx.begin_records(&[]).await?;
    tx.save().await?;

    let mut tx = storage.read().await?;
    for record in &records {
        let id = record.person.person;
        assert_eq!(tx.person(id).await?.as_ref(), Some(&record.person));
        assert_eq!(tx.entries_after(id, 0, 9).await?, record.entries);
        let signed: Vec<_> = record.statements.iter().map(|s| s.signed.clone()).collect();
        assert_eq!(tx.person_statements(id).await?, signed);
        let mut grants = record.grants.clone();
        grants.sort_by_key(|g| g.grant);
        assert_eq!(tx.grants(id).await?, grants);
        let mut wraps = record.wraps.clone();
        wraps.sort_by_key(|w| (w.compartment.code(), w.epoch, w.grant));
        assert_eq!(tx.wraps(id).await?, wraps);
        let marked = tx.import_marks(&record.marks).await?;
        assert!(marked.len() == 2 && marked.iter().all(|(_, person)| *person == id));
    }
    drop(tx);

    let mut tx = storage.write().await?;
    refused(tx.begin_records(&records[..1]).await);
    drop(tx);
    let mut cut = whole(&told, &mut sample, team);
    cut.entries.remove(1);
    let mut unstated = whole(&told, &mut sample, team);
    unstated.person.statements += 1;
    let mut read = whole(&told, &mut sample, team);
    read.person.readings = 1;
    let mut of_others = whole(&told, &mut sample, team);
    of_others.grants[0].person = records[0].person.person;
    for wrong in [cut, unstated, read, of_others] {
        let PersonRow { person, .. } = wrong.person;
        let mut tx = storage.write().await?;
        refused(tx.begin_records(&[wrong]).await);
        drop(tx);
        assert_eq!(storage.read().await?.person(person).await?, None);
    }
    Ok(())
}
