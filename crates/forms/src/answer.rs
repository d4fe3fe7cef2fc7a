//! Answers: offered from the record, checked by a person, then cut into the values of fields.

use crate::{
    fill::Values,
    mapping::{Kind, Mapping, Part, Question},
};
use jiff::civil::{Date, Time};
use std::collections::BTreeMap;

/// The longest answer taken, in characters.
pub const LONGEST_ANSWER: usize = 4_000;

/// Answers by question; a question that is not there, or empty, stays blank on the form.
pub type Answers = BTreeMap<String, String>;

/// A question with its answer, to be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<'a> {
    /// The question.
    pub question: &'a Question,
    /// Its answer; may be empty.
    pub text: String,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// It is no day.
    #[error("this is not a day")]
    NotADay,
    /// It is no hour.
    #[error("this is not an hour")]
    NotAnHour,
    /// It is none of the choices.
    #[error("this is none of the choices")]
    NotAChoice,
    /// It is longer than answers are.
    #[error("this is longer than {LONGEST_ANSWER} characters")]
    TooLong,
}

impl Mapping {
    /// What the record offers for each question, in the order of the form; `facts` are named as in
    /// [`crate::mapping::FACTS`], days as 2026-01-31.
    #[must_use]
    pub fn offered(&self, facts: &BTreeMap<&str, String>) -> Vec<Answer<'_>> {
        let offered = |question: &Question| {
            let text = facts.get(question.fact.as_str()).cloned();
            let text = text.unwrap_or_default();
            let fits = match question.kind {
                Kind::Choice => question.choices.iter().any(|c| c.value == text),
                Kind::Date => text.parse::<Date>().is_ok(),
                _ => true,
            };
            if fits { text } else { String::new() }
        };
        let questions = self.questions.iter();
        questions
            .map(|question| Answer {
                question,
                text: offered(question),
            })
            .collect()
    }

    /// The values of the form's fields.
    ///
    /// # Errors
    /// Every answer that does not fit its question, by the question's identifier.
    pub fn values(&self, answers: &Answers) -> Result<Values, BTreeMap<String, AnswerError>> {
        let mut values = Values::new();
        let mut wrong = BTreeMap::new();
        for question in &self.questions {
            let text = answers.get(&question.id).map_or("", |text| text.trim());
            if text.is_empty() {
                continue;
            }
            if let Err(error) = question.cut(text, &mut values) {
                wrong.insert(question.id.clone(), error);
            }
        }
        if wrong.is_empty() {
            Ok(values)
        } else {
            Err(wrong)
        }
    }
}

impl Question {
    fn cut(&self, text: &str, values: &mut Values) -> Result<(), AnswerError> {
        if text.chars().count() > LONGEST_ANSWER {
            return Err(AnswerError::TooLong);
        }
        let mut whole = text.to_owned();
        let mut parts: Vec<(Part, String)> = Vec::new();
        match self.kind {
            Kind::Text | Kind::Lines => {}
            Kind::Date => {
                let day: Date = text.parse().map_err(|_| AnswerError::NotADay)?;
                if !(1..=9999).contains(&day.year()) {
                    return Err(AnswerError::NotADay);
                }
                let (d, m, y) = (day.day(), day.month(), day.year());
                whole = format!("{d:02}/{m:02}/{y:04}");
                parts.push((Part::Day, format!("{d:02}")));
                parts.push((Part::Month, format!("{m:02}")));
                parts.push((Part::Year, format!("{y:04}")));
                parts.push((Part::ShortYear, format!("{:02}", y % 100)));
            }
            Kind::Time => {
                let time = time(text).ok_or(AnswerError::NotAnHour)?;
                let (h, m) = (time.hour(), time.minute());
                whole = format!("{h:02}:{m:02}");
                parts.push((Part::Hour, format!("{h:02}")));
                parts.push((Part::Minutes, format!("{m:02}")));
            }
            Kind::Choice => {
                let mut choices = self.choices.iter();
                let chosen = choices.find(|c| c.value == text);
                let chosen = chosen.ok_or(AnswerError::NotAChoice)?;
                values.extend(chosen.set.clone());
                return Ok(());
            }
        }
        if self.capitals {
            whole = whole.to_uppercase();
        }
        for field in &self.fields {
            values.insert(field.clone(), whole.clone());
        }
        for (part, text) in parts {
            for field in self.parts.get(&part).into_iter().flatten() {
                values.insert(field.clone(), text.clone());
            }
        }
        Ok(())
    }
}

/// An hour written `14:30`, `14h30` or `14 h`.
fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once([':', 'h', 'H'])?;
    let minute = minute.trim();
    let digits = |s: &str| (s.len() <= 2).then(|| s.parse::<i8>().ok()).flatten();
    let minute = if minute.is_empty() {
        0
    } else {
        digits(minute)?
    };
    Time::new(digits(hour.trim())?, minute, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAPPING: &str = r#"
id = "sample"
title = "Un formulaire"
source = "écrit pour l’essai"

[[question]]
id = "name"
label = "Nom"
kind = "text"
fact = "birth_name"
capitals = true
fields = ["nom1", "nom2"]

[[question]]
id = "born"
label = "Né le"
kind = "date"
fact = "born"
fields = ["ne"]
parts = { day = ["jour"], month = ["mois"], year = ["annee"], short_year = ["an"] }

[[question]]
id = "at"
label = "À"
kind = "time"
parts = { hour = ["h"], minutes = ["m"] }

[[question]]
id = "title"
label = "Civilité"
kind = "choice"
fact = "title"
choice = [
  { value = "madam", label = "Madame", set = { sexe = "1" } },
  { value = "sir", label = "Monsieur", set = { sexe = "2" } },
]
"#;

    fn answers(pairs: &[(&str, &str)]) -> Answers {
        let own = |(k, v): &(&str, &str)| ((*k).to_owned(), (*v).to_owned());
        pairs.iter().map(own).collect()
    }

    #[test]
    fn answers_are_cut_into_the_fields_of_the_form() {
        let mapping = Mapping::parse(MAPPING).expect("a mapping");
        let given = answers(&[
            ("name", "Élan"),
            ("born", "1987-03-09"),
            ("at", "9h5"),
            ("title", "sir"),
        ]);
        let values = mapping.values(&given).expect("answers that fit");
        let expected = answers(&[
            ("nom1", "ÉLAN"),
            ("nom2", "ÉLAN"),
            ("ne", "09/03/1987"),
            ("jour", "09"),
            ("mois", "03"),
            ("annee", "1987"),
            ("an", "87"),
            ("h", "09"),
            ("m", "05"),
            ("sexe", "2"),
        ]);
        assert_eq!(values, expected);
    }

    #[test]
    fn every_answer_that_does_not_fit_is_named() {
        let mapping = Mapping::parse(MAPPING).expect("a mapping");
        let long = "x".repeat(LONGEST_ANSWER + 1);
        let given = answers(&[
            ("name", &long),
            ("born", "31/02"),
            ("at", "25:00"),
            ("title", "other"),
        ]);
        let wrong = mapping.values(&given).expect_err("none fits");
        let kinds: Vec<AnswerError> = wrong.into_values().collect();
        assert_eq!(
            kinds,
            [
                AnswerError::NotAnHour,
                AnswerError::NotADay,
                AnswerError::TooLong,
                AnswerError::NotAChoice
            ]
        );
        assert_eq!(mapping.values(&answers(&[])), Ok(Values::new()));
    }

    #[test]
    fn the_record_offers_what_it_holds() {
        let mapping = Mapping::parse(MAPPING).expect("a mapping");
        let facts = BTreeMap::from([
            ("birth_name", "Élan".to_owned()),
            ("born", "a day long ago".to_owned()),
            ("title", "madam".to_owned()),
        ]);
        let offered = mapping.offered(&facts);
        let texts: Vec<&str> = offered.iter().map(|a| a.text.as_str()).collect();
        assert_eq!(texts, ["Élan", "", "", "madam"]);
    }
}
