//! Papers bound in one PDF: the pages of PDFs and pictures, one after the other, with a bookmark a
//! paper. Pages are copied, and what they draw with; what acts (scripts, links, attachments, forms'
//! logic) is left behind, and what a form was filled with stays as it is drawn.
//!
//! A PDF is a file that someone else made: it is read within limits, and still may take long or much.
//! The program binds in a process of its own, held in memory and time.

mod copy;

use crate::blank::load_within;
use lopdf::{Dictionary, Object, Stream, Writer, dictionary, text_string};
use std::io::Write as _;

/// The longest paper that is bound, in bytes.
pub const LARGEST_BOUND: usize = 32 * 1024 * 1024;
/// The most bytes of papers bound together.
pub const LARGEST_BOOK: usize = 48 * 1024 * 1024;
/// The most pages bound together.
pub const MOST_BOUND: usize = 1_000;
/// What a stream of objects may inflate to, in bytes.
const LARGEST_OBJECTS: usize = 16 * 1024 * 1024;
/// A4 in points.
const PAGE: (f32, f32) = (595.0, 842.0);
/// What is left free around a picture, in points.
const EDGE: f32 = 24.0;
/// Points a pixel of a picture takes at most: 100 pixels an inch, or small pictures would be blown up.
const PIXEL: f32 = 0.72;

/// Why a paper cannot be bound with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BindError {
    /// It is locked with a password or with rights.
    #[error("it is locked")]
    Locked,
    /// It cannot be read, or it is one whose pages are made by a program as it is opened.
    #[error("it cannot be read")]
    Unread,
    /// It is longer, or holds more, than what is bound.
    #[error("it holds more than what is bound")]
    TooMuch,
}

/// A paper to bind.
#[derive(Clone, PartialEq, Eq)]
pub struct Paper {
    /// The title of its bookmark.
    pub title: String,
    /// What it is.
    pub content: PaperContent,
}

/// What a paper is.
#[derive(Clone, PartialEq, Eq)]
pub enum PaperContent {
    /// A PDF.
    Pdf(Vec<u8>),
    /// A picture: a JPEG in colours, and how many pixels it is wide and high.
    Picture(Vec<u8>, u16, u16),
}

impl std::fmt::Debug for Paper {
    /// Never what it holds.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Paper").finish_non_exhaustive()
    }
}

/// Why papers could not be bound, and which one is to blame where one is, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unbound {
    /// Which.
    pub paper: Option<usize>,
    /// Why.
    pub why: BindError,
}

/// Whoever binds papers: the program does so in a process of its own.
pub trait Bind: Send + Sync {
    /// Those papers in one PDF of that title, in order. It may take seconds.
    ///
    /// # Errors
    /// [`Unbound`].
    fn bind(&self, title: &str, papers: &[Paper]) -> Result<Vec<u8>, Unbound>;
}

/// Binds here, in this process: for papers that were made here.
#[derive(Debug, Clone, Copy, Default)]
pub struct BindHere;

impl Bind for BindHere {
    fn bind(&self, title: &str, papers: &[Paper]) -> Result<Vec<u8>, Unbound> {
        let mut binder = Binder::default();
        for (place, paper) in papers.iter().enumerate() {
            let bound = match &paper.content {
                PaperContent::Pdf(bytes) => binder.pdf(&paper.title, bytes),
                PaperContent::Picture(jpeg, width, height) => {
                    binder.picture(&paper.title, jpeg.clone(), (*width, *height))
                }
            };
            bound.map_err(|why| Unbound {
                paper: Some(place),
                why,
            })?;
        }
        let whole = binder.finish(title);
        whole.map_err(|why| Unbound { paper: None, why })
    }
}

/// Papers being bound.
#[derive(Debug)]
pub struct Binder {
    out: Vec<u8>,
    /// Where each object begins; the first three are the catalog, the pages and the bookmarks.
    places: Vec<usize>,
    pages: Vec<u32>,
    /// The title of each paper, and its first page.
    papers: Vec<(String, u32)>,
}

const CATALOG: u32 = 1;
const PAGES: u32 = 2;
const BOOKMARKS: u32 = 3;

impl Default for Binder {
    fn default() -> Self {
        Self {
            // Four bytes above 127 say that the file is not text.
            out: b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec(),
            places: vec![0; 3],
            pages: Vec::new(),
            papers: Vec::new(),
        }
    }
}

fn reference(number: u32) -> Object {
    Object::Reference((number, 0))
}

impl Binder {
    /// Adds the pages of a PDF; a failure leaves what was bound before as it was.
    ///
    /// # Errors
    /// [`BindError`].
    pub fn pdf(&mut self, title: &str, bytes: &[u8]) -> Result<(), BindError> {
        use crate::FormError as F;
        let document =
            load_within(bytes, LARGEST_BOUND, LARGEST_OBJECTS).map_err(|error| match error {
                F::Encrypted => BindError::Locked,
                F::TooLong | F::TooMuch => BindError::TooMuch,
                F::NotPdf | F::NoField => BindError::Unread,
            })?;
        let (length, places, pages) = (self.out.len(), self.places.len(), self.pages.len());
        let added = copy::pages(self, &document);
        match added {
            Ok(()) if self.pages.len() > pages => {
                self.papers.push((title.to_owned(), self.pages[pages]));
                Ok(())
            }
            failed => {
                self.out.truncate(length);
                self.places.truncate(places);
                self.pages.truncate(pages);
                failed.and(Err(BindError::Unread))
            }
        }
    }

    /// Adds a picture, a JPEG in colours of that many pixels, alone on a page.
    ///
    /// # Errors
    /// [`BindError::TooMuch`].
    pub fn picture(
        &mut self,
        title: &str,
        jpeg: Vec<u8>,
        (width, height): (u16, u16),
    ) -> Result<(), BindError> {
        let (across, up) = if width > height {
            (PAGE.1, PAGE.0)
        } else {
            PAGE
        };
        let (w, h) = (f32::from(width.max(1)), f32::from(height.max(1)));
        let inner = (across - 2.0 * EDGE, up - 2.0 * EDGE);
        let scale = (inner.0 / w).min(inner.1 / h).min(PIXEL);
        let (w, h) = (w * scale, h * scale);
        let (x, y) = ((across - w) / 2.0, up - EDGE - h);
        let picture = self.put(&Object::Stream(Stream::new(
            dictionary! {
                "Type" => "XObject",
                "Subtype" => "Image",
                "Width" => i64::from(width),
                "Height" => i64::from(height),
                "ColorSpace" => "DeviceRGB",
                "BitsPerComponent" => 8,
                "Filter" => "DCTDecode",
            },
            jpeg,
        )))?;
        let drawn = format!("q {w:.2} 0 0 {h:.2} {x:.2} {y:.2} cm /P Do Q");
        let content = Stream::new(dictionary! {}, drawn.into_bytes());
        let content = self.put(&Object::Stream(content))?;
        let page = self.page(dictionary! {
            "MediaBox" => vec![0.into(), 0.into(), across.into(), up.into()],
            "Resources" => dictionary! { "XObject" => dictionary! { "P" => reference(picture) } },
            "Contents" => reference(content),
        })?;
        self.papers.push((title.to_owned(), page));
        Ok(())
    }

    /// How many pages are bound.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pages.len()
    }

    /// Whether nothing is bound yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// The whole, under that title.
    ///
    /// # Errors
    /// [`BindError::Unread`] where there is no page.
    pub fn finish(mut self, title: &str) -> Result<Vec<u8>, BindError> {
        if self.pages.is_empty() {
            return Err(BindError::Unread);
        }
        let kids: Vec<Object> = self.pages.iter().map(|page| reference(*page)).collect();
        let count = number(kids.len());
        let tree = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count };
        self.write(PAGES, &tree.into())?;
        self.bookmarks()?;
        let catalog = dictionary! {
            "Type" => "Catalog",
            "Pages" => reference(PAGES),
            "Outlines" => reference(BOOKMARKS),
            "PageMode" => "UseOutlines",
            "Lang" => Object::string_literal("fr"),
            "ViewerPreferences" => dictionary! { "DisplayDocTitle" => true },
        };
        self.write(CATALOG, &catalog.into())?;
        let info = self.put(&dictionary! { "Title" => text_string(title) }.into())?;
        let start = self.out.len();
        let size = self.places.len() + 1;
        // Never fails: it is written to memory.
        let _ = writeln!(self.out, "xref\n0 {size}\n0000000000 65535 f ");
        for place in &self.places {
            let _ = writeln!(self.out, "{place:010} 00000 n ");
        }
        let trailer = dictionary! {
            "Size" => number(size),
            "Root" => reference(CATALOG),
            "Info" => reference(info),
        };
        self.out.extend_from_slice(b"trailer\n");
        Writer::write_object(&mut self.out, &trailer.into()).map_err(|_| BindError::Unread)?;
        let end = format!("\nstartxref\n{start}\n%%EOF\n");
        self.out.extend_from_slice(end.as_bytes());
        Ok(self.out)
    }

    /// A bookmark a paper.
    fn bookmarks(&mut self) -> Result<(), BindError> {
        let papers = std::mem::take(&mut self.papers);
        let first = self.next();
        let last = first + u32::try_from(papers.len()).unwrap_or(1) - 1;
        for (id, (title, page)) in (first..).zip(&papers) {
            let to = vec![reference(*page), Object::Name(b"Fit".to_vec())];
            let mut bookmark = dictionary! {
                "Title" => text_string(title),
                "Parent" => reference(BOOKMARKS),
                "Dest" => to,
            };
            if id > first {
                bookmark.set("Prev", reference(id - 1));
            }
            if id < last {
                bookmark.set("Next", reference(id + 1));
            }
            self.put(&bookmark.into())?;
        }
        let root = dictionary! {
            "Type" => "Outlines",
            "First" => reference(first),
            "Last" => reference(last),
            "Count" => number(papers.len()),
        };
        self.write(BOOKMARKS, &root.into())
    }

    /// Adds a page, of these keys and its place.
    fn page(&mut self, mut page: Dictionary) -> Result<u32, BindError> {
        if self.pages.len() >= MOST_BOUND {
            return Err(BindError::TooMuch);
        }
        page.set("Type", "Page");
        page.set("Parent", reference(PAGES));
        let page = self.put(&page.into())?;
        self.pages.push(page);
        Ok(page)
    }

    /// The number of the next object.
    fn next(&self) -> u32 {
        u32::try_from(self.places.len() + 1).unwrap_or(u32::MAX)
    }

    /// Keeps a number for an object written later.
    fn keep(&mut self) -> u32 {
        let next = self.next();
        self.places.push(0);
        next
    }

    fn put(&mut self, object: &Object) -> Result<u32, BindError> {
        let kept = self.keep();
        self.write(kept, object)?;
        Ok(kept)
    }

    /// Writes the object of that number.
    fn write(&mut self, number: u32, object: &Object) -> Result<(), BindError> {
        let place = self.out.len();
        // Never fails: it is written to memory.
        let _ = writeln!(self.out, "{number} 0 obj");
        Writer::write_object(&mut self.out, object).map_err(|_| BindError::Unread)?;
        self.out.extend_from_slice(b"\nendobj\n");
        if self.out.len() > LARGEST_BOOK {
            return Err(BindError::TooMuch);
        }
        if let Some(kept) = self.places.get_mut(number as usize - 1) {
            *kept = place;
        }
        Ok(())
    }
}

fn number(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
