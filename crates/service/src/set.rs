//! The set of pieces: documents of the safe chosen for a procedure, in order, with a list on top, as
//! one archive that is streamed and never held whole. It is written as a sharing, and each document
//! as read, before the first byte leaves.

use crate::{
    Inner, Result, Service, ServiceError, Who,
    keyring::RecordKeys,
    reading::{NewReading, What},
    safe::picture,
};
use bytes::Bytes;
use domain::{
    document::FileType,
    id::{PieceId, ProcedureId},
    procedure::Met,
    record::DocumentView,
};
use futures_util::{StreamExt, stream::BoxStream};
use std::{
    collections::VecDeque,
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};
use storage::FileFactRow;
use unicode_normalization::UnicodeNormalization;
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions, write::StreamWriter};

/// The most documents of one set.
pub const MOST_PIECES: usize = 99;
/// How many pixels a picture keeps on its longest side: what a paper of A4 needs at 200 an inch.
const SIDE: u32 = 2_340;
/// The longest name of a file of a set, its number and type apart.
const LONGEST_NAME: usize = 48;

/// A set to take out.
#[derive(Debug, Clone)]
pub struct NewSet {
    /// The procedure it is for.
    pub procedure: ProcedureId,
    /// Its pieces, in order; each met by a document that the asker opens.
    pub pieces: Vec<PieceId>,
    /// For whom or what, in words.
    pub to: String,
}

/// A piece of a set, as its list tells it.
#[derive(Debug, Clone)]
pub struct SetPiece {
    /// The piece.
    pub piece: PieceId,
    /// What was asked for.
    pub label: String,
    /// The document that meets it.
    pub document: DocumentView,
    /// Its name in the set: its place, what was asked for, its type.
    pub name: String,
}

/// A piece of a set as a paper.
#[derive(Clone, PartialEq, Eq)]
pub enum SetPaper {
    /// A PDF.
    Pdf(Vec<u8>),
    /// A picture: a JPEG in colours, and how many pixels it is wide and high.
    Picture(Vec<u8>, u16, u16),
}

impl std::fmt::Debug for SetPaper {
    /// Never what it holds.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SetPaper").finish_non_exhaustive()
    }
}

/// Why the pieces of a set are no papers that can be bound.
#[derive(Debug)]
pub enum NoPaper {
    /// The piece at that place is neither a PDF nor a picture that can be read.
    Kind(usize),
    /// It is too long, or all of them are.
    TooMuch(usize),
    /// It could not be opened.
    Failed(ServiceError),
}

/// A set being taken out.
pub struct OpenedSet {
    /// The archive, each of its documents authenticated as it is given.
    pub stream: BoxStream<'static, Result<Bytes>>,
}

impl std::fmt::Debug for OpenedSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenedSet").finish_non_exhaustive()
    }
}

/// A name of letters, digits and dashes, that every system takes and nobody mistakes for a path.
fn plain(label: &str) -> String {
    let mut name = String::new();
    for c in label.nfkd() {
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_lowercase());
        } else if matches!(c, 'œ' | 'Œ' | 'æ' | 'Æ') {
            name.push_str(if matches!(c, 'œ' | 'Œ') { "oe" } else { "ae" });
        } else if !unicode_normalization::char::is_combining_mark(c)
            && !name.is_empty()
            && !name.ends_with('-')
        {
            name.push('-');
        }
        if name.len() >= LONGEST_NAME {
            break;
        }
    }
    let name = name.trim_end_matches('-');
    if name.is_empty() { "document" } else { name }.to_owned()
}

/// What the archive wrote and was not taken yet.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The archive being written.
struct Archive {
    inner: Arc<Inner>,
    keys: RecordKeys,
    at: DateTime,
    sink: Sink,
    writer: Option<ZipWriter<StreamWriter<Sink>>>,
    list: Option<(String, Vec<u8>)>,
    rest: VecDeque<(SetPiece, FileFactRow)>,
    current: Option<BoxStream<'static, Result<Bytes>>>,
}

fn broken(_: impl std::error::Error) -> ServiceError {
    ServiceError::Integrity {
        what: "an archive that cannot be written".into(),
    }
}

impl Archive {
    /// The next bytes of the archive; `None` at its end.
    async fn next(&mut self) -> Result<Option<Bytes>> {
        loop {
            let written = self.sink.take();
            if !written.is_empty() {
                return Ok(Some(Bytes::from(written)));
            }
            let Some(writer) = &mut self.writer else {
                return Ok(None);
            };
            if let Some(current) = &mut self.current {
                match current.next().await {
                    Some(bytes) => writer.write_all(&bytes?).map_err(broken)?,
                    None => self.current = None,
                }
                continue;
            }
            // Most documents are compressed already: the fastest way is enough. Not stored as they
            // are, since some readers take no such file whose length is told after it.
            let options = SimpleFileOptions::default()
                .compression_method(CompressionMethod::Deflated)
                .compression_level(Some(1))
                .last_modified_time(self.at);
            if let Some((name, content)) = self.list.take() {
                writer.start_file(name, options).map_err(broken)?;
                writer.write_all(&content).map_err(broken)?;
            } else if let Some((piece, fact)) = self.rest.pop_front() {
                writer.start_file(piece.name, options).map_err(broken)?;
                let stream = self
                    .inner
                    .document_stream(&piece.document, &self.keys, fact);
                self.current = Some(stream.await?);
            } else if let Some(writer) = self.writer.take() {
                writer.finish().map_err(broken)?;
            }
        }
    }
}

impl Service {
    /// The pieces of a set as its list tells them, and the documents that meet them.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where one is no piece of the procedure, or is not met by a document
    /// that the asker opens; [`ServiceError::Invalid`] where there is none, or too many.
    pub async fn set_pieces(&self, who: &Who<'_>, new: &NewSet) -> Result<Vec<SetPiece>> {
        let invalid = |key| ServiceError::Invalid {
            field: "pieces",
            key,
        };
        if new.pieces.is_empty() {
            return Err(invalid("error-set-empty"));
        }
        if new.pieces.len() > MOST_PIECES {
            return Err(invalid("error-set-long"));
        }
        let inner = &self.inner;
        let mut tx = inner.storage.read().await?;
        let keys = inner.keys_of(&mut *tx, who).await?;
        let record = inner.standing(&mut *tx, &keys).await?;
        let procedure = record.procedure(new.procedure);
        let procedure = procedure.ok_or(ServiceError::NotFound)?;
        let mut pieces = Vec::with_capacity(new.pieces.len());
        for (n, id) in (1..).zip(&new.pieces) {
            let view = procedure.piece(*id)?;
            let Some((Met::Document(document), ..)) = &view.met else {
                return Err(ServiceError::NotFound);
            };
            let document = record.document(*document).cloned();
            let document = document.ok_or(ServiceError::NotFound)?;
            let label = view.piece.label.clone();
            let extension = document.document.file_type.extension();
            pieces.push(SetPiece {
                piece: *id,
                name: format!("{n:02}-{}.{extension}", plain(&label)),
                label,
                document,
            });
        }
        Ok(pieces)
    }

    /// Takes a set out. The sharing and the reading of each document are on disk before it is given:
    /// then it may be opened as papers, or as one archive.
    ///
    /// # Errors
    /// Those of [`Service::set_pieces`]; then nothing was written and nothing leaves.
    pub async fn take_set(&self, who: &Who<'_>, new: NewSet) -> Result<TakenSet> {
        let pieces = self.set_pieces(who, &new).await?;
        let mut rest = VecDeque::with_capacity(pieces.len());
        let mut readings = Vec::with_capacity(pieces.len());
        let mut found = None;
        for piece in pieces {
            let document = &piece.document.document;
            let (view, keys, fact) = self.inner.find_document(who, document.id).await?;
            let title = match view.document.facts.title.as_str() {
                "" => view.document.name.clone(),
                title => title.to_owned(),
            };
            readings.push(NewReading {
                compartment: view.compartment,
                what: What::Download(title),
                object: *document.id.as_bytes(),
            });
            rest.push_back((piece, fact));
            found = Some(keys);
        }
        let keys = found.ok_or(ServiceError::NotFound)?;
        self.bring_pieces(who, new.procedure, new.pieces, &new.to)
            .await?;
        let author = who.author(&keys);
        self.inner
            .journal(&keys, who.session(), &author, who.signing(), readings)
            .await?;
        Ok(TakenSet {
            inner: Arc::clone(&self.inner),
            keys,
            pieces: rest,
        })
    }
}

/// A set that was taken out: the sharing and the readings are written.
pub struct TakenSet {
    inner: Arc<Inner>,
    keys: RecordKeys,
    pieces: VecDeque<(SetPiece, FileFactRow)>,
}

impl std::fmt::Debug for TakenSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TakenSet").finish_non_exhaustive()
    }
}

impl TakenSet {
    /// Its pieces as papers that can be bound together, in order: PDFs as they are, pictures made
    /// again upright, without what else their files tell. They are held whole: `largest` bytes each
    /// and `all` together at most.
    ///
    /// # Errors
    /// [`NoPaper`], with the place of the piece.
    pub async fn papers(&self, largest: u64, all: u64) -> Result<Vec<SetPaper>, NoPaper> {
        let permit = self.inner.stretches.acquire().await;
        let permit = permit.map_err(|_| NoPaper::Failed(ServiceError::Busy))?;
        let mut papers = Vec::with_capacity(self.pieces.len());
        let mut left = all;
        for (place, (piece, fact)) in self.pieces.iter().enumerate() {
            let document = &piece.document.document;
            if !document.file_type.is_bound() {
                return Err(NoPaper::Kind(place));
            }
            if document.length > largest {
                return Err(NoPaper::TooMuch(place));
            }
            let content = self.content(piece, *fact).await?;
            let paper = match document.file_type {
                FileType::Pdf => SetPaper::Pdf(content),
                file_type => tokio::task::spawn_blocking(move || picture(file_type, content, SIDE))
                    .await
                    .ok()
                    .flatten()
                    .ok_or(NoPaper::Kind(place))?,
            };
            let length = match &paper {
                SetPaper::Pdf(bytes) | SetPaper::Picture(bytes, ..) => bytes.len() as u64,
            };
            left = left.checked_sub(length).ok_or(NoPaper::TooMuch(place))?;
            papers.push(paper);
        }
        drop(permit);
        Ok(papers)
    }

    async fn content(&self, piece: &SetPiece, fact: FileFactRow) -> Result<Vec<u8>, NoPaper> {
        let view = &piece.document;
        let stream = self.inner.document_stream(view, &self.keys, fact).await;
        let mut stream = stream.map_err(NoPaper::Failed)?;
        let mut content = Vec::new();
        while let Some(bytes) = stream.next().await {
            content.extend_from_slice(&bytes.map_err(NoPaper::Failed)?);
        }
        Ok(content)
    }

    /// One archive, its list (a name and a file) first.
    #[must_use]
    pub fn archive(self, list: (String, Vec<u8>)) -> OpenedSet {
        let sink = Sink::default();
        let archive = Archive {
            at: archive_time(self.inner.zone.to_datetime(self.inner.now())),
            inner: self.inner,
            keys: self.keys,
            writer: Some(ZipWriter::new_stream(sink.clone())),
            sink,
            list: Some(list),
            rest: self.pieces,
            current: None,
        };
        let stream = futures_util::stream::unfold(Some(archive), |archive| async move {
            let mut archive = archive?;
            match archive.next().await {
                Ok(Some(bytes)) => Some((Ok(bytes), Some(archive))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        });
        OpenedSet {
            stream: stream.fuse().boxed(),
        }
    }
}

/// The day and hour that the files of the archive carry: that of the set, never a document's own.
fn archive_time(at: jiff::civil::DateTime) -> DateTime {
    let part = |n: i8| u8::try_from(n).unwrap_or_default();
    let year = u16::try_from(at.year()).unwrap_or(1980);
    DateTime::from_date_and_time(
        year,
        part(at.month()),
        part(at.day()),
        part(at.hour()),
        part(at.minute()),
        0,
    )
    .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_on_every_system() {
        for (label, name) in [
            ("Pièce d’identité", "piece-d-identite"),
            ("../../etc/passwd", "etc-passwd"),
            ("CON: <x>|\"?*", "con-x"),
            ("علي", "document"),
            ("Œuvre n° 3", "oeuvre-n-3"),
            (&"a".repeat(200), &"a".repeat(LONGEST_NAME)),
        ] {
            assert_eq!(plain(label), name, "{label}");
        }
    }
}
