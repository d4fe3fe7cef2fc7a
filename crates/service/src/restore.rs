//! Restoring a backup: every byte is authenticated before it is written, and what was written before
//! damage was met is removed.

use crate::{
    Result, ServiceError,
    backup::{FILES, MAGIC, binding, io_error},
};
use files::Writer;
use object_store::{ObjectStore, ObjectStoreExt, path::Path as FilePath};
use seal::{FileOpener, Key, RecoveryKeys, RecoverySheet};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufReader, Read},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::Arc,
};
use tokio::runtime::Handle;

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

/// Opens the empty store that restored documents go to; asked once what lies beside them is there.
pub type OpenStore<'a> = dyn FnMut() -> Result<Arc<dyn ObjectStore>> + Send + 'a;

/// Unpacks a backup: what lies beside the documents into a folder, the documents into that store.
/// Every byte is authenticated before it is written; a damaged file is refused, and what was
/// unpacked before the damage was met is removed. It waits: call it where a thread may, within a
/// runtime.
///
/// # Errors
/// [`ServiceError::Setup`] where the file is damaged, is no backup, the sheets do not open it or the
/// store is not empty; [`ServiceError::Files`] where the store fails.
pub fn restore(
    from: &Path,
    sheets: &[RecoverySheet],
    into: &Path,
    documents: &mut OpenStore<'_>,
) -> Result<u64> {
    let mut file = BufReader::with_capacity(1 << 20, File::open(from).map_err(io_error)?);
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
    let mut documents = Documents {
        open: documents,
        opened: None,
        written: Vec::new(),
    };
    let unpacked = unpack(reader, into, &mut documents);
    if unpacked.is_err() {
        documents.remove();
        let _ = fs::remove_dir_all(into);
    }
    unpacked.map_err(refused)
}

/// What a use case or a store answered comes through the archive as an error of reading.
fn refused(error: io::Error) -> ServiceError {
    match error.downcast::<ServiceError>() {
        Ok(error) => error,
        Err(error) if error.kind() == io::ErrorKind::StorageFull => ServiceError::Full,
        Err(_) => ServiceError::Setup("the backup is damaged, or is not one: nothing was restored"),
    }
}

/// The store of restored documents, and what was written there.
struct Documents<'a, 'b> {
    open: &'a mut OpenStore<'b>,
    opened: Option<(Arc<dyn ObjectStore>, Handle)>,
    written: Vec<FilePath>,
}

impl Documents<'_, '_> {
    fn store(&mut self) -> Result<(Arc<dyn ObjectStore>, Handle)> {
        if let Some((store, runtime)) = &self.opened {
            return Ok((Arc::clone(store), runtime.clone()));
        }
        let runtime = Handle::try_current().map_err(|_| ServiceError::Busy)?;
        let store = (self.open)()?;
        // Documents of another installation there would be swept by this one, and this one's by it.
        if !runtime.block_on(files::holds_nothing(&*store))? {
            return Err(ServiceError::Setup(
                "the place for documents is not empty: nothing was restored",
            ));
        }
        self.opened = Some((Arc::clone(&store), runtime.clone()));
        Ok((store, runtime))
    }

    fn write(&mut self, name: &str, source: &mut dyn Read) -> io::Result<()> {
        let path = FilePath::parse(name).map_err(|_| io::ErrorKind::InvalidData)?;
        let (store, runtime) = self.store().map_err(io::Error::other)?;
        let told = |e: object_store::Error| io::Error::other(ServiceError::from(e));
        let mut writer = Writer::new(store, path.clone());
        self.written.push(path);
        let mut buffer = vec![0; 256 * 1024];
        loop {
            let read = source.read(&mut buffer)?;
            if read == 0 {
                return runtime.block_on(writer.finish()).map_err(told);
            }
            runtime
                .block_on(writer.write(&buffer[..read]))
                .map_err(told)?;
        }
    }

    fn remove(&self) {
        let Some((store, runtime)) = &self.opened else {
            return;
        };
        for path in &self.written {
            let _ = runtime.block_on(store.delete(path));
        }
    }
}

fn unpack(
    reader: OpeningReader<BufReader<File>>,
    into: &Path,
    documents: &mut Documents<'_, '_>,
) -> io::Result<u64> {
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
        let document = name.to_str().and_then(|name| name.strip_prefix(FILES));
        match document {
            Some(document) => documents.write(document, &mut entry)?,
            None => write_beside(&into.join(&name), &mut entry)?,
        }
        count += 1;
    }
    // The padding and the final flag come after the last member.
    io::copy(&mut archive.into_inner(), &mut io::sink())?;
    Ok(count)
}

fn write_beside(path: &Path, source: &mut dyn Read) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    io::copy(source, &mut file)?;
    file.sync_all()
}
