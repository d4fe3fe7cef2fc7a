//! Sealing files: STREAM over XChaCha20-Poly1305 in chunks of 64 KiB with a final flag, so that a
//! file is never held whole, and a cut, swapped or repeated chunk is refused. The last chunk is bound
//! to the true length, which padding hides: under another length of the same class it does not open.

use crate::{
    Binding, Key, SealError,
    aead::{committed, padme},
};
use aead_stream::{DecryptorBE32, EncryptorBE32};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, aead::Payload};
use rand_core::CryptoRng;
use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// Bytes of plaintext in a chunk.
pub const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;
const VERSION: u8 = 1;
const SUITE: u8 = 1;
const PREFIX: usize = 19;
const COMMITMENT: usize = 32;
const HEADER: usize = 2 + PREFIX + COMMITMENT;

/// The sealed length of a file of that true length, or the most that 64 bits hold.
#[must_use]
pub const fn sealed_length(true_length: u64) -> u64 {
    let padded = padme(true_length);
    let chunks = if padded == 0 {
        1
    } else {
        padded.div_ceil(CHUNK as u64)
    };
    (HEADER as u64 + chunks * TAG as u64).saturating_add(padded)
}

/// What the last chunk is bound to: the place, then the true length.
fn last_aad(place: &[u8], true_length: u64) -> Vec<u8> {
    [place, &true_length.to_le_bytes()].concat()
}

/// Seals a file as it comes.
pub struct FileSealer {
    encryptor: EncryptorBE32<XChaCha20Poly1305>,
    header: Vec<u8>,
    aad: Vec<u8>,
    buffer: Zeroizing<Vec<u8>>,
    length: u64,
}

impl fmt::Debug for FileSealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileSealer")
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

impl FileSealer {
    /// A sealer for that place.
    pub fn new(key: &Key, binding: &Binding, rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut prefix = [0; PREFIX];
        rng.fill_bytes(&mut prefix);
        let (encryption, commitment) = committed(key, &prefix);
        let mut header = vec![VERSION, SUITE];
        header.extend_from_slice(&prefix);
        header.extend_from_slice(&commitment);
        let cipher = XChaCha20Poly1305::new(encryption.as_bytes().into());
        Self {
            encryptor: EncryptorBE32::from_aead(cipher, &prefix.into()),
            header,
            aad: binding.to_bytes(),
            buffer: Zeroizing::new(Vec::with_capacity(CHUNK)),
            length: 0,
        }
    }

    /// What goes before the first chunk.
    #[must_use]
    pub fn header(&self) -> Vec<u8> {
        self.header.clone()
    }

    /// Takes some of the file; appends whole sealed chunks to `out`.
    ///
    /// # Errors
    /// [`SealError::TooLong`] past 256 TiB.
    pub fn push(&mut self, data: &[u8], out: &mut Vec<u8>) -> Result<(), SealError> {
        self.length += data.len() as u64;
        self.take(data, out)
    }

    fn take(&mut self, mut data: &[u8], out: &mut Vec<u8>) -> Result<(), SealError> {
        while !data.is_empty() {
            // The last chunk is sealed as last: a full one waits until more comes.
            if self.buffer.len() == CHUNK {
                let payload = Payload {
                    msg: &self.buffer,
                    aad: &self.aad,
                };
                let sealed = self
                    .encryptor
                    .encrypt_next(payload)
                    .map_err(|_| SealError::TooLong)?;
                out.extend_from_slice(&sealed);
                self.buffer.zeroize();
                self.buffer.reserve(CHUNK);
            }
            let (now, later) = data.split_at(data.len().min(CHUNK - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            data = later;
        }
        Ok(())
    }

    /// Pads and seals what is left; gives the true length.
    ///
    /// # Errors
    /// [`SealError::TooLong`] past 256 TiB.
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<u64, SealError> {
        let mut padding = padme(self.length) - self.length;
        let zeros = [0; 4096];
        while padding > 0 {
            let now = padding.min(zeros.len() as u64);
            self.take(&zeros[..usize::try_from(now).unwrap_or(zeros.len())], out)?;
            padding -= now;
        }
        let payload = Payload {
            msg: &self.buffer,
            aad: &last_aad(&self.aad, self.length),
        };
        let sealed = self
            .encryptor
            .encrypt_last(payload)
            .map_err(|_| SealError::TooLong)?;
        out.extend_from_slice(&sealed);
        Ok(self.length)
    }
}

/// Opens a file as it comes; gives only bytes whose chunk was authenticated.
pub struct FileOpener {
    key: Key,
    aad: Vec<u8>,
    decryptor: Option<DecryptorBE32<XChaCha20Poly1305>>,
    buffer: Vec<u8>,
    true_length: u64,
    left: u64,
    padding: u64,
}

impl fmt::Debug for FileOpener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileOpener")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

impl FileOpener {
    /// An opener for that place and true length, as the signed entry says them.
    #[must_use]
    pub fn new(key: &Key, binding: &Binding, true_length: u64) -> Self {
        Self {
            key: key.clone(),
            aad: binding.to_bytes(),
            decryptor: None,
            buffer: Vec::with_capacity(CHUNK + TAG),
            true_length,
            left: true_length,
            padding: padme(true_length) - true_length,
        }
    }

    /// Takes some of the sealed file; appends opened bytes to `out`.
    ///
    /// # Errors
    /// [`SealError`] at the first chunk that does not fit; nothing of it is given.
    pub fn push(&mut self, mut sealed: &[u8], out: &mut Vec<u8>) -> Result<(), SealError> {
        while !sealed.is_empty() {
            let full = if self.decryptor.is_some() {
                CHUNK + TAG
            } else {
                HEADER
            };
            if self.buffer.len() == full {
                self.step(out)?;
                continue;
            }
            let (now, later) = sealed.split_at(sealed.len().min(full - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            sealed = later;
        }
        Ok(())
    }

    fn step(&mut self, out: &mut Vec<u8>) -> Result<(), SealError> {
        if let Some(decryptor) = &mut self.decryptor {
            let payload = Payload {
                msg: &self.buffer,
                aad: &self.aad,
            };
            let opened = decryptor
                .decrypt_next(payload)
                .map_err(|_| SealError::Opening)?;
            self.buffer.clear();
            return self.give(&Zeroizing::new(opened), out);
        }
        self.decryptor = Some(self.start()?);
        self.buffer.clear();
        Ok(())
    }

    fn start(&self) -> Result<DecryptorBE32<XChaCha20Poly1305>, SealError> {
        let wrong = SealError::Malformed("sealed file");
        let (head, commitment) = self.buffer.split_at_checked(2 + PREFIX).ok_or(wrong)?;
        if head[..2] != [VERSION, SUITE] {
            return Err(SealError::Version);
        }
        let prefix: [u8; PREFIX] = head[2..].try_into().map_err(|_| wrong)?;
        let (encryption, expected) = committed(&self.key, &prefix);
        if !bool::from(expected.ct_eq(commitment)) {
            return Err(SealError::Commitment);
        }
        let cipher = XChaCha20Poly1305::new(encryption.as_bytes().into());
        Ok(DecryptorBE32::from_aead(cipher, &prefix.into()))
    }

    fn give(&mut self, opened: &[u8], out: &mut Vec<u8>) -> Result<(), SealError> {
        let wanted = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(opened.len());
        let (content, padding) = opened.split_at(wanted);
        if padding.len() as u64 > self.padding || padding.iter().any(|b| *b != 0) {
            return Err(SealError::Malformed("padding"));
        }
        out.extend_from_slice(content);
        self.left -= content.len() as u64;
        self.padding -= padding.len() as u64;
        Ok(())
    }

    /// Opens the last chunk; the whole file must have come.
    ///
    /// # Errors
    /// [`SealError`] where it was cut, changed, or is not of the signed length.
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<(), SealError> {
        if self.decryptor.is_none() && self.buffer.len() == HEADER {
            self.step(out)?;
        }
        let decryptor = self
            .decryptor
            .take()
            .ok_or(SealError::Malformed("sealed file"))?;
        let payload = Payload {
            msg: &self.buffer,
            aad: &last_aad(&self.aad, self.true_length),
        };
        let opened = decryptor
            .decrypt_last(payload)
            .map_err(|_| SealError::Opening)?;
        self.give(&Zeroizing::new(opened), out)?;
        if self.left == 0 && self.padding == 0 {
            Ok(())
        } else {
            Err(SealError::Opening)
        }
    }
}
