//! Calendars: one an account, gone with it.

use super::sample::{Sample, at, refused};
use crate::{AccountState, CalendarRow, Storage, StorageError};

/// An account has one calendar at most, found by its address alone while the account may sign in.
pub async fn calendars(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let mut account = told.account_row(&mut sample);
    account.state = AccountState::Active;
    let other = told.account_row(&mut sample);
    let mut tx = storage.write().await?;
    tx.add_account(&account).await?;
    tx.add_account(&other).await?;
    assert_eq!(tx.calendar_of(account.id).await?, None);
    let first = CalendarRow {
        account: account.id,
        lookup: sample.bytes(),
        made: at(1),
    };
    tx.put_calendar(&first).await?;
    tx.save().await?;

    let mut tx = storage.read().await?;
    assert_eq!(tx.calendar_of(account.id).await?.as_ref(), Some(&first));
    assert_eq!(tx.calendar(&first.lookup).await?.as_ref(), Some(&first));
    assert_eq!(tx.calendar(&sample.bytes()).await?, None);
    drop(tx);

    // Another account cannot have the same address.
    let same = CalendarRow {
        account: other.id,
        ..first.clone()
    };
    let mut tx = storage.write().await?;
    refused(tx.put_calendar(&same).await);
    drop(tx);

    // A new one takes the place of the old, whose address finds nothing.
    let second = CalendarRow {
        lookup: sample.bytes(),
        made: at(2),
        ..first.clone()
    };
    let mut tx = storage.write().await?;
    tx.put_calendar(&second).await?;
    assert_eq!(tx.calendar(&first.lookup).await?, None);
    assert_eq!(tx.calendar(&second.lookup).await?.as_ref(), Some(&second));
    account.state = AccountState::Ended;
    tx.update_account(&account).await?;
    assert_eq!(
        tx.calendar(&second.lookup).await?,
        None,
        "its account ended"
    );
    account.state = AccountState::Active;
    tx.update_account(&account).await?;
    tx.save().await?;

    let mut tx = storage.write().await?;
    tx.remove_calendar(account.id).await?;
    tx.remove_calendar(other.id).await?;
    assert_eq!(tx.calendar(&second.lookup).await?, None);
    assert_eq!(tx.calendar_of(account.id).await?, None);
    tx.save().await
}
