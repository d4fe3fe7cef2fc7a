//! Documents of the safe: what they are, how long they are usually valid, and the types of file
//! the safe takes, recognised from their content and never from their name.

use crate::{
    id::{DocumentId, FileId},
    words::DocumentKind,
};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

/// The longest file the safe takes, in bytes.
pub const LARGEST_FILE: u64 = 100 * 1024 * 1024;

/// How many days before its end a document is said to expire soon.
pub const SOON_DAYS: i64 = 60;

/// A document as written in the record when it was put in the safe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Its identifier.
    pub id: DocumentId,
    /// The sealed file that holds it.
    pub file: FileId,
    /// The key of that file, in hexadecimal; itself sealed for the document's compartment.
    pub file_key: String,
    /// Its true length in bytes.
    pub length: u64,
    /// The BLAKE3 hash of its content, in hexadecimal.
    pub content_hash: String,
    /// What its content was recognised as.
    pub file_type: FileType,
    /// The name it was given by whoever put it there, without any path.
    pub name: String,
    /// What it says of itself.
    #[serde(flatten)]
    pub facts: DocumentFacts,
}

/// What may be mended about a document after it was put in the safe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentFacts {
    /// What it is.
    pub kind: DocumentKind,
    /// A title in the person's or the worker's words; may be empty.
    #[serde(default)]
    pub title: String,
    /// The day it was made.
    #[serde(default)]
    pub issued: Option<Date>,
    /// The last day it is valid.
    #[serde(default)]
    pub valid_until: Option<Date>,
}

/// How a document's validity stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// It says no end.
    NoEnd,
    /// Valid for more than [`SOON_DAYS`].
    Valid,
    /// It ends within [`SOON_DAYS`].
    EndsSoon,
    /// It ended.
    Ended,
}

impl DocumentFacts {
    /// How its validity stands on that day.
    #[must_use]
    pub fn validity(&self, today: Date) -> Validity {
        match self.valid_until {
            None => Validity::NoEnd,
            Some(end) if end < today => Validity::Ended,
            Some(end) if end <= today.saturating_add(SOON_DAYS.days()) => Validity::EndsSoon,
            Some(_) => Validity::Valid,
        }
    }
}

/// The end of validity usually found on that kind of document made on that day, offered as an
/// editable default; `None` where it must be read on the document, or where it has none.
///
/// Usual durations of French documents: identity card 10 years, or 15 when made from 2004 to 2013
/// for an adult; passport 10 years, 5 for a minor; tax notice until the next one, in September.
#[must_use]
pub fn usual_end(kind: DocumentKind, issued: Date, born: Option<Date>) -> Option<Date> {
    let minor = born.is_some_and(|b| b.saturating_add(18.years()) > issued);
    let span = match kind {
        DocumentKind::IdentityCard if (2004..=2013).contains(&issued.year()) && !minor => {
            15.years()
        }
        DocumentKind::Passport if minor => 5.years(),
        DocumentKind::IdentityCard | DocumentKind::Passport => 10.years(),
        DocumentKind::ResidenceReceipt
        | DocumentKind::ProofOfAddress
        | DocumentKind::HostingCertificate
        | DocumentKind::CafCertificate => 3.months(),
        DocumentKind::Domiciliation | DocumentKind::HealthCover | DocumentKind::Ame => 1.year(),
        DocumentKind::TaxNotice => {
            let september = Date::new(issued.year(), 9, 1).ok()?;
            return Some(if issued < september {
                september
            } else {
                september.saturating_add(1.year())
            });
        }
        _ => return None,
    };
    Some(issued.saturating_add(span))
}

/// The types of file the safe takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileType {
    /// PDF.
    Pdf,
    /// JPEG image.
    Jpeg,
    /// PNG image.
    Png,
    /// WebP image.
    Webp,
    /// HEIC image.
    Heic,
    /// Plain text in UTF-8 or Windows-1252.
    Text,
    /// `OpenDocument` text.
    Odt,
    /// `OpenDocument` spreadsheet.
    Ods,
    /// Word document.
    Docx,
    /// Excel workbook.
    Xlsx,
}

/// What a file was recognised as, where the safe does not take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefusedFile {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Longer than [`LARGEST_FILE`].
    #[error("the file is longer than 100 MB")]
    TooLong,
    /// A program.
    #[error("the file is a program")]
    Program,
    /// A web page or an image that can hold scripts.
    #[error("the file is a web page, which can hold scripts")]
    Markup,
    /// An archive that is not an office document.
    #[error("the file is an archive")]
    Archive,
    /// A type that the safe does not take.
    #[error("the type of the file is not one that the safe takes")]
    Unknown,
}

/// How many bytes of a file's start are enough to recognise it.
pub const RECOGNISED_FROM: usize = 64 * 1024;

impl FileType {
    /// What a file is, from its first [`RECOGNISED_FROM`] bytes (or all, if shorter).
    ///
    /// # Errors
    /// What it was recognised as, where the safe does not take it.
    pub fn recognise(start: &[u8]) -> Result<Self, RefusedFile> {
        let is = |magic: &[u8]| start.starts_with(magic);
        if start.is_empty() {
            return Err(RefusedFile::Empty);
        }
        if is(b"%PDF-") {
            return Ok(Self::Pdf);
        }
        if is(&[0xff, 0xd8, 0xff]) {
            return Ok(Self::Jpeg);
        }
        if is(b"\x89PNG\r\n\x1a\n") {
            return Ok(Self::Png);
        }
        if is(b"RIFF") && start.get(8..12) == Some(b"WEBP") {
            return Ok(Self::Webp);
        }
        if start.get(4..8) == Some(b"ftyp") {
            return match start.get(8..12) {
                Some(b"heic" | b"heix" | b"mif1" | b"msf1" | b"heim" | b"heis") => Ok(Self::Heic),
                _ => Err(RefusedFile::Unknown),
            };
        }
        if is(b"PK\x03\x04") {
            return office(start).ok_or(RefusedFile::Archive);
        }
        if is(b"\x7fELF") || is(b"MZ") || is(b"#!") || is(&[0xca, 0xfe, 0xba, 0xbe]) {
            return Err(RefusedFile::Program);
        }
        if is(&[0x1f, 0x8b]) || is(b"Rar!") || is(b"7z\xbc\xaf\x27\x1c") || is(b"PK") {
            return Err(RefusedFile::Archive);
        }
        text(start)
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Heic => "image/heic",
            Self::Text => "text/plain; charset=utf-8",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The ending its name carries.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Heic => "heic",
            Self::Text => "txt",
            Self::Odt => "odt",
            Self::Ods => "ods",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
        }
    }

    /// Whether it can be shown re-encoded as an image.
    #[must_use]
    pub const fn is_shown(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Webp)
    }

    /// Whether it can be bound with others in one PDF.
    #[must_use]
    pub const fn is_bound(self) -> bool {
        matches!(self, Self::Pdf) || self.is_shown()
    }
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

/// The office document inside a zip: ODF says its type in an uncompressed first member, OOXML by
/// the names of its members.
fn office(start: &[u8]) -> Option<FileType> {
    const ODF: &[u8] = b"mimetypeapplication/vnd.oasis.opendocument.";
    if let Some(at) = start.windows(ODF.len()).take(128).position(|w| w == ODF) {
        let rest = &start[at + ODF.len()..];
        return if rest.starts_with(b"text") {
            Some(FileType::Odt)
        } else if rest.starts_with(b"spreadsheet") {
            Some(FileType::Ods)
        } else {
            None
        };
    }
    let ooxml = contains(start, b"[Content_Types].xml") || contains(start, b"_rels/.rels");
    match () {
        () if ooxml && contains(start, b"word/") => Some(FileType::Docx),
        () if ooxml && contains(start, b"xl/") => Some(FileType::Xlsx),
        () => None,
    }
}

fn text(start: &[u8]) -> Result<FileType, RefusedFile> {
    let control = |b: &u8| *b < 0x20 && !matches!(*b, b'\t' | b'\n' | b'\r' | 0x0c);
    if start.iter().any(|b| *b == 0 || control(b)) {
        return Err(RefusedFile::Unknown);
    }
    let lower = start[..start.len().min(1024)].to_ascii_lowercase();
    let trimmed = lower.trim_ascii_start();
    let trimmed = trimmed.strip_prefix(b"\xef\xbb\xbf").unwrap_or(trimmed);
    for mark in [
        &b"<!doctype"[..],
        b"<html",
        b"<svg",
        b"<?xml",
        b"<script",
        b"<head",
        b"<body",
    ] {
        if trimmed.starts_with(mark) || contains(trimmed, b"<script") {
            return Err(RefusedFile::Markup);
        }
    }
    Ok(FileType::Text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn files_are_recognised_from_their_content() {
        let zip = |rest: &[u8]| [b"PK\x03\x04", &[0; 26][..], rest].concat();
        let check = |content: &[u8], expected| assert_eq!(FileType::recognise(content), expected);
        check(b"%PDF-1.7\n", Ok(FileType::Pdf));
        check(&[0xff, 0xd8, 0xff, 0xe0], Ok(FileType::Jpeg));
        check(b"\0\0\0\x18ftypheic", Ok(FileType::Heic));
        check(b"\0\0\0\x18ftypisom", Err(RefusedFile::Unknown));
        check(
            &zip(b"mimetypeapplication/vnd.oasis.opendocument.text"),
            Ok(FileType::Odt),
        );
        check(
            &zip(b"[Content_Types].xml word/document.xml"),
            Ok(FileType::Docx),
        );
        check(&zip(b"evil.exe"), Err(RefusedFile::Archive));
        check("Note écrite à la main".as_bytes(), Ok(FileType::Text));
        check(b"  <!DOCTYPE html><p>", Err(RefusedFile::Markup));
        check(b"hello <script>alert(1)</script>", Err(RefusedFile::Markup));
        check(b"MZ\x90\0", Err(RefusedFile::Program));
        check(b"GIF89a\x01\0", Err(RefusedFile::Unknown));
        check(b"", Err(RefusedFile::Empty));
    }

    #[test]
    fn usual_ends_follow_the_kind_the_day_and_the_age() {
        let adult = Some(date(1980, 1, 1));
        let minor = Some(date(2015, 1, 1));
        for (kind, issued, born, end) in [
            (
                DocumentKind::IdentityCard,
                date(2010, 6, 1),
                adult,
                Some(date(2025, 6, 1)),
            ),
            (
                DocumentKind::IdentityCard,
                date(2022, 6, 1),
                adult,
                Some(date(2032, 6, 1)),
            ),
            (
                DocumentKind::Passport,
                date(2022, 6, 1),
                minor,
                Some(date(2027, 6, 1)),
            ),
            (
                DocumentKind::TaxNotice,
                date(2026, 7, 1),
                adult,
                Some(date(2026, 9, 1)),
            ),
            (
                DocumentKind::TaxNotice,
                date(2026, 9, 2),
                adult,
                Some(date(2027, 9, 1)),
            ),
            (DocumentKind::BankDetails, date(2026, 9, 2), adult, None),
        ] {
            assert_eq!(usual_end(kind, issued, born), end, "{kind:?} {issued}");
        }
    }

    #[test]
    fn validity_says_what_ends_soon() {
        let facts = |end| DocumentFacts {
            kind: DocumentKind::Ame,
            title: String::new(),
            issued: None,
            valid_until: end,
        };
        let today = date(2026, 1, 1);
        assert_eq!(facts(None).validity(today), Validity::NoEnd);
        assert_eq!(
            facts(Some(date(2025, 12, 31))).validity(today),
            Validity::Ended
        );
        assert_eq!(facts(Some(today)).validity(today), Validity::EndsSoon);
        assert_eq!(
            facts(Some(date(2026, 3, 3))).validity(today),
            Validity::Valid
        );
    }
}
