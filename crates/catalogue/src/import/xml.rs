//! Reads a page written in XML. Entities that a file declares are never expanded: the publisher's
//! files declare none, and expansion is how a short file fills a memory.

use super::element::{Budget, Element, Node, Refused};
use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesStart, Event},
};

/// Reads the root element.
pub(crate) fn read(bytes: &[u8]) -> Result<Element, Refused> {
    let text = std::str::from_utf8(bytes).map_err(|_| Refused::Encoding)?;
    let text = text.trim_start_matches('\u{feff}');
    let mut budget = Budget::PAGE;
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut open: Vec<Element> = Vec::new();
    loop {
        match reader.read_event().map_err(|e| syntax(&e))? {
            Event::Start(start) => {
                if open.len() >= budget.depth {
                    return Err(Refused::Depth);
                }
                open.push(begun(&start, &mut budget)?);
            }
            Event::Empty(start) => {
                let element = begun(&start, &mut budget)?;
                match open.last_mut() {
                    Some(parent) => parent.children.push(Node::Element(element)),
                    None => return Ok(element),
                }
            }
            Event::End(_) => {
                let Some(element) = open.pop() else {
                    return Err(Refused::Syntax("an end without a beginning".into()));
                };
                match open.last_mut() {
                    Some(parent) => parent.children.push(Node::Element(element)),
                    None => return Ok(element),
                }
            }
            Event::Text(words) => add(&mut open, &words.xml10_content(), &mut budget)?,
            Event::CData(words) => add(&mut open, &words.xml10_content(), &mut budget)?,
            Event::GeneralRef(reference) => {
                let name = reference.xml10_content();
                let words = match reference.resolve_char_ref() {
                    Ok(Some(c)) => c.to_string(),
                    Ok(None) => resolve_predefined_entity(&name)
                        .map_or_else(|| format!("&{name};"), ToOwned::to_owned),
                    Err(_) => format!("&{name};"),
                };
                add(&mut open, &words, &mut budget)?;
            }
            Event::Eof => return Err(Refused::Syntax("it ends before its root does".into())),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

fn syntax(error: &dyn std::error::Error) -> Refused {
    Refused::Syntax(error.to_string())
}

fn begun(start: &BytesStart<'_>, budget: &mut Budget) -> Result<Element, Refused> {
    budget.take()?;
    let mut element = Element {
        name: start.name().0.to_owned(),
        ..Element::default()
    };
    for attribute in start.attributes() {
        budget.take()?;
        let attribute = attribute.map_err(|e| syntax(&e))?;
        // An entity that only a declaration would explain stays as it is written.
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_or_else(
                |_| attribute.value.to_string(),
                std::borrow::Cow::into_owned,
            );
        element.attributes.push((attribute.key.0.to_owned(), value));
    }
    Ok(element)
}

fn add(open: &mut [Element], words: &str, budget: &mut Budget) -> Result<(), Refused> {
    let Some(parent) = open.last_mut() else {
        return Ok(());
    };
    // References cut a text in pieces: they are one again here.
    if let Some(Node::Text(text)) = parent.children.last_mut() {
        text.push_str(words);
        return Ok(());
    }
    budget.take()?;
    parent.children.push(Node::Text(words.to_owned()));
    Ok(())
}
