//! Writing an edition: under another name first, synced, then renamed, so that a reader meets a whole
//! file or none.

use super::{Edition, EditionError, FORMAT, Head, Listed, MAGIC, Pages, START};
use crate::{
    model::{Page, PageId},
    search::Builder,
};
use flate2::{Compress, Compression, FlushCompress, Status};
use jiff::civil::Date;
use serde::Serialize;
use std::{
    collections::{BTreeMap, HashSet},
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::Path,
};
use tempfile::NamedTempFile;

/// An edition being written.
pub(crate) struct Writer<W = Hashed<BufWriter<NamedTempFile>>> {
    out: W,
    offset: u64,
    /// One for all pages: made anew for each of thousands, its tables would fill the memory.
    packer: Compress,
    packed: Vec<u8>,
    pages: Vec<Listed>,
    held: HashSet<PageId>,
    index: Builder,
}

/// What is written, hashed on its way.
pub(crate) struct Hashed<W> {
    inner: W,
    hasher: blake3::Hasher,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl Writer {
    /// Begins one in a folder, which is made if it is not there.
    pub(crate) fn create(folder: &Path) -> Result<Self, EditionError> {
        fs::create_dir_all(folder)?;
        let file = tempfile::Builder::new()
            .prefix(".catalogue-")
            .suffix(".part")
            .tempfile_in(folder)?;
        let mut out = Hashed {
            inner: BufWriter::new(file),
            hasher: blake3::Hasher::new(),
        };
        out.write_all(MAGIC)?;
        out.write_all(&FORMAT.to_le_bytes())?;
        Ok(Self::over(out))
    }

    /// Ends it: the file takes the name of its day, numbered: a day may be taken in twice.
    pub(crate) fn finish(
        mut self,
        date: Date,
        moved: BTreeMap<PageId, PageId>,
    ) -> Result<Edition, EditionError> {
        let head = Head {
            date,
            sample: false,
            pages: std::mem::take(&mut self.pages),
            moved,
        };
        let pages = self.offset - START;
        let head_length = self.put(&head)?;
        let index = std::mem::take(&mut self.index).finish().at_rest();
        let index_length = self.put(&index)?;
        drop(index);
        for length in [pages, head_length, index_length] {
            self.out.write_all(&length.to_le_bytes())?;
        }
        let hash = self.out.hasher.finalize();
        self.out.inner.write_all(hash.as_bytes())?;
        let file = self
            .out
            .inner
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        let folder = file.path().parent().unwrap_or(Path::new(".")).to_owned();
        let path = name(&folder, date);
        file.persist_noclobber(&path).map_err(|e| e.error)?;
        File::open(&folder)?.sync_all()?;
        Edition::open(&path)
    }
}

/// The first free name for that day.
fn name(folder: &Path, date: Date) -> std::path::PathBuf {
    let numbered = |n: u32| folder.join(format!("vosdroits-{date}-{n:03}.cat"));
    (1..u32::MAX)
        .map(numbered)
        .find(|path| !path.exists())
        .unwrap_or_else(|| numbered(1))
}

impl Writer<Vec<u8>> {
    /// An edition in memory, for the pages built into the program.
    pub(crate) fn sample(pages: &[Page], date: Date) -> Result<Edition, EditionError> {
        let mut writer = Self::over(Vec::new());
        writer.offset = 0;
        for page in pages {
            writer.add(page)?;
        }
        let head = Head {
            date,
            sample: true,
            pages: writer.pages,
            moved: BTreeMap::new(),
        };
        let index = writer.index.finish();
        Ok(Edition::of(None, Pages::Memory(writer.out), head, index))
    }
}

impl<W: Write> Writer<W> {
    fn over(out: W) -> Self {
        Self {
            out,
            offset: START,
            packer: Compress::new(Compression::default(), false),
            packed: Vec::new(),
            pages: Vec::new(),
            held: HashSet::new(),
            index: Builder::default(),
        }
    }

    /// Whether a page of that name was added.
    pub(crate) fn holds(&self, id: &PageId) -> bool {
        self.held.contains(id)
    }

    /// Adds a page.
    pub(crate) fn add(&mut self, page: &Page) -> Result<(), EditionError> {
        let offset = self.offset;
        let length = self.put(page)?;
        self.index.add(page);
        self.held.insert(page.id.clone());
        self.pages.push(Listed {
            id: page.id.clone(),
            kind: page.kind,
            title: page.title.clone(),
            description: page.description.clone(),
            theme: page.theme().to_owned(),
            dossier: page
                .dossier
                .as_ref()
                .map(|d| d.title.clone())
                .unwrap_or_default(),
            offset,
            length: u32::try_from(length).map_err(|_| EditionError::Damaged)?,
        });
        Ok(())
    }

    fn put<T: Serialize>(&mut self, value: &T) -> Result<u64, EditionError> {
        let bytes = postcard::to_stdvec(value).map_err(|_| EditionError::Damaged)?;
        self.pack(&bytes)?;
        self.out.write_all(&self.packed)?;
        let length = self.packed.len() as u64;
        self.offset += length;
        Ok(length)
    }

    /// Leaves the bytes deflated in `packed`.
    fn pack(&mut self, bytes: &[u8]) -> Result<(), EditionError> {
        self.packer.reset();
        self.packed.clear();
        let mut left = bytes;
        loop {
            let before = self.packer.total_in();
            self.packed.reserve(left.len() / 2 + 64);
            let status = self
                .packer
                .compress_vec(left, &mut self.packed, FlushCompress::Finish)
                .map_err(io::Error::other)?;
            let taken = self.packer.total_in() - before;
            left = &left[usize::try_from(taken).unwrap_or(left.len()).min(left.len())..];
            if status == Status::StreamEnd {
                return Ok(());
            }
        }
    }
}
