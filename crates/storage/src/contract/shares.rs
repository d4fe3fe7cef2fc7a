//! Erasure shares: there once, all or none, and gone for good.

use super::sample::{Sample, refused};
use crate::{ShareStore, StorageError};
use domain::id::PersonId;

/// A share is added once, read, and destroyed; a batch with a share that is there adds nothing.
pub async fn shares(store: &dyn ShareStore, mut sample: Sample) -> Result<(), StorageError> {
    let mut given: Vec<(PersonId, [u8; 32])> = (0..3)
        .map(|_| (PersonId::from_bytes(sample.bytes()), sample.bytes()))
        .collect();
    store.add_shares(&given).await?;
    assert_eq!(store.share(given[0].0).await?, Some(given[0].1));

    let newcomer = (PersonId::from_bytes(sample.bytes()), sample.bytes());
    let other = (given[1].0, sample.bytes());
    refused(store.add_shares(&[newcomer, other]).await);
    assert_eq!(store.share(newcomer.0).await?, None, "all or none");
    assert_eq!(store.share(given[1].0).await?, Some(given[1].1));

    let mut people: Vec<_> = given.iter().map(|(person, _)| *person).collect();
    people.push(newcomer.0);
    let mut found = store.shares(&people).await?;
    found.sort_unstable();
    given.sort_unstable();
    assert_eq!(found, given);
    assert_eq!(store.shares(&[]).await?, []);

    assert!(store.destroy_share(given[0].0).await?);
    assert!(!store.destroy_share(given[0].0).await?, "gone already");
    assert_eq!(store.share(given[0].0).await?, None);
    let mut found = store.shares(&people).await?;
    found.sort_unstable();
    assert_eq!(found, given[1..]);
    Ok(())
}
