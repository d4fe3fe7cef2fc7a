//! A place for files, as the configuration writes it, and opening it.

use crate::{PlaceError, bucket, bucket::BucketSettings};
use futures_util::StreamExt;
use object_store::{Error, ObjectStore, ObjectStoreExt, local::LocalFileSystem};
use std::{
    fmt, fs,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::Arc,
};

/// A name that no file has: those of files are identifiers.
const NOBODYS: &str = "nobodys-file";

/// Where sealed files lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A bucket that speaks S3.
    Bucket {
        /// Its name.
        name: String,
        /// What comes before each file's name; may be empty.
        prefix: String,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => path.display().fmt(f),
            Self::Bucket { name, prefix } if prefix.is_empty() => write!(f, "s3://{name}"),
            Self::Bucket { name, prefix } => write!(f, "s3://{name}/{prefix}"),
        }
    }
}

impl Place {
    /// Reads `s3://bucket/prefix` or a folder, which lies in `data` unless it says otherwise.
    ///
    /// # Errors
    /// [`PlaceError::Malformed`] where it is neither.
    pub fn parse(text: &str, data: &Path) -> Result<Self, PlaceError> {
        let malformed = || PlaceError::Malformed(text.to_owned());
        let Some(bucket) = text.strip_prefix("s3://") else {
            if text.is_empty() || text.contains("://") {
                return Err(malformed());
            }
            return Ok(Self::Folder(data.join(text)));
        };
        let (name, prefix) = bucket.split_once('/').unwrap_or((bucket, ""));
        let named = (3..=63).contains(&name.len())
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.'));
        let prefix = prefix.trim_matches('/');
        if !named || object_store::path::Path::parse(prefix).is_err() {
            return Err(malformed());
        }
        Ok(Self::Bucket {
            name: name.to_owned(),
            prefix: prefix.to_owned(),
        })
    }

    /// Makes the folder, for its owner only. A bucket is made by whoever runs it.
    ///
    /// # Errors
    /// [`PlaceError::Folder`] where it cannot be made.
    pub fn make(&self) -> Result<(), PlaceError> {
        let Self::Folder(path) = self else {
            return Ok(());
        };
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(|source| folder_error(path, source))
    }

    /// Opens it. A folder must be there: one that was made where a disk is not mounted would hide
    /// every file. Nothing is asked of a bucket yet: see [`probe`].
    ///
    /// A file that a folder acknowledged is on disk, and so is its name: it is written beside its
    /// place, flushed, renamed, and the folder is flushed.
    ///
    /// # Errors
    /// [`PlaceError`] where what was told cannot be right.
    pub fn open(&self, settings: &BucketSettings) -> Result<Arc<dyn ObjectStore>, PlaceError> {
        match self {
            Self::Folder(path) => {
                fs::read_dir(path).map_err(|source| folder_error(path, source))?;
                let store = LocalFileSystem::new_with_prefix(path).map_err(PlaceError::Store)?;
                Ok(Arc::new(
                    store.with_fsync(true).with_automatic_cleanup(true),
                ))
            }
            Self::Bucket { name, prefix } => bucket::open(name, prefix, settings),
        }
    }
}

fn folder_error(path: &Path, source: std::io::Error) -> PlaceError {
    PlaceError::Folder {
        path: path.display().to_string(),
        source,
    }
}

/// Whether the store answers.
///
/// # Errors
/// Whatever the store answers otherwise; [`Error::NotFound`] where there is no such bucket.
pub async fn probe(store: &dyn ObjectStore) -> object_store::Result<()> {
    holds_nothing(store).await.map(|_| ())
}

/// Whether no file lies there.
///
/// # Errors
/// As [`probe`].
pub async fn holds_nothing(store: &dyn ObjectStore) -> object_store::Result<bool> {
    // Listing alone does not tell refused keys from a failing server.
    match store.get(&object_store::path::Path::from(NOBODYS)).await {
        Ok(_) | Err(Error::NotFound { .. }) => {}
        Err(error) => return Err(error),
    }
    match store.list(None).next().await {
        None => Ok(true),
        Some(Ok(_)) => Ok(false),
        Some(Err(Error::Generic { source, .. }))
            if crate::any_cause(&*source, |cause| cause.to_string().contains("NoSuchBucket")) =>
        {
            Err(Error::NotFound {
                path: String::new(),
                source,
            })
        }
        Some(Err(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_they_are_written() {
        let data = Path::new("/var/lib/conatus");
        for (text, shown) in [
            ("files", "/var/lib/conatus/files"),
            ("/srv/files", "/srv/files"),
            ("s3://papers", "s3://papers"),
            ("s3://papers/", "s3://papers"),
            ("s3://papers.one/a/b/", "s3://papers.one/a/b"),
        ] {
            assert_eq!(Place::parse(text, data).unwrap().to_string(), shown);
        }
        for text in [
            "",
            "s3://",
            "s3://Papers",
            "s3://pa",
            "s3://papers/a//b",
            "s3://papers/../b",
            "s3://key:secret@papers",
            "https://papers",
        ] {
            assert!(Place::parse(text, data).is_err(), "{text}");
        }
    }

    #[test]
    fn a_folder_that_is_gone_is_not_made_again() {
        let data = tempfile::tempdir().unwrap();
        let place = Place::parse("files", data.path()).unwrap();
        let settings = BucketSettings::default();
        assert!(matches!(
            place.open(&settings),
            Err(PlaceError::Folder { .. })
        ));
        place.make().unwrap();
        place.open(&settings).unwrap();
    }
}
