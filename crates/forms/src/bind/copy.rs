//! Copying the pages of a PDF into another: what is named here is kept, and nothing else.

use super::{BindError, Binder, MOST_BOUND, number, reference};
use crate::MOST_OBJECTS;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream};
use std::collections::{HashMap, VecDeque};

/// What a page takes from those it lies under where it does not say it itself.
const INHERITED: [&[u8]; 4] = [b"Resources", b"MediaBox", b"CropBox", b"Rotate"];
/// What is kept of a page besides.
const OF_PAGE: [&[u8]; 3] = [b"Contents", b"UserUnit", b"Group"];
/// Of a mark: it is neither changed nor moved.
const FIXED: i64 = 64 | 128;
/// What acts, names pages of the file it came from, or tells who made it: left behind wherever it is.
const LEFT: [&[u8]; 12] = [
    b"A",
    b"AA",
    b"AF",
    b"EF",
    b"JS",
    b"Metadata",
    b"OPI",
    b"OpenAction",
    b"Parent",
    b"PieceInfo",
    b"StructParent",
    b"StructParents",
];
/// How deep objects may lie in one another, and pages under others.
const DEEPEST: usize = 64;

struct Copying<'a> {
    from: &'a Document,
    /// What each object of the file is now called.
    names: HashMap<ObjectId, u32>,
    /// Those still to be copied.
    left: VecDeque<ObjectId>,
}

/// Adds every page of the document.
pub(super) fn pages(to: &mut Binder, from: &Document) -> Result<(), BindError> {
    let catalog = from.catalog().map_err(|_| BindError::Unread)?;
    // Its pages are drawn by a program, and what lies in the file says « please wait ».
    let drawn = catalog.get_deref(b"NeedsRendering", from);
    if drawn.and_then(Object::as_bool).unwrap_or(false) {
        return Err(BindError::Unread);
    }
    let mut copying = Copying {
        from,
        names: HashMap::new(),
        left: VecDeque::new(),
    };
    for page in from.page_iter().take(MOST_BOUND + 1) {
        copying.page(to, page)?;
    }
    while let Some(id) = copying.left.pop_front() {
        let object = from.objects.get(&id).unwrap_or(&Object::Null);
        let object = copying.copied(to, object, 0)?;
        let name = copying.names.get(&id).copied().unwrap_or_default();
        to.write(name, &object)?;
    }
    Ok(())
}

/// What a page says of itself, or those it lies under.
fn inherited<'a>(from: &'a Document, page: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
    let mut at = page;
    for _ in 0..DEEPEST {
        if let Ok(value) = at.get(key) {
            return Some(value);
        }
        let above = at.get(b"Parent").and_then(Object::as_reference).ok()?;
        at = from.get_dictionary(above).ok()?;
    }
    None
}

/// How a mark looks: in the state it is in, where it has several.
fn look<'a>(from: &'a Document, mark: &'a Dictionary) -> Option<&'a Object> {
    let looks = mark.get_deref(b"AP", from).and_then(Object::as_dict).ok()?;
    let normal = looks.get(b"N").ok()?;
    match from.dereference(normal).ok()?.1 {
        Object::Stream(_) => Some(normal),
        Object::Dictionary(states) => {
            let state = mark.get_deref(b"AS", from).and_then(Object::as_name);
            states.get(state.ok()?).ok()
        }
        _ => None,
    }
}

impl Copying<'_> {
    fn page(&mut self, to: &mut Binder, id: ObjectId) -> Result<(), BindError> {
        let from = self.from;
        let page = from.get_dictionary(id).map_err(|_| BindError::Unread)?;
        let mut kept = Dictionary::new();
        for key in OF_PAGE {
            if let Ok(value) = page.get(key) {
                let value = self.copied(to, value, 0)?;
                kept.set(key, value);
            }
        }
        for key in INHERITED {
            if let Some(value) = inherited(from, page, key) {
                let value = self.copied(to, value, 0)?;
                kept.set(key, value);
            }
        }
        if kept.get(b"MediaBox").is_err() {
            return Err(BindError::Unread);
        }
        let marks = page.get_deref(b"Annots", self.from);
        let mut drawn = Vec::new();
        for mark in marks.and_then(Object::as_array).into_iter().flatten() {
            drawn.extend(self.mark(to, mark)?);
        }
        if !drawn.is_empty() {
            kept.set("Annots", drawn);
        }
        to.page(kept).map(|_| ())
    }

    /// A mark that is drawn on a page (a filled field, a stamp, a note) as a stamp: how it looks and
    /// where, never what it does. None where nothing is drawn.
    fn mark(&mut self, to: &mut Binder, mark: &Object) -> Result<Option<Object>, BindError> {
        let Ok((_, Object::Dictionary(mark))) = self.from.dereference(mark) else {
            return Ok(None);
        };
        let kind = mark.get(b"Subtype").and_then(Object::as_name);
        if matches!(kind, Ok(b"Popup" | b"Link") | Err(_)) {
            return Ok(None);
        }
        let Some(look) = look(self.from, mark) else {
            return Ok(None);
        };
        let Ok(place) = mark.get(b"Rect") else {
            return Ok(None);
        };
        let place = self.copied(to, place, 0)?;
        let flags = mark.get_deref(b"F", self.from).and_then(Object::as_i64);
        let look = self.copied(to, look, 0)?;
        let stamp = Dictionary::from_iter([
            ("Type", "Annot".into()),
            ("Subtype", "Stamp".into()),
            ("Rect", place),
            ("F", Object::Integer(flags.unwrap_or_default() | FIXED)),
            ("AP", Dictionary::from_iter([("N", look)]).into()),
        ]);
        Ok(Some(reference(to.put(&stamp.into())?)))
    }

    /// The same object, its references renamed; what they name is copied later.
    fn copied(
        &mut self,
        to: &mut Binder,
        object: &Object,
        depth: usize,
    ) -> Result<Object, BindError> {
        if depth > DEEPEST {
            return Err(BindError::TooMuch);
        }
        Ok(match object {
            Object::Reference(id) => {
                if !self.from.objects.contains_key(id) {
                    return Ok(Object::Null);
                }
                let name = match self.names.get(id) {
                    Some(name) => *name,
                    None if self.names.len() >= MOST_OBJECTS => return Err(BindError::TooMuch),
                    None => {
                        let name = to.keep();
                        self.names.insert(*id, name);
                        self.left.push_back(*id);
                        name
                    }
                };
                reference(name)
            }
            Object::Array(items) => {
                let items = items.iter().map(|item| self.copied(to, item, depth + 1));
                Object::Array(items.collect::<Result<_, _>>()?)
            }
            Object::Dictionary(d) => self.dictionary(to, d, depth)?.into(),
            Object::Stream(stream) => {
                let mut dict = self.dictionary(to, &stream.dict, depth)?;
                // What it draws lies in it, never in a file elsewhere.
                for elsewhere in [&b"F"[..], b"FFilter", b"FDecodeParms"] {
                    dict.remove(elsewhere);
                }
                dict.set("Length", number(stream.content.len()));
                let mut copy = Stream::new(dict, stream.content.clone());
                copy.allows_compression = false;
                Object::Stream(copy)
            }
            plain => plain.clone(),
        })
    }

    fn dictionary(
        &mut self,
        to: &mut Binder,
        from: &Dictionary,
        depth: usize,
    ) -> Result<Dictionary, BindError> {
        let mut kept = Dictionary::new();
        for (key, value) in from {
            if !LEFT.contains(&key.as_slice()) {
                let value = self.copied(to, value, depth + 1)?;
                kept.set(key.clone(), value);
            }
        }
        Ok(kept)
    }
}
