//! Words inside a paragraph, a heading or a cell.

use super::{
    blocks::{Unknowns, picture},
    element::{Element, Node, is_blank},
    links::outside,
};
use crate::model::Inline;

/// The words of a heading: written bare, or in paragraphs.
pub(super) fn heading(element: Option<&Element>, unknowns: &mut Unknowns) -> Vec<Inline> {
    let Some(element) = element else {
        return Vec::new();
    };
    let mut words = Vec::new();
    for paragraph in element.named("Paragraphe") {
        if !words.is_empty() {
            words.push(Inline::Text(" ".into()));
        }
        words.extend(inlines(paragraph, unknowns));
    }
    if words.is_empty() {
        return inlines(element, unknowns);
    }
    words
}

/// The words of an element, blanks made single across its parts and none at either end.
pub(super) fn inlines(element: &Element, unknowns: &mut Unknowns) -> Vec<Inline> {
    let mut blanks = Blanks::default();
    let mut words = read(element, unknowns, &mut blanks);
    trim_end(&mut words);
    words
}

/// Whether the last letter read was a blank: one is kept where several follow one another, even
/// across the ends of elements.
struct Blanks {
    last_is_blank: bool,
}

impl Default for Blanks {
    fn default() -> Self {
        Self {
            last_is_blank: true,
        }
    }
}

impl Blanks {
    fn single(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            if is_blank(c) {
                if !self.last_is_blank {
                    out.push(' ');
                }
                self.last_is_blank = true;
            } else {
                out.push(c);
                self.last_is_blank = false;
            }
        }
        out
    }
}

fn trim_end(words: &mut Vec<Inline>) {
    while let Some(Inline::Text(text)) = words.last_mut() {
        let kept = text.trim_end_matches(' ').len();
        text.truncate(kept);
        if text.is_empty() {
            words.pop();
        } else {
            return;
        }
    }
}

fn read(element: &Element, unknowns: &mut Unknowns, blanks: &mut Blanks) -> Vec<Inline> {
    let mut words = Vec::new();
    for node in &element.children {
        match node {
            Node::Text(text) => {
                let text = blanks.single(text);
                if !text.is_empty() {
                    words.push(Inline::Text(text));
                }
            }
            Node::Element(inner) => words.push(one(inner, unknowns, blanks)),
        }
    }
    words
}

fn one(element: &Element, unknowns: &mut Unknowns, blanks: &mut Blanks) -> Inline {
    if element.name == "Image" {
        blanks.last_is_blank = false;
        return Inline::Picture(picture(element, unknowns));
    }
    let words = read(element, unknowns, blanks);
    match element.name.as_str() {
        "MiseEnEvidence" => Inline::Strong(words),
        "Expression" => Inline::Expression(words),
        "Valeur" => Inline::Value(words),
        "Exposant" => Inline::Raised(words),
        "Indice" => Inline::Lowered(words),
        "Citation" => Inline::Quote(words),
        "Variable" => Inline::Variable(words),
        "TermeEtranger" => Inline::Foreign {
            language: element.attribute("langue"),
            words,
        },
        "LienInterne" => Inline::Page {
            id: element.attribute("LienPublication"),
            kind: element.attribute("type"),
            words,
        },
        "LienIntra" => Inline::Meaning {
            id: element.attribute("LienID"),
            words,
        },
        "LienExterne" => Inline::Outside {
            link: Box::new(outside(element, unknowns)),
            words,
        },
        _ => {
            unknowns.add(&element.name);
            Inline::Unknown {
                name: element.name.clone(),
                words,
            }
        }
    }
}
