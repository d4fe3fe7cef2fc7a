//! Sessions, which end with what they were opened from, and short codes.

use super::sample::{Sample, at, refused};
use crate::{AccountState, SessionRow, ShortCodeRow, Storage, StorageError};

/// A worker's session ends when it is ended, with its account and with its device.
pub async fn sessions(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let elsewhere = sample.organisation(storage).await?;
    let mut account = told.account_row(&mut sample);
    let device = sample.device(account.id);
    let lost = sample.device(account.id);
    let mut session = sample.session(account.id, device.id);
    let from_lost = sample.session(account.id, lost.id);
    let mut short = sample.session(account.id, device.id);
    short.ends = at(10);
    let mut tx = storage.write().await?;
    tx.add_account(&account).await?;
    for row in [&device, &lost] {
        tx.add_device(row).await?;
    }
    for row in [&session, &from_lost, &short] {
        tx.add_session(row).await?;
    }
    tx.save().await?;

    let mut tx = storage.write().await?;
    refused(tx.add_session(&session).await);
    drop(tx);

    let mut tx = storage.write().await?;
    assert_eq!(tx.session(session.id).await?.as_ref(), Some(&session));
    session.seen = at(4);
    tx.touch_session(session.id, session.seen).await?;
    session.sealed = sample.sealed();
    tx.reseal_session(session.id, &session.sealed).await?;
    assert_eq!(tx.session(session.id).await?.as_ref(), Some(&session));
    let ids = |rows: Vec<SessionRow>| {
        let mut ids: Vec<_> = rows.into_iter().map(|s| s.id).collect();
        ids.sort_unstable();
        ids
    };
    let mut open = [session.id, from_lost.id];
    open.sort_unstable();
    let here = tx.sessions_in(told.organisation.id, at(10)).await?;
    assert_eq!(ids(here), open, "the short one is over");
    let there = tx.sessions_in(elsewhere.organisation.id, at(10)).await?;
    assert!(there.is_empty());
    tx.save().await?;

    let mut tx = storage.write().await?;
    tx.sweep_sessions(at(10)).await?;
    assert_eq!(tx.session(short.id).await?, None, "swept");
    assert!(tx.session(session.id).await?.is_some());
    tx.remove_devices(account.id, Some(lost.id)).await?;
    assert_eq!(tx.session(from_lost.id).await?, None, "its device is gone");
    assert!(tx.session(session.id).await?.is_some());
    for state in [
        AccountState::Invited,
        AccountState::Enrolled,
        AccountState::Ended,
    ] {
        account.state = state;
        tx.update_account(&account).await?;
        assert_eq!(tx.session(session.id).await?, None, "{state:?}");
    }
    account.state = AccountState::Active;
    tx.update_account(&account).await?;
    assert!(tx.session(session.id).await?.is_some());
    tx.save().await?;

    let mut tx = storage.write().await?;
    tx.end_session(session.id).await?;
    assert_eq!(tx.session(session.id).await?, None);
    let again = sample.session(account.id, device.id);
    tx.add_session(&again).await?;
    assert_eq!(tx.end_sessions_of(account.id).await?, 2, "the lost one too");
    assert_eq!(tx.session(again.id).await?, None);
    assert_eq!(tx.end_sessions_of(account.id).await?, 0);
    tx.save().await
}

/// A card's session ends with the card, and only a card of that person and account opens one.
pub async fn card_sessions(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let team = told.team(storage, &mut sample).await?;
    let person = told.person(storage, &mut sample).await?.person;
    let other = told.person(storage, &mut sample).await?.person;
    let card = sample.card(person, team);
    let with = |mut row: SessionRow, person| {
        row.person = Some(person);
        row
    };
    let session = with(sample.session(card.account, card.card), person);
    let of_other = with(sample.session(card.account, card.card), other);
    let stranger = domain::id::AccountId::from_bytes(sample.bytes());
    let as_other = with(sample.session(stranger, card.card), person);
    let as_worker = sample.session(card.account, card.card);
    let mut tx = storage.write().await?;
    tx.add_card(&card).await?;
    for row in [&session, &of_other, &as_other, &as_worker] {
        tx.add_session(row).await?;
    }
    tx.save().await?;

    let mut tx = storage.write().await?;
    assert_eq!(tx.session(session.id).await?.as_ref(), Some(&session));
    for wrong in [&of_other, &as_other, &as_worker] {
        assert_eq!(tx.session(wrong.id).await?, None);
    }
    let workers = tx.sessions_in(told.organisation.id, at(0)).await?;
    assert!(workers.is_empty(), "people are not listed");
    tx.kill_card(person, card.card, at(9)).await?;
    assert_eq!(tx.session(session.id).await?, None, "its card is dead");
    tx.save().await
}

/// A short code is found until its time is over, and swept afterwards.
pub async fn short_codes(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let code = ShortCodeRow {
        lookup: sample.bytes(),
        sealed: sample.sealed(),
        until: at(15),
    };
    let mut tx = storage.write().await?;
    tx.add_short_code(&code).await?;
    tx.save().await?;
    let mut tx = storage.write().await?;
    refused(tx.add_short_code(&code).await);
    drop(tx);
    let mut tx = storage.write().await?;
    let found = tx.short_code(&code.lookup, at(14)).await?;
    assert_eq!(found.as_ref(), Some(&code));
    assert_eq!(tx.short_code(&code.lookup, at(15)).await?, None, "over");
    assert_eq!(tx.short_code(&sample.bytes(), at(1)).await?, None);
    tx.sweep_sessions(at(14)).await?;
    assert!(tx.short_code(&code.lookup, at(14)).await?.is_some());
    tx.sweep_sessions(at(15)).await?;
    assert_eq!(tx.short_code(&code.lookup, at(14)).await?, None, "swept");
    tx.save().await
}
