//! The files of an archive, one at a time, within limits. Nothing is written anywhere from here, and
//! no name of an entry is ever used as a path.

use super::{
    ImportError, Progress,
    element::{Element, Refused},
    json, xml,
};
use flate2::read::GzDecoder;
use std::io::{self, Read, Seek, SeekFrom};
use zip::ZipArchive;

/// What is read of an archive at most.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of the archive itself.
    pub archive: u64,
    /// Files in it.
    pub entries: usize,
    /// Bytes of one file, once inflated.
    pub entry: u64,
    /// Bytes of all of it, once inflated.
    pub inflated: u64,
}

impl Default for Limits {
    /// The October 2020 edition is 14 MB (zip) or 26 MB (tgz, three audiences), 4,873 or 7,593
    /// files, 61 or 411 MB once inflated, its largest page 0.4 or 2.6 MB.
    fn default() -> Self {
        Self {
            archive: 256 << 20,
            entries: 40_000,
            entry: 8 << 20,
            inflated: 1 << 30,
        }
    }
}

impl Limits {
    /// How much an archive of that many bytes may inflate to: text of this kind inflates four times
    /// (zip) to sixteen times (tgz), a bomb a thousand.
    fn inflated(&self, archive: u64) -> u64 {
        self.inflated.min((archive * 40).max(16 << 20))
    }
}

/// An archive, by how it begins.
#[derive(Debug)]
pub(super) enum Archive<R> {
    Zip(R, u64),
    Tgz(R, u64),
}

/// One of its files.
#[derive(Debug)]
pub(super) enum Entry<'a> {
    Page {
        name: &'a str,
        read: Result<Element, Refused>,
    },
    Redirections {
        name: &'a str,
        read: Result<Element, Refused>,
    },
    Other,
}

/// What takes each file in.
pub(super) type Take<'a> = dyn FnMut(Entry<'_>, Progress) -> Result<(), ImportError> + 'a;

impl<R: Read + Seek> Archive<R> {
    pub(super) fn of(mut file: R) -> Result<Self, ImportError> {
        let size = file.seek(SeekFrom::End(0))?;
        file.rewind()?;
        let mut first = [0; 2];
        if file.read_exact(&mut first).is_err() {
            return Err(ImportError::Form);
        }
        file.rewind()?;
        match &first {
            b"PK" => Ok(Self::Zip(file, size)),
            [0x1f, 0x8b] => Ok(Self::Tgz(file, size)),
            _ => Err(ImportError::Form),
        }
    }
}

/// Gives each file of the archive in turn.
pub(super) fn each<R: Read + Seek>(
    archive: Archive<R>,
    limits: &Limits,
    take: &mut Take<'_>,
) -> Result<(), ImportError> {
    let (Archive::Zip(_, size) | Archive::Tgz(_, size)) = archive;
    if size > limits.archive {
        return Err(refuse("it is larger than 256 MB"));
    }
    match archive {
        Archive::Zip(file, size) => each_of_zip(file, size, limits, take),
        Archive::Tgz(file, size) => each_of_tgz(file, size, limits, take),
    }
}

fn refuse(why: &str) -> ImportError {
    ImportError::Archive(why.to_owned())
}

fn each_of_zip<R: Read + Seek>(
    mut file: R,
    size: u64,
    limits: &Limits,
    take: &mut Take<'_>,
) -> Result<(), ImportError> {
    let all = counted(&mut file, size)?;
    if all > limits.entries {
        return Err(refuse("it holds too many files"));
    }
    let mut archive = ZipArchive::new(file).map_err(|e| refuse(&e.to_string()))?;
    if archive.len() > all {
        return Err(refuse("it holds more files than it says"));
    }
    let mut left = limits.inflated(size);
    for index in 0..archive.len() {
        let progress = Progress { done: index, all };
        let mut entry = match archive.by_index(index) {
            Ok(entry) => entry,
            Err(error) => {
                let read = Err(Refused::Syntax(error.to_string()));
                let name = format!("file {}", index + 1);
                take(Entry::Page { name: &name, read }, progress)?;
                continue;
            }
        };
        let name = entry
            .name()
            .map_or_else(|_| String::new(), std::borrow::Cow::into_owned);
        let Some(what) = What::of(&name) else {
            take(Entry::Other, progress)?;
            continue;
        };
        let bytes = bounded(&mut entry, limits.entry, &mut left)?;
        give(&name, what, bytes, progress, take)?;
    }
    Ok(())
}

fn each_of_tgz<R: Read>(
    file: R,
    size: u64,
    limits: &Limits,
    take: &mut Take<'_>,
) -> Result<(), ImportError> {
    let inflated = limits.inflated(size);
    let stream = GzDecoder::new(file).take(inflated);
    let mut archive = tar::Archive::new(stream);
    // Paths of more than a header come as entries of their own, which the library holds whole: raw
    // entries are given as they are, and none of these names a page.
    let entries = archive.entries().map_err(|e| refuse(&e.to_string()))?;
    for (index, entry) in entries.raw(true).enumerate() {
        if index >= limits.entries {
            return Err(refuse("it holds too many files"));
        }
        let progress = Progress {
            done: index,
            all: 0,
        };
        let mut entry = entry.map_err(|e| refuse(&e.to_string()))?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        // The package holds the pages for companies and for associations beside these.
        let ours = !name.contains("/data/") || name.contains("/particuliers/");
        let Some(what) = What::of(&name).filter(|_| ours && entry.header().entry_type().is_file())
        else {
            take(Entry::Other, progress)?;
            continue;
        };
        // What inflates is limited as one stream already.
        let mut unlimited = u64::MAX;
        let bytes = bounded(&mut entry, limits.entry, &mut unlimited)?;
        give(&name, what, bytes, progress, take)?;
    }
    if archive.into_inner().limit() == 0 {
        return Err(refuse("it inflates to more than such an archive does"));
    }
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    XmlPage,
    JsonPage,
    Redirections,
}

impl What {
    /// What a file holds, by its name: pages are called by their identifier.
    fn of(name: &str) -> Option<Self> {
        let last = name.rsplit(['/', '\\']).next()?;
        if last == "redirections.xml" {
            return Some(Self::Redirections);
        }
        let (stem, extension) = last.rsplit_once('.')?;
        let figures = stem.strip_prefix(['F', 'N', 'R'])?;
        if figures.is_empty() || !figures.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        match extension {
            "xml" => Some(Self::XmlPage),
            "json" => Some(Self::JsonPage),
            _ => None,
        }
    }
}

/// A file's bytes, or why it is not read. An archive that inflates beyond its limit is given up.
fn bounded(
    entry: &mut dyn Read,
    most: u64,
    left: &mut u64,
) -> Result<Result<Vec<u8>, Refused>, ImportError> {
    let mut bytes = Vec::new();
    let read = entry.take((most + 1).min(*left)).read_to_end(&mut bytes);
    let length = bytes.len() as u64;
    *left = left.saturating_sub(length);
    if *left == 0 {
        return Err(refuse("it inflates to more than such an archive does"));
    }
    Ok(match read {
        Err(error) if error.kind() == io::ErrorKind::OutOfMemory => return Err(error.into()),
        Err(error) => Err(Refused::Syntax(error.to_string())),
        Ok(_) if length > most => Err(Refused::Length),
        Ok(_) => Ok(bytes),
    })
}

fn give(
    name: &str,
    what: What,
    bytes: Result<Vec<u8>, Refused>,
    progress: Progress,
    take: &mut Take<'_>,
) -> Result<(), ImportError> {
    let read = bytes.and_then(|bytes| match what {
        What::JsonPage => json::read(&bytes),
        What::XmlPage | What::Redirections => xml::read(&bytes),
    });
    let entry = match what {
        What::Redirections => Entry::Redirections { name, read },
        What::XmlPage | What::JsonPage => Entry::Page { name, read },
    };
    take(entry, progress)
}

/// How many files a zip says it holds, read where it ends, before anything is made for each: the
/// library makes a record of every one first. A zip of the larger form, which may say millions, is
/// refused: pages are a few thousand.
fn counted<R: Read + Seek>(file: &mut R, size: u64) -> Result<usize, ImportError> {
    const END: &[u8] = b"PK\x05\x06";
    const LARGE: &[u8] = b"PK\x06\x07";
    let tail = size.min(22 + 65_535 + 20);
    file.seek(SeekFrom::Start(size - tail))?;
    let mut bytes = Vec::new();
    file.by_ref().take(tail).read_to_end(&mut bytes)?;
    file.rewind()?;
    let no_end = || refuse("it has no end of zip");
    if bytes.windows(4).any(|w| w == LARGE) {
        return Err(refuse("it is a zip of the larger form (zip64)"));
    }
    let at = bytes
        .windows(4)
        .rposition(|w| w == END)
        .ok_or_else(no_end)?;
    let count = bytes.get(at + 10..at + 12).ok_or_else(no_end)?;
    Ok(usize::from(u16::from_le_bytes([count[0], count[1]])))
}
