//! Organisations that one lost device would close: their names' key is held by one member, on one
//! device, and neither the root nor the keepers hold it.

use storage::{AccountState, Storage, StorageError};

/// How many organisations are held by one member on one device: what `doctor` tells before it
/// is too late.
///
/// # Errors
/// [`StorageError`] where the store fails.
pub async fn held_by_one_device(storage: &dyn Storage) -> Result<usize, StorageError> {
    let mut tx = storage.read().await?;
    let mut alone = 0;
    for organisation in tx.organisations().await? {
        let accounts = tx.accounts(organisation.id).await?;
        let mut active = accounts.iter().filter(|a| a.state == AccountState::Active);
        let (Some(only), None) = (active.next(), active.next()) else {
            continue;
        };
        if tx.devices(only.id).await?.len() < 2 {
            alone += 1;
        }
    }
    Ok(alone)
}
