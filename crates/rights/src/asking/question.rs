//! A question about one fact, or about several that are answered together, and how an answer to it
//! becomes facts.

use super::countries::COUNTRIES;
use super::household::lasts;
use crate::model::{Kind, Law, Variable};
use crate::period::Rhythm;
use domain::looked::{Answer, FactRef, FactValue, Month, Said, Span, Whom};
use domain::procedure::Amount;
use jiff::civil::Date;

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Nothing in particular.
    Plain,
    /// Hundredths of the whole.
    Percent,
    /// Years.
    Years,
    /// Months.
    Months,
    /// People.
    People,
}

/// One of several things that may be so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// Its word in forms, ASCII.
    pub word: String,
    /// In French; empty where it is someone: see [`Tick::whom`].
    pub label: String,
    /// Whom it is about.
    pub whom: Whom,
    /// The facts it tells.
    pub(super) covers: Vec<Covered>,
    /// What a tick notes in their place, where they are asked one by one after it.
    pub(super) notes: Option<FactRef>,
}

/// A fact that a tick tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Covered {
    pub about: FactRef,
    /// Whether a tick says yes; else it says that there is some, how much being asked next.
    pub truth: bool,
}

/// How a question is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// Yes or no.
    YesNo,
    /// One amount: of the whole year, of one month, or as things stand.
    Amount,
    /// An amount for each month: the same each month, or one a month.
    EachMonth {
        /// The first month.
        from: Month,
        /// The last month.
        to: Month,
    },
    /// A number.
    Number(Unit),
    /// A day.
    Day,
    /// One of a list: words and French labels.
    Choice(Vec<(String, String)>),
    /// A commune, by its code.
    Commune,
    /// Those of a list that are so; none of them is an answer.
    Ticks(Vec<Tick>),
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its name in addresses and forms, ASCII; the same as long as it waits for the same facts.
    pub id: String,
    /// In French, from the law files.
    pub text: String,
    /// What the fact is called, in French; empty for several.
    pub label: String,
    /// Whom it is about; the family where it is about several.
    pub whom: Whom,
    /// Over which period.
    pub span: Span,
    /// How it is answered.
    pub form: Form,
    /// Whether "none" is an answer.
    pub nothing: bool,
    /// The rights that wait for it, as the law files call them.
    pub for_rights: Vec<String>,
    /// What was last said of the same fact over an earlier period: to be offered, never taken.
    pub earlier: Option<Answer>,
    pub(super) about: Vec<FactRef>,
}

/// An answer, as read from a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// They do not know.
    Unknown,
    /// None.
    Nothing,
    /// Yes or no.
    Truth(bool),
    /// One amount; over several months, the same each month.
    Amount(Amount),
    /// An amount for each month, in order.
    EachMonth(Vec<Amount>),
    /// A number in hundredths; for a percentage, the percentage itself.
    Number(u32),
    /// A day.
    Day(Date),
    /// The word of a choice, or a code.
    Word(String),
    /// The words of what is so.
    Ticks(Vec<String>),
}

/// An answer that is none to that question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no answer to that question")]
pub struct NotAnAnswer;

impl Question {
    /// The facts it is about, each over its period.
    #[must_use]
    pub fn facts(&self) -> &[FactRef] {
        &self.about
    }

    /// What an answer says, to be written in the record.
    ///
    /// # Errors
    /// [`NotAnAnswer`] where it is none to this question.
    pub fn said(&self, given: &Given) -> Result<Vec<Said>, NotAnAnswer> {
        let answer = match (given, &self.form) {
            (Given::Unknown, _) => Answer::Unknown,
            (Given::Ticks(words), Form::Ticks(ticks)) => return ticked(ticks, words),
            (Given::Nothing, Form::Ticks(ticks)) => return ticked(ticks, &[]),
            (Given::Nothing, _) if self.nothing => Answer::Nothing,
            (Given::Truth(value), Form::YesNo) => Answer::Value(FactValue::Truth(*value)),
            (Given::Amount(amount), Form::Amount | Form::EachMonth { .. }) => {
                Answer::Value(FactValue::Amount(*amount))
            }
            (Given::EachMonth(amounts), Form::EachMonth { from, to }) => {
                let months = to.index() - from.index() + 1;
                if usize::try_from(months) != Ok(amounts.len()) {
                    return Err(NotAnAnswer);
                }
                Answer::EachMonth(amounts.clone())
            }
            (Given::Number(number), Form::Number(_)) => Answer::Value(FactValue::Number(*number)),
            (Given::Day(day), Form::Day) => Answer::Value(FactValue::Day(*day)),
            (Given::Word(word), Form::Choice(words)) if words.iter().any(|(w, _)| w == word) => {
                Answer::Value(FactValue::Word(word.clone()))
            }
            (Given::Word(word), Form::Commune) if is_commune(word) => {
                Answer::Value(FactValue::Word(word.clone()))
            }
            _ => return Err(NotAnAnswer),
        };
        let said = |about: &FactRef| Said {
            about: about.clone(),
            answer: answer.clone(),
            confirmed: None,
        };
        Ok(self.about.iter().map(said).collect())
    }
}

/// What is ticked is so; what is not is not.
fn ticked(ticks: &[Tick], words: &[String]) -> Result<Vec<Said>, NotAnAnswer> {
    if words.iter().any(|w| ticks.iter().all(|t| t.word != *w)) {
        return Err(NotAnAnswer);
    }
    let mut said = Vec::new();
    let mut say = |about: &FactRef, answer| {
        said.push(Said {
            about: about.clone(),
            answer,
            confirmed: None,
        });
    };
    for tick in ticks {
        let so = words.contains(&tick.word);
        if let (true, Some(note)) = (so, &tick.notes) {
            say(note, Answer::Some);
            continue;
        }
        for covered in &tick.covers {
            let answer = match (so, covered.truth) {
                (so, true) => Answer::Value(FactValue::Truth(so)),
                (true, false) => Answer::Some,
                (false, false) => Answer::Nothing,
            };
            say(&covered.about, answer);
        }
    }
    Ok(said)
}

/// The code of a commune: five characters, Corsica's with a letter.
fn is_commune(code: &str) -> bool {
    let digit = |(place, byte): (usize, u8)| {
        byte.is_ascii_digit() || (place == 1 && matches!(byte, b'A' | b'B'))
    };
    code.len() == 5 && code.bytes().enumerate().all(digit)
}

/// Whether a fact is a country or a commune; the law files say only that it is a text.
const COUNTRY: &str = "nationalite";
const COMMUNE: &str = "depcom";

/// What numbers count.
const UNITS: &[(&str, Unit)] = &[
    ("taux_incapacite", Unit::Percent),
    ("taux_capacite_travail", Unit::Percent),
    ("duree_possession_titre_sejour", Unit::Years),
    ("mois_de_residence", Unit::Months),
    ("personnes_foyer", Unit::People),
];

/// Days and numbers for which "none" means nothing.
const NEVER_NONE: &[&str] = &["date_naissance", "date_adoption", "personnes_foyer"];

/// What is asked of a tax notice for a year, and of payslips for months.
const BY_MONTH: &[(&str, &str)] = &[
    (
        "salaire_imposable",
        "Quel est le salaire imposable inscrit sur les fiches de paie ?",
    ),
    (
        "chomage_imposable",
        "Quelles allocations de chômage imposables avez-vous reçues ?",
    ),
    (
        "retraite_imposable",
        "Quelle retraite imposable avez-vous reçue ?",
    ),
];

/// How a fact is asked over that period; none where it cannot be asked so.
pub(super) fn form(law: &Law, variable: &Variable, span: Span) -> Option<Form> {
    Some(match variable.kind {
        Kind::Truth => Form::YesNo,
        Kind::Amount => match span {
            Span::Months { from, to } if from != to => Form::EachMonth { from, to },
            _ => Form::Amount,
        },
        Kind::Number => {
            let unit = UNITS.iter().find(|(name, _)| *name == variable.name);
            Form::Number(unit.map_or(Unit::Plain, |(_, unit)| *unit))
        }
        Kind::Day => Form::Day,
        Kind::Text if variable.name == COUNTRY => Form::Choice(
            COUNTRIES
                .iter()
                .map(|(code, name)| ((*code).to_owned(), (*name).to_owned()))
                .collect(),
        ),
        Kind::Text if variable.name == COMMUNE => Form::Commune,
        Kind::Text => return None,
        Kind::Choice(_) => {
            let variants = &law.choices(variable.kind)?.variants;
            let said = variants.iter().filter(|(word, _)| word != "non_renseigne");
            Form::Choice(said.cloned().collect())
        }
    })
}

/// Whether "none" is an answer.
fn may_be_none(variable: &Variable) -> bool {
    match variable.kind {
        Kind::Amount => true,
        Kind::Number | Kind::Day => !NEVER_NONE.contains(&variable.name.as_str()),
        _ => false,
    }
}

/// The words of a question about a fact over that period.
fn text(variable: &Variable, span: Span) -> String {
    let by_month = matches!(span, Span::Months { .. });
    let other = BY_MONTH.iter().find(|(name, _)| *name == variable.name);
    match (other, &variable.question) {
        (Some((_, text)), _) if by_month => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        (_, None) => variable.label.clone(),
    }
}

/// The question about that fact alone, as to change what was said of it; none where no law file
/// asks it so.
#[must_use]
pub fn question_about(law: &Law, fact: &FactRef) -> Option<Question> {
    let (_, variable) = law.variable(&fact.fact)?;
    let suits = match (variable.rhythm, fact.span) {
        (Rhythm::Always, Span::Always) | (Rhythm::Year, Span::Year(_)) => true,
        (Rhythm::Month, Span::Since(_)) => lasts(variable),
        (Rhythm::Month, Span::Year(_) | Span::Months { .. }) => !lasts(variable),
        _ => false,
    };
    if variable.is_rule || !suits {
        return None;
    }
    Some(Question {
        id: fact.to_string(),
        text: text(variable, fact.span),
        label: variable.label.clone(),
        whom: fact.whom,
        span: fact.span,
        form: form(law, variable, fact.span)?,
        nothing: may_be_none(variable),
        for_rights: Vec::new(),
        earlier: None,
        about: vec![fact.clone()],
    })
}
