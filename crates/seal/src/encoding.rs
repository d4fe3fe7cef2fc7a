//! The one encoding of everything that is signed or bound: a magic word, a format version, a tag,
//! then fields, each prefixed by its length. One value has exactly one encoding.

use crate::SealError;

const MAGIC: &[u8; 4] = b"CNTS";
const VERSION: u8 = 1;

/// Writes fields.
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn new(tag: u8) -> Self {
        let mut bytes = Vec::with_capacity(256);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&[VERSION, tag]);
        Self(bytes)
    }

    pub(crate) fn field(mut self, bytes: &[u8]) -> Self {
        // Lengths over 4 GiB never occur: files are not encoded here.
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.0.extend_from_slice(&length.to_le_bytes());
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn u8(self, value: u8) -> Self {
        self.field(&[value])
    }

    pub(crate) fn u32(self, value: u32) -> Self {
        self.field(&value.to_le_bytes())
    }

    pub(crate) fn u64(self, value: u64) -> Self {
        self.field(&value.to_le_bytes())
    }

    pub(crate) fn time(self, value: jiff::Timestamp) -> Self {
        self.field(&value.as_second().to_le_bytes())
    }

    pub(crate) fn optional(self, value: Option<&[u8]>) -> Self {
        match value {
            Some(bytes) => self.u8(1).field(bytes),
            None => self.u8(0),
        }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Reads the same fields back, refusing anything a [`Writer`] would not have written.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    what: &'static str,
}

impl<'a> Reader<'a> {
    /// The tag and what follows it.
    pub(crate) fn new(bytes: &'a [u8], what: &'static str) -> Result<(u8, Self), SealError> {
        let rest = bytes
            .strip_prefix(MAGIC)
            .ok_or(SealError::Malformed(what))?;
        match rest {
            [VERSION, tag, rest @ ..] => Ok((*tag, Self { rest, what })),
            [_, _, ..] => Err(SealError::Version),
            _ => Err(SealError::Malformed(what)),
        }
    }

    pub(crate) fn wrong(&self) -> SealError {
        SealError::Malformed(self.what)
    }

    pub(crate) fn field(&mut self) -> Result<&'a [u8], SealError> {
        let (length, rest) = self
            .rest
            .split_first_chunk::<4>()
            .ok_or_else(|| self.wrong())?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| self.wrong())?;
        let (field, rest) = rest.split_at_checked(length).ok_or_else(|| self.wrong())?;
        self.rest = rest;
        Ok(field)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], SealError> {
        let wrong = self.wrong();
        self.field()?.try_into().map_err(|_| wrong)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, SealError> {
        Ok(self.array::<1>()?[0])
    }

    pub(crate) fn u32(&mut self) -> Result<u32, SealError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(crate) fn u64(&mut self) -> Result<u64, SealError> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    pub(crate) fn time(&mut self) -> Result<jiff::Timestamp, SealError> {
        let seconds = i64::from_le_bytes(self.array()?);
        jiff::Timestamp::from_second(seconds).map_err(|_| self.wrong())
    }

    pub(crate) fn optional(&mut self) -> Result<Option<&'a [u8]>, SealError> {
        match self.u8()? {
            0 => Ok(None),
            1 => self.field().map(Some),
            _ => Err(self.wrong()),
        }
    }

    pub(crate) fn finish(self) -> Result<(), SealError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(self.wrong())
        }
    }
}
