//! Signatures: Ed25519, each bound to the kind of thing it signs.

use crate::SealError;
use domain::id::KeyId;
use ed25519_dalek::Signer as _;
use rand_core::CryptoRng;
use std::fmt;

/// A secret signing key, wiped when dropped.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

/// The public half of a signing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifyingKey([u8; 32]);

/// A signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

impl Signature {
    /// The signature of those bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

/// What is really signed: the hash of the message under its context, so that a signature of one
/// kind of thing can never stand for another.
fn digest(context: &'static str, message: &[u8]) -> [u8; 32] {
    blake3::derive_key(context, message)
}

impl SigningKey {
    /// A new key from that generator.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut seed = zeroize::Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *seed);
        Self::from_seed(&seed)
    }

    /// The key of that seed.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// Its seed.
    #[must_use]
    pub fn as_seed(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Its public half.
    #[must_use]
    pub fn verifying(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key().to_bytes())
    }

    /// Signs a message of that kind.
    #[must_use]
    pub fn sign(&self, context: &'static str, message: &[u8]) -> Signature {
        Signature(self.0.sign(&digest(context, message)).to_bytes())
    }
}

impl VerifyingKey {
    /// The key of those bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The name it is known by.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        let hash = blake3::derive_key("conatus 2026 key identifier v1", &self.0);
        let mut id = [0; 16];
        id.copy_from_slice(&hash[..16]);
        KeyId::from_bytes(id)
    }

    /// Whether that signature of a message of that kind holds.
    ///
    /// # Errors
    /// [`SealError::Signature`] where it does not.
    pub fn verify(
        &self,
        context: &'static str,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), SealError> {
        let key =
            ed25519_dalek::VerifyingKey::from_bytes(&self.0).map_err(|_| SealError::Signature)?;
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        key.verify_strict(&digest(context, message), &signature)
            .map_err(|_| SealError::Signature)
    }
}
