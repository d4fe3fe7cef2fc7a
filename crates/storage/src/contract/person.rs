//! People, cards, the chain of statements about each, marks of imports.

use super::sample::{Sample, at, refused};
use crate::{CardRow, PersonStatementRow, Storage, StorageError};
use domain::id::PersonId;

/// A person is kept once and walked in order of identifier.
pub async fn people(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let before = storage.read().await?.count_people().await?;
    let (first, ids) = sample.neighbours::<5>();
    let mut people = Vec::new();
    let mut tx = storage.write().await?;
    for id in ids {
        let mut person = told.person_row(&mut sample);
        person.person = PersonId::from_bytes(id);
        people.push(person);
    }
    for number in [3, 0, 4, 1, 2] {
        tx.add_person(&people[number]).await?;
    }
    tx.save().await?;

    let mut tx = storage.read().await?;
    assert_eq!(tx.count_people().await?, before + 5);
    assert_eq!(
        tx.person(people[2].person).await?.as_ref(),
        Some(&people[2])
    );
    let nobody = PersonId::from_bytes(sample.bytes());
    assert_eq!(tx.person(nobody).await?, None);
    let mut after = PersonId::from_bytes(first);
    for walked in people.chunks(2) {
        let page = tx.people_after(Some(after), 2).await?;
        assert_eq!(page[..walked.len()], *walked);
        assert!(page.len() <= 2);
        after = page[walked.len() - 1].person;
    }
    let start = tx.people_after(None, 2).await?;
    assert!(start.is_sorted_by_key(|p| p.person) && start[0].person <= people[0].person);
    drop(tx);

    let mut tx = storage.write().await?;
    refused(tx.add_person(&people[0]).await);
    Ok(())
}

/// A card is found by its secret, counts tries until it is cleared, shows as locked to its
/// organisation, and dies once.
pub async fn cards(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let elsewhere = sample.organisation(storage).await?;
    let team = told.team(storage, &mut sample).await?;
    let other_team = elsewhere.team(storage, &mut sample).await?;
    let person = told.person(storage, &mut sample).await?.person;
    let card = sample.card(person, team);
    let second = CardRow {
        made: at(3),
        ..sample.card(person, other_team)
    };
    let mut tx = storage.write().await?;
    tx.add_card(&card).await?;
    tx.add_card(&second).await?;
    tx.save().await?;

    let mut same_secret = sample.card(person, team);
    same_secret.lookup = card.lookup;
    let mut tx = storage.write().await?;
    refused(tx.add_card(&same_secret).await);
    drop(tx);

    let mut tx = storage.write().await?;
    assert_eq!(tx.card(&card.lookup).await?.as_ref(), Some(&card));
    assert_eq!(tx.card(&sample.bytes()).await?, None);
    assert_eq!(tx.cards(person).await?, [card.clone(), second.clone()]);
    for count in 1..=5 {
        assert_eq!(tx.count_card_try(person, card.card).await?, count);
    }
    assert_eq!(tx.count_card_try(person, second.card).await?, 1);
    tx.save().await?;

    let mut tx = storage.write().await?;
    let locked = tx.locked_cards(told.organisation.id, 5).await?;
    assert_eq!(
        locked.iter().map(|c| c.card).collect::<Vec<_>>(),
        [card.card]
    );
    assert_eq!(locked[0].tries, 5);
    let there = tx.locked_cards(elsewhere.organisation.id, 5).await?;
    assert!(there.is_empty(), "once tried is not locked");
    tx.clear_card_tries(person, card.card).await?;
    assert!(tx.locked_cards(told.organisation.id, 5).await?.is_empty());
    assert_eq!(tx.card(&card.lookup).await?.as_ref(), Some(&card));
    for _ in 0..5 {
        tx.count_card_try(person, card.card).await?;
    }
    tx.kill_card(person, card.card, at(20)).await?;
    let dead = tx.locked_cards(told.organisation.id, 5).await?;
    assert!(dead.is_empty(), "a dead card cannot be unlocked");
    let found = tx.card(&card.lookup).await?;
    assert_eq!(
        found.map(|c| c.dead),
        Some(Some(at(20))),
        "dead, still given"
    );
    let alive = tx.card(&second.lookup).await?;
    assert_eq!(alive.map(|c| c.dead), Some(None));
    tx.save().await
}

/// Statements about a person make a chain: each comes after the last, none twice, and they come back
/// in order, each person's own.
pub async fn person_statements(
    storage: &dyn Storage,
    mut sample: Sample,
) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let mut person = told.person(storage, &mut sample).await?;
    let other = told.person(storage, &mut sample).await?;
    let mut given = Vec::new();
    for _ in 0..3 {
        let row = sample.person_statement(&person);
        let mut tx = storage.write().await?;
        tx.append_person_statement(&row).await?;
        tx.save().await?;
        (person.statements, person.statement_hash) = (row.number, row.hash);
        let mut tx = storage.read().await?;
        assert_eq!(tx.person(person.person).await?.as_ref(), Some(&person));
        given.push(row);
    }
    let theirs = sample.person_statement(&other);
    let mut tx = storage.write().await?;
    tx.append_person_statement(&theirs).await?;
    tx.save().await?;

    let next = sample.person_statement(&person);
    for late in [
        given[2].clone(),
        PersonStatementRow {
            previous: given[1].hash,
            ..next.clone()
        },
        PersonStatementRow {
            number: 5,
            ..next.clone()
        },
    ] {
        let mut tx = storage.write().await?;
        let refused = tx.append_person_statement(&late).await;
        assert!(matches!(refused, Err(StorageError::Conflict(_))));
    }
    let mut tx = storage.write().await?;
    tx.append_person_statement(&next).await?;
    drop(tx);

    let mut tx = storage.read().await?;
    let signed: Vec<_> = given.into_iter().map(|row| row.signed).collect();
    assert_eq!(tx.person_statements(person.person).await?, signed);
    assert_eq!(tx.person_statements(other.person).await?, [theirs.signed]);
    Ok(())
}

/// People are found again by the marks of their import.
pub async fn import_marks(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let one = told.person(storage, &mut sample).await?.person;
    let two = told.person(storage, &mut sample).await?.person;
    let marks: [[u8; 16]; 4] = [
        sample.bytes(),
        sample.bytes(),
        sample.bytes(),
        sample.bytes(),
    ];
    let mut tx = storage.write().await?;
    tx.add_import_mark(one, &marks[0]).await?;
    tx.add_import_mark(one, &marks[1]).await?;
    tx.add_import_mark(two, &marks[2]).await?;
    tx.add_import_mark(two, &marks[2]).await?;
    tx.save().await?;

    let mut tx = storage.read().await?;
    let mut found = tx.import_marks(&marks).await?;
    found.sort_unstable();
    let mut expected = [(marks[0], one), (marks[1], one), (marks[2], two)];
    expected.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(tx.import_marks(&marks[3..]).await?, []);
    assert_eq!(tx.import_marks(&[]).await?, []);
    Ok(())
}
