//! Files that only the account running the server can read, whatever its umask.

use crate::row::unwritable;
use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::Path,
};
use storage::StorageError;

/// Makes the folder (0700) and the file (0600, empty) where they are missing, and narrows the mode
/// of a file that others could read. `SQLite` gives the log beside it the same mode.
pub(crate) fn make_private(file: &Path) -> Result<(), StorageError> {
    if let Some(folder) = folder(file) {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(unwritable)?;
    }
    match make_new(file) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => narrow(file),
        made => made,
    }
    .map_err(unwritable)
}

/// Makes a new empty file (0600); one that is there is an error.
pub(crate) fn make_new(file: &Path) -> io::Result<()> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)?
        .set_permissions(Permissions::from_mode(0o600))
}

/// Has a file and its name reach the disk.
pub(crate) fn sync(file: &Path) -> io::Result<()> {
    File::open(file)?.sync_all()?;
    File::open(folder(file).unwrap_or(Path::new(".")))?.sync_all()
}

fn narrow(file: &Path) -> io::Result<()> {
    fs::set_permissions(file, Permissions::from_mode(0o600))
}

fn folder(file: &Path) -> Option<&Path> {
    file.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
}
