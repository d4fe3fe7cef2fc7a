//! Writing a file as it comes, never held whole, and not believing that it is there before the
//! store says so: its length, and its bytes as far as the store can tell.

use crate::tag::{ExpectedTag, Verdict};
use bytes::Bytes;
use futures_util::StreamExt;
use object_store::{
    Error, MultipartUpload, ObjectMeta, ObjectStore, ObjectStoreExt, PutPayload, Result, path::Path,
};
use std::{sync::Arc, time::Duration};
use tokio::task::JoinSet;

/// Bytes of a part: buckets ask for 5 MiB at least.
pub const PART: usize = 5 * 1024 * 1024;
/// Bytes up to which a file takes no more room than it needs.
const SHORT: usize = 512 * 1024;
/// Parts under way at once: a slow store must not become a full memory.
const AT_ONCE: usize = 2;
/// How long taking back what was sent may hold up who asked.
const TAKING_BACK: Duration = Duration::from_secs(5);

/// A file being written. Dropped before it is finished, what was sent is taken back.
pub struct Writer {
    store: Arc<dyn ObjectStore>,
    path: Path,
    buffer: Vec<u8>,
    /// Begun once the file is longer than a part.
    parts: Option<Box<dyn MultipartUpload>>,
    sending: JoinSet<Result<()>>,
    expected: ExpectedTag,
    length: u64,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer")
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

impl Writer {
    /// A new file of that name, which no file has had.
    #[must_use]
    pub fn new(store: Arc<dyn ObjectStore>, path: Path) -> Self {
        Self {
            store,
            path,
            buffer: Vec::new(),
            parts: None,
            sending: JoinSet::new(),
            expected: ExpectedTag::default(),
            length: 0,
        }
    }

    /// Takes some of it; waits where the store is slower than who writes.
    ///
    /// # Errors
    /// What the store answers to a part once it was tried enough.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            // A full part waits for the next byte: the last one must not be empty.
            if self.buffer.len() == PART {
                self.send_part().await?;
            }
            let taken = bytes.len().min(PART - self.buffer.len());
            self.make_room(taken);
            self.buffer.extend_from_slice(&bytes[..taken]);
            self.length += taken as u64;
            bytes = &bytes[taken..];
        }
        Ok(())
    }

    /// A vector doubles as it grows: a part would end in one of 8 MiB, beside those it was copied
    /// from. Past what a short file takes, room is made once, for a whole part.
    fn make_room(&mut self, more: usize) {
        let needed = self.buffer.len() + more;
        if needed > self.buffer.capacity() && (needed > SHORT || self.parts.is_some()) {
            self.buffer.reserve_exact(PART - self.buffer.len());
        }
    }

    async fn send_part(&mut self) -> Result<()> {
        while self.sending.len() >= AT_ONCE {
            self.one_sent().await?;
        }
        let part = Bytes::from(std::mem::take(&mut self.buffer));
        self.expected.add(&part);
        if self.parts.is_none() {
            self.parts = Some(self.store.put_multipart(&self.path).await?);
        }
        if let Some(parts) = &mut self.parts {
            self.sending.spawn(parts.put_part(part.into()));
        }
        Ok(())
    }

    async fn one_sent(&mut self) -> Result<()> {
        match self.sending.join_next().await {
            None => Ok(()),
            Some(Ok(sent)) => sent,
            Some(Err(source)) => Err(Error::JoinError { source }),
        }
    }

    /// Finishes it: once this returns, the store has it and said so.
    ///
    /// # Errors
    /// What the store answers once it was tried enough; nothing of the file is left then, where the
    /// store still answers.
    pub async fn finish(mut self) -> Result<()> {
        let whole = self.parts.is_none();
        let put = if whole {
            self.put_whole().await
        } else {
            self.complete().await
        };
        let kept = match put {
            Ok(()) => self.confirm(whole).await,
            // An answer that was lost: the store may have done what it was asked.
            // Asked again, it says that there is nothing to put together.
            Err(error) => self.confirm(whole).await.map_err(|_| error),
        };
        if kept.is_err() {
            let _ = tokio::time::timeout(TAKING_BACK, self.take_back()).await;
        }
        // Nothing is left to take back.
        self.parts = None;
        kept
    }

    async fn put_whole(&mut self) -> Result<()> {
        let whole = Bytes::from(std::mem::take(&mut self.buffer));
        self.expected.add(&whole);
        self.store.put(&self.path, PutPayload::from(whole)).await?;
        Ok(())
    }

    async fn complete(&mut self) -> Result<()> {
        self.send_part().await?;
        while !self.sending.is_empty() {
            self.one_sent().await?;
        }
        if let Some(parts) = &mut self.parts {
            parts.complete().await?;
        }
        Ok(())
    }

    /// What the store says it holds is what was sent. `&mut`, because an upload under way may move
    /// between threads and may not be shared by them.
    async fn confirm(&mut self, whole: bool) -> Result<()> {
        let held = self.store.head(&self.path).await?;
        if held.size != self.length {
            return Err(self.differs(&held));
        }
        // A bucket that encrypts tags other bytes than those sent: it is read again to be sure.
        if self.expected.judge(whole, held.e_tag.as_deref()) == Verdict::Other
            && !self.reads_the_same().await?
        {
            return Err(self.differs(&held));
        }
        Ok(())
    }

    fn differs(&self, held: &ObjectMeta) -> Error {
        let source = format!(
            "the store holds {} bytes for {} sent, or others",
            held.size, self.length
        );
        Error::Generic {
            store: "files",
            source: source.into(),
        }
    }

    async fn reads_the_same(&mut self) -> Result<bool> {
        let mut stream = self.store.get(&self.path).await?.into_stream();
        let mut read = ExpectedTag::default();
        let mut part: Vec<u8> = Vec::new();
        while let Some(bytes) = stream.next().await {
            let mut bytes = bytes?;
            while !bytes.is_empty() {
                if part.len() == PART {
                    read.add(&part);
                    part.clear();
                }
                let taken = bytes.split_to(bytes.len().min(PART - part.len()));
                part.extend_from_slice(&taken);
            }
        }
        read.add(&part);
        Ok(read == self.expected)
    }

    async fn take_back(&mut self) {
        self.sending.shutdown().await;
        if let Some(mut parts) = self.parts.take() {
            // Refused where the parts were put together: then it is a file, removed below.
            let _ = parts.abort().await;
        }
        let _ = self.store.delete(&self.path).await;
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let Some(mut parts) = self.parts.take() else {
            return;
        };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let mut sending = std::mem::take(&mut self.sending);
        runtime.spawn(async move {
            // A part still under way would be kept after the others were removed.
            sending.shutdown().await;
            if let Err(error) = parts.abort().await {
                let why = crate::explain(&error);
                tracing::warn!(why, "an upload that was given up could not be taken back");
            }
        });
    }
}
