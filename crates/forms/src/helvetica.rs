//! The face that filled fields are written in: Helvetica, one of the fourteen that every reader of PDF
//! has, in the encoding of Windows-1252. What never lives here: pages, fields.
//!
//! Widths are those of Adobe's metrics for the fourteen faces (`Helvetica.afm`).

use unicode_normalization::UnicodeNormalization;

/// Width of each code from 32, in thousandths of the size.
const WIDTHS: [u16; 224] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
    350, 556, 350, 222, 556, 333, 1000, 556, 556, 333, 1000, 667, 333, 1000, 350, 611, 350, 350,
    222, 222, 333, 333, 350, 556, 1000, 333, 1000, 500, 333, 944, 350, 500, 667, 278, 333, 556,
    556, 556, 556, 260, 556, 333, 737, 370, 556, 584, 333, 737, 333, 400, 584, 333, 333, 333, 556,
    537, 278, 333, 333, 365, 556, 834, 834, 834, 611, 667, 667, 667, 667, 667, 667, 1000, 722, 667,
    667, 667, 667, 278, 278, 278, 278, 722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722,
    722, 667, 667, 611, 556, 556, 556, 556, 556, 556, 889, 500, 556, 556, 556, 556, 278, 278, 278,
    278, 556, 556, 556, 556, 556, 556, 556, 584, 611, 556, 556, 556, 556, 500, 556, 500,
];

/// A text in the face's encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Encoded {
    /// Its codes.
    pub(crate) codes: Vec<u8>,
    /// Whether every character is there as it was written.
    pub(crate) exact: bool,
    /// Whether every character is there, its accents apart.
    pub(crate) legible: bool,
}

/// A text in the face's encoding; what the face does not hold is written without its accent, and a
/// letter that has none of these as a question mark.
pub(crate) fn encode(text: &str) -> Encoded {
    let mut codes = Vec::with_capacity(text.len());
    let (mut exact, mut legible) = (true, true);
    for c in text.nfc() {
        if let Some(code) = code(c) {
            codes.push(code);
            continue;
        }
        exact = false;
        let mut plain = std::iter::once(c).nfkd().filter_map(code).peekable();
        if plain.peek().is_none() {
            let stand_in = stand_in(c);
            legible &= stand_in.is_some();
            codes.push(stand_in.unwrap_or(b'?'));
        }
        codes.extend(plain);
    }
    Encoded {
        codes,
        exact,
        legible,
    }
}

/// The letter that stands for one whose stroke is part of it.
fn stand_in(c: char) -> Option<u8> {
    Some(match c {
        'ł' => b'l',
        'Ł' => b'L',
        'đ' => b'd',
        'Đ' => b'D',
        'ı' => b'i',
        _ => return None,
    })
}

fn code(c: char) -> Option<u8> {
    if c.is_control() {
        return None;
    }
    let mut buffer = [0; 4];
    let (code, _, unknown) = encoding_rs::WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
    match (unknown, &*code) {
        (false, [code]) if *code >= 32 && *code != 127 => Some(*code),
        _ => None,
    }
}

/// How wide these codes are at that size, in points.
pub(crate) fn width(codes: &[u8], size: f32) -> f32 {
    let thousandths: u32 = codes
        .iter()
        .map(|c| WIDTHS.get(usize::from(c.saturating_sub(32))).copied())
        .map(|w| u32::from(w.unwrap_or(556)))
        .sum();
    #[expect(
        clippy::cast_precision_loss,
        reason = "a line of a form is far below 2^24 thousandths"
    )]
    let thousandths = thousandths as f32;
    thousandths * size / 1000.0
}

/// A line cut between words; a word longer than the line is cut where it must be.
pub(crate) fn wrap(line: &[u8], inner: f32, size: f32) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut current: Vec<u8> = Vec::new();
    for word in line.split(|c| *c == b' ') {
        let mut longer = current.clone();
        if !current.is_empty() {
            longer.push(b' ');
        }
        longer.extend_from_slice(word);
        if width(&longer, size) <= inner {
            current = longer;
            continue;
        }
        if !current.is_empty() {
            out.push(std::mem::take(&mut current));
        }
        for code in word {
            current.push(*code);
            if current.len() > 1 && width(&current, size) > inner {
                current.pop();
                out.push(std::mem::replace(&mut current, vec![*code]));
            }
        }
    }
    out.push(current);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_alphabets_are_said_to_be_approximated() {
        let check = |text: &str, codes: &[u8], exact| {
            let encoded = encode(text);
            assert_eq!(
                (encoded.codes.as_slice(), encoded.exact),
                (codes, exact),
                "{text}"
            );
            assert_eq!(encoded.legible, !codes.contains(&b'?'), "{text}");
        };
        check("Zoé Œuf", b"Zo\xe9 \x8cuf", true);
        check("Zoe\u{301}", b"Zo\xe9", true);
        check("Nguyễn", b"Nguyen", false);
        check("Łukasz", b"Lukasz", false);
        check("علي", b"???", false);
        check("a\u{7}b", b"a?b", false);
    }

    #[test]
    fn widths_are_those_of_the_face() {
        assert!((width(b"AV", 1000.0) - 1334.0).abs() < 0.01);
        assert!((width(b"\xe9", 10.0) - 5.56).abs() < 0.001);
        assert!((width(b" ", 1000.0) - 278.0).abs() < 0.01);
        assert!((width(b"\xff", 1000.0) - 500.0).abs() < 0.01);
    }
}
