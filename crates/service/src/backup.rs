//! Backups: one file, sealed to the keepers' key while it is written, opened only by enough of
//! them together. Erasure shares go to a file of their own, kept a short time, so that a share once
//! destroyed does not live on in old backups.

use crate::{Result, Service, ServiceError};
use domain::id::PersonId;
use futures_util::{StreamExt, stream::BoxStream};
use object_store::{ObjectStore, ObjectStoreExt};
use seal::{Binding, ContentType, FileSealer, Key, Signed};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::runtime::Handle;

pub(crate) const MAGIC: &[u8; 8] = b"CNTSBAK1";
/// Where documents are in a backup.
pub(crate) const FILES: &str = "files/";

/// What a backup holds, by name in the data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackupPart {
    /// The main store, files, and what is kept beside them.
    Main,
    /// The erasure shares alone.
    Shares,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackedUp {
    /// Files in it.
    pub files: u64,
    /// Its length in bytes.
    pub length: u64,
}

/// What a document's store answered comes through the archive as an error of reading.
pub(crate) fn io_error(error: io::Error) -> ServiceError {
    match error.downcast::<object_store::Error>() {
        Ok(error) => error.into(),
        Err(error) if error.kind() == io::ErrorKind::StorageFull => ServiceError::Full,
        Err(_) => ServiceError::Setup("the backup file cannot be read or written"),
    }
}

pub(crate) fn binding() -> Binding {
    Binding::new(ContentType::Backup)
}

/// Seals what is written to it.
struct SealingWriter<W: Write> {
    sealer: Option<FileSealer>,
    inner: W,
    out: Vec<u8>,
}

impl<W: Write> Write for SealingWriter<W> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let sealer = self.sealer.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        self.out.clear();
        sealer.push(data, &mut self.out).map_err(io::Error::other)?;
        self.inner.write_all(&self.out)?;
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

struct Members {
    beside: Vec<(String, PathBuf)>,
    documents: Option<Documents>,
    wrapped: Vec<u8>,
    sealer: FileSealer,
}

/// The documents' store, asked from a thread that may wait.
struct Documents {
    store: Arc<dyn ObjectStore>,
    runtime: Handle,
}

/// A document read as it comes.
struct DocumentReader<'a> {
    stream: BoxStream<'static, object_store::Result<bytes::Bytes>>,
    given: bytes::Bytes,
    runtime: &'a Handle,
}

impl Read for DocumentReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given.is_empty() {
            match self.runtime.block_on(self.stream.next()) {
                Some(bytes) => self.given = bytes.map_err(io::Error::other)?,
                None => return Ok(0),
            }
        }
        let now = self.given.split_to(buffer.len().min(self.given.len()));
        buffer[..now.len()].copy_from_slice(&now);
        Ok(now.len())
    }
}

impl Documents {
    /// Adds each document that is there; gives how many. What a sweep removes meanwhile is no
    /// document of the copied store.
    fn add_to<W: Write>(&self, archive: &mut tar::Builder<W>) -> Result<u64> {
        let mut count = 0;
        let mut listed = self.store.list(None);
        while let Some(found) = self.runtime.block_on(listed.next()) {
            let found = found?;
            let got = match self.runtime.block_on(self.store.get(&found.location)) {
                Err(object_store::Error::NotFound { .. }) => continue,
                got => got?,
            };
            let length = got.meta.size;
            let mut reader = DocumentReader {
                stream: got.into_stream(),
                given: bytes::Bytes::new(),
                runtime: &self.runtime,
            };
            let name = format!("{FILES}{}", found.location);
            add(archive, &name, length, &mut reader).map_err(io_error)?;
            count += 1;
        }
        Ok(count)
    }
}

/// Adds a member of exactly that length.
fn add<W: Write>(
    archive: &mut tar::Builder<W>,
    name: &str,
    length: u64,
    source: &mut dyn Read,
) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(length);
    header.set_mode(0o600);
    header.set_cksum();
    let mut counted = Counted { source, read: 0 };
    archive.append_data(&mut header, name, &mut counted)?;
    if counted.read == length {
        Ok(())
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

struct Counted<'a> {
    source: &'a mut dyn Read,
    read: u64,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.read += read as u64;
        Ok(read)
    }
}

fn write_file(to: &Path, members: Members) -> Result<BackedUp> {
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)
        .map_err(io_error)?;
    let written = write_members(file, members);
    if written.is_err() {
        // Half a backup may not be taken for one.
        let _ = fs::remove_file(to);
    }
    written
}

fn write_members(mut file: File, members: Members) -> Result<BackedUp> {
    let at = begin(&mut file, &members.wrapped).map_err(io_error)?;
    let mut inner = BufWriter::new(file);
    inner
        .write_all(&members.sealer.header())
        .map_err(io_error)?;
    let writer = SealingWriter {
        sealer: Some(members.sealer),
        inner,
        out: Vec::new(),
    };
    let mut archive = tar::Builder::new(writer);
    let mut count = 0;
    for (name, path) in &members.beside {
        let mut source = File::open(path).map_err(io_error)?;
        let length = source.metadata().map_err(io_error)?.len();
        add(&mut archive, name, length, &mut source).map_err(io_error)?;
        count += 1;
    }
    if let Some(documents) = members.documents {
        count += documents.add_to(&mut archive)?;
    }
    let length = archive
        .into_inner()
        .and_then(|writer| end(writer, at))
        .map_err(io_error)?;
    Ok(BackedUp {
        files: count,
        length,
    })
}

/// Writes what comes before the sealed part; gives where its true length will stand.
fn begin(file: &mut File, wrapped: &[u8]) -> io::Result<u64> {
    file.write_all(MAGIC)?;
    let length = u32::try_from(wrapped.len()).map_err(io::Error::other)?;
    file.write_all(&length.to_le_bytes())?;
    file.write_all(wrapped)?;
    let at = file.stream_position()?;
    // The true length is known at the end; it is authenticated with the last chunk.
    file.write_all(&0u64.to_le_bytes())?;
    Ok(at)
}

/// Seals the rest and flushes; gives the length of the whole.
fn end(mut writer: SealingWriter<BufWriter<File>>, at: u64) -> io::Result<u64> {
    let sealer = writer.sealer.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let mut out = Vec::new();
    let true_length = sealer.finish(&mut out).map_err(io::Error::other)?;
    writer.inner.write_all(&out)?;
    let mut file = writer
        .inner
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?;
    file.seek(SeekFrom::Start(at))?;
    file.write_all(&true_length.to_le_bytes())?;
    file.sync_all()?;
    Ok(file.metadata()?.len())
}

impl Service {
    /// Writes a backup of this part to a new file while serving. `data` is the data folder;
    /// `scratch` a folder on the same disk for the stores' consistent copies, which hold nothing
    /// that is not sealed.
    ///
    /// The store is copied first: a file that an entry names is on disk before its entry is.
    pub async fn backup(
        &self,
        part: BackupPart,
        data: &Path,
        scratch: &Path,
        to: &Path,
    ) -> Result<BackedUp> {
        let inner = &self.inner;
        let trust = inner.trust();
        let keepers = trust
            .recovery()
            .ok_or(ServiceError::Setup("no recovery key was stated"))?;
        let key = Key::generate(&mut inner.chance());
        let wrapped = seal::wrap_to(
            &keepers.kem,
            &binding(),
            key.as_bytes(),
            &mut inner.chance(),
        )?;
        let sealer = FileSealer::new(&key, &binding(), &mut inner.chance());
        let mut beside = Vec::new();
        let mut documents = None;
        match part {
            BackupPart::Main => {
                let name = inner.storage.copy_name();
                let copy = scratch.join(name);
                inner.storage.copy_to(&copy).await?;
                beside.push((name.to_owned(), copy));
                for name in ["pepper", "server.key", "conatus.toml"] {
                    let path = data.join(name);
                    if path.exists() {
                        beside.push((name.to_owned(), path));
                    }
                }
                documents = Some(Documents {
                    store: Arc::clone(&inner.files),
                    runtime: Handle::current(),
                });
            }
            BackupPart::Shares => {
                let name = inner.shares.copy_name();
                let copy = scratch.join(name);
                inner.shares.copy_to(&copy).await?;
                beside.push((name.to_owned(), copy));
            }
        }
        let members = Members {
            beside,
            documents,
            wrapped,
            sealer,
        };
        let to = to.to_owned();
        tokio::task::spawn_blocking(move || write_file(&to, members))
            .await
            .map_err(|_| ServiceError::Busy)?
    }
}

/// The root fingerprint that a store's first statement has, for a restored folder whose
/// configuration is lost.
///
/// # Errors
/// [`ServiceError::Setup`] where the store has no root.
pub async fn root_of(storage: &dyn storage::Storage) -> Result<seal::RootFingerprint> {
    let mut tx = storage.read().await?;
    let first = tx.statements_after(0, 1).await?;
    let root = first
        .first()
        .map(|row| Signed::parse(&row.signed))
        .transpose()?;
    root.and_then(|s| s.root_key())
        .map(|key| seal::RootFingerprint::of(&key))
        .ok_or(ServiceError::Setup("no root: run `conatus init` first"))
}

/// How many people have an erasure share in that store, for `doctor`.
///
/// # Errors
/// [`ServiceError::Storage`] where the store fails.
pub async fn shares_of(shares: &dyn storage::ShareStore, people: &[PersonId]) -> Result<usize> {
    Ok(shares.shares(people).await?.len())
}
