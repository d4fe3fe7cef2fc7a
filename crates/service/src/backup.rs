//! Backups: one file, sealed to the keepers' key while it is written, opened only by enough of
//! them together. Erasure shares go to a file of their own, kept a short time, so that a share once
//! destroyed does not live on in old backups.

use crate::{Result, Service, ServiceError};
use domain::id::PersonId;
use seal::{
    Binding, ContentType, FileOpener, FileSealer, Key, RecoveryKeys, RecoverySheet, Signed,
};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

const MAGIC: &[u8; 8] = b"CNTSBAK1";

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

fn io_error(error: &io::Error) -> ServiceError {
    if error.kind() == io::ErrorKind::StorageFull {
        ServiceError::Full
    } else {
        ServiceError::Setup("the backup file cannot be read or written")
    }
}

fn binding() -> Binding {
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

/// Opens what is read through it; bytes are given only once authenticated.
struct OpeningReader<R: Read> {
    opener: Option<FileOpener>,
    inner: R,
    opened: Vec<u8>,
    given: usize,
    sealed: Vec<u8>,
}

impl<R: Read> Read for OpeningReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.opened.len() {
            self.opened.clear();
            self.given = 0;
            let Some(opener) = self.opener.as_mut() else {
                return Ok(0);
            };
            let read = self.inner.read(&mut self.sealed)?;
            if read == 0 {
                let opener = self.opener.take();
                if let Some(opener) = opener {
                    opener.finish(&mut self.opened).map_err(io::Error::other)?;
                }
                continue;
            }
            opener
                .push(&self.sealed[..read], &mut self.opened)
                .map_err(io::Error::other)?;
        }
        let now = buffer.len().min(self.opened.len() - self.given);
        buffer[..now].copy_from_slice(&self.opened[self.given..self.given + now]);
        self.given += now;
        Ok(now)
    }
}

struct Members {
    files: Vec<(String, PathBuf)>,
    wrapped: Vec<u8>,
    sealer: FileSealer,
}

fn write_file(to: &Path, members: Members) -> io::Result<BackedUp> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)?;
    file.write_all(MAGIC)?;
    let length = u32::try_from(members.wrapped.len()).map_err(io::Error::other)?;
    file.write_all(&length.to_le_bytes())?;
    file.write_all(&members.wrapped)?;
    let at = file.stream_position()?;
    // The true length is known at the end; it is authenticated with the last chunk.
    file.write_all(&0u64.to_le_bytes())?;
    let mut inner = BufWriter::new(file);
    inner.write_all(&members.sealer.header())?;
    let writer = SealingWriter {
        sealer: Some(members.sealer),
        inner,
        out: Vec::new(),
    };
    let mut archive = tar::Builder::new(writer);
    let mut count = 0;
    for (name, path) in &members.files {
        let mut source = File::open(path)?;
        let mut header = tar::Header::new_gnu();
        header.set_size(source.metadata()?.len());
        header.set_mode(0o600);
        header.set_cksum();
        archive.append_data(&mut header, name, &mut source)?;
        count += 1;
    }
    let mut writer = archive.into_inner()?;
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
    Ok(BackedUp {
        files: count,
        length: file.metadata()?.len(),
    })
}

fn walk(folder: &Path, prefix: &str, found: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &name, found)?;
        } else if !name.contains('#') {
            found.push((name, entry.path()));
        }
    }
    Ok(())
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
        let mut files = Vec::new();
        match part {
            BackupPart::Main => {
                let copy = scratch.join("main.db");
                inner.storage.copy_to(&copy).await?;
                files.push(("main.db".to_owned(), copy));
                for name in ["pepper", "server.key", "conatus.toml"] {
                    let path = data.join(name);
                    if path.exists() {
                        files.push((name.to_owned(), path));
                    }
                }
                let folder = data.join("files");
                if folder.exists() {
                    walk(&folder, "files", &mut files).map_err(|e| io_error(&e))?;
                }
            }
            BackupPart::Shares => {
                let copy = scratch.join("shares.db");
                inner.shares.copy_to(&copy).await?;
                files.push(("shares.db".to_owned(), copy));
            }
        }
        let members = Members {
            files,
            wrapped,
            sealer,
        };
        let to = to.to_owned();
        let written = tokio::task::spawn_blocking(move || write_file(&to, members))
            .await
            .map_err(|_| ServiceError::Busy)?;
        written.map_err(|e| io_error(&e))
    }
}

/// Unpacks a backup into a folder. Every byte is authenticated before it is written; a damaged file
/// is refused, and what was unpacked before the damage was met is removed.
///
/// # Errors
/// [`ServiceError::Setup`] where the file is damaged, is no backup, or the sheets do not open it.
pub fn restore(from: &Path, sheets: &[RecoverySheet], into: &Path) -> Result<u64> {
    let refused =
        |_| ServiceError::Setup("the backup is damaged, or is not one: nothing was restored");
    let mut file = BufReader::with_capacity(1 << 20, File::open(from).map_err(|e| io_error(&e))?);
    let mut magic = [0; 8];
    file.read_exact(&mut magic).map_err(refused)?;
    let mut length = [0; 4];
    file.read_exact(&mut length).map_err(refused)?;
    let length = u32::from_le_bytes(length);
    if magic != *MAGIC || length > 4096 {
        return Err(ServiceError::Setup("this file is not a backup"));
    }
    let mut wrapped = vec![0; length as usize];
    file.read_exact(&mut wrapped).map_err(refused)?;
    let mut true_length = [0; 8];
    file.read_exact(&mut true_length).map_err(refused)?;
    let seed = seal::combine(sheets)
        .map_err(|_| ServiceError::Setup("these sheets do not open together"))?;
    let keys = RecoveryKeys::from_seed(&seed);
    let key = seal::unwrap(&keys.kem, &binding(), &wrapped)
        .map_err(|_| ServiceError::Setup("these sheets are not those of this backup"))?;
    let key = Key::from_slice(&key)?;
    let opener = FileOpener::new(&key, &binding(), u64::from_le_bytes(true_length));
    let reader = OpeningReader {
        opener: Some(opener),
        inner: file,
        opened: Vec::new(),
        given: 0,
        sealed: vec![0; 256 * 1024],
    };
    let unpacked = unpack(reader, into);
    if unpacked.is_err() {
        let _ = fs::remove_dir_all(into);
    }
    unpacked.map_err(refused)
}

fn unpack(reader: OpeningReader<BufReader<File>>, into: &Path) -> io::Result<u64> {
    let mut archive = tar::Archive::new(reader);
    let mut count = 0;
    for entry in archive.entries()? {
        let mut entry = entry?;
        let name = entry.path()?.into_owned();
        let plain = name
            .components()
            .all(|c| matches!(c, std::path::Component::Normal(_)));
        if !plain || !entry.header().entry_type().is_file() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let path = into.join(&name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        io::copy(&mut entry, &mut file)?;
        file.sync_all()?;
        count += 1;
    }
    // The padding and the final flag come after the last member.
    io::copy(&mut archive.into_inner(), &mut io::sink())?;
    Ok(count)
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
