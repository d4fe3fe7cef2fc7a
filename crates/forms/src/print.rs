//! A plain printed page: a title and lines of text as a PDF of A4 pages, for lists that go with
//! papers. What never lives here: what the list says, in which language.

use crate::helvetica;
use lopdf::{Document, Object, ObjectId, Stream, dictionary, text_string};
use std::fmt::Write as _;

/// A4 in points.
const PAGE: (f32, f32) = (595.28, 841.89);
/// What is left free at each edge, in points.
const EDGE: f32 = 56.0;
/// The most pages of one list.
const MOST_PAGES: usize = 40;

/// A line of a printed page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Print {
    /// Its title.
    Title(String),
    /// A line, or as many as it needs.
    Text(String),
    /// A line in smaller letters, set back.
    Note(String),
    /// Room.
    Gap,
}

impl Print {
    /// Its text, the size of its letters and how far it is set back, in points.
    fn set(&self) -> (&str, f32, f32) {
        match self {
            Self::Title(text) => (text, 17.0, 0.0),
            Self::Text(text) => (text, 11.0, 0.0),
            Self::Note(text) => (text, 9.0, 16.0),
            Self::Gap => ("", 8.0, 0.0),
        }
    }
}

/// Those lines as a PDF.
///
/// # Errors
/// [`crate::FillError::Broken`] where it cannot be written.
pub fn print(title: &str, lines: &[Print]) -> Result<Vec<u8>, crate::FillError> {
    let mut document = Document::with_version("1.7");
    let pages = document.new_object_id();
    let font = document.add_object(dictionary! {
        "Type" => "Font",
        "Subtype" => "Type1",
        "BaseFont" => "Helvetica",
        "Encoding" => "WinAnsiEncoding",
    });
    let contents = laid(lines);
    let mut kids: Vec<Object> = Vec::with_capacity(contents.len());
    for content in contents {
        let content = document.add_object(Stream::new(dictionary! {}, content));
        let page: ObjectId = document.add_object(dictionary! {
            "Type" => "Page",
            "Parent" => pages,
            "MediaBox" => vec![0.into(), 0.into(), PAGE.0.into(), PAGE.1.into()],
            "Resources" => dictionary! { "Font" => dictionary! { "F" => font } },
            "Contents" => content,
        });
        kids.push(page.into());
    }
    let count = i64::try_from(kids.len()).unwrap_or_default();
    let tree = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count };
    document.objects.insert(pages, tree.into());
    let catalog = document.add_object(dictionary! {
        "Type" => "Catalog",
        "Pages" => pages,
        "Lang" => Object::string_literal("fr"),
        "ViewerPreferences" => dictionary! { "DisplayDocTitle" => true },
    });
    let info = document.add_object(dictionary! { "Title" => text_string(title) });
    document.trailer.set("Root", catalog);
    document.trailer.set("Info", info);
    let mut out = Vec::new();
    document
        .save_to(&mut out)
        .map_err(|_| crate::FillError::Broken)?;
    Ok(out)
}

/// The operators of each page.
fn laid(lines: &[Print]) -> Vec<Vec<u8>> {
    let mut pages = Vec::new();
    let mut page = String::new();
    let mut y = PAGE.1 - EDGE;
    for line in lines {
        let (text, size, back) = line.set();
        let inner = PAGE.0 - 2.0 * EDGE - back;
        for part in text.split('\n') {
            let codes = helvetica::encode(part).codes;
            for run in helvetica::wrap(&codes, inner, size) {
                if y < EDGE {
                    pages.push(std::mem::take(&mut page).into_bytes());
                    y = PAGE.1 - EDGE;
                    if pages.len() == MOST_PAGES {
                        return pages;
                    }
                }
                let x = EDGE + back;
                // A `String` takes what it is written.
                let _ = write!(page, "BT /F {size:.1} Tf {x:.1} {y:.1} Td <");
                for code in run {
                    let _ = write!(page, "{code:02x}");
                }
                page.push_str("> Tj ET\n");
                y -= size * 1.35;
            }
        }
    }
    pages.push(page.into_bytes());
    pages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_goes_on_over_pages_and_reads_again() {
        let mut lines = vec![Print::Title("Pièces".into()), Print::Gap];
        lines.extend((0..120).map(|n| Print::Text(format!("{n}. Une pièce"))));
        lines.push(Print::Note("une note ".repeat(40)));
        let pdf = print("Liste", &lines).expect("written");
        let read = Document::load_mem(&pdf).expect("a PDF");
        assert_eq!(read.get_pages().len(), 3);
        assert!(crate::Blank::read(&pdf).is_err(), "nothing to fill");
    }
}
