//! A blank form: what fields it has, of what kind, and where they are drawn.

use crate::{DEEPEST_FIELD, FormError, LARGEST_FORM, LARGEST_STREAM, MOST_FIELDS, MOST_OBJECTS};
use lopdf::{Dictionary, Document, Error, LoadOptions, Object, ObjectId, decode_text_string};
use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// `Ff` of a text field that takes several lines.
const MULTILINE: i64 = 1 << 12;
/// `Ff` of a text field that hides what it holds.
const PASSWORD: i64 = 1 << 13;
/// `Ff` of a button that only acts.
const PUSH_BUTTON: i64 = 1 << 16;
/// `Ff` of a text field that names a file.
const FILE: i64 = 1 << 20;
/// `Ff` of a text field cut in cells.
const COMB: i64 = 1 << 24;

/// A form as its publisher gave it, read and understood.
#[derive(Clone)]
pub struct Blank {
    pub(crate) bytes: Arc<[u8]>,
    pub(crate) document: Arc<Document>,
    /// The dictionary of fields, where it is an object of its own.
    pub(crate) acro_form: Option<ObjectId>,
    pub(crate) fields: BTreeMap<String, Field>,
    /// Fields that a page draws and the form's list forgets: they are listed when it is filled.
    pub(crate) forgotten: Vec<ObjectId>,
    hash: String,
}

impl std::fmt::Debug for Blank {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Blank")
            .field("hash", &self.hash)
            .field("fields", &self.fields.len())
            .finish_non_exhaustive()
    }
}

/// A field to fill.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Of what kind.
    pub kind: FieldKind,
    pub(crate) id: ObjectId,
    pub(crate) widgets: Vec<Widget>,
    pub(crate) look: Look,
}

/// What a field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// A text.
    Text {
        /// The most characters it takes, where it says.
        longest: Option<usize>,
        /// Whether it takes several lines.
        lines: bool,
        /// Whether each character has a cell of its own.
        cells: bool,
    },
    /// One of these states, or none.
    Boxes {
        /// The names of its states.
        states: BTreeSet<String>,
    },
    /// Something that is not filled from here (a list, a signature, a button).
    Other,
}

/// Where a field is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Widget {
    pub(crate) id: ObjectId,
    /// Width and height, in points.
    pub(crate) size: (f32, f32),
    /// The states it draws, beside `Off`.
    pub(crate) states: BTreeSet<String>,
    /// How its text looks, where it says otherwise than its field.
    pub(crate) look: Option<Look>,
    /// Whether the form turns it: such a widget is left for the reader to draw.
    pub(crate) turned: bool,
}

/// How a text is written in a field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Look {
    /// Size in points; 0 where the reader chooses.
    pub(crate) size: f32,
    /// Operators of colour, as the form writes them.
    pub(crate) colour: String,
    /// 0 left, 1 centred, 2 right.
    pub(crate) side: i64,
}

thread_local! {
    /// How many objects of the form being read on this thread were kept.
    static KEPT: Cell<usize> = const { Cell::new(0) };
}

/// Keeps objects until there are more than a form holds. The library takes the copy for what lay in
/// an object stream, and what it was lent for the rest.
fn keep(id: ObjectId, object: &mut Object) -> Option<(ObjectId, Object)> {
    let more = weight(object);
    let kept = KEPT.get().saturating_add(more);
    KEPT.set(kept);
    (kept <= MOST_OBJECTS).then(|| (id, object.clone()))
}

/// How many objects it is made of.
fn weight(object: &Object) -> usize {
    let inside = |d: &Dictionary| d.iter().map(|(_, o)| weight(o)).sum::<usize>();
    1 + match object {
        Object::Array(items) => items.iter().map(weight).sum(),
        Object::Dictionary(d) => inside(d),
        Object::Stream(s) => inside(&s.dict),
        _ => 0,
    }
}

fn load(bytes: &[u8]) -> Result<Document, FormError> {
    load_within(bytes, LARGEST_FORM, LARGEST_STREAM)
}

/// A PDF of at most that many bytes, whose streams of objects inflate to at most so many.
pub(crate) fn load_within(
    bytes: &[u8],
    largest: usize,
    largest_stream: usize,
) -> Result<Document, FormError> {
    if bytes.len() > largest {
        return Err(FormError::TooLong);
    }
    KEPT.set(0);
    let options = LoadOptions {
        filter: Some(keep),
        max_decompressed_size: Some(largest_stream),
        ..LoadOptions::default()
    };
    let document =
        Document::load_mem_with_options(bytes, options).map_err(|error| match error {
            // Read leniently, the only stream that is not passed over is one above the limit.
            Error::Decompress(_) => FormError::TooMuch,
            Error::InvalidPassword | Error::Decryption(_) => FormError::Encrypted,
            _ => FormError::NotPdf,
        })?;
    if KEPT.get() > MOST_OBJECTS {
        return Err(FormError::TooMuch);
    }
    // Decrypted with an empty password it would read, but what was appended would not.
    if document.is_encrypted() || document.was_encrypted() {
        return Err(FormError::Encrypted);
    }
    Ok(document)
}

impl Blank {
    /// Reads a form.
    ///
    /// # Errors
    /// [`FormError`], where it is not one, is locked, or is larger than forms are.
    pub fn read(bytes: &[u8]) -> Result<Self, FormError> {
        let document = load(bytes)?;
        let catalog = document.catalog().map_err(|_| FormError::NotPdf)?;
        let found = catalog.get(b"AcroForm").map_err(|_| FormError::NoField)?;
        let acro_form = found.as_reference().ok();
        let form = dictionary(&document, found).ok_or(FormError::NoField)?;
        let roots = list(&document, form, b"Fields");
        let mut reader = Reader {
            document: &document,
            seen: BTreeSet::new(),
            fields: BTreeMap::new(),
        };
        let inherited = Inherited {
            look: Look::default().changed(form, &document),
            ..Inherited::default()
        };
        for root in &roots {
            reader.walk(root, &inherited, 0)?;
        }
        let forgotten = reader.forgotten(&inherited)?;
        let fields = reader.fields;
        if fields.is_empty() {
            return Err(FormError::NoField);
        }
        Ok(Self {
            hash: blake3::hash(bytes).to_hex().to_string(),
            bytes: bytes.into(),
            document: Arc::new(document),
            acro_form,
            fields,
            forgotten,
        })
    }

    /// Its fields, by their full names.
    #[must_use]
    pub fn fields(&self) -> &BTreeMap<String, Field> {
        &self.fields
    }

    /// The BLAKE3 hash of the file, in hexadecimal.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

impl Default for Look {
    fn default() -> Self {
        Self {
            size: 0.0,
            colour: "0 g".into(),
            side: 0,
        }
    }
}

impl Look {
    /// What that dictionary changes of it.
    fn changed(&self, dictionary: &Dictionary, document: &Document) -> Self {
        let mut look = self.clone();
        let words = text(document, dictionary, b"DA");
        if let Some((size, colour)) = words.as_deref().and_then(default_appearance) {
            (look.size, look.colour) = (size, colour);
        }
        if let Some(side) = number(document, dictionary, b"Q") {
            look.side = side;
        }
        look
    }
}

/// Size and colour of a default appearance such as `/Helv 10 Tf 0 g`.
fn default_appearance(words: &str) -> Option<(f32, String)> {
    let words: Vec<&str> = words.split_ascii_whitespace().take(64).collect();
    let at = words.iter().position(|w| *w == "Tf")?;
    let size: f32 = words.get(at.checked_sub(1)?)?.parse().ok()?;
    let size = if (0.0..=72.0).contains(&size) {
        size
    } else {
        0.0
    };
    let mut colour = "0 g".to_owned();
    for (operator, operands) in [("g", 1), ("rg", 3), ("k", 4)] {
        let Some(at) = words.iter().position(|w| *w == operator) else {
            continue;
        };
        let Some(numbers) = at.checked_sub(operands).map(|from| &words[from..at]) else {
            continue;
        };
        // Written into the page's own operators: nothing but numbers goes there.
        if numbers
            .iter()
            .all(|n| n.parse::<f32>().is_ok_and(f32::is_finite))
        {
            colour = format!("{} {operator}", numbers.join(" "));
        }
    }
    Some((size, colour))
}

/// What a field takes from those it lies in.
#[derive(Debug, Clone, Default)]
struct Inherited {
    name: String,
    kind: Option<Vec<u8>>,
    flags: i64,
    longest: Option<usize>,
    look: Look,
}

struct Reader<'a> {
    document: &'a Document,
    seen: BTreeSet<ObjectId>,
    fields: BTreeMap<String, Field>,
}

impl Reader<'_> {
    fn walk(&mut self, item: &Object, from: &Inherited, depth: usize) -> Result<(), FormError> {
        if depth > DEEPEST_FIELD || self.seen.len() > MOST_FIELDS {
            return Err(FormError::TooMuch);
        }
        // A field that is no object of its own cannot be filled; one met twice is a loop.
        let Ok(id) = item.as_reference() else {
            return Ok(());
        };
        if !self.seen.insert(id) {
            return Ok(());
        }
        let Some(found) = dictionary(self.document, item) else {
            return Ok(());
        };
        let mut own = from.clone();
        if let Some(part) = text(self.document, found, b"T") {
            if !own.name.is_empty() {
                own.name.push('.');
            }
            own.name.push_str(&part);
        }
        if let Some(kind) = found.get(b"FT").ok().and_then(|k| k.as_name().ok()) {
            own.kind = Some(kind.to_vec());
        }
        if let Some(flags) = number(self.document, found, b"Ff") {
            own.flags = flags;
        }
        if let Some(longest) = number(self.document, found, b"MaxLen") {
            own.longest = usize::try_from(longest).ok();
        }
        own.look = own.look.changed(found, self.document);
        let kids = list(self.document, found, b"Kids");
        let named =
            |kid: &Object| dictionary(self.document, kid).is_some_and(|d| d.get(b"T").is_ok());
        if kids.iter().any(named) {
            for kid in &kids {
                self.walk(kid, &own, depth + 1)?;
            }
            return Ok(());
        }
        let widgets: Vec<Widget> = if kids.is_empty() {
            self.widget(id, None).into_iter().collect()
        } else {
            let kids = kids.iter().take(MOST_FIELDS);
            let ids = kids.filter_map(|k| k.as_reference().ok());
            ids.filter_map(|kid| self.widget(kid, Some(&own.look)))
                .collect()
        };
        if own.name.is_empty() || widgets.is_empty() {
            return Ok(());
        }
        let kind = kind(&own, &widgets);
        let field = Field {
            kind,
            id,
            widgets,
            look: own.look,
        };
        self.fields.entry(own.name).or_insert(field);
        Ok(())
    }

    /// Fields that stand on a page and in no list, as some publishers' tools leave them.
    fn forgotten(&mut self, from: &Inherited) -> Result<Vec<ObjectId>, FormError> {
        let mut found = Vec::new();
        for page in self.document.page_iter().take(MOST_FIELDS) {
            let Ok(page) = self.document.get_dictionary(page) else {
                continue;
            };
            for item in &list(self.document, page, b"Annots") {
                let Some(root) = self.root(item) else {
                    continue;
                };
                if self.seen.contains(&root) {
                    continue;
                }
                let before = self.fields.len();
                self.walk(&Object::Reference(root), from, 0)?;
                if self.fields.len() > before {
                    found.push(root);
                }
            }
        }
        Ok(found)
    }

    /// The outermost field that a widget of a page lies in.
    fn root(&self, item: &Object) -> Option<ObjectId> {
        let mut id = item.as_reference().ok()?;
        let is_widget =
            |d: &Dictionary| d.get(b"Subtype").and_then(Object::as_name).ok() == Some(b"Widget");
        let widget = self
            .document
            .get_dictionary(id)
            .ok()
            .filter(|d| is_widget(d))?;
        let mut parent = widget.get(b"Parent").and_then(Object::as_reference).ok();
        for _ in 0..DEEPEST_FIELD {
            let Some(above) = parent else { return Some(id) };
            id = above;
            let above = self.document.get_dictionary(above).ok()?;
            parent = above.get(b"Parent").and_then(Object::as_reference).ok();
        }
        None
    }

    fn widget(&self, id: ObjectId, of: Option<&Look>) -> Option<Widget> {
        let found = self.document.get_dictionary(id).ok()?;
        let corners = list(self.document, found, b"Rect");
        let mut at = corners.iter().map(Object::as_float);
        let mut next = || at.next().and_then(Result::ok).filter(|n| n.is_finite());
        let (x0, y0, x1, y1) = (next()?, next()?, next()?, next()?);
        let normal = found
            .get_deref(b"AP", self.document)
            .and_then(Object::as_dict)
            .and_then(|ap| ap.get_deref(b"N", self.document))
            .and_then(Object::as_dict);
        let states = normal.map(|states| {
            let names = states.iter().map(|(name, _)| name);
            let on = names.filter(|name| *name != b"Off");
            on.map(|name| String::from_utf8_lossy(name).into_owned())
                .collect()
        });
        let turned = found
            .get_deref(b"MK", self.document)
            .and_then(Object::as_dict)
            .is_ok_and(|mk| number(self.document, mk, b"R").is_some_and(|r| r != 0));
        Some(Widget {
            id,
            size: ((x1 - x0).abs(), (y1 - y0).abs()),
            states: states.unwrap_or_default(),
            look: of.map(|look| look.changed(found, self.document)),
            turned,
        })
    }
}

fn kind(own: &Inherited, widgets: &[Widget]) -> FieldKind {
    let is = |flag| own.flags & flag != 0;
    match own.kind.as_deref() {
        Some(b"Tx") if !is(PASSWORD) && !is(FILE) => FieldKind::Text {
            longest: own.longest,
            lines: is(MULTILINE),
            cells: is(COMB) && !is(MULTILINE) && own.longest.is_some_and(|n| n > 0),
        },
        Some(b"Btn") if !is(PUSH_BUTTON) => FieldKind::Boxes {
            states: widgets.iter().flat_map(|w| w.states.clone()).collect(),
        },
        _ => FieldKind::Other,
    }
}

fn dictionary<'a>(document: &'a Document, object: &'a Object) -> Option<&'a Dictionary> {
    document.dereference(object).ok()?.1.as_dict().ok()
}

fn list(document: &Document, of: &Dictionary, key: &[u8]) -> Vec<Object> {
    let found = of.get_deref(key, document).and_then(Object::as_array);
    found.cloned().unwrap_or_default()
}

fn number(document: &Document, of: &Dictionary, key: &[u8]) -> Option<i64> {
    of.get_deref(key, document).and_then(Object::as_i64).ok()
}

fn text(document: &Document, of: &Dictionary, key: &[u8]) -> Option<String> {
    let found = of.get_deref(key, document).ok()?;
    decode_text_string(found).ok()
}
