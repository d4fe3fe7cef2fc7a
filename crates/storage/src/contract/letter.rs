//! Templates of letters: each organisation's own.

use super::sample::Sample;
use crate::{LetterRow, Storage, StorageError};

/// An organisation finds its own templates, as last written, until they are taken out.
pub async fn letters(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let here = sample.organisation(storage).await?.organisation.id;
    let elsewhere = sample.organisation(storage).await?.organisation.id;
    let mut row = |organisation, kind: &str| LetterRow {
        organisation,
        kind: kind.to_owned(),
        sealed: sample.bytes::<96>().to_vec(),
    };
    let (late, early) = (row(here, "mandatory"), row(here, "gracious"));
    let theirs = row(elsewhere, "mandatory");
    let again = row(here, "mandatory");
    let mut tx = storage.write().await?;
    assert!(tx.letters(here).await?.is_empty());
    for row in [&late, &early, &theirs] {
        tx.put_letter(row).await?;
    }
    assert_eq!(tx.letters(here).await?, [early.clone(), late]);
    tx.put_letter(&again).await?;
    tx.save().await?;

    let mut tx = storage.write().await?;
    assert_eq!(tx.letters(here).await?, [early.clone(), again]);
    tx.remove_letter(here, "mandatory").await?;
    assert_eq!(tx.letters(here).await?, [early]);
    assert_eq!(tx.letters(elsewhere).await?, [theirs]);
    tx.save().await
}
