//! Accounts, devices, enrolments, and counting tries.

use super::sample::{Sample, at, refused};
use crate::{AccountState, DeviceRow, Storage, StorageError};
use futures_util::future::try_join_all;

/// An account is found by identifier and by sign-in name, and changes; names are unique.
pub async fn accounts(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let elsewhere = sample.organisation(storage).await?;
    let mut account = told.account_row(&mut sample);
    account.state = AccountState::Invited;
    account.public = Vec::new();
    account.organisation_key = Vec::new();
    let stranger = elsewhere.account_row(&mut sample);
    let mut tx = storage.write().await?;
    tx.add_account(&account).await?;
    tx.add_account(&stranger).await?;
    tx.save().await?;

    let mut tx = storage.read().await?;
    assert_eq!(tx.account(account.id).await?.as_ref(), Some(&account));
    let found = tx.account_by_lookup(&account.lookup).await?;
    assert_eq!(found.as_ref(), Some(&account));
    assert_eq!(tx.account_by_lookup(&sample.bytes()).await?, None);
    assert_eq!(tx.accounts(told.organisation.id).await?, [account.clone()]);
    drop(tx);

    let mut same_name = told.account_row(&mut sample);
    same_name.lookup = account.lookup;
    let mut tx = storage.write().await?;
    refused(tx.add_account(&same_name).await);
    drop(tx);

    for state in [
        AccountState::Enrolled,
        AccountState::Active,
        AccountState::Ended,
    ] {
        account.state = state;
        account.administrator = !account.administrator;
        account.lookup = sample.bytes();
        account.profile = sample.sealed();
        account.public = sample.sealed();
        account.organisation_key = sample.sealed();
        let mut tx = storage.write().await?;
        tx.update_account(&account).await?;
        tx.save().await?;
        let mut tx = storage.read().await?;
        assert_eq!(tx.account(account.id).await?.as_ref(), Some(&account));
        assert_eq!(tx.account(stranger.id).await?.as_ref(), Some(&stranger));
    }
    Ok(())
}

/// A device is found with its own account only; tries are counted and cleared; devices leave.
pub async fn devices(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let account = told.account(storage, &mut sample).await?;
    let other = told.account(storage, &mut sample).await?;
    let device = sample.device(account);
    let second = DeviceRow {
        enrolled: at(2),
        ..sample.device(account)
    };
    let theirs = sample.device(other);
    let mut tx = storage.write().await?;
    for row in [&device, &second, &theirs] {
        tx.add_device(row).await?;
    }
    tx.save().await?;

    let mut tx = storage.write().await?;
    let found = tx.device(account, &device.lookup).await?;
    assert_eq!(found.as_ref(), Some(&device));
    assert_eq!(tx.device(other, &device.lookup).await?, None);
    assert_eq!(tx.devices(account).await?, [device.clone(), second.clone()]);
    assert_eq!(tx.count_device_try(device.id).await?, 1);
    assert_eq!(tx.count_device_try(device.id).await?, 2);
    assert_eq!(tx.count_device_try(second.id).await?, 1);
    tx.save().await?;

    let mut tx = storage.write().await?;
    assert_eq!(tx.count_device_try(device.id).await?, 3);
    tx.clear_device_tries(device.id).await?;
    assert_eq!(
        tx.device(account, &device.lookup).await?,
        Some(device.clone())
    );
    assert_eq!(tx.count_device_try(second.id).await?, 2, "not cleared");
    tx.remove_devices(account, Some(theirs.id)).await?;
    assert_eq!(
        tx.devices(other).await?,
        std::slice::from_ref(&theirs),
        "not theirs to remove"
    );
    tx.remove_devices(account, Some(device.id)).await?;
    assert_eq!(tx.device(account, &device.lookup).await?, None);
    assert_eq!(tx.devices(account).await?.len(), 1);
    tx.remove_devices(account, None).await?;
    assert!(tx.devices(account).await?.is_empty());
    assert_eq!(tx.devices(other).await?, [theirs]);
    tx.save().await?;

    let mut tx = storage.write().await?;
    assert!(
        tx.count_device_try(device.id).await.is_err(),
        "no try is counted on a device that left"
    );
    Ok(())
}

/// An enrolment is used as often as it says and no more; it stays readable until it is removed.
pub async fn enrolments(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let account = told.account(storage, &mut sample).await?;
    let other = told.account(storage, &mut sample).await?;
    let row = sample.enrolment(account, 2);
    let theirs = sample.enrolment(other, 1);
    let mut tx = storage.write().await?;
    tx.add_enrolment(&row).await?;
    tx.add_enrolment(&theirs).await?;
    tx.save().await?;

    let mut tx = storage.write().await?;
    assert_eq!(tx.enrolment(&row.lookup).await?.as_ref(), Some(&row));
    assert_eq!(tx.enrolment(&sample.bytes()).await?, None);
    assert_eq!(tx.count_enrolment_try(&row.lookup).await?, 1);
    assert_eq!(tx.count_enrolment_try(&row.lookup).await?, 2);
    assert!(tx.use_enrolment(&row.lookup).await?);
    assert!(tx.use_enrolment(&row.lookup).await?);
    assert!(!tx.use_enrolment(&row.lookup).await?, "used up");
    assert!(!tx.use_enrolment(&sample.bytes()).await?, "never there");
    let used = tx.enrolment(&row.lookup).await?;
    assert_eq!(used.map(|e| e.uses_left), Some(0), "used up, still given");
    tx.save().await?;

    let mut tx = storage.write().await?;
    refused(tx.add_enrolment(&row).await);
    drop(tx);
    let mut tx = storage.write().await?;
    tx.remove_enrolments(account).await?;
    assert_eq!(tx.enrolment(&row.lookup).await?, None);
    assert_eq!(tx.enrolment(&theirs.lookup).await?, Some(theirs));
    tx.save().await
}

/// Tries made at the same time are all counted: none is lost between reading and writing.
pub async fn parallel_tries(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let team = told.team(storage, &mut sample).await?;
    let account = told.account(storage, &mut sample).await?;
    let person = told.person(storage, &mut sample).await?.person;
    let device = sample.device(account);
    let enrolment = sample.enrolment(account, 3);
    let card = sample.card(person, team);
    let mut tx = storage.write().await?;
    tx.add_device(&device).await?;
    tx.add_enrolment(&enrolment).await?;
    tx.add_card(&card).await?;
    tx.save().await?;

    let attempts = (0..12).map(|_| async {
        let mut tx = storage.write().await?;
        let counted = [
            tx.count_device_try(device.id).await?,
            tx.count_enrolment_try(&enrolment.lookup).await?,
            tx.count_card_try(person, card.card).await?,
        ];
        tx.save().await?;
        Ok::<_, StorageError>(counted)
    });
    let mut counted = try_join_all(attempts).await?;
    counted.sort_unstable();
    let expected: Vec<_> = (1..=12).map(|n| [n; 3]).collect();
    assert_eq!(counted, expected);

    let uses = (0..6).map(|_| async {
        let mut tx = storage.write().await?;
        let taken = tx.use_enrolment(&enrolment.lookup).await?;
        tx.save().await?;
        Ok::<_, StorageError>(taken)
    });
    let taken = try_join_all(uses).await?;
    assert_eq!(taken.iter().filter(|taken| **taken).count(), 3);
    Ok(())
}
