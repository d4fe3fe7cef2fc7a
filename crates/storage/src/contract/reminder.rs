//! Reminders, and the counters of the observatory.

use super::sample::Sample;
use crate::{BrakeCountRow, BrakeCounted, ReminderRow, Storage, StorageError};
use domain::{
    id::{AccountId, DeadlineId},
    procedure::{BrakeKind, ServiceConcerned},
};
use jiff::civil::{Date, date};

async fn found(
    storage: &dyn Storage,
    account: AccountId,
    from: Date,
) -> Result<Vec<ReminderRow>, StorageError> {
    storage.read().await?.reminders_of(account, from).await
}

/// An account finds its own reminders by day; one identifier's go together, and old ones are swept.
pub async fn reminders(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let mut account = || AccountId::from_bytes(sample.bytes());
    let (one, two) = (account(), account());
    let mut row = |account, day| ReminderRow {
        account,
        reminder: DeadlineId::from_bytes(sample.bytes()),
        day,
        sealed: sample.bytes::<96>().to_vec(),
        told: None,
    };
    // Of a year that no other story sweeps.
    let days = [date(1971, 3, 9), date(1971, 2, 1), date(1971, 5, 4)];
    let [late, early, last] = days.map(|day| row(one, day));
    let shared = ReminderRow {
        account: two,
        ..late.clone()
    };
    let mut tx = storage.write().await?;
    for row in [&late, &early, &last, &shared] {
        tx.put_reminder(row).await?;
    }
    tx.save().await?;
    let whole = [early.clone(), late.clone(), last.clone()];
    assert_eq!(found(storage, one, date(1971, 1, 1)).await?, whole);
    let after = found(storage, one, date(1971, 3, 9)).await?;
    assert_eq!(after, [late.clone(), last.clone()]);
    assert_eq!(
        found(storage, two, date(1971, 1, 1)).await?,
        std::slice::from_ref(&shared)
    );
    let mut named = storage.read().await?.reminders_named(late.reminder).await?;
    named.sort_by_key(|row| row.account != one);
    assert_eq!(named, [late.clone(), shared.clone()]);

    // Put again it holds once, as last put.
    let moved = ReminderRow {
        day: date(1971, 6, 1),
        sealed: vec![7; 40],
        ..late.clone()
    };
    let mut tx = storage.write().await?;
    tx.put_reminder(&moved).await?;
    tx.save().await?;
    let now = [early.clone(), last.clone(), moved.clone()];
    assert_eq!(found(storage, one, date(1971, 1, 1)).await?, now);

    let mut tx = storage.write().await?;
    tx.remove_reminders(late.reminder).await?;
    tx.save().await?;
    assert!(found(storage, two, date(1971, 1, 1)).await?.is_empty());
    let left = [early, last.clone()];
    assert_eq!(found(storage, one, date(1971, 1, 1)).await?, left);

    let mut tx = storage.write().await?;
    assert!(tx.sweep_reminders(date(1971, 5, 4)).await? >= 1);
    tx.save().await?;
    assert_eq!(found(storage, one, date(1970, 1, 1)).await?, [last]);
    Ok(())
}

/// A digest tells of what falls due by a day, once, so many at a time; what is put again keeps what
/// is said of it.
pub async fn digests(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let account = AccountId::from_bytes(sample.bytes());
    // Of a year in which no other story falls due.
    let mut row = |day| ReminderRow {
        account,
        reminder: DeadlineId::from_bytes(sample.bytes()),
        day,
        sealed: sample.bytes::<96>().to_vec(),
        told: None,
    };
    let days = [date(1981, 2, 1), date(1981, 2, 8), date(1981, 3, 9)];
    let [soon, later, far] = days.map(&mut row);
    let mut tx = storage.write().await?;
    for row in [&far, &later, &soon] {
        tx.put_reminder(row).await?;
    }
    tx.save().await?;
    let told = |row: &ReminderRow, told| ReminderRow {
        told,
        ..row.clone()
    };
    let monday = Some(date(1981, 1, 30));
    let due = date(1981, 1, 1)..=date(1981, 2, 8);
    let tell = async |day, most| {
        let mut tx = storage.write().await?;
        let told = tx.tell_reminders(day, due.clone(), most).await?;
        tx.save().await?;
        Ok::<u64, StorageError>(told)
    };
    // The earliest first.
    assert_eq!(tell(date(1981, 1, 30), 1).await?, 1);
    let now = found(storage, account, date(1981, 1, 1)).await?;
    assert_eq!(now, [told(&soon, monday), later.clone(), far.clone()]);
    // Told again on another day: what was told stays as it was.
    assert_eq!(tell(date(1981, 1, 31), 10).await?, 1);
    assert_eq!(tell(date(1981, 1, 31), 10).await?, 0);
    let tuesday = Some(date(1981, 1, 31));
    let whole = [told(&soon, monday), told(&later, tuesday), far];
    assert_eq!(found(storage, account, date(1981, 1, 1)).await?, whole);
    // Put again without it, no digest has told of it.
    let mut tx = storage.write().await?;
    tx.put_reminder(&later).await?;
    tx.save().await?;
    let named = storage
        .read()
        .await?
        .reminders_named(later.reminder)
        .await?;
    assert_eq!(named, [later]);
    Ok(())
}

/// A count grows by one, apart by organisation, month, service and kind.
pub async fn brake_counts(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let one = sample.organisation(storage).await?.organisation.id;
    let two = sample.organisation(storage).await?.organisation.id;
    let counted = BrakeCounted {
        organisation: one,
        month: date(2026, 3, 1),
        service: ServiceConcerned::Caf,
        kind: BrakeKind::SiteDown,
    };
    let april = BrakeCounted {
        month: date(2026, 4, 1),
        ..counted
    };
    let locked = BrakeCounted {
        kind: BrakeKind::AccountLocked,
        ..counted
    };
    let elsewhere = BrakeCounted {
        organisation: two,
        ..counted
    };
    let mut tx = storage.write().await?;
    for counted in [&counted, &april, &locked, &elsewhere, &counted] {
        tx.count_brake(counted).await?;
    }
    tx.save().await?;
    let row = |counted, count| BrakeCountRow { counted, count };
    let mut tx = storage.read().await?;
    let of = tx
        .brake_counts(one, date(2026, 1, 1), date(2026, 12, 1))
        .await?;
    // In order of the words of kinds.
    assert_eq!(of, [row(locked, 1), row(counted, 2), row(april, 1)]);
    let of = tx
        .brake_counts(one, date(2026, 4, 1), date(2026, 4, 1))
        .await?;
    assert_eq!(of, [row(april, 1)]);
    let of = tx
        .brake_counts(two, date(2026, 1, 1), date(2026, 12, 1))
        .await?;
    assert_eq!(of, [row(elsewhere, 1)]);
    Ok(())
}
