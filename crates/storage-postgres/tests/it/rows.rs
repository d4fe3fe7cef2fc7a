//! Rows that several tests tell with.

use domain::{
    Compartment,
    id::{AccountId, KeyId, OrganisationId, PersonId, ReadingId, StatementId},
};
use jiff::civil::{Date, date};
use storage::{
    CheckpointRow, EntryRow, HeadRow, OrganisationRow, PersonRow, PersonStatementRow, ReadingRow,
    Storage, StorageError,
};

pub(crate) const PERSON: PersonId = PersonId::from_bytes([5; 16]);
pub(crate) const JANUARY: Date = date(2026, 1, 1);

pub(crate) fn organisation(byte: u8) -> OrganisationRow {
    OrganisationRow {
        id: OrganisationId::from_bytes([byte; 16]),
        name: vec![byte; 40],
    }
}

pub(crate) async fn add(storage: &dyn Storage, row: &OrganisationRow) -> Result<(), StorageError> {
    let mut tx = storage.write().await?;
    tx.add_organisation(row).await?;
    tx.save().await
}

pub(crate) async fn all(storage: &dyn Storage) -> Vec<OrganisationRow> {
    let mut tx = storage.read().await.unwrap();
    tx.organisations().await.unwrap()
}

pub(crate) fn person(person: PersonId) -> PersonRow {
    PersonRow {
        person,
        organisation: OrganisationId::from_bytes([1; 16]),
        active: JANUARY,
        entries: 0,
        entry_hash: [0; 32],
        readings: 0,
        reading_hash: [0; 32],
        statements: 0,
        statement_hash: [0; 32],
    }
}

pub(crate) async fn add_person(storage: &dyn Storage, id: PersonId) {
    let mut tx = storage.write().await.unwrap();
    tx.add_person(&person(id)).await.unwrap();
    tx.save().await.unwrap();
}

/// The first entry of a record.
pub(crate) fn entry(person: PersonId) -> EntryRow {
    EntryRow {
        person,
        sequence: 1,
        compartment: Compartment::Social,
        epoch: 1,
        profile: false,
        author: AccountId::from_bytes([6; 16]),
        key: KeyId::from_bytes([7; 16]),
        previous: [0; 32],
        hash: [1; 32],
        sealed: vec![8; 64],
        signature: [9; 64],
        file: None,
    }
}

/// One row of every table that is never rewritten.
pub(crate) async fn fill(storage: &dyn Storage) {
    add(storage, &organisation(1)).await.unwrap();
    let mut tx = storage.write().await.unwrap();
    tx.add_statement(StatementId::from_bytes([2; 16]), b"signed")
        .await
        .unwrap();
    tx.add_person(&person(PERSON)).await.unwrap();
    let statement = PersonStatementRow {
        person: PERSON,
        number: 1,
        previous: [0; 32],
        hash: [3; 32],
        signed: b"signed".to_vec(),
    };
    tx.append_person_statement(&statement).await.unwrap();
    tx.append_entry(&entry(PERSON), JANUARY).await.unwrap();
    let reading = ReadingRow {
        person: PERSON,
        sequence: 1,
        reading: ReadingId::from_bytes([4; 16]),
        compartment: Compartment::Social,
        epoch: 1,
        reader: AccountId::from_bytes([6; 16]),
        key: KeyId::from_bytes([7; 16]),
        previous: [0; 32],
        hash: [1; 32],
        sealed: vec![8; 64],
        signature: [9; 64],
    };
    tx.append_readings(&[reading]).await.unwrap();
    tx.add_heads(&[HeadRow {
        person: PERSON,
        checkpoint: 1,
        entries: 1,
        entry_hash: [1; 32],
        readings: 1,
        reading_hash: [1; 32],
        statements: 1,
        statement_hash: [3; 32],
    }])
    .await
    .unwrap();
    tx.add_checkpoint(&CheckpointRow {
        sequence: 1,
        bytes: vec![1],
        signature: [1; 64],
    })
    .await
    .unwrap();
    tx.save().await.unwrap();
}
