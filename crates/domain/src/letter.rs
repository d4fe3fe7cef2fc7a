//! Letters: a template with named places, and the text made of it for one person. Who prints it, and
//! who signs, is decided by people: a letter is text until then.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The longest template, in characters.
pub const LONGEST_TEMPLATE: usize = 20_000;

/// What may stand between braces in a template, in the words of those who write them.
pub const PLACES: [&str; 25] = [
    "civilite",
    "prenom",
    "nom",
    "nom_usage",
    "date_naissance",
    "lieu_naissance",
    "adresse",
    "telephone",
    "courriel",
    "date",
    "organisme",
    "reference",
    "demarche",
    "droit",
    "date_depot",
    "date_refus",
    "motif_refus",
    "delai",
    "source_delai",
    "voie_recours",
    "montant_demande",
    "structure",
    "professionnel",
    "metier",
    "raisons",
];

/// What stands where nothing is known: room to write by hand.
pub const TO_WRITE: &str = "........................................";

/// A letter that can be prepared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterKind {
    /// The appeal that must come before a court, to the body the rules name (RAPO).
    Mandatory,
    /// An appeal to whoever decided.
    Gracious,
    /// A request for the reasons of a refusal by silence.
    Reasons,
}

impl LetterKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Mandatory, Self::Gracious, Self::Reasons];

    /// The word that stands for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Mandatory => "mandatory",
            Self::Gracious => "gracious",
            Self::Reasons => "reasons",
        }
    }

    /// The kind of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The template that comes with the program.
    #[must_use]
    pub fn usual(self) -> &'static str {
        match self {
            Self::Mandatory => include_str!("letter/mandatory.txt"),
            Self::Gracious => include_str!("letter/gracious.txt"),
            Self::Reasons => include_str!("letter/reasons.txt"),
        }
    }
}

/// A template, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Place(&'static str),
}

/// Why a template is not taken; each says where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// It is empty.
    #[error("the template is empty")]
    Empty,
    /// It is longer than letters are.
    #[error("the template is longer than {LONGEST_TEMPLATE} characters")]
    TooLong,
    /// A place that no record has.
    #[error("line {line}: there is no `{{{name}}}`")]
    UnknownPlace {
        /// Its line, from 1.
        line: usize,
        /// What stands between the braces.
        name: String,
    },
    /// A brace that nothing closes, or that nothing opened.
    #[error("line {line}: a brace stands alone; written twice, it is a brace")]
    LoneBrace {
        /// Its line, from 1.
        line: usize,
    },
}

/// A letter made of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its text.
    pub text: String,
    /// The places left to write by hand, each once.
    pub missing: Vec<&'static str>,
}

/// The longest name quoted in an error, in characters.
const LONGEST_NAME: usize = 40;

impl Template {
    /// Reads a template: `{prenom}` is a place, `{{` and `}}` are braces.
    ///
    /// # Errors
    /// [`TemplateError`], with its line.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        if text.trim().is_empty() {
            return Err(TemplateError::Empty);
        }
        if text.chars().count() > LONGEST_TEMPLATE {
            return Err(TemplateError::TooLong);
        }
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut line = 1;
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '\r' => {}
                '\n' => {
                    line += 1;
                    plain.push('\n');
                }
                '{' | '}' if rest.peek() == Some(&c) => {
                    rest.next();
                    plain.push(c);
                }
                '}' => return Err(TemplateError::LoneBrace { line }),
                '{' => {
                    let mut name = String::new();
                    loop {
                        match rest.next() {
                            Some('}') => break,
                            Some('\n' | '\r' | '{') | None => {
                                return Err(TemplateError::LoneBrace { line });
                            }
                            Some(c) => name.push(c),
                        }
                    }
                    let place = PLACES.iter().find(|p| **p == name.trim());
                    let Some(place) = place else {
                        let name = name.chars().take(LONGEST_NAME).collect();
                        return Err(TemplateError::UnknownPlace { line, name });
                    };
                    if !plain.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut plain)));
                    }
                    parts.push(Part::Place(place));
                }
                c => plain.push(c),
            }
        }
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self { parts })
    }

    /// The letter with these values; a place without one is left to write by hand.
    #[must_use]
    pub fn fill(&self, values: &BTreeMap<&str, String>) -> Letter {
        let mut letter = Letter {
            text: String::new(),
            missing: Vec::new(),
        };
        for part in &self.parts {
            match part {
                Part::Text(text) => letter.text.push_str(text),
                Part::Place(place) => match values.get(place).map(|v| v.trim()) {
                    Some(value) if !value.is_empty() => letter.text.push_str(value),
                    _ => {
                        letter.text.push_str(TO_WRITE);
                        if !letter.missing.contains(place) {
                            letter.missing.push(place);
                        }
                    }
                },
            }
        }
        letter
    }

    /// The places that the template has, in order, each once.
    #[must_use]
    pub fn places(&self) -> Vec<&'static str> {
        let mut found = Vec::new();
        for part in &self.parts {
            if let Part::Place(place) = part
                && !found.contains(place)
            {
                found.push(*place);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_and_what_is_not_known_is_left_to_write() {
        let template = Template::parse("{prenom} {nom},\r\n{{x}} le {date}. {nom}").unwrap();
        assert_eq!(template.places(), ["prenom", "nom", "date"]);
        let values = BTreeMap::from([
            ("prenom", "Awa".to_owned()),
            ("date", "{nom}".to_owned()),
            ("nom", " ".to_owned()),
        ]);
        let letter = template.fill(&values);
        let expected = format!("Awa {TO_WRITE},\n{{x}} le {{nom}}. {TO_WRITE}");
        assert_eq!(letter.text, expected, "a value is never read as a template");
        assert_eq!(letter.missing, ["nom"]);
    }

    #[test]
    fn usual_templates_are_read() {
        for kind in LetterKind::ALL {
            assert_eq!(LetterKind::from_word(kind.word()), Some(kind));
            let template = Template::parse(kind.usual()).unwrap();
            assert!(template.places().contains(&"nom"), "{kind:?}");
        }
    }

    #[test]
    fn faults_are_told_by_their_line() {
        let check =
            |text: &str, expected| assert_eq!(Template::parse(text), Err(expected), "{text}");
        let unknown = |line, name: &str| TemplateError::UnknownPlace {
            line,
            name: name.to_owned(),
        };
        check(" \n", TemplateError::Empty);
        check("un\n{prénom}", unknown(2, "prénom"));
        check("{}", unknown(1, ""));
        check("un\n\n{prenom\n}", TemplateError::LoneBrace { line: 3 });
        check("un }", TemplateError::LoneBrace { line: 1 });
        check("{pre{nom}", TemplateError::LoneBrace { line: 1 });
        check(&"x".repeat(LONGEST_TEMPLATE + 1), TemplateError::TooLong);
    }
}
