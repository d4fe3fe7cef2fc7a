//! The keys of an account and how they are sealed: a possession, something known, and a secret kept
//! outside the database must come together.

use crate::{
    Binding, ContentType, KemPublic, KemSecret, Key, Pepper, Possession, SealError, SigningKey,
    VerifyingKey,
    aead::{open_exact, seal_exact},
};
use domain::id::{AccountId, DeviceId, KeyId};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// The secret keys of an account.
#[derive(Debug, Clone)]
pub struct AccountKeys {
    /// Opens what is wrapped to the account.
    pub kem: KemSecret,
    /// Signs what the account states and writes.
    pub signing: SigningKey,
}

/// The public keys of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountPublic {
    /// What can be wrapped to.
    pub kem: KemPublic,
    /// What verifies its signatures.
    pub verifying: VerifyingKey,
}

impl AccountKeys {
    /// New keys from that generator.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self {
            kem: KemSecret::generate(rng),
            signing: SigningKey::generate(rng),
        }
    }

    /// Their public halves.
    #[must_use]
    pub fn public(&self) -> AccountPublic {
        AccountPublic {
            kem: self.kem.public(),
            verifying: self.signing.verifying(),
        }
    }

    /// Both seeds, 64 bytes.
    #[must_use]
    pub fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(64));
        bytes.extend_from_slice(self.kem.as_seed());
        bytes.extend_from_slice(self.signing.as_seed());
        bytes
    }

    /// The keys of those 64 bytes.
    ///
    /// # Errors
    /// [`SealError::Malformed`] for any other length.
    pub fn from_secret_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        let wrong = SealError::Malformed("account keys");
        let (kem, signing) = bytes.split_first_chunk::<32>().ok_or(wrong)?;
        let signing: &[u8; 32] = signing.try_into().map_err(|_| wrong)?;
        Ok(Self {
            kem: KemSecret::from_seed(*kem),
            signing: SigningKey::from_seed(signing),
        })
    }
}

impl AccountPublic {
    /// The name its signing key is known by.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.verifying.key_id()
    }

    /// Both keys: 32 bytes, then 1,216.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [&self.verifying.as_bytes()[..], self.kem.as_bytes()].concat()
    }

    /// The keys of those bytes.
    ///
    /// # Errors
    /// [`SealError::Malformed`] where they are not two public keys.
    pub fn parse(bytes: &[u8]) -> Result<Self, SealError> {
        let (verifying, kem) = bytes
            .split_first_chunk::<32>()
            .ok_or(SealError::Malformed("public keys"))?;
        Ok(Self {
            verifying: VerifyingKey::from_bytes(*verifying),
            kem: KemPublic::from_slice(kem)?,
        })
    }
}

/// The key that unlocks an account: all three must be there.
#[must_use]
pub fn unlock_key(possession: &Possession, stretched: &Key, pepper: &Pepper) -> Key {
    let pepper = pepper.derive("conatus 2026 unlock pepper v1");
    pepper.derive(
        "conatus 2026 unlock key v1",
        &[possession.as_bytes(), stretched.as_bytes()],
    )
}

fn binding(account: AccountId, device: DeviceId) -> Binding {
    Binding::new(ContentType::Account)
        .person_bytes(*account.as_bytes())
        .object(device.as_bytes())
}

/// Seals an account's keys for one device or card.
///
/// # Errors
/// None in practice: the length is fixed.
pub fn seal_account(
    unlock: &Key,
    account: AccountId,
    device: DeviceId,
    keys: &AccountKeys,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<Vec<u8>, SealError> {
    seal_exact(
        unlock,
        &binding(account, device),
        &keys.to_secret_bytes(),
        rng,
    )
}

/// Opens an account's keys on one device or card.
///
/// # Errors
/// [`SealError::Commitment`] for a wrong passphrase, PIN, device or pepper.
pub fn open_account(
    unlock: &Key,
    account: AccountId,
    device: DeviceId,
    sealed: &[u8],
) -> Result<AccountKeys, SealError> {
    AccountKeys::from_secret_bytes(&open_exact(unlock, &binding(account, device), sealed)?)
}
