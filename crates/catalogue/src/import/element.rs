//! A page as it is read, whichever way it was written: elements, attributes and texts.

/// What may be read for one page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    /// How deep elements may stand inside one another.
    pub(crate) depth: usize,
    /// How many elements, attributes and texts a page may hold.
    pub(crate) pieces: usize,
}

impl Budget {
    /// Over eight times what the largest page of the October 2020 edition holds (21,000 pieces, 25
    /// deep): what is above was written to harm.
    pub(crate) const PAGE: Self = Self {
        depth: 64,
        pieces: 200_000,
    };

    /// Takes one piece.
    pub(crate) fn take(&mut self) -> Result<(), Refused> {
        self.pieces = self.pieces.checked_sub(1).ok_or(Refused::Pieces)?;
        Ok(())
    }
}

/// Why a page cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Elements stand too deep inside one another.
    #[error("elements stand more than 64 deep")]
    Depth,
    /// It holds too many elements.
    #[error("it holds more than 200,000 elements, attributes and texts")]
    Pieces,
    /// It is too long.
    #[error("it is longer than 8 MB")]
    Length,
    /// It is not text.
    #[error("it is not UTF-8")]
    Encoding,
    /// It is not well written.
    #[error("not well written: {0}")]
    Syntax(String),
    /// It is well written and no page.
    #[error("no page: {0}")]
    Shape(&'static str),
}

/// An element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Node>,
}

/// What an element holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    Text(String),
    Element(Element),
}

impl Element {
    /// An attribute, or an empty text.
    pub(crate) fn attribute(&self, name: &str) -> String {
        self.attributes
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.clone())
            .unwrap_or_default()
    }

    /// The elements it holds.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The elements of that name it holds.
    pub(crate) fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.elements().filter(move |e| e.name == name)
    }

    /// The first element of that name.
    pub(crate) fn first(&self, name: &str) -> Option<&Self> {
        self.elements().find(|e| e.name == name)
    }

    /// All its words, blanks made single, none at either end.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        self.push_text(&mut text);
        single_blanks(&text)
    }

    fn push_text(&self, text: &mut String) {
        for node in &self.children {
            match node {
                Node::Text(words) => text.push_str(words),
                Node::Element(element) => {
                    // Words of two paragraphs are not one word.
                    text.push(' ');
                    element.push_text(text);
                    text.push(' ');
                }
            }
        }
    }

    /// The words of the first element of that name, or an empty text.
    pub(crate) fn text_of(&self, name: &str) -> String {
        self.first(name).map(Self::text).unwrap_or_default()
    }
}

/// The same words, with one blank between them and none at either end. A no-break space is kept: it
/// holds a figure and its unit together.
pub(crate) fn single_blanks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(is_blank).filter(|w| !w.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

pub(crate) const fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}
