//! Symmetric keys and erasure shares.

use crate::SealError;
use domain::{Compartment, id::PersonId};
use rand_core::CryptoRng;
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A secret key of 32 bytes.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Key([u8; 32]);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// A new key from that generator.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// The key of those bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key of exactly 32 bytes.
    ///
    /// # Errors
    /// [`SealError::Malformed`] for any other length.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, SealError> {
        bytes
            .try_into()
            .map(Self)
            .map_err(|_| SealError::Malformed("key"))
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Another key, made of this one for that context and those parts (each length-prefixed). The
    /// context is a constant of the program, never data.
    #[must_use]
    pub fn derive(&self, context: &'static str, parts: &[&[u8]]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(context);
        hasher.update(&self.0);
        for part in parts {
            hasher
                .update(&(part.len() as u64).to_le_bytes())
                .update(part);
        }
        Self(*hasher.finalize().as_bytes())
    }

    /// What only this key gives as that compartment's at that epoch, and from which it cannot be
    /// found again: stated and signed, it tells a key put in its place.
    #[must_use]
    pub fn commitment(&self, person: PersonId, compartment: Compartment, epoch: u32) -> [u8; 32] {
        let parts = [
            &person.as_bytes()[..],
            &[compartment.code()],
            &epoch.to_le_bytes(),
        ];
        self.derive("conatus 2026 compartment key commitment v1", &parts)
            .0
    }
}

/// A person's erasure share: without it, nothing of their content can be opened again.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ErasureShare([u8; 32]);

impl fmt::Debug for ErasureShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ErasureShare(…)")
    }
}

impl ErasureShare {
    /// A new share from that generator.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// The share of those bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The key that seals content: made of the compartment's key and the person's erasure share, so
/// that destroying either destroys both.
#[must_use]
pub fn effective_key(compartment_key: &Key, share: &ErasureShare) -> Key {
    compartment_key.derive("conatus 2026 effective compartment key v1", &[&share.0])
}
