//! Mappings: which question of a form goes in which of its fields, as data that anyone can write.
//!
//! A mapping is a TOML file of `crates/forms/mappings`, or one beside the operator's own forms.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The longest mapping read, in bytes.
pub const LONGEST_MAPPING: usize = 256 * 1024;
/// The most questions of a form.
pub(crate) const MOST_QUESTIONS: usize = 300;

/// What of the record can be offered as an answer; a mapping that names another is refused.
pub const FACTS: [&str; 17] = [
    "title",
    "birth_name",
    "given_names",
    "usual_name",
    "born",
    "birth_place",
    "phone",
    "email",
    "address",
    "household",
    "organisation",
    "team",
    "worker",
    "worker_job",
    "outside_id",
    "reference",
    "today",
];

/// How a form is filled from answers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Its identifier, as addresses show it.
    pub id: String,
    /// Its title, in French, as the form says it.
    pub title: String,
    /// The number printed on the form; may be empty.
    #[serde(default)]
    pub number: String,
    /// Where the blank form is found, and what it rests on.
    pub source: String,
    /// BLAKE3 hashes of the files that this mapping was written on, in hexadecimal.
    #[serde(default)]
    pub hashes: Vec<String>,
    /// What is asked, in the order of the form.
    #[serde(rename = "question")]
    pub questions: Vec<Question>,
}

/// One question of a form.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its identifier in the mapping.
    pub id: String,
    /// The part of the form it stands in; that of the question before where it says none.
    #[serde(default)]
    pub section: String,
    /// What is asked, in French, as the form says it.
    pub label: String,
    /// What helps to answer; may be empty.
    #[serde(default)]
    pub hint: String,
    /// Of what kind the answer is.
    pub kind: Kind,
    /// What of the record is offered as an answer.
    #[serde(default)]
    pub fact: String,
    /// Whether the answer is written in capitals.
    #[serde(default)]
    pub capitals: bool,
    /// The fields that take it whole.
    #[serde(default)]
    pub fields: Vec<String>,
    /// The fields that take a part of it: of a date, of an hour.
    #[serde(default)]
    pub parts: BTreeMap<Part, Vec<String>>,
    /// What may be chosen.
    #[serde(default, rename = "choice")]
    pub choices: Vec<Choice>,
}

/// Of what kind an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A line of text.
    Text,
    /// A few lines of text.
    Lines,
    /// A day, written 2026-01-31.
    Date,
    /// An hour, written 14:30.
    Time,
    /// One of the choices.
    Choice,
}

/// A part of an answer that has a field of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The day of the month, in two digits.
    Day,
    /// The month, in two digits.
    Month,
    /// The year, in four digits.
    Year,
    /// The year, in two digits.
    ShortYear,
    /// The hour, in two digits.
    Hour,
    /// The minutes, in two digits.
    Minutes,
}

/// One of the answers of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The word that stands for it.
    pub value: String,
    /// As the form says it, in French.
    pub label: String,
    /// The states its boxes take, by field.
    pub set: BTreeMap<String, String>,
}

/// Why a mapping is not taken; each says where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// It is longer than mappings are.
    #[error("the mapping is longer than {} kB", LONGEST_MAPPING / 1024)]
    TooLong,
    /// It is no TOML, or not of this shape.
    #[error("the mapping is not written as one: {0}")]
    Malformed(String),
    /// An identifier is not made of a-z, 0-9 and `-`, `_` or is used twice.
    #[error("the identifier `{0}` is used twice, or is not of letters, digits, `-` and `_`")]
    Identifier(String),
    /// A question puts its answer nowhere.
    #[error("the question `{0}` goes in no field")]
    NoField(String),
    /// A question names a fact that records do not hold.
    #[error("the question `{question}` asks for `{fact}`, which no record holds")]
    NoSuchFact {
        /// Which question.
        question: String,
        /// What it asks for.
        fact: String,
    },
    /// A question has what its kind has not.
    #[error("the question `{0}` has parts or choices that its kind has not")]
    Kind(String),
    /// Two questions go in the same field.
    #[error("two questions go in the field `{0}`")]
    FieldTwice(String),
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// [`MappingError`], with the line or the question at fault.
    pub fn parse(toml: &str) -> Result<Self, MappingError> {
        if toml.len() > LONGEST_MAPPING {
            return Err(MappingError::TooLong);
        }
        let mapping: Self =
            toml::from_str(toml).map_err(|e| MappingError::Malformed(e.to_string()))?;
        mapping.check()?;
        Ok(mapping)
    }

    fn check(&self) -> Result<(), MappingError> {
        let word = |id: &str| {
            let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
            !id.is_empty() && id.len() <= 64 && id.chars().all(letter)
        };
        if !word(&self.id) {
            return Err(MappingError::Identifier(self.id.clone()));
        }
        if self.questions.is_empty() || self.questions.len() > MOST_QUESTIONS {
            let found = format!("{} questions", self.questions.len());
            return Err(MappingError::Malformed(found));
        }
        let mut ids = BTreeSet::new();
        let mut taken = BTreeSet::new();
        for question in &self.questions {
            let id = || question.id.clone();
            if !word(&question.id) || !ids.insert(&question.id) {
                return Err(MappingError::Identifier(id()));
            }
            question.check()?;
            let own: BTreeSet<&str> = question.all_fields().collect();
            if own.is_empty() {
                return Err(MappingError::NoField(id()));
            }
            for field in own {
                if !taken.insert(field) {
                    return Err(MappingError::FieldTwice(field.to_owned()));
                }
            }
        }
        Ok(())
    }

    /// The question whose answer goes in that field.
    #[must_use]
    pub fn question_of(&self, field: &str) -> Option<&Question> {
        let mut questions = self.questions.iter();
        questions.find(|q| q.all_fields().any(|f| f == field))
    }
}

impl Question {
    /// Every field its answer may go in.
    pub(crate) fn all_fields(&self) -> impl Iterator<Item = &str> {
        let whole = self.fields.iter();
        let parts = self.parts.values().flatten();
        let boxes = self.choices.iter().flat_map(|c| c.set.keys());
        whole.chain(parts).chain(boxes).map(String::as_str)
    }

    fn check(&self) -> Result<(), MappingError> {
        if !self.fact.is_empty() && !FACTS.contains(&self.fact.as_str()) {
            return Err(MappingError::NoSuchFact {
                question: self.id.clone(),
                fact: self.fact.clone(),
            });
        }
        let has = |parts: &[Part]| self.parts.keys().all(|p| parts.contains(p));
        let fits = match self.kind {
            Kind::Text | Kind::Lines => self.parts.is_empty(),
            Kind::Date => has(&[Part::Day, Part::Month, Part::Year, Part::ShortYear]),
            Kind::Time => has(&[Part::Hour, Part::Minutes]),
            Kind::Choice => self.parts.is_empty() && self.fields.is_empty(),
        };
        let values: BTreeSet<&str> = self.choices.iter().map(|c| c.value.as_str()).collect();
        let chosen = values.len() == self.choices.len() && !values.contains("");
        if !fits || !chosen || (self.kind == Kind::Choice) == self.choices.is_empty() {
            return Err(MappingError::Kind(self.id.clone()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: &str = "id = \"a-form\"\ntitle = \"Un\"\nsource = \"ici\"\n";

    fn check(questions: &str, expected: &str) {
        let error = Mapping::parse(&format!("{START}{questions}")).expect_err(questions);
        assert!(error.to_string().contains(expected), "{questions}: {error}");
    }

    #[test]
    fn faults_are_named_by_their_place() {
        check("", "question");
        check("[[question]]\nid = \"a\"", "label");
        check(
            "[[question]]\nid=\"a\"\nlabel=\"A\"\nkind=\"text\"",
            "`a` goes in no field",
        );
        check(
            "[[question]]\nid=\"a\"\nlabel=\"A\"\nkind=\"text\"\nfields=[\"f\"]\nfact=\"weight\"",
            "asks for `weight`",
        );
        check(
            "[[question]]\nid=\"a\"\nlabel=\"A\"\nkind=\"text\"\nparts={day=[\"f\"]}",
            "`a` has parts",
        );
        check(
            "[[question]]\nid=\"a\"\nlabel=\"A\"\nkind=\"choice\"\nfields=[\"f\"]",
            "`a` has parts or choices",
        );
        check(
            "[[question]]\nid=\"a\"\nlabel=\"A\"\nkind=\"text\"\nfields=[\"f\"]\n\
             [[question]]\nid=\"b\"\nlabel=\"B\"\nkind=\"text\"\nfields=[\"f\"]",
            "two questions go in the field `f`",
        );
        check(
            "[[question]]\nid=\"A b\"\nlabel=\"A\"\nkind=\"text\"\nfields=[\"f\"]",
            "`A b`",
        );
        check("unknown = 1", "unknown");
        let long = format!("{START}#{}", "x".repeat(LONGEST_MAPPING));
        assert_eq!(Mapping::parse(&long), Err(MappingError::TooLong));
    }
}
