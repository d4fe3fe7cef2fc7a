//! Leases: one holder at a time, and only the holder gives back.

use super::sample::{Sample, at};
use crate::{LeaseRow, Storage, StorageError};

async fn found(storage: &dyn Storage, job: &str) -> Result<Option<LeaseRow>, StorageError> {
    let mut tx = storage.read().await?;
    let all = tx.leases().await?;
    assert!(all.is_sorted_by(|a, b| a.job < b.job));
    Ok(all.into_iter().find(|lease| lease.job == job))
}

/// A job is taken once, given back by its holder alone, and taken from one who died when its time
/// is over.
pub async fn leases(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let job = format!("job-{}", u64::from_le_bytes(sample.bytes()));
    let (one, two): ([u8; 16], [u8; 16]) = (sample.bytes(), sample.bytes());
    assert_eq!(found(storage, &job).await?, None);
    let take = async |holder, now, until| {
        let mut tx = storage.write().await?;
        let taken = tx.take_lease(&job, holder, at(now), at(until)).await?;
        tx.save().await?;
        Ok::<bool, StorageError>(taken)
    };
    let release = async |holder, now, done| {
        let mut tx = storage.write().await?;
        tx.release_lease(&job, holder, at(now), done).await?;
        tx.save().await
    };
    let mut lease = LeaseRow {
        job: job.clone(),
        holder: one,
        until: at(10),
        last_done: None,
    };
    assert!(take(&one, 0, 10).await?);
    assert_eq!(found(storage, &job).await?.as_ref(), Some(&lease));
    assert!(!take(&two, 9, 19).await?, "held");
    assert!(take(&one, 9, 12).await?, "its own");
    lease.until = at(12);
    release(&two, 10, true).await?;
    assert_eq!(found(storage, &job).await?.as_ref(), Some(&lease));

    // Its holder died: taken when its time is over, and no longer the dead one's to give back.
    assert!(take(&two, 12, 20).await?);
    lease.holder = two;
    lease.until = at(20);
    release(&one, 13, true).await?;
    assert_eq!(found(storage, &job).await?.as_ref(), Some(&lease));
    release(&two, 14, true).await?;
    lease.until = at(14);
    lease.last_done = Some(at(14));
    assert_eq!(found(storage, &job).await?.as_ref(), Some(&lease));
    assert!(take(&one, 14, 30).await?, "given back");
    // Not done this time: when it last was still stands.
    release(&one, 15, false).await?;
    lease.holder = one;
    lease.until = at(15);
    assert_eq!(found(storage, &job).await?, Some(lease));
    Ok(())
}
