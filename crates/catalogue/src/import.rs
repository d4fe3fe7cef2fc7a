//! Takes an edition in: from the publisher's zip of XML, or from the npm package of the same pages in
//! JSON. What is read was written elsewhere and may be written to harm: entries, sizes, depth and
//! pieces are limited before anything is kept, and a page that cannot be read is named while the rest
//! goes on.

mod archive;
mod blocks;
mod element;
mod inlines;
mod json;
mod links;
mod page;
mod redirections;
mod xml;

pub use archive::Limits;
pub use element::Refused;

use crate::{
    edition::{Edition, EditionError, Writer},
    model::{Page, PageId},
};
use archive::{Archive, Entry};
use jiff::civil::Date;
use std::{
    collections::BTreeMap,
    io::{self, Read, Seek},
    path::Path,
};

/// What was met while importing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many pages were taken in.
    pub pages: usize,
    /// How many other files were passed over.
    pub passed_over: usize,
    /// The files that could not be read, and why; the first thousand.
    pub broken: Vec<(String, String)>,
    /// How many more could not.
    pub broken_besides: usize,
    /// The elements this program does not know, and how often each was met.
    pub unknown: BTreeMap<String, u32>,
    /// How many pages say that they moved.
    pub moved: usize,
}

impl Report {
    /// The most broken files named one by one.
    const NAMED: usize = 1000;

    fn broken(&mut self, file: &str, why: &str) {
        if self.broken.len() < Self::NAMED {
            let file = file.chars().take(200).collect();
            self.broken.push((file, why.to_owned()));
        } else {
            self.broken_besides += 1;
        }
    }
}

/// Why nothing was imported. The edition in use stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It cannot be read.
    #[error("the file cannot be read")]
    Io(#[from] io::Error),
    /// It is neither a zip nor a tgz.
    #[error("the file is neither a zip nor a tgz")]
    Form,
    /// It is not well written, or goes beyond what is read.
    #[error("the archive cannot be read: {0}")]
    Archive(String),
    /// No page in it could be read.
    #[error("the archive holds no page that can be read")]
    NoPage(Box<Report>),
    /// No day could be found for it.
    #[error("no page says when it was changed: the edition's day must be given")]
    NoDate,
    /// It cannot be written.
    #[error("the edition cannot be written")]
    Edition(#[from] EditionError),
}

/// How far an import is: files read, and files in all where that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Files read.
    pub done: usize,
    /// Files in all, or 0.
    pub all: usize,
}

/// Imports an archive into a folder, as one new file. `date` is the edition's day where it is known
/// otherwise than by its pages. The file is whole or absent: it is written under another name, synced,
/// then renamed.
pub fn import<R: Read + Seek>(
    archive: R,
    folder: &Path,
    date: Option<Date>,
    limits: &Limits,
    progress: &mut dyn FnMut(Progress),
) -> Result<(Edition, Report), ImportError> {
    let mut writer = Writer::create(folder)?;
    let mut report = Report::default();
    let mut unknowns = blocks::Unknowns::default();
    let mut newest: Option<Date> = None;
    let mut moved = BTreeMap::new();
    archive::each(Archive::of(archive)?, limits, &mut |entry, done| {
        progress(done);
        match entry {
            Entry::Page { name, read } => {
                let page = read.and_then(|element| page::page(&element, &mut unknowns));
                match page {
                    Ok(page) if writer.holds(&page.id) => {
                        report.broken(name, "another file holds this page already");
                    }
                    Ok(page) => {
                        newest = newest.max(day(&page));
                        writer.add(&page)?;
                        report.pages += 1;
                    }
                    Err(why) => report.broken(name, &why.to_string()),
                }
            }
            Entry::Redirections { name, read } => match read {
                Ok(element) => redirections::collect(&element, &mut moved),
                Err(why) => report.broken(name, &why.to_string()),
            },
            Entry::Other => report.passed_over += 1,
        }
        Ok(())
    })?;
    report.unknown = unknowns.0;
    moved.retain(|from: &PageId, to: &mut PageId| !writer.holds(from) && writer.holds(to));
    report.moved = moved.len();
    if report.pages == 0 {
        return Err(ImportError::NoPage(Box::new(report)));
    }
    let date = date.or(newest).ok_or(ImportError::NoDate)?;
    let edition = writer.finish(date, moved)?;
    Ok((edition, report))
}

/// Reads one page written in XML.
pub fn page_of_xml(bytes: &[u8]) -> Result<Page, Refused> {
    page::page(&xml::read(bytes)?, &mut blocks::Unknowns::default())
}

/// Reads one page written in JSON.
pub fn page_of_json(bytes: &[u8]) -> Result<Page, Refused> {
    page::page(&json::read(bytes)?, &mut blocks::Unknowns::default())
}

/// The day that a file's name says, as in `vosdroits-2020-10-30.zip`. Pages are published ahead of the
/// day they say they were changed, so a name tells an edition's day better than its pages do.
#[must_use]
pub fn day_in_name(name: &str) -> Option<Date> {
    (0..name.len()).find_map(|at| {
        let text = name.get(at..at + 10)?;
        let alone = !name[..at].ends_with(|c: char| c.is_ascii_digit());
        (alone && text.as_bytes()[4] == b'-')
            .then(|| text.parse().ok())
            .flatten()
    })
}

/// The day a page was last changed.
fn day(page: &Page) -> Option<Date> {
    page.modified.get(..10)?.parse().ok()
}
