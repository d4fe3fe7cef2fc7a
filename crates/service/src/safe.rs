//! The safe: documents put in and taken out as streams, never held whole, sealed before they touch
//! a disk; images shown only re-encoded.

use crate::{
    Inner, Result, Service, ServiceError, What, Who,
    journal::NewEntry,
    keyring::RecordKeys,
    reading::NewReading,
    secret::{hex, unhex},
    set::SetPaper,
};
use bytes::Bytes;
use domain::{
    Compartment,
    document::{Document, DocumentFacts, FileType, LARGEST_FILE, RECOGNISED_FROM, RefusedFile},
    entry::{Content, EntryBody},
    id::{DocumentId, FileId, OrganisationId, PersonId},
    record::DocumentView,
};
use files::Writer;
use futures_util::{StreamExt, stream::BoxStream};
use object_store::{ObjectStoreExt, path::Path};
use seal::{Binding, ContentType, FileOpener, FileSealer, Key};
use std::{io::Cursor, sync::Arc};
use storage::{FileFactRow, FileRow};

/// The most pixels an image may claim before it is decoded.
const LARGEST_SIDE: u32 = 12_000;
/// The most memory decoding an image may take, in bytes.
const DECODING: u64 = 192 * 1024 * 1024;
/// The longest name kept, in characters.
const LONGEST_NAME: usize = 120;

/// A document being put in. Dropped before it is finished, what was stored of it is taken back; a
/// job sweeps what a crash leaves.
pub struct Upload {
    organisation: OrganisationId,
    person: PersonId,
    compartment: Compartment,
    file: FileId,
    writer: Writer,
    key: Key,
    start: Vec<u8>,
    recognised: Option<FileType>,
    sealer: Option<FileSealer>,
    content: blake3::Hasher,
    sealed: blake3::Hasher,
    sealed_length: u64,
    length: u64,
    out: Vec<u8>,
}

impl std::fmt::Debug for Upload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upload")
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// A document being taken out.
pub struct OpenedDocument {
    /// What the record says of it.
    pub view: DocumentView,
    /// Its bytes, each authenticated before it is given.
    pub stream: BoxStream<'static, Result<Bytes>>,
}

impl std::fmt::Debug for OpenedDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenedDocument").finish_non_exhaustive()
    }
}

/// Where a sealed file lies in the object store.
pub(crate) fn file_path(person: PersonId, file: FileId) -> Path {
    Path::from(format!("{person}/{file}"))
}

fn file_binding(
    organisation: OrganisationId,
    person: PersonId,
    compartment: Compartment,
    file: FileId,
) -> Binding {
    Binding::new(ContentType::File)
        .organisation(organisation)
        .person(person)
        .compartment(compartment)
        .object(file.as_bytes())
}

/// A file's name without any path or control character, short enough to show.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars()
        .filter(|c| !c.is_control())
        .take(LONGEST_NAME)
        .collect::<String>()
        .trim()
        .to_owned()
}

impl Upload {
    /// Takes some of the document. The type is recognised before anything is stored.
    ///
    /// # Errors
    /// [`ServiceError::File`] where the safe does not take it.
    pub async fn push(&mut self, data: &[u8]) -> Result<()> {
        self.length += data.len() as u64;
        if self.length > LARGEST_FILE {
            return Err(RefusedFile::TooLong.into());
        }
        self.content.update(data);
        if self.recognised.is_none() {
            self.start.extend_from_slice(data);
            if self.start.len() < RECOGNISED_FROM {
                return Ok(());
            }
            return self.begin().await;
        }
        self.store(data).await
    }

    async fn begin(&mut self) -> Result<()> {
        self.recognised = Some(FileType::recognise(&self.start)?);
        if let Some(sealer) = &self.sealer {
            let header = sealer.header();
            self.write(&header).await?;
        }
        let start = std::mem::take(&mut self.start);
        self.store(&start).await
    }

    async fn store(&mut self, data: &[u8]) -> Result<()> {
        let mut out = std::mem::take(&mut self.out);
        out.clear();
        if let Some(sealer) = &mut self.sealer {
            sealer.push(data, &mut out)?;
        }
        self.write(&out).await?;
        self.out = out;
        Ok(())
    }

    async fn write(&mut self, sealed: &[u8]) -> Result<()> {
        self.sealed.update(sealed);
        self.sealed_length += sealed.len() as u64;
        Ok(self.writer.write(sealed).await?)
    }

    async fn seal_rest(&mut self) -> Result<FileType> {
        if self.recognised.is_none() {
            self.begin().await?;
        }
        let file_type = self.recognised.ok_or(RefusedFile::Empty)?;
        let mut out = Vec::new();
        if let Some(sealer) = self.sealer.take() {
            sealer.finish(&mut out)?;
        }
        self.write(&out).await?;
        Ok(file_type)
    }
}

/// A document to put in.
#[derive(Debug, Clone)]
pub struct NewDocument {
    /// The name it was given by whoever put it there.
    pub name: String,
    /// What it says of itself.
    pub facts: DocumentFacts,
}

impl Inner {
    /// A document's view, its keys and the row's fact about its file.
    pub(crate) async fn find_document(
        &self,
        who: &Who<'_>,
        id: DocumentId,
    ) -> Result<(DocumentView, RecordKeys, FileFactRow)> {
        let mut tx = self.storage.read().await?;
        let keys = self.keys_of(&mut *tx, who).await?;
        let record = self.standing(&mut *tx, &keys).await?;
        let view = record.document(id).cloned().ok_or(ServiceError::NotFound)?;
        let row = tx
            .entry(keys.person, view.sequence)
            .await?
            .ok_or(ServiceError::NotFound)?;
        let fact = row
            .file
            .filter(|f| f.file == view.document.file)
            .ok_or_else(|| ServiceError::Integrity {
                what: format!("file of entry {}", view.sequence),
            })?;
        Ok((view, keys, fact))
    }

    pub(crate) async fn document_stream(
        &self,
        view: &DocumentView,
        keys: &RecordKeys,
        fact: FileFactRow,
    ) -> Result<BoxStream<'static, Result<Bytes>>> {
        let broken = || ServiceError::Integrity {
            what: format!("file {} of person {}", fact.file, keys.person),
        };
        let key = Key::from_bytes(unhex(&view.document.file_key).ok_or_else(broken)?);
        let binding = file_binding(
            keys.organisation,
            keys.person,
            view.compartment,
            view.document.file,
        );
        let opener = FileOpener::new(&key, &binding, view.document.length);
        let path = file_path(keys.person, view.document.file);
        let found = self.files.get(&path).await?;
        if found.meta.size != fact.sealed_length {
            return Err(broken());
        }
        let what = format!("file {} of person {}", fact.file, keys.person);
        let sealed = found.into_stream().boxed();
        let state = (sealed, Some(opener), what);
        Ok(
            futures_util::stream::unfold(state, |(mut sealed, opener, what)| async move {
                let mut opener = opener?;
                let broken = |what: &str| ServiceError::Integrity {
                    what: what.to_owned(),
                };
                loop {
                    let mut out = Vec::new();
                    match sealed.next().await {
                        Some(Ok(bytes)) => match opener.push(&bytes, &mut out) {
                            Ok(()) if out.is_empty() => {}
                            Ok(()) => {
                                return Some((Ok(Bytes::from(out)), (sealed, Some(opener), what)));
                            }
                            Err(_) => return Some((Err(broken(&what)), (sealed, None, what))),
                        },
                        Some(Err(error)) => {
                            return Some((Err(error.into()), (sealed, None, what)));
                        }
                        None => {
                            return match opener.finish(&mut out) {
                                Ok(()) if out.is_empty() => None,
                                Ok(()) => Some((Ok(Bytes::from(out)), (sealed, None, what))),
                                Err(_) => Some((Err(broken(&what)), (sealed, None, what))),
                            };
                        }
                    }
                }
            })
            // Compression asks again after the end, which `unfold` answers with a panic.
            .fuse()
            .boxed(),
        )
    }

    async fn read_document(
        &self,
        who: &Who<'_>,
        id: DocumentId,
        what: fn(String) -> What,
    ) -> Result<OpenedDocument> {
        let (view, keys, fact) = self.find_document(who, id).await?;
        let facts = &view.document.facts;
        let title = if facts.title.is_empty() {
            view.document.name.clone()
        } else {
            facts.title.clone()
        };
        let reading = NewReading {
            compartment: view.compartment,
            what: what(title),
            object: *view.document.id.as_bytes(),
        };
        let author = who.author(&keys);
        self.journal(&keys, who.session(), &author, who.signing(), vec![reading])
            .await?;
        let stream = self.document_stream(&view, &keys, fact).await?;
        Ok(OpenedDocument { view, stream })
    }
}

/// An image decoded within limits, upright and small enough, encoded again as JPEG: whatever else
/// the file carried is left behind.
fn shown_image(file_type: FileType, content: Vec<u8>, largest_side: u32) -> Option<Vec<u8>> {
    match picture(file_type, content, largest_side)? {
        SetPaper::Picture(jpeg, ..) => Some(jpeg),
        SetPaper::Pdf(_) => None,
    }
}

/// The same, with how many pixels it is wide and high.
pub(crate) fn picture(
    file_type: FileType,
    content: Vec<u8>,
    largest_side: u32,
) -> Option<SetPaper> {
    let format = match file_type {
        FileType::Jpeg => image::ImageFormat::Jpeg,
        FileType::Png => image::ImageFormat::Png,
        FileType::Webp => image::ImageFormat::WebP,
        _ => return None,
    };
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(LARGEST_SIDE);
    limits.max_image_height = Some(LARGEST_SIDE);
    limits.max_alloc = Some(DECODING);
    let mut reader = image::ImageReader::with_format(Cursor::new(content), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let orientation = image::ImageDecoder::orientation(&mut decoder).ok();
    let mut decoded = image::DynamicImage::from_decoder(decoder).ok()?;
    if let Some(orientation) = orientation {
        decoded.apply_orientation(orientation);
    }
    if decoded.width().max(decoded.height()) > largest_side {
        decoded = decoded.thumbnail(largest_side, largest_side);
    }
    let mut out = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 80);
    let decoded = decoded.to_rgb8();
    let width = u16::try_from(decoded.width()).ok()?;
    let height = u16::try_from(decoded.height()).ok()?;
    image::DynamicImage::ImageRgb8(decoded)
        .write_with_encoder(encoder)
        .ok()?;
    Some(SetPaper::Picture(out, width, height))
}

impl Service {
    /// Begins to put a document in a compartment open to the asker.
    pub async fn begin_upload(&self, who: &Who<'_>, compartment: Compartment) -> Result<Upload> {
        let inner = &self.inner;
        let file = FileId::from_bytes(inner.new_id());
        let keys = inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                let keys = inner.keys_to_write(&mut *tx, who).await?;
                keys.latest(compartment)
                    .ok_or(ServiceError::CompartmentClosed(compartment))?;
                let row = FileRow {
                    person: keys.person,
                    file,
                    begun: inner.now(),
                    kept: false,
                };
                tx.begin_file(&row).await?;
                tx.save().await?;
                Ok(keys)
            })
            .await?;
        let key = Key::generate(&mut inner.chance());
        let binding = file_binding(keys.organisation, keys.person, compartment, file);
        let sealer = FileSealer::new(&key, &binding, &mut inner.chance());
        Ok(Upload {
            organisation: keys.organisation,
            person: keys.person,
            compartment,
            file,
            writer: Writer::new(Arc::clone(&inner.files), file_path(keys.person, file)),
            key,
            start: Vec::new(),
            recognised: None,
            sealer: Some(sealer),
            content: blake3::Hasher::new(),
            sealed: blake3::Hasher::new(),
            sealed_length: 0,
            length: 0,
            out: Vec::new(),
        })
    }

    /// Finishes putting a document in: its file is on disk, then its entry is written.
    pub async fn finish_upload(
        &self,
        who: &Who<'_>,
        mut upload: Upload,
        new: NewDocument,
    ) -> Result<DocumentId> {
        check_facts(&new.facts)?;
        if upload.length == 0 {
            return Err(RefusedFile::Empty.into());
        }
        let file_type = upload.seal_rest().await?;
        // The store says that it has it before an entry says that it is there.
        upload.writer.finish().await?;
        let inner = &self.inner;
        inner
            .again(|| async {
                let mut tx = inner.storage.write().await?;
                let keys = inner.keys_to_write(&mut *tx, who).await?;
                if keys.person != upload.person || keys.organisation != upload.organisation {
                    return Err(ServiceError::NotFound);
                }
                let id = DocumentId::from_bytes(inner.new_id());
                let document = Document {
                    id,
                    file: upload.file,
                    file_key: hex(upload.key.as_bytes()),
                    length: upload.length,
                    content_hash: upload.content.finalize().to_hex().to_string(),
                    file_type,
                    name: plain_name(&new.name),
                    facts: new.facts.clone(),
                };
                let content = Content::DocumentAdded(document);
                let body = EntryBody {
                    at: inner.now(),
                    author: who.author(&keys),
                    content,
                };
                let entry = NewEntry {
                    compartment: upload.compartment,
                    body,
                    file: Some(FileFactRow {
                        file: upload.file,
                        sealed_hash: *upload.sealed.finalize().as_bytes(),
                        sealed_length: upload.sealed_length,
                    }),
                };
                inner.append(&mut *tx, &keys, &who.signer(), entry).await?;
                tx.keep_file(upload.person, upload.file).await?;
                tx.save().await?;
                Ok(id)
            })
            .await
    }

    /// Takes a document out; the reading is on disk before the first byte.
    pub async fn open_document(&self, who: &Who<'_>, id: DocumentId) -> Result<OpenedDocument> {
        self.inner.read_document(who, id, What::Download).await
    }

    /// A document's picture, re-encoded; `None` where it is no image that can be shown.
    pub async fn document_image(
        &self,
        who: &Who<'_>,
        id: DocumentId,
        largest_side: u32,
    ) -> Result<Option<Vec<u8>>> {
        let (view, _, _) = self.inner.find_document(who, id).await?;
        if !view.document.file_type.is_shown() {
            return Ok(None);
        }
        let mut opened = self.inner.read_document(who, id, What::Document).await?;
        let mut content = Vec::new();
        while let Some(bytes) = opened.stream.next().await {
            content.extend_from_slice(&bytes?);
        }
        let permit = self
            .inner
            .stretches
            .acquire()
            .await
            .map_err(|_| ServiceError::Busy)?;
        let file_type = view.document.file_type;
        let shown =
            tokio::task::spawn_blocking(move || shown_image(file_type, content, largest_side))
                .await
                .map_err(|_| ServiceError::Busy)?;
        drop(permit);
        Ok(shown)
    }

    /// Mends what is said of a document.
    pub async fn change_document(
        &self,
        who: &Who<'_>,
        document: DocumentId,
        facts: DocumentFacts,
    ) -> Result<()> {
        check_facts(&facts)?;
        let (view, _, _) = self.inner.find_document(who, document).await?;
        let content = Content::DocumentChanged { document, facts };
        self.inner.write_one(who, view.compartment, content).await?;
        Ok(())
    }

    /// Takes a document off the safe's list; it stays in the journal.
    pub async fn withdraw_document(
        &self,
        who: &Who<'_>,
        document: DocumentId,
        reason: String,
    ) -> Result<()> {
        let (view, _, _) = self.inner.find_document(who, document).await?;
        let content = Content::DocumentWithdrawn { document, reason };
        self.inner.write_one(who, view.compartment, content).await?;
        Ok(())
    }
}

fn check_facts(facts: &DocumentFacts) -> Result<()> {
    match (facts.issued, facts.valid_until) {
        (Some(issued), Some(until)) if until < issued => Err(ServiceError::Invalid {
            field: "valid_until",
            key: "error-valid-until",
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_paths_and_control_characters() {
        for (given, kept) in [
            ("/etc/passwd", "passwd"),
            ("C:\\Users\\a\\carte.pdf", "carte.pdf"),
            ("a\r\nb.pdf", "ab.pdf"),
            ("  ", ""),
        ] {
            assert_eq!(plain_name(given), kept);
        }
    }

    #[test]
    fn an_image_that_claims_too_much_is_not_decoded() {
        let mut png = Vec::new();
        image::DynamicImage::new_rgb8(4, 3)
            .write_to(&mut Cursor::new(&mut png), image::ImageFormat::Png)
            .unwrap();
        assert!(shown_image(FileType::Png, png.clone(), 100).is_some());
        // Width in the header says 2^31 - 1; its checksum is left wrong on purpose too.
        png[16..20].copy_from_slice(&0x7fff_ffffu32.to_be_bytes());
        assert!(shown_image(FileType::Png, png, 100).is_none());
    }
}
