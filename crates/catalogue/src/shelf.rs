//! The editions of a data folder: the newest is in use, the older ones stay readable for what refers
//! to them, and one that arrives while pages are served is seen without stopping.

use crate::{
    edition::{Edition, EditionError},
    model::PageId,
    sample,
};
use jiff::civil::Date;
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

/// The editions of a folder.
#[derive(Debug, Clone)]
pub struct Shelf {
    folder: Option<PathBuf>,
    held: Arc<RwLock<Held>>,
}

#[derive(Debug)]
struct Held {
    /// In use first; then older ones.
    editions: Vec<Arc<Edition>>,
    sample: Arc<Edition>,
    /// The files last seen, those that could not be opened among them.
    seen: Vec<PathBuf>,
}

/// What a look at the folder found.
#[derive(Debug, Default)]
pub struct Look {
    /// Whether the edition in use is another than before.
    pub changed: bool,
    /// The files that could not be opened, and why: the others are in use.
    pub refused: Vec<(PathBuf, EditionError)>,
}

impl Shelf {
    /// A shelf that holds the sample alone.
    #[must_use]
    pub fn sample() -> Self {
        Self {
            folder: None,
            held: Arc::new(RwLock::new(Held {
                editions: Vec::new(),
                sample: Arc::new(sample::edition()),
                seen: Vec::new(),
            })),
        }
    }

    /// The editions of a folder, which need not be there; those that cannot be opened are told.
    #[must_use]
    pub fn open(folder: &Path) -> (Self, Look) {
        let shelf = Self {
            folder: Some(folder.to_owned()),
            ..Self::sample()
        };
        let look = shelf.look();
        (shelf, look)
    }

    /// Looks at the folder again. Cheap where nothing changed: names are read, no file is.
    pub fn look(&self) -> Look {
        let Some(folder) = &self.folder else {
            return Look::default();
        };
        let files = files(folder).unwrap_or_default();
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        if held.seen == files {
            return Look::default();
        }
        let before = held.editions.clone();
        drop(held);
        let mut look = Look::default();
        let mut editions = Vec::new();
        for path in &files {
            let known = before.iter().find(|e| e.path() == Some(path));
            match known.map_or_else(|| Edition::open(path).map(Arc::new), |e| Ok(Arc::clone(e))) {
                Ok(edition) => editions.push(edition),
                Err(error) => look.refused.push((path.clone(), error)),
            }
        }
        editions.sort_by(|a, b| (b.date(), b.path()).cmp(&(a.date(), a.path())));
        let first = |all: &[Arc<Edition>]| all.first().and_then(|e| e.path().map(Path::to_owned));
        look.changed = first(&before) != first(&editions);
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.editions = editions;
        held.seen = files;
        look
    }

    /// The edition in use: the newest, or the sample where there is none.
    #[must_use]
    pub fn current(&self) -> Arc<Edition> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(held.editions.first().unwrap_or(&held.sample))
    }

    /// The editions, the newest first; the sample is none of them.
    #[must_use]
    pub fn editions(&self) -> Vec<Arc<Edition>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.editions.clone()
    }

    /// The edition of that day, the last taken in where there are two; the sample by its own day.
    #[must_use]
    pub fn of(&self, date: Date) -> Option<Arc<Edition>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.editions
            .iter()
            .chain([&held.sample])
            .find(|e| e.date() == date)
            .cloned()
    }

    /// The edition in which a page can be read as something that refers to it meant it: of its day;
    /// or, where that edition is gone, the newest that still holds the page.
    #[must_use]
    pub fn holding(&self, date: Date, id: &PageId) -> Option<Arc<Edition>> {
        self.of(date)
            .filter(|e| e.listed(id).is_some())
            .or_else(|| {
                self.editions()
                    .into_iter()
                    .chain([self.current()])
                    .find(|e| e.listed(id).is_some())
            })
    }
}

/// The files of editions in a folder, by name.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let ours = path
            .file_name()
            .and_then(|n| n.to_str())
            .is_some_and(|n| n.starts_with("vosdroits-"));
        if ours && path.extension().is_some_and(|e| e == "cat") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
