//! Sharing the recovery key among keepers: Shamir's scheme over GF(256), any k of n.
//!
//! Multiplication takes the same time whatever its operands, since shares are secrets.

use crate::{
    CodeError, KemPublic, KemSecret, Key, SigningKey, VerifyingKey,
    code::{from_groups, to_groups},
};
use rand_core::CryptoRng;
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The most keepers there can be.
pub const MOST_KEEPERS: u8 = 9;

/// What one keeper holds.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct RecoverySheet {
    set: [u8; 4],
    index: u8,
    threshold: u8,
    keepers: u8,
    share: [u8; 32],
}

impl fmt::Debug for RecoverySheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecoverySheet({} of {})", self.index, self.keepers)
    }
}

/// Why sheets do not open together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SharingError {
    /// Not 1 ≤ k ≤ n ≤ 9.
    #[error("{threshold} of {keepers} is not possible: 1 of 1 to 9 of 9 are")]
    Numbers {
        /// k.
        threshold: u8,
        /// n.
        keepers: u8,
    },
    /// Too few sheets.
    #[error("{needed} sheets are needed, {given} were given")]
    TooFew {
        /// k.
        needed: u8,
        /// How many different sheets were given.
        given: u8,
    },
    /// Sheets of different installations or times.
    #[error("sheet {0} does not belong with the others")]
    Mixed(u8),
}

const SHEET: &str = "conatus 2026 recovery sheet checksum v1";

impl RecoverySheet {
    /// Its number, from 1.
    #[must_use]
    pub const fn index(&self) -> u8 {
        self.index
    }

    /// How many sheets open together.
    #[must_use]
    pub const fn threshold(&self) -> u8 {
        self.threshold
    }

    /// How many sheets there are.
    #[must_use]
    pub const fn keepers(&self) -> u8 {
        self.keepers
    }

    /// Its characters in groups.
    #[must_use]
    pub fn to_code(&self) -> String {
        let mut bytes = Zeroizing::new([0; 39]);
        bytes[..4].copy_from_slice(&self.set);
        bytes[4..7].copy_from_slice(&[self.index, self.threshold, self.keepers]);
        bytes[7..].copy_from_slice(&self.share);
        to_groups(&bytes[..], SHEET)
    }

    /// The one that was typed.
    ///
    /// # Errors
    /// [`CodeError`] saying what to look at again.
    pub fn parse(typed: &str) -> Result<Self, CodeError> {
        let bytes = from_groups::<39>(typed, SHEET)?;
        let mut sheet = Self {
            set: [0; 4],
            index: bytes[4],
            threshold: bytes[5],
            keepers: bytes[6],
            share: [0; 32],
        };
        sheet.set.copy_from_slice(&bytes[..4]);
        sheet.share.copy_from_slice(&bytes[7..]);
        let possible =
            possible(sheet.threshold, sheet.keepers) && (1..=sheet.keepers).contains(&sheet.index);
        if possible {
            Ok(sheet)
        } else {
            Err(CodeError::Checksum)
        }
    }
}

fn possible(threshold: u8, keepers: u8) -> bool {
    1 <= threshold && threshold <= keepers && keepers <= MOST_KEEPERS
}

/// Product in GF(256) modulo x⁸+x⁴+x³+x+1, without branches on its operands.
fn multiply(mut a: u8, mut b: u8) -> u8 {
    let mut product = 0;
    for _ in 0..8 {
        product ^= a & 0u8.wrapping_sub(b & 1);
        let carry = 0u8.wrapping_sub(a >> 7);
        a = (a << 1) ^ (0x1b & carry);
        b >>= 1;
    }
    product
}

/// The inverse: a²⁵⁴.
fn inverse(a: u8) -> u8 {
    let mut power = a;
    let mut result = 1;
    for _ in 1..8 {
        power = multiply(power, power);
        result = multiply(result, power);
    }
    result
}

/// Splits a key so that any `threshold` of the sheets give it back and fewer tell nothing.
///
/// # Errors
/// [`SharingError::Numbers`] where the numbers are not possible.
pub fn split(
    secret: &Key,
    threshold: u8,
    keepers: u8,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<Vec<RecoverySheet>, SharingError> {
    if !possible(threshold, keepers) {
        return Err(SharingError::Numbers { threshold, keepers });
    }
    let mut set = [0; 4];
    rng.fill_bytes(&mut set);
    let mut coefficients = Zeroizing::new(vec![[0; 32]; usize::from(threshold)]);
    coefficients[0] = *secret.as_bytes();
    for row in coefficients.iter_mut().skip(1) {
        rng.fill_bytes(row);
    }
    Ok((1..=keepers)
        .map(|index| {
            let mut share = [0; 32];
            for (at, byte) in share.iter_mut().enumerate() {
                // Horner, highest power first.
                *byte = coefficients
                    .iter()
                    .rev()
                    .fold(0, |sum, row| multiply(sum, index) ^ row[at]);
            }
            RecoverySheet {
                set,
                index,
                threshold,
                keepers,
                share,
            }
        })
        .collect())
}

/// The key that enough sheets give back.
///
/// # Errors
/// [`SharingError`] naming the sheet that does not belong, or how many more are needed.
pub fn combine(sheets: &[RecoverySheet]) -> Result<Key, SharingError> {
    let mut different: Vec<&RecoverySheet> = Vec::new();
    for sheet in sheets {
        if let Some(first) = different.first()
            && (first.set, first.threshold, first.keepers)
                != (sheet.set, sheet.threshold, sheet.keepers)
        {
            return Err(SharingError::Mixed(sheet.index));
        }
        match different.iter().find(|s| s.index == sheet.index) {
            Some(same) if same.share != sheet.share => {
                return Err(SharingError::Mixed(sheet.index));
            }
            Some(_) => {}
            None => different.push(sheet),
        }
    }
    let needed = different.first().map_or(1, |s| s.threshold);
    if different.len() < usize::from(needed) {
        let given = u8::try_from(different.len()).unwrap_or(u8::MAX);
        return Err(SharingError::TooFew { needed, given });
    }
    different.truncate(usize::from(needed));
    let mut secret = Zeroizing::new([0; 32]);
    for sheet in &different {
        // Lagrange's polynomial of this sheet at zero.
        let weight = different
            .iter()
            .filter(|o| o.index != sheet.index)
            .fold(1, |w, other| {
                multiply(w, multiply(other.index, inverse(other.index ^ sheet.index)))
            });
        for (byte, share) in secret.iter_mut().zip(&sheet.share) {
            *byte ^= multiply(weight, *share);
        }
    }
    Ok(Key::from_bytes(*secret))
}

/// What the keepers hold together.
#[derive(Debug)]
pub struct RecoveryKeys {
    /// Opens what is wrapped to the keepers.
    pub kem: KemSecret,
    /// Signs what they do together.
    pub signing: SigningKey,
}

impl RecoveryKeys {
    /// The keys of the shared seed.
    #[must_use]
    pub fn from_seed(seed: &Key) -> Self {
        let kem = seed.derive("conatus 2026 recovery key pair v1", &[]);
        let signing = seed.derive("conatus 2026 recovery signing key v1", &[]);
        Self {
            kem: KemSecret::from_seed(*kem.as_bytes()),
            signing: SigningKey::from_seed(signing.as_bytes()),
        }
    }

    /// Their public halves.
    #[must_use]
    pub fn public(&self) -> (KemPublic, VerifyingKey) {
        (self.kem.public(), self.signing.verifying())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_but_zero_has_its_inverse() {
        assert_eq!(multiply(0x57, 0x83), 0xc1);
        for a in 1..=255 {
            assert_eq!(multiply(a, inverse(a)), 1, "{a}");
        }
    }
}
