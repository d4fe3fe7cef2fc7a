//! Looking for known words in bytes, in each form in which they could hide: encodings, both forms
//! of accents, and inside what was compressed.

use std::{collections::HashMap, io::Read};
use unicode_normalization::UnicodeNormalization;

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    // Whole groups only: what stands beside the word does not change them.
    let groups = bytes.chunks_exact(3).flat_map(|c| {
        let n = u32::from(c[0]) << 16 | u32::from(c[1]) << 8 | u32::from(c[2]);
        (0..4).map(move |i| char::from(ALPHABET[(n >> (18 - 6 * i) & 63) as usize]))
    });
    groups.collect()
}

fn hex(bytes: &[u8]) -> String {
    let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap();
    let digits = bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]);
    digits.collect()
}

fn wide(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

/// Every form in which a word could stand in a file.
fn forms(word: &str) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    for text in [word.nfc().collect::<String>(), word.nfd().collect()] {
        let either = [
            text.as_bytes().to_vec(),
            wide(&text, u16::to_le_bytes),
            wide(&text, u16::to_be_bytes),
        ];
        for plain in &either {
            forms.push(plain.clone());
            forms.push(hex(plain).into_bytes());
            forms.push(hex(plain).to_uppercase().into_bytes());
            for start in 0..3 {
                let text = base64(&plain[start..]);
                forms.push(text.replace('+', "-").replace('/', "_").into_bytes());
                forms.push(text.into_bytes());
            }
        }
    }
    // Shorter pieces stand in anything by chance.
    forms.retain(|form| form.len() >= 6);
    forms.sort();
    forms.dedup();
    forms
}

/// What is looked for, by its first bytes, so that content is gone through once.
pub(crate) struct Searched(HashMap<[u8; 4], Vec<Vec<u8>>>);

fn start(form: &[u8]) -> [u8; 4] {
    let mut start = [0; 4];
    start.copy_from_slice(&form[..4]);
    start
}

/// How deep something compressed is looked into: an archive of archives.
const DEPTH: usize = 2;
/// The most that is read of one compressed stream.
const LONGEST: u64 = 4 << 20;
/// The least that something compressed gives before it is looked into.
const SHORTEST: usize = 6;

impl Searched {
    pub(crate) fn new<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        let mut all: HashMap<_, Vec<Vec<u8>>> = HashMap::new();
        for form in words.into_iter().flat_map(forms) {
            all.entry(start(&form)).or_default().push(form);
        }
        Self(all)
    }

    /// The first of the words' forms that stands in those bytes.
    fn plain<'s>(&'s self, content: &[u8]) -> Option<&'s [u8]> {
        (0..content.len().saturating_sub(3)).find_map(|at| {
            let forms = self.0.get(&start(&content[at..]))?;
            let mut forms = forms.iter().map(Vec::as_slice);
            forms.find(|form| content[at..].starts_with(form))
        })
    }

    /// What stands in those bytes, or in what they hold compressed: told for whoever mends it.
    pub(crate) fn found(&self, content: &[u8]) -> Option<String> {
        self.found_within(content, DEPTH)
    }

    fn found_within(&self, content: &[u8], depth: usize) -> Option<String> {
        if let Some(form) = self.plain(content) {
            return Some(line_of(content, form));
        }
        if depth == 0 {
            return None;
        }
        // One for all places: making it costs more than trying.
        let mut inflater = flate2::Decompress::new(false);
        (0..content.len()).find_map(|at| {
            let opened = opened(&content[at..], &mut inflater)?;
            let found = self.found_within(&opened, depth - 1)?;
            Some(format!("compressed at {at}: {found}"))
        })
    }
}

/// What a stream compressed there gives, whole or as far as it goes.
fn opened(content: &[u8], inflater: &mut flate2::Decompress) -> Option<Vec<u8>> {
    let whole: Vec<u8> = match content {
        [0x1f, 0x8b, 8, ..] => read(flate2::bufread::GzDecoder::new(content)),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            read(ruzstd::decoding::StreamingDecoder::new(content).ok()?)
        }
        [0x78, second, ..] if (0x7800 | u16::from(*second)) % 31 == 0 => {
            read(flate2::bufread::ZlibDecoder::new(content))
        }
        _ => deflated(content, inflater),
    };
    (whole.len() >= SHORTEST).then_some(whole)
}

/// What can be read before the end or the first fault.
fn read(source: impl Read) -> Vec<u8> {
    let mut all = Vec::new();
    let _ = source.take(LONGEST).read_to_end(&mut all);
    all
}

/// Deflated bytes have no mark of their own: they are tried wherever they could begin.
fn deflated(content: &[u8], tried: &mut flate2::Decompress) -> Vec<u8> {
    if !Bits(content, 0).begin_deflated().unwrap_or(false) {
        return Vec::new();
    }
    let mut first = [0; 512];
    tried.reset(false);
    let given = tried.decompress(content, &mut first, flate2::FlushDecompress::None);
    let length = usize::try_from(tried.total_out()).unwrap();
    match given {
        Ok(_) if length == first.len() => read(flate2::bufread::DeflateDecoder::new(content)),
        _ => first[..length].to_vec(),
    }
}

/// Bits as deflate packs them, and the next one's place.
struct Bits<'c>(&'c [u8], usize);

impl Bits<'_> {
    fn bit(&mut self) -> Option<u32> {
        let byte = self.0.get(self.1 / 8)?;
        let bit = byte >> (self.1 % 8) & 1;
        self.1 += 1;
        Some(u32::from(bit))
    }

    fn number(&mut self, length: u32) -> Option<u32> {
        (0..length).try_fold(0, |number, at| Some(number | self.bit()? << at))
    }

    fn code(&mut self, length: u32) -> Option<u32> {
        (0..length).try_fold(0, |code, _| Some(code << 1 | self.bit()?))
    }

    /// Whether the first block's kind and tables make sense (RFC 1951, 3.2): nearly all noise does
    /// not, and trying it whole costs much more. A stored block stands as it is: it was searched.
    fn begin_deflated(&mut self) -> Option<bool> {
        self.bit()?;
        match self.number(2)? {
            1 => self.begins_with_letters(),
            2 => self.begins_with_tables(),
            _ => Some(false),
        }
    }

    /// Fixed codes: words begin with letters, not with copies of what did not come yet.
    fn begins_with_letters(&mut self) -> Option<bool> {
        for _ in 0..4 {
            match self.code(7)? {
                0b000_0000..=0b001_0111 | 0b110_0000..=0b110_0011 => return Some(false),
                0b110_0100.. => self.code(2)?,
                _ => self.code(1)?,
            };
        }
        Some(true)
    }

    /// Codes of its own: their lengths' code leaves nothing over.
    fn begins_with_tables(&mut self) -> Option<bool> {
        let (lengths, distances) = (self.number(5)?, self.number(5)?);
        let count = self.number(4)? + 4;
        let mut filled = 0;
        for _ in 0..count {
            let length = self.number(3)?;
            filled += if length == 0 { 0 } else { 128 >> length };
        }
        Some(lengths <= 29 && distances <= 29 && filled == 128)
    }
}

/// The line of a log that tells, for whoever mends it.
fn line_of(content: &[u8], form: &[u8]) -> String {
    let line = content
        .split(|b| *b == b'\n')
        .find(|line| line.windows(form.len()).any(|w| w == form))
        .unwrap_or(form);
    String::from_utf8_lossy(&line[..line.len().min(400)]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{
        Compression,
        write::{DeflateEncoder, GzEncoder, ZlibEncoder},
    };
    use std::io::Write;

    const WORD: &str = "Étéquetzalcôtoise";

    fn around(hidden: &[u8]) -> Vec<u8> {
        // What stands beside must not matter.
        let noise = |seed: u32| {
            let mut state = seed;
            (0..300).map(move |_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state.to_be_bytes()[0]
            })
        };
        noise(7).chain(hidden.to_vec()).chain(noise(11)).collect()
    }

    fn gzipped(bytes: &[u8]) -> Vec<u8> {
        let mut writer = GzEncoder::new(Vec::new(), Compression::best());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    fn zlibbed(bytes: &[u8]) -> Vec<u8> {
        let mut writer = ZlibEncoder::new(Vec::new(), Compression::fast());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut writer = DeflateEncoder::new(Vec::new(), Compression::default());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        let level = ruzstd::encoding::CompressionLevel::Fastest;
        ruzstd::encoding::compress_to_vec(bytes, level)
    }

    #[test]
    fn the_search_finds_what_hides() {
        let searched = Searched::new([WORD]);
        let (nfc, nfd): (String, String) = (WORD.nfc().collect(), WORD.nfd().collect());
        assert_ne!(nfc, nfd);
        let mut hidden = Vec::new();
        for text in [&nfc, &nfd] {
            let said = format!("on dit {text} ici, et {text} là, souvent");
            let utf8 = said.as_bytes().to_vec();
            for plain in [
                utf8.clone(),
                wide(&said, u16::to_le_bytes),
                wide(&said, u16::to_be_bytes),
            ] {
                hidden.push(hex(&plain).into_bytes());
                hidden.push(hex(&plain).to_uppercase().into_bytes());
                for shift in 0..3 {
                    let shifted = [&b"ab"[..shift.min(2)], &plain, b"...."].concat();
                    hidden.push(base64(&shifted).into_bytes());
                }
                for squeezed in [
                    deflated(&plain.repeat(40)),
                    gzipped(&plain),
                    zlibbed(&plain),
                    deflated(&plain),
                    zstd(&plain),
                    gzipped(&zstd(&plain)),
                    zlibbed(hex(&plain).as_bytes()),
                ] {
                    hidden.push(squeezed);
                }
                hidden.push(plain);
            }
            // A stream that was cut gives what it can.
            let cut = gzipped(said.repeat(50).as_bytes());
            hidden.push(cut[..cut.len() - 12].to_vec());
        }
        for (number, bytes) in hidden.iter().enumerate() {
            assert!(searched.found(&around(bytes)).is_some(), "{number}");
        }
        // Compressed, it stands nowhere as it is: the streams are what finds it.
        let squeezed = gzipped(nfc.repeat(20).as_bytes());
        assert!(searched.plain(&squeezed).is_none());
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        let searched = Searched::new([WORD]);
        let other = "on ne dit rien de cela, ou presque : Étéquetzal".repeat(9);
        for bytes in [
            other.as_bytes().to_vec(),
            gzipped(other.as_bytes()),
            zstd(other.as_bytes()),
        ] {
            assert_eq!(searched.found(&around(&bytes)), None);
        }
    }
}
