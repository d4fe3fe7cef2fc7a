//! Secrets that people carry on paper or type: groups of letters and digits without look-alikes
//! (Crockford's base 32), with a checksum so that a slip is told before anything is tried.

use crate::{Key, SealError, SigningKey};
use rand_core::CryptoRng;
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Why a typed code cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Too few or too many characters.
    #[error("{found} characters instead of {expected}")]
    Length {
        /// How many were typed.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// A character that no code holds.
    #[error("a character that no code holds")]
    Character(char),
    /// All characters are possible, but one or more are wrong.
    #[error("one or more characters are wrong")]
    Checksum,
}

/// The five-bit values of a typed code; spaces and dashes do not count, case neither.
fn values(typed: &str) -> Result<Zeroizing<Vec<u8>>, CodeError> {
    let mut values = Zeroizing::new(Vec::with_capacity(64));
    for c in typed.chars() {
        let upper = match c.to_ascii_uppercase() {
            '-' | '‐' | '‑' | '–' | '.' => continue,
            c if c.is_whitespace() => continue,
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        };
        let at = ALPHABET.iter().position(|a| char::from(*a) == upper);
        let value = at
            .and_then(|p| u8::try_from(p).ok())
            .ok_or(CodeError::Character(c))?;
        values.push(value);
    }
    Ok(values)
}

/// Bytes, then a checksum of twelve bits and up, as groups of four characters.
pub(crate) fn to_groups(bytes: &[u8], context: &'static str) -> String {
    let checksum = blake3::derive_key(context, bytes);
    let mut bits = Zeroizing::new(bytes.to_vec());
    bits.extend_from_slice(&checksum[..4]);
    let characters = characters(bytes.len());
    let mut text = String::with_capacity(characters + characters / 4);
    for i in 0..characters {
        if i > 0 && i % 4 == 0 {
            text.push('-');
        }
        text.push(char::from(ALPHABET[usize::from(five_bits(&bits, i))]));
    }
    text
}

/// How many characters hold that many bytes and at least twelve bits of checksum, in whole groups.
fn characters(bytes: usize) -> usize {
    (bytes * 8 + 12).div_ceil(20) * 4
}

fn five_bits(bytes: &[u8], index: usize) -> u8 {
    let mut value = 0;
    for bit in index * 5..index * 5 + 5 {
        let byte = bytes.get(bit / 8).copied().unwrap_or(0);
        value = value << 1 | (byte >> (7 - bit % 8) & 1);
    }
    value
}

/// The bytes of a typed code whose checksum fits.
pub(crate) fn from_groups<const N: usize>(
    typed: &str,
    context: &'static str,
) -> Result<Zeroizing<[u8; N]>, CodeError> {
    let values = values(typed)?;
    let expected = characters(N);
    if values.len() != expected {
        return Err(CodeError::Length {
            found: values.len(),
            expected,
        });
    }
    let mut bytes = Zeroizing::new([0u8; N]);
    for (i, value) in values.iter().enumerate() {
        for bit in 0..5 {
            let at = i * 5 + bit;
            if at < N * 8 {
                bytes[at / 8] |= (value >> (4 - bit) & 1) << (7 - at % 8);
            }
        }
    }
    let again = Zeroizing::new(to_groups(&bytes[..], context));
    let same = again
        .bytes()
        .filter(|b| *b != b'-')
        .zip(values.iter())
        .all(|(b, v)| ALPHABET.get(usize::from(*v)) == Some(&b));
    if same {
        Ok(bytes)
    } else {
        Err(CodeError::Checksum)
    }
}

/// A secret of 128 bits that a device keeps or a card carries.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Possession([u8; 16]);

impl fmt::Debug for Possession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Possession(…)")
    }
}

const POSSESSION: &str = "conatus 2026 possession checksum v1";

impl Possession {
    /// A new one from that generator.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// Its 28 characters in seven groups.
    #[must_use]
    pub fn to_code(&self) -> String {
        to_groups(&self.0, POSSESSION)
    }

    /// The one that was typed.
    ///
    /// # Errors
    /// [`CodeError`] saying what to look at again.
    pub fn parse(typed: &str) -> Result<Self, CodeError> {
        from_groups(typed, POSSESSION).map(|bytes| Self(*bytes))
    }

    /// What the database finds it by; tells nothing of it.
    #[must_use]
    pub fn lookup(&self) -> [u8; 16] {
        let hash = blake3::derive_key("conatus 2026 possession lookup v1", &self.0);
        let mut lookup = [0; 16];
        lookup.copy_from_slice(&hash[..16]);
        lookup
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// A secret kept beside the program, outside the database.
#[derive(Debug, Clone)]
pub struct Pepper(Key);

impl Pepper {
    /// The pepper of those bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Key::from_bytes(bytes))
    }

    /// A key made of it for that context.
    #[must_use]
    pub fn derive(&self, context: &'static str) -> Key {
        self.0.derive(context, &[])
    }
}

/// A code of eight characters that a worker shows for a few minutes.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ShortCode([u8; 8]);

impl fmt::Debug for ShortCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShortCode(…)")
    }
}

impl fmt::Display for ShortCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, value) in self.0.iter().enumerate() {
            let dash = if i == 4 { "-" } else { "" };
            write!(
                f,
                "{dash}{}",
                char::from(ALPHABET[usize::from(*value & 31)])
            )?;
        }
        Ok(())
    }
}

impl ShortCode {
    /// A new one from that generator.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut bytes = [0; 8];
        rng.fill_bytes(&mut bytes);
        Self(bytes.map(|b| b & 31))
    }

    /// The one that was typed.
    ///
    /// # Errors
    /// [`CodeError`] saying what to look at again.
    pub fn parse(typed: &str) -> Result<Self, CodeError> {
        let values = values(typed)?;
        let found = values.len();
        let fixed = <[u8; 8]>::try_from(&values[..]);
        fixed
            .map(Self)
            .map_err(|_| CodeError::Length { found, expected: 8 })
    }

    /// The key that seals what it points to.
    #[must_use]
    pub fn key(&self, pepper: &Pepper) -> Key {
        pepper
            .derive("conatus 2026 short code v1")
            .derive("conatus 2026 short code key v1", &[&self.0])
    }

    /// What the database finds it by.
    #[must_use]
    pub fn lookup(&self, pepper: &Pepper) -> [u8; 16] {
        let key = pepper
            .derive("conatus 2026 short code v1")
            .derive("conatus 2026 short code lookup v1", &[&self.0]);
        let mut lookup = [0; 16];
        lookup.copy_from_slice(&key.as_bytes()[..16]);
        lookup
    }
}

/// The root's signing key, kept offline on paper or a stick.
#[derive(Debug, Clone)]
pub struct RootKey(SigningKey);

const ROOT: &str = "conatus 2026 root key checksum v1";

impl RootKey {
    /// A new one from that generator.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self(SigningKey::generate(rng))
    }

    /// Its characters in groups.
    #[must_use]
    pub fn to_code(&self) -> String {
        to_groups(self.0.as_seed(), ROOT)
    }

    /// The one that was typed.
    ///
    /// # Errors
    /// [`CodeError`] saying what to look at again.
    pub fn parse(typed: &str) -> Result<Self, CodeError> {
        from_groups::<32>(typed, ROOT).map(|seed| Self(SigningKey::from_seed(&seed)))
    }

    /// The key that signs.
    #[must_use]
    pub const fn signing(&self) -> &SigningKey {
        &self.0
    }
}

impl From<CodeError> for SealError {
    fn from(_: CodeError) -> Self {
        Self::Malformed("code")
    }
}
