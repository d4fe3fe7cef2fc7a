//! Wrapping keys to public keys: HPKE (RFC 9180) with X-Wing, which stands while either X25519 or
//! ML-KEM-768 stands.

use crate::{Binding, SealError};
use hpke::{
    Deserializable, Kem, OpModeR, OpModeS, Serializable, aead::ChaCha20Poly1305, kdf::KdfShake256,
    kem::XWing, single_shot_open, single_shot_seal_with_rng,
};
use rand_core::CryptoRng;
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const INFO: &[u8] = b"conatus 2026 wrap v1";
const VERSION: u8 = 1;
/// Bytes of an X-Wing public key.
const PUBLIC: usize = 1216;
/// Bytes of an X-Wing encapsulation.
const ENCAPSULATED: usize = 1120;

/// A public key to which secrets can be wrapped.
#[derive(Clone, PartialEq, Eq)]
pub struct KemPublic(Box<[u8; PUBLIC]>);

impl fmt::Debug for KemPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "KemPublic({})",
            &blake3::hash(&self.0[..]).to_hex()[..16]
        )
    }
}

impl KemPublic {
    /// The key of those bytes.
    ///
    /// # Errors
    /// [`SealError::Malformed`] where they are no X-Wing public key.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, SealError> {
        let wrong = SealError::Malformed("public key");
        let fixed: [u8; PUBLIC] = bytes.try_into().map_err(|_| wrong)?;
        <XWing as Kem>::PublicKey::from_bytes(&fixed).map_err(|_| wrong)?;
        Ok(Self(Box::new(fixed)))
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0[..]
    }
}

/// The secret half: a seed of 32 bytes.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct KemSecret([u8; 32]);

impl fmt::Debug for KemSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KemSecret(…)")
    }
}

impl KemSecret {
    /// A new key pair's secret half from that generator.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut seed = [0; 32];
        rng.fill_bytes(&mut seed);
        Self(seed)
    }

    /// The secret half of that seed.
    #[must_use]
    pub const fn from_seed(seed: [u8; 32]) -> Self {
        Self(seed)
    }

    /// Its seed.
    #[must_use]
    pub const fn as_seed(&self) -> &[u8; 32] {
        &self.0
    }

    /// Its public half.
    #[must_use]
    pub fn public(&self) -> KemPublic {
        let mut bytes = Box::new([0; PUBLIC]);
        if let Ok(secret) = <XWing as Kem>::PrivateKey::from_bytes(&self.0) {
            XWing::sk_to_pk(&secret).write_exact(&mut bytes[..]);
        }
        KemPublic(bytes)
    }
}

/// Wraps a secret to a public key, for that place.
///
/// # Errors
/// [`SealError::Malformed`] where the public key is not one.
pub fn wrap_to(
    public: &KemPublic,
    binding: &Binding,
    secret: &[u8],
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<Vec<u8>, SealError> {
    let wrong = SealError::Malformed("public key");
    let public = <XWing as Kem>::PublicKey::from_bytes(public.as_bytes()).map_err(|_| wrong)?;
    let aad = binding.to_bytes();
    let mut rng = rng;
    let (encapsulated, sealed) = single_shot_seal_with_rng::<ChaCha20Poly1305, KdfShake256, XWing>(
        &OpModeS::Base,
        &public,
        INFO,
        secret,
        &aad,
        &mut rng,
    )
    .map_err(|_| wrong)?;
    let mut out = Vec::with_capacity(1 + ENCAPSULATED + sealed.len());
    out.push(VERSION);
    out.extend_from_slice(&encapsulated.to_bytes());
    out.extend_from_slice(&sealed);
    Ok(out)
}

/// Opens what [`wrap_to`] wrapped at that place.
///
/// # Errors
/// [`SealError`] naming what does not fit: form, version, or the key, bytes and place.
pub fn unwrap(
    secret: &KemSecret,
    binding: &Binding,
    wrapped: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let wrong = SealError::Malformed("wrapped key");
    let (version, rest) = wrapped.split_first().ok_or(wrong)?;
    if *version != VERSION {
        return Err(SealError::Version);
    }
    let (encapsulated, sealed) = rest.split_at_checked(ENCAPSULATED).ok_or(wrong)?;
    let encapsulated = <XWing as Kem>::EncappedKey::from_bytes(encapsulated).map_err(|_| wrong)?;
    let secret = <XWing as Kem>::PrivateKey::from_bytes(&secret.0).map_err(|_| wrong)?;
    single_shot_open::<ChaCha20Poly1305, KdfShake256, XWing>(
        &OpModeR::Base,
        &secret,
        &encapsulated,
        INFO,
        sealed,
        &binding.to_bytes(),
    )
    .map(Zeroizing::new)
    .map_err(|_| SealError::Opening)
}
