//! Sealing values: XChaCha20-Poly1305 with a random nonce, a commitment to the key that is checked
//! before opening, and lengths padded so that sizes say little.

use crate::{Binding, Key, SealError};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use rand_core::CryptoRng;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const SUITE: u8 = 1;
const NONCE: usize = 24;
const COMMITMENT: usize = 32;
const HEADER: usize = 2 + NONCE + COMMITMENT;

/// The encryption key and the commitment of one sealing.
pub(crate) fn committed(key: &Key, nonce: &[u8]) -> (Key, [u8; COMMITMENT]) {
    let encryption = key.derive("conatus 2026 aead encryption key v1", &[nonce]);
    let commitment = key.derive("conatus 2026 aead key commitment v1", &[nonce]);
    (encryption, *commitment.as_bytes())
}

/// The padded length of that many bytes (Padmé): at most 12 % more, and only O(log log n) bits told.
/// Never less than the length: where the padding would not fit in 64 bits, the most they hold.
#[must_use]
pub const fn padme(length: u64) -> u64 {
    if length < 2 {
        return length;
    }
    let exponent = length.ilog2();
    let significant = exponent.ilog2() + 1;
    let mask = (1u64 << (exponent - significant)) - 1;
    match length.checked_add(mask) {
        Some(over) => over & !mask,
        None => u64::MAX,
    }
}

/// Seals a value of any length, padded.
///
/// # Errors
/// [`SealError::TooLong`] over 4 GiB.
pub fn seal(
    key: &Key,
    binding: &Binding,
    plaintext: &[u8],
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<Vec<u8>, SealError> {
    let length = u32::try_from(plaintext.len()).map_err(|_| SealError::TooLong)?;
    let whole = usize::try_from(padme(u64::from(length) + 4)).map_err(|_| SealError::TooLong)?;
    let mut padded = Zeroizing::new(vec![0; whole]);
    padded[..4].copy_from_slice(&length.to_le_bytes());
    padded[4..4 + plaintext.len()].copy_from_slice(plaintext);
    seal_exact(key, binding, &padded, rng)
}

/// Seals a value whose length is public, such as a key, without padding.
///
/// # Errors
/// [`SealError::TooLong`] where the cipher cannot hold it.
pub fn seal_exact(
    key: &Key,
    binding: &Binding,
    plaintext: &[u8],
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<Vec<u8>, SealError> {
    let mut nonce = [0; NONCE];
    rng.fill_bytes(&mut nonce);
    let (encryption, commitment) = committed(key, &nonce);
    let aad = binding.to_bytes();
    let sealed = XChaCha20Poly1305::new(encryption.as_bytes().into())
        .encrypt(
            &XNonce::from(nonce),
            Payload {
                msg: plaintext,
                aad: &aad,
            },
        )
        .map_err(|_| SealError::TooLong)?;
    let mut out = Vec::with_capacity(HEADER + sealed.len());
    out.extend_from_slice(&[VERSION, SUITE]);
    out.extend_from_slice(&nonce);
    out.extend_from_slice(&commitment);
    out.extend_from_slice(&sealed);
    Ok(out)
}

/// Opens what [`seal`] sealed at that place.
///
/// # Errors
/// [`SealError`] naming what does not fit: form, version, key, or the bytes and their place.
pub fn open(key: &Key, binding: &Binding, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let mut padded = open_exact(key, binding, sealed)?;
    let wrong = SealError::Malformed("padding");
    let length = u32::from_le_bytes(*padded.first_chunk::<4>().ok_or(wrong)?);
    let end = usize::try_from(length)
        .ok()
        .and_then(|l| l.checked_add(4))
        .ok_or(wrong)?;
    let rest = padded.get(end..).ok_or(wrong)?;
    if rest.iter().any(|b| *b != 0) {
        return Err(wrong);
    }
    padded.truncate(end);
    padded.drain(..4);
    Ok(padded)
}

/// Opens what [`seal_exact`] sealed at that place.
pub(crate) fn open_exact(
    key: &Key,
    binding: &Binding,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (header, ciphertext) = sealed
        .split_at_checked(HEADER)
        .ok_or(SealError::Malformed("sealed value"))?;
    if header[..2] != [VERSION, SUITE] {
        return Err(SealError::Version);
    }
    let nonce: [u8; NONCE] = header[2..2 + NONCE]
        .try_into()
        .map_err(|_| SealError::Malformed("nonce"))?;
    let (encryption, commitment) = committed(key, &nonce);
    if !bool::from(commitment.ct_eq(&header[2 + NONCE..])) {
        return Err(SealError::Commitment);
    }
    let aad = binding.to_bytes();
    XChaCha20Poly1305::new(encryption.as_bytes().into())
        .decrypt(
            &XNonce::from(nonce),
            Payload {
                msg: ciphertext,
                aad: &aad,
            },
        )
        .map(Zeroizing::new)
        .map_err(|_| SealError::Opening)
}
