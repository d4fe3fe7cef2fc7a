//! The shelf: blank forms that an operator put in a folder, each recognised by the mapping that
//! knows its file, or else its fields.

use crate::{
    Blank, FieldKind, FillError, Filled, FormError, Mapping, Values,
    mapping::{Kind, Question},
};
use std::sync::Arc;

/// The mappings that come with the program.
const WITH_THE_PROGRAM: [&str; 2] = [
    include_str!("../mappings/cerfa-16029-01.toml"),
    include_str!("../mappings/cerfa-16030-01.toml"),
];

/// A blank form and how it is filled.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// How it is filled.
    pub mapping: Mapping,
    /// The form.
    pub blank: Blank,
    /// Whether the mapping was written on this very file.
    pub known: bool,
}

/// A form that no mapping knows, or that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It cannot be read.
    #[error(transparent)]
    Form(#[from] FormError),
    /// No mapping names its fields; the nearest one is said, with the first field it misses.
    #[error("no mapping knows this form (nearest: {nearest}, which also names `{missing}`)")]
    Unknown {
        /// The mapping that names most of its fields.
        nearest: String,
        /// The first of its fields that the form has not.
        missing: String,
    },
}

/// The forms that can be filled here.
#[derive(Debug, Clone)]
pub struct Shelf {
    mappings: Vec<Arc<Mapping>>,
    sheets: Vec<Arc<Sheet>>,
}

impl Default for Shelf {
    fn default() -> Self {
        let read = WITH_THE_PROGRAM
            .iter()
            .filter_map(|toml| Mapping::parse(toml).ok());
        Self {
            mappings: read.map(Arc::new).collect(),
            sheets: Vec::new(),
        }
    }
}

impl Sheet {
    /// The form filled with these values.
    ///
    /// # Errors
    /// [`FillError`].
    pub fn fill(&self, values: &Values) -> Result<Filled, FillError> {
        self.blank.fill(values)
    }
}

impl Shelf {
    /// A shelf that knows one more mapping; one of the same identifier takes its place.
    pub fn learn(&mut self, mapping: Mapping) {
        self.mappings.retain(|m| m.id != mapping.id);
        self.mappings.push(Arc::new(mapping));
    }

    /// Puts a form on the shelf, under the mapping that knows it.
    ///
    /// # Errors
    /// [`Unfit`] where it cannot be read or no mapping knows it.
    pub fn put(&mut self, bytes: &[u8]) -> Result<Arc<Sheet>, Unfit> {
        let blank = Blank::read(bytes)?;
        let known = |m: &&Arc<Mapping>| m.hashes.iter().any(|h| h == blank.hash());
        let of_file = self
            .mappings
            .iter()
            .find(known)
            .filter(|m| fits(m, &blank).is_ok());
        let fitting = || {
            let fitting = self.mappings.iter().filter(|m| fits(m, &blank).is_ok());
            fitting.max_by_key(|m| m.questions.len())
        };
        let Some(mapping) = of_file.or_else(fitting) else {
            return Err(self.unknown(&blank));
        };
        let sheet = Arc::new(Sheet {
            mapping: Mapping::clone(mapping),
            known: of_file.is_some(),
            blank,
        });
        // The file that the mapping was written on is preferred to another that only looks like it.
        let same = |s: &Arc<Sheet>| s.mapping.id == sheet.mapping.id;
        match self.sheets.iter().position(same) {
            Some(at) if sheet.known || !self.sheets[at].known => self.sheets[at] = sheet.clone(),
            Some(_) => {}
            None => self.sheets.push(sheet.clone()),
        }
        Ok(sheet)
    }

    fn unknown(&self, blank: &Blank) -> Unfit {
        let missing = self.mappings.iter().filter_map(|m| {
            let missing = fits(m, blank).err()?;
            let fields = m.questions.iter().flat_map(Question::all_fields);
            let found = fields.filter(|f| blank.fields().contains_key(*f)).count();
            Some((found, m.id.clone(), missing))
        });
        let (nearest, missing) = missing
            .max_by_key(|(found, ..)| *found)
            .map(|(_, id, missing)| (id, missing))
            .unwrap_or_default();
        Unfit::Unknown { nearest, missing }
    }

    /// The forms that can be filled, in the order they were put there.
    #[must_use]
    pub fn sheets(&self) -> &[Arc<Sheet>] {
        &self.sheets
    }

    /// The form of that identifier.
    #[must_use]
    pub fn sheet(&self, id: &str) -> Option<&Arc<Sheet>> {
        self.sheets.iter().find(|s| s.mapping.id == id)
    }

    /// The mappings it knows.
    #[must_use]
    pub fn mappings(&self) -> &[Arc<Mapping>] {
        &self.mappings
    }
}

/// Whether the form has every field and state that the mapping names; else the first it has not.
fn fits(mapping: &Mapping, blank: &Blank) -> Result<(), String> {
    for question in &mapping.questions {
        for name in question.all_fields() {
            let field = blank.fields().get(name);
            let takes = match field.map(|f| &f.kind) {
                Some(FieldKind::Text { .. }) => question.kind != Kind::Choice,
                Some(FieldKind::Boxes { states }) => {
                    let wanted = question.choices.iter().filter_map(|c| c.set.get(name));
                    question.kind == Kind::Choice && wanted.into_iter().all(|s| states.contains(s))
                }
                _ => false,
            };
            if !takes {
                return Err(name.to_owned());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings_of_the_program_are_read() {
        for toml in WITH_THE_PROGRAM {
            let mapping = Mapping::parse(toml).expect("a mapping of the program");
            assert!(!mapping.hashes.is_empty(), "{}", mapping.id);
        }
        assert_eq!(Shelf::default().mappings().len(), WITH_THE_PROGRAM.len());
    }
}
