//! Where an installation of a test keeps its files: in its folder, or in a bucket behind a proxy
//! that can be told to fail.

use bucket::Server;
use files::{BucketSettings, Patience, Place};
use object_store::ObjectStore;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// A place for files.
#[derive(Clone)]
pub(crate) enum Kept {
    Folder,
    Bucket(Arc<Server>),
}

impl Kept {
    pub(crate) fn bucket() -> Self {
        Self::Bucket(Arc::new(Server::start()))
    }

    /// The store, for the installation in that folder.
    pub(crate) fn store(&self, data: &Path) -> Arc<dyn ObjectStore> {
        match self {
            Self::Folder => {
                let place = Place::Folder(data.join("files"));
                place.open(&BucketSettings::default()).unwrap()
            }
            Self::Bucket(server) => open(server, "place"),
        }
    }

    /// Where the files of the installation in that folder lie, past the store.
    pub(crate) fn folder(&self, data: &Path) -> PathBuf {
        match self {
            Self::Folder => data.join("files"),
            Self::Bucket(server) => server.objects().join("place"),
        }
    }

    /// Parts of files that were begun and neither finished nor taken back.
    pub(crate) fn unfinished(&self) -> usize {
        match self {
            Self::Folder => 0,
            Self::Bucket(server) => server.unfinished(),
        }
    }
}

/// A prefix of that server's bucket, reached through its proxy. Tests wait less.
pub(crate) fn open(server: &Server, prefix: &str) -> Arc<dyn ObjectStore> {
    let settings = BucketSettings {
        endpoint: Some(server.proxied()),
        credentials: Some(server.keys()),
        patience: Patience {
            answer: Duration::from_secs(2),
            tries: Duration::from_secs(4),
            again: 4,
        },
        ..BucketSettings::default()
    };
    let place = Place::Bucket {
        name: bucket::NAME.to_owned(),
        prefix: prefix.to_owned(),
    };
    place.open(&settings).unwrap()
}
