//! An edition of the catalogue at rest: one file that is whole or absent, checked when it is opened,
//! and never changed. Pages lie compressed one by one; what lists and finds them is held in memory.
//!
//! The file, all figures little-endian:
//!
//! ```text
//! "CONATUSC" | format u32 | pages | head | index | lengths of the three, u64 each | BLAKE3 of all before
//! ```
//!
//! `pages` are pages in postcard, each deflated. `head` and `index` are postcard, deflated. A file of
//! another format is refused by name: it is imported again.

mod write;

pub(crate) use write::Writer;

use crate::{
    model::{Kind, Page, PageId},
    search::{Found, Index},
};
use flate2::read::DeflateDecoder;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::{self, Read},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

const MAGIC: &[u8; 8] = b"CONATUSC";
/// Raised with every change of what a page or an index holds.
const FORMAT: u32 = 2;
/// The oldest that is read: 1 holds no pairs of words and weighs otherwise, and is made of the same parts.
/// What procedures refer to stays readable; its searches are a little worse until it is imported again.
const OLDEST: u32 = 1;
const START: u64 = START_BYTES.len() as u64;
const START_BYTES: [u8; 12] = [0; 12];
const END: u64 = END_BYTES.len() as u64;
const END_BYTES: [u8; 24 + 32] = [0; 24 + 32];
/// What one page, the head or the index may inflate to: what a damaged length says is not believed.
const LARGEST: u64 = 128 << 20;

/// Why an edition cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum EditionError {
    /// The disk.
    #[error("the file cannot be read or written")]
    Io(#[from] io::Error),
    /// It is not an edition.
    #[error("the file is not an edition of the catalogue")]
    NotOne,
    /// It was written by another version of this program.
    #[error("the edition is of format {0}: import it again")]
    Format(u32),
    /// It is not as it was written.
    #[error("the edition is damaged: import it again")]
    Damaged,
}

/// A page in the list of an edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its name at its publisher's.
    pub id: PageId,
    /// What it is for.
    pub kind: Kind,
    /// Its title.
    pub title: String,
    /// What it is about, in one sentence.
    pub description: String,
    /// Its theme, or empty.
    pub theme: String,
    /// The title of its dossier, or empty.
    pub dossier: String,
    offset: u64,
    length: u32,
}

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    date: Date,
    sample: bool,
    pages: Vec<Listed>,
    moved: BTreeMap<PageId, PageId>,
}

/// An edition, open.
#[derive(Debug)]
pub struct Edition {
    path: Option<PathBuf>,
    bytes: Pages,
    head: Head,
    places: HashMap<PageId, u32>,
    index: Index,
}

#[derive(Debug)]
enum Pages {
    File(File),
    Memory(Vec<u8>),
}

impl Edition {
    /// Opens the edition in a file, after checking that it is as it was written.
    pub fn open(path: &Path) -> Result<Self, EditionError> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        if size < START + END {
            return Err(EditionError::NotOne);
        }
        let mut start = START_BYTES;
        file.read_exact_at(&mut start, 0)?;
        let (magic, format) = start.split_at(8);
        if magic != MAGIC {
            return Err(EditionError::NotOne);
        }
        let format = format.try_into().map_or(0, u32::from_le_bytes);
        if !(OLDEST..=FORMAT).contains(&format) {
            return Err(EditionError::Format(format));
        }
        let mut end = END_BYTES;
        file.read_exact_at(&mut end, size - END)?;
        let mut hasher = blake3::Hasher::new();
        let mut all = (&file).take(size - 32);
        io::copy(&mut all, &mut hasher)?;
        if hasher.finalize().as_bytes() != &end[24..] {
            return Err(EditionError::Damaged);
        }
        let length = |i: usize| {
            let bytes = end.get(i * 8..i * 8 + 8)?;
            Some(u64::from_le_bytes(bytes.try_into().ok()?))
        };
        let (Some(pages), Some(head), Some(index)) = (length(0), length(1), length(2)) else {
            return Err(EditionError::Damaged);
        };
        let said = [START, pages, head, index, END]
            .iter()
            .try_fold(0_u64, |sum, part| sum.checked_add(*part));
        if said != Some(size) {
            return Err(EditionError::Damaged);
        }
        let head: Head = unpack(&read_at(&file, START + pages, head)?)?;
        let index: Index = unpack(&read_at(&file, size - END - index, index)?)?;
        if !index.fits(head.pages.len()) {
            return Err(EditionError::Damaged);
        }
        Ok(Self::of(
            Some(path.to_owned()),
            Pages::File(file),
            head,
            index,
        ))
    }

    fn of(path: Option<PathBuf>, bytes: Pages, head: Head, index: Index) -> Self {
        let places = head
            .pages
            .iter()
            .zip(0..)
            .map(|(page, place)| (page.id.clone(), place))
            .collect();
        Self {
            path,
            bytes,
            head,
            places,
            index,
        }
    }

    /// The day of the edition.
    #[must_use]
    pub const fn date(&self) -> Date {
        self.head.date
    }

    /// Whether it is the sample that stands in while none is installed.
    #[must_use]
    pub const fn is_sample(&self) -> bool {
        self.head.sample
    }

    /// The file it lies in, unless it is the sample.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Every page, in its publisher's order of identifiers.
    #[must_use]
    pub fn pages(&self) -> &[Listed] {
        &self.head.pages
    }

    /// A page in the list; one that moved is found where it is now.
    #[must_use]
    pub fn listed(&self, id: &PageId) -> Option<&Listed> {
        let place = self
            .places
            .get(id)
            .or_else(|| self.places.get(self.head.moved.get(id)?))?;
        self.head.pages.get(*place as usize)
    }

    /// Whether a page of that name is here.
    #[must_use]
    pub fn holds(&self, id: &str) -> bool {
        PageId::parse(id).is_ok_and(|id| self.listed(&id).is_some())
    }

    /// A page; one that moved is found where it is now.
    pub fn page(&self, id: &PageId) -> Result<Option<Page>, EditionError> {
        match self.listed(id) {
            Some(listed) => self.read(listed).map(Some),
            None => Ok(None),
        }
    }

    /// The page that the list names.
    pub fn read(&self, listed: &Listed) -> Result<Page, EditionError> {
        let length = u64::from(listed.length);
        match &self.bytes {
            Pages::File(file) => unpack(&read_at(file, listed.offset, length)?),
            Pages::Memory(bytes) => {
                let at = usize::try_from(listed.offset).unwrap_or(usize::MAX);
                let end = at.saturating_add(listed.length as usize);
                unpack(bytes.get(at..end).ok_or(EditionError::Damaged)?)
            }
        }
    }

    /// The pages that answer a search, the nearest first, at most `most`. Words may be misspelled,
    /// short, everyday: see `docs/adr/0008`.
    #[must_use]
    pub fn search(&self, query: &str, most: usize) -> Vec<Found<'_>> {
        self.index
            .search(query, most)
            .into_iter()
            .filter_map(|(place, closeness)| {
                let page = self.head.pages.get(place as usize)?;
                Some(Found { page, closeness })
            })
            .collect()
    }
}

fn read_at(file: &File, offset: u64, length: u64) -> Result<Vec<u8>, EditionError> {
    if length > LARGEST {
        return Err(EditionError::Damaged);
    }
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
    file.read_exact_at(&mut bytes, offset)?;
    Ok(bytes)
}

fn unpack<T: for<'a> Deserialize<'a>>(packed: &[u8]) -> Result<T, EditionError> {
    let mut bytes = Vec::new();
    DeflateDecoder::new(packed)
        .take(LARGEST)
        .read_to_end(&mut bytes)
        .map_err(|_| EditionError::Damaged)?;
    postcard::from_bytes(&bytes).map_err(|_| EditionError::Damaged)
}

impl Edition {
    /// An edition without pages.
    pub(crate) fn empty(date: Date) -> Self {
        let head = Head {
            date,
            sample: true,
            pages: Vec::new(),
            moved: BTreeMap::new(),
        };
        Self::of(None, Pages::Memory(Vec::new()), head, Index::default())
    }
}
