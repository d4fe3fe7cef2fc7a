//! A place to keep files for one test.

use bucket::Server;
use files::{BucketSettings, Patience, Place, Writer};
use futures_util::StreamExt;
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use std::{path::PathBuf, sync::Arc, time::Duration};
use tempfile::TempDir;

/// Tests wait less.
pub(crate) const PATIENCE: Patience = Patience {
    answer: Duration::from_secs(2),
    tries: Duration::from_secs(4),
    again: 4,
};

pub(crate) struct Kept {
    pub(crate) store: Arc<dyn ObjectStore>,
    /// Where the files lie, past the store.
    pub(crate) folder: PathBuf,
    pub(crate) server: Option<Server>,
    _folder: TempDir,
}

pub(crate) fn settings(endpoint: String, keys: PathBuf) -> BucketSettings {
    BucketSettings {
        endpoint: Some(endpoint),
        credentials: Some(keys),
        patience: PATIENCE,
        ..BucketSettings::default()
    }
}

impl Kept {
    pub(crate) fn in_a_folder() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Folder(folder.path().join("files"));
        place.make().unwrap();
        Self {
            store: place.open(&BucketSettings::default()).unwrap(),
            folder: folder.path().join("files"),
            server: None,
            _folder: folder,
        }
    }

    /// Reached through the proxy, which fails as told.
    pub(crate) fn in_a_bucket() -> Self {
        let server = Server::start();
        let place =
            Place::parse(&format!("s3://{}/one/place", bucket::NAME), "none".as_ref()).unwrap();
        let settings = settings(server.proxied(), server.keys());
        Self {
            store: place.open(&settings).unwrap(),
            folder: server.objects().join("one/place"),
            server: Some(server),
            _folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) async fn write(&self, name: &str, content: &[u8]) -> object_store::Result<()> {
        let mut writer = Writer::new(Arc::clone(&self.store), Path::from(name));
        // As networks deliver: in pieces that fit nothing.
        for piece in content.chunks(70_001) {
            writer.write(piece).await?;
        }
        writer.finish().await
    }

    pub(crate) async fn read(&self, name: &str) -> object_store::Result<Vec<u8>> {
        let mut stream = self.store.get(&Path::from(name)).await?.into_stream();
        let mut content = Vec::new();
        while let Some(bytes) = stream.next().await {
            content.extend_from_slice(&bytes?);
        }
        Ok(content)
    }

    /// Nothing of any file remains, nor of any that was begun.
    pub(crate) async fn is_empty(&self) -> bool {
        for _ in 0..50 {
            let unfinished = self.server.as_ref().map_or(0, Server::unfinished);
            if unfinished == 0 && files::holds_nothing(&*self.store).await.unwrap() {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        false
    }
}

pub(crate) fn content(length: usize) -> Vec<u8> {
    let mut state = 7_u32;
    let bytes = (0..length).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_le_bytes()[3]
    });
    bytes.collect()
}
