//! Filling: values by field name, given back as the form's own bytes and an update after them.

use crate::{
    appearance::{self, Layout},
    blank::{Blank, Field, FieldKind, Widget},
};
use lopdf::{Dictionary, IncrementalDocument, Object, ObjectId, Stream, dictionary, text_string};
use std::collections::BTreeMap;

/// What goes in each field: a text, or the name of a state of its boxes. Empty leaves it as it is.
pub type Values = BTreeMap<String, String>;

/// A filled form.
#[derive(Clone, PartialEq, Eq)]
pub struct Filled {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// Fields whose letters are drawn without their accents, or not at all: what they hold is exact.
    pub approximated: Vec<String>,
}

impl std::fmt::Debug for Filled {
    /// Never what it holds.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Filled")
            .field("length", &self.pdf.len())
            .field("approximated", &self.approximated)
            .finish()
    }
}

/// Why a form was not filled. Names the field, never the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FillError {
    /// It has no such field.
    #[error("the form has no field `{0}`")]
    NoSuchField(String),
    /// The field is not one that is filled.
    #[error("the field `{0}` is not one that can be filled")]
    NotFilled(String),
    /// The boxes have no such state.
    #[error("the boxes of `{0}` have no such state")]
    NoSuchState(String),
    /// The text is longer than the field says that it takes.
    #[error("what goes in `{field}` is longer than {longest} characters")]
    TooLong {
        /// Which field.
        field: String,
        /// The most characters it takes.
        longest: usize,
    },
    /// The text cannot be read in the field, even written small.
    #[error("what goes in `{0}` is longer than its place on the form")]
    NoRoom(String),
    /// The form cannot be written.
    #[error("the form cannot be written")]
    Broken,
}

impl From<lopdf::Error> for FillError {
    fn from(_: lopdf::Error) -> Self {
        Self::Broken
    }
}

impl Blank {
    /// The form with these values in it, what was there before left untouched.
    ///
    /// # Errors
    /// [`FillError`], with the field that does not take its value.
    pub fn fill(&self, values: &Values) -> Result<Filled, FillError> {
        let previous = (*self.document).clone();
        let mut filling = Filling {
            update: IncrementalDocument::create_from(self.bytes.to_vec(), previous),
            font: None,
            redraw: false,
            approximated: Vec::new(),
        };
        for (name, value) in values {
            if value.trim().is_empty() {
                continue;
            }
            let no_field = || FillError::NoSuchField(name.clone());
            let field = self.fields.get(name).ok_or_else(no_field)?;
            match &field.kind {
                FieldKind::Text { .. } => filling.write(name, field, value)?,
                FieldKind::Boxes { .. } => filling.tick(name, field, value)?,
                FieldKind::Other => return Err(FillError::NotFilled(name.clone())),
            }
        }
        filling.settle(self)?;
        let mut pdf = Vec::with_capacity(self.bytes.len() + 64 * 1024);
        filling
            .update
            .save_to(&mut pdf)
            .map_err(|_| FillError::Broken)?;
        Ok(Filled {
            pdf,
            approximated: filling.approximated,
        })
    }
}

struct Filling {
    update: IncrementalDocument,
    font: Option<ObjectId>,
    /// Whether readers are asked to draw the fields themselves.
    redraw: bool,
    approximated: Vec<String>,
}

impl Filling {
    /// An object of the form, to be changed in the update.
    fn changed(&mut self, id: ObjectId) -> Result<&mut Dictionary, FillError> {
        self.update.opt_clone_object_to_new_document(id)?;
        Ok(self.update.new_document.get_dictionary_mut(id)?)
    }

    fn write(&mut self, name: &str, field: &Field, value: &str) -> Result<(), FillError> {
        let FieldKind::Text {
            longest,
            lines,
            cells,
        } = field.kind
        else {
            return Err(FillError::NotFilled(name.to_owned()));
        };
        let value = if lines {
            value.replace("\r\n", "\n")
        } else {
            value.lines().map(str::trim).collect::<Vec<_>>().join(" ")
        };
        if let Some(longest) = longest.filter(|longest| value.chars().count() > *longest) {
            let field = name.to_owned();
            return Err(FillError::TooLong { field, longest });
        }
        let layout = match longest {
            Some(n) if cells => Layout::Cells(n),
            _ if lines => Layout::Lines,
            _ => Layout::Line,
        };
        // Lines of a field end with a carriage return.
        let held = text_string(&value.replace('\n', "\r"));
        self.changed(field.id)?.set("V", held);
        for widget in &field.widgets {
            self.draw(name, field, widget, &value, layout)?;
        }
        Ok(())
    }

    fn draw(
        &mut self,
        name: &str,
        field: &Field,
        widget: &Widget,
        value: &str,
        layout: Layout,
    ) -> Result<(), FillError> {
        let look = widget.look.as_ref().unwrap_or(&field.look);
        let drawn = appearance::draw(value, widget.size, look, layout)
            .map_err(|_| FillError::NoRoom(name.to_owned()))?;
        if widget.turned {
            self.redraw = true;
            return Ok(());
        }
        // Readers asked to draw it leave out letters that their face has not: only where ours has none.
        self.redraw |= !drawn.legible;
        if !drawn.exact && self.approximated.last().is_none_or(|last| last != name) {
            self.approximated.push(name.to_owned());
        }
        let font = self.font();
        let (width, height) = widget.size;
        let stream = Stream::new(
            dictionary! {
                "Type" => "XObject",
                "Subtype" => "Form",
                "BBox" => vec![0.into(), 0.into(), width.into(), height.into()],
                "Resources" => dictionary! { "Font" => dictionary! { "Helv" => font } },
            },
            drawn.content,
        );
        let stream = self.update.new_document.add_object(stream);
        let dictionary = self.changed(widget.id)?;
        dictionary.set("AP", dictionary! { "N" => stream });
        Ok(())
    }

    /// The face of what is drawn, one for the whole form.
    fn font(&mut self) -> ObjectId {
        let document = &mut self.update.new_document;
        *self.font.get_or_insert_with(|| {
            document.add_object(dictionary! {
                "Type" => "Font",
                "Subtype" => "Type1",
                "BaseFont" => "Helvetica",
                "Encoding" => "WinAnsiEncoding",
            })
        })
    }

    fn tick(&mut self, name: &str, field: &Field, state: &str) -> Result<(), FillError> {
        let known = |w: &Widget| w.states.contains(state);
        if !field.widgets.iter().any(known) {
            return Err(FillError::NoSuchState(name.to_owned()));
        }
        let on = Object::Name(state.as_bytes().to_vec());
        self.changed(field.id)?.set("V", on.clone());
        for widget in &field.widgets {
            let drawn = if known(widget) {
                on.clone()
            } else {
                Object::Name(b"Off".to_vec())
            };
            self.changed(widget.id)?.set("AS", drawn);
        }
        Ok(())
    }

    /// What the whole form says of itself: readers that keep the answers elsewhere (XFA) must not
    /// show those, and rights given to the blank one no longer hold.
    fn settle(&mut self, blank: &Blank) -> Result<(), FillError> {
        let redraw = self.redraw;
        let document = &blank.document;
        let listed = |form: &Dictionary| {
            let fields = form
                .get_deref(b"Fields", document)
                .and_then(Object::as_array);
            let mut fields = fields.cloned().unwrap_or_default();
            fields.extend(blank.forgotten.iter().map(|id| Object::Reference(*id)));
            fields
        };
        let change = |form: &mut Dictionary| {
            form.remove(b"XFA");
            if !blank.forgotten.is_empty() {
                form.set("Fields", listed(form));
            }
            if redraw {
                form.set("NeedAppearances", true);
            } else {
                form.remove(b"NeedAppearances");
            }
        };
        let catalog = document
            .trailer
            .get(b"Root")
            .and_then(Object::as_reference)?;
        if let Some(id) = blank.acro_form {
            change(self.changed(id)?);
        } else {
            let form = self.changed(catalog)?.get_mut(b"AcroForm")?;
            change(form.as_dict_mut()?);
        }
        if document.catalog()?.has(b"Perms") {
            self.changed(catalog)?.remove(b"Perms");
        }
        Ok(())
    }
}
