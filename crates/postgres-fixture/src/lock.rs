//! Locks between processes, held as long as they live and let go however they end.

use std::{
    fs::{File, OpenOptions},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// A lock on a file that is removed with it.
#[derive(Debug)]
pub(crate) struct Turn {
    path: PathBuf,
    _held: Held,
}

impl Turn {
    /// Waits until nobody else holds it.
    pub(crate) fn wait(path: PathBuf) -> Result<Self, String> {
        let held = Held::exclusive(&path)?;
        Ok(Self { path, _held: held })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // Before the lock is let go: whoever waits for it finds that and makes another.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// A lock on a file.
#[derive(Debug)]
pub(crate) struct Held {
    _file: File,
}

impl Held {
    /// Waits until nobody else holds it.
    pub(crate) fn exclusive(path: &Path) -> Result<Self, String> {
        Self::take(path, File::lock)
    }

    /// Waits until nobody holds it alone.
    pub(crate) fn together(path: &Path) -> Result<Self, String> {
        Self::take(path, File::lock_shared)
    }

    fn take(path: &Path, lock: fn(&File) -> std::io::Result<()>) -> Result<Self, String> {
        let said = |e| format!("the lock {}: {e}", path.display());
        loop {
            let file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .mode(0o600)
                .open(path)
                .map_err(said)?;
            lock(&file).map_err(said)?;
            // Whoever held it may have removed it: then it is nobody's lock any more.
            let (ours, there) = (file.metadata(), std::fs::metadata(path));
            if matches!((ours, there), (Ok(ours), Ok(there)) if ours.ino() == there.ino()) {
                return Ok(Self { _file: file });
            }
        }
    }
}
