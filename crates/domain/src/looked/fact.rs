//! One fact: about whom, over which period, and what was answered.

use super::{Looked, LookedError, Month};
use crate::{procedure::Amount, words::words};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest name of a fact or a right.
const LONGEST_NAME: usize = 100;
/// The longest word of an answer: a code, a choice's name.
const LONGEST_WORD: usize = 60;
/// The longest period of months.
const MOST_MONTHS: i32 = 36;
/// How far ahead a period may reach, in months.
const FARTHEST: i32 = 24;
/// The largest number kept, in hundredths.
const LARGEST_NUMBER: u32 = 10_000_000;

words! {
    /// Where a fact that was confirmed stood already in the record.
    FactSource {
        /// Civil status.
        Profile = "profile",
        /// A tie with someone.
        Tie = "tie",
        /// A document of the safe.
        Document = "document",
        /// A procedure.
        Procedure = "procedure",
        /// What was said of an earlier period.
        Earlier = "earlier",
        /// What was answered to another question.
        Answer = "answer",
    }
}

/// Whom a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whom {
    /// The person whose record it is.
    Person,
    /// The member of the household of that number.
    Member(u16),
    /// The family: parents and children in their charge.
    Family,
    /// Those of the tax return.
    TaxReturn,
    /// Those of the dwelling.
    Home,
}

/// The period an answer is said for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// Whatever the date.
    Always,
    /// A calendar year; an amount is that of the whole year.
    Year(i16),
    /// From one month to another, both included; an amount is that of each month.
    Months {
        /// The first.
        from: Month,
        /// The last.
        to: Month,
    },
    /// How things stand from that month on, until said otherwise.
    Since(Month),
}

impl Span {
    /// Whether it covers every moment of the other.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        match (self, other) {
            (Self::Always, Self::Always) => true,
            (Self::Since(a), Self::Since(b)) => a == b,
            _ => match (self.bounds(), other.bounds()) {
                (Some((from, to)), Some((first, last))) => from <= first && last <= to,
                _ => false,
            },
        }
    }

    /// The first and the last month, where it has both.
    #[must_use]
    pub fn bounds(self) -> Option<(Month, Month)> {
        match self {
            Self::Always | Self::Since(_) => None,
            Self::Year(year) => Some((Month::new(year, 1).ok()?, Month::new(year, 12).ok()?)),
            Self::Months { from, to } => Some((from, to)),
        }
    }

    fn check(self, today: Date) -> Result<(), LookedError> {
        let farthest = Month::of(today).plus(FARTHEST);
        let right = match self {
            Self::Always => true,
            Self::Year(year) => Month::new(year, 1).is_ok() && year <= farthest.year(),
            Self::Months { from, to } => {
                from <= to && to.index() - from.index() < MOST_MONTHS && to <= farthest
            }
            Self::Since(month) => month <= farthest,
        };
        if right {
            Ok(())
        } else {
            Err(LookedError::Period)
        }
    }
}

/// A value that was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactValue {
    /// Yes or no.
    Truth(bool),
    /// An amount of money, of the year or of each month as the period says.
    Amount(Amount),
    /// A number, in hundredths.
    Number(u32),
    /// A day.
    Day(Date),
    /// A code, or the name of one of a list of choices.
    Word(String),
}

/// What was answered to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// A value.
    Value(FactValue),
    /// An amount for each month of the period, in order.
    EachMonth(Vec<Amount>),
    /// None: no such income, no such thing.
    Nothing,
    /// There is some; how much is still to be said.
    Some,
    /// They do not know: it stays unknown, and is not asked again unless they want it.
    Unknown,
}

/// A fact over a period, whatever was answered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FactRef {
    /// About whom.
    pub whom: Whom,
    /// Its name in the law files.
    pub fact: String,
    /// Over which period.
    pub span: Span,
}

impl FactRef {
    /// The fact of that code, as [`fmt::Display`] writes it; none where it is no code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let mut parts = code.split('.');
        let (fact, whom, span) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || named(fact).is_err() {
            return None;
        }
        Some(Self {
            whom: Whom::from_code(whom)?,
            fact: fact.to_owned(),
            span: Span::from_code(span)?,
        })
    }
}

/// Its code in addresses and forms: `salaire_net.member-2.2026-06_2026-11`.
impl fmt::Display for FactRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.fact, self.whom, self.span)
    }
}

impl Whom {
    /// The one of that code; none where it is no code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "person" => Some(Self::Person),
            "family" => Some(Self::Family),
            "tax_return" => Some(Self::TaxReturn),
            "home" => Some(Self::Home),
            _ => code.strip_prefix("member-")?.parse().ok().map(Self::Member),
        }
    }
}

impl fmt::Display for Whom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person => f.write_str("person"),
            Self::Member(number) => write!(f, "member-{number}"),
            Self::Family => f.write_str("family"),
            Self::TaxReturn => f.write_str("tax_return"),
            Self::Home => f.write_str("home"),
        }
    }
}

impl Span {
    fn from_code(code: &str) -> Option<Self> {
        if code == "always" {
            return Some(Self::Always);
        }
        if let Some(month) = code.strip_prefix("since-") {
            return month.parse().ok().map(Self::Since);
        }
        if let Some((from, to)) = code.split_once('_') {
            let (from, to) = (from.parse().ok()?, to.parse().ok()?);
            return Some(Self::Months { from, to });
        }
        code.parse().ok().map(Self::Year)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always => f.write_str("always"),
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Months { from, to } => write!(f, "{from}_{to}"),
            Self::Since(month) => write!(f, "since-{month}"),
        }
    }
}

/// A fact, as it was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Which fact.
    #[serde(flatten)]
    pub about: FactRef,
    /// What was answered.
    pub answer: Answer,
    /// Where it stood in the record before someone confirmed it; nowhere when it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<FactSource>,
}

/// A name as law files give them.
pub(super) fn named(name: &str) -> Result<(), LookedError> {
    let letter = |c: char| c.is_alphanumeric() || c == '_';
    if name.is_empty() || name.chars().count() > LONGEST_NAME || !name.chars().all(letter) {
        return Err(LookedError::Name);
    }
    Ok(())
}

impl Said {
    pub(super) fn check(&self, today: Date, before: &Looked) -> Result<(), LookedError> {
        named(&self.about.fact)?;
        self.about.span.check(today)?;
        if let Whom::Member(number) = self.about.whom {
            let composition = before.composition.as_ref();
            composition
                .and_then(|told| told.what.member(number))
                .ok_or(LookedError::NoSuchMember)?;
        }
        match (&self.answer, self.about.span) {
            (Answer::EachMonth(amounts), Span::Months { from, to }) => {
                let months = to.index() - from.index() + 1;
                if usize::try_from(months) != Ok(amounts.len()) {
                    return Err(LookedError::Answer);
                }
                Ok(())
            }
            (Answer::EachMonth(_), _) => Err(LookedError::Answer),
            (Answer::Value(FactValue::Word(word)), _) => {
                let printable = !word.trim().is_empty() && !word.chars().any(char::is_control);
                if !printable || word.chars().count() > LONGEST_WORD {
                    return Err(LookedError::Answer);
                }
                Ok(())
            }
            (Answer::Value(FactValue::Number(number)), _) if *number > LARGEST_NUMBER => {
                Err(LookedError::Answer)
            }
            _ => Ok(()),
        }
    }
}
