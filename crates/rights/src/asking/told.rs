//! What is said of a right, in words and values ready to be shown: its status, amount, reasons, texts
//! with their dates, the facts used, those that are missing, and the one that would change it.

use super::household::{Household, is_negative};
use crate::evaluate::Why;
use crate::explain::{self, Answer, Status, Turn};
use crate::keys::Key;
use crate::model::{Kind, Right, Scalar, VariableId};
use crate::period::{Period, Rhythm};
use crate::ratio::Ratio;
use domain::looked::{FactRef, Month, Span, Whom};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// What an answer holds for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// A month.
    Month(Month),
    /// A year.
    Year(i16),
}

/// A value, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Yes or no.
    Truth(bool),
    /// An amount in cents, of the year or of each month as the period says.
    Amount(i64),
    /// A number in hundredths.
    Number(i64),
    /// A day.
    Day(Date),
    /// A code or the name of a choice, and its French label (the code itself where it has none).
    Word(String, String),
}

/// One condition of a right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    /// In French.
    pub text: String,
    /// Its article.
    pub law: String,
    /// Holds, does not, or is not known.
    pub holds: Option<bool>,
    /// Whether its holding leaves the answer to the administration.
    pub assessed: bool,
}

/// A fact that was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is called.
    pub label: String,
    /// About whom, over which period.
    pub about: FactRef,
    /// Its value.
    pub shown: Shown,
}

/// A fact that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// What it is called.
    pub label: String,
    /// About whom.
    pub whom: Whom,
    /// Whether someone answered not to know.
    pub unknown: bool,
}

/// A figure of the law that counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureUsed {
    /// What it is.
    pub label: String,
    /// Its value.
    pub value: Shown,
    /// Since when it has it.
    pub since: Date,
    /// Its article, and the text that gives this value.
    pub source: String,
}

/// How a fact would have to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turned {
    /// Otherwise.
    Other(Shown),
    /// At most that many cents a month, on average over the months that count.
    AtMost(i64),
    /// At least that many cents a month, likewise.
    AtLeast(i64),
    /// Nothing but time: from that month on.
    From(Month),
}

/// The one fact that would change an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turning {
    /// The fact: what it is called and whom it is about; none when only time passes.
    pub fact: Option<(String, Whom)>,
    /// How it would have to be.
    pub turned: Turned,
    /// Whether the right would then be likely; else it would be unlikely.
    pub likely: bool,
}

/// What is said of a right.
#[derive(Debug, Clone)]
pub struct Looking {
    /// Its name in the law files.
    pub right: String,
    /// In French.
    pub label: String,
    /// Its articles.
    pub law: String,
    /// The page of the official catalogue.
    pub fiche: Option<String>,
    /// What to bring.
    pub bring: Vec<String>,
    /// What the law files leave out.
    pub limits: Vec<String>,
    /// What it holds for.
    pub per: Per,
    /// What can be said.
    pub status: Status,
    /// Why it is not modelled, or what the administration assesses, in French, where the law files
    /// say it.
    pub why: Option<String>,
    /// The amount in cents over that month or year, where it is known and the right likely.
    pub amount: Option<i64>,
    /// Each condition.
    pub reasons: Vec<Because>,
    /// What is missing and can change it.
    pub missing: Vec<Lacking>,
    /// What was used.
    pub facts: Vec<Fact>,
    /// Articles of the rules that were used, each once.
    pub laws: Vec<String>,
    /// Figures that were used.
    pub figures: Vec<FigureUsed>,
    /// What would change it; looked for only when one right is asked for.
    pub change: Option<Turning>,
}

impl Household<'_> {
    /// What is said of every right, in the order of the law files, whatever the answers.
    #[must_use]
    pub fn answers(&self) -> Vec<Looking> {
        let said = self.said_of(self.law.rights.iter()).into_iter();
        said.map(|(right, said)| self.told(right, &said)).collect()
    }

    /// What is said of one right, with what would change it; none where no law file knows it.
    #[must_use]
    pub fn answer(&self, right: &str) -> Option<Looking> {
        let found = self.law.rights.iter().filter(|r| r.name == right).take(1);
        let (right, said) = self.said_of(found).pop()?;
        let change = said.change(
            self.law,
            self.situation_for(right),
            right,
            0,
            self.period(right),
        );
        Some(Looking {
            change: change.and_then(|change| self.turning(&said, change)),
            ..self.told(right, &said)
        })
    }

    fn told(&self, right: &Right, said: &Answer) -> Looking {
        let likely = matches!(said.status, Status::Likely | Status::Assessed(_));
        Looking {
            right: right.name.clone(),
            label: right.label.clone(),
            law: right.law.clone(),
            fiche: right.fiche.clone(),
            bring: right.bring.clone(),
            limits: right.limits.clone(),
            per: match right.rhythm {
                Rhythm::Year => Per::Year(self.month.year()),
                Rhythm::Month | Rhythm::Always => Per::Month(self.month),
            },
            why: self.why(right, said),
            status: said.status.clone(),
            amount: said.amount.filter(|_| likely).and_then(cents),
            reasons: reasons(right, said),
            missing: self.lacking(said),
            facts: self.used(&said.facts),
            laws: said.laws.clone(),
            figures: said.figures.iter().filter_map(|f| self.figure(f)).collect(),
            change: None,
        }
    }

    fn why(&self, right: &Right, said: &Answer) -> Option<String> {
        match said.status {
            Status::NotModelled(Why::NotModelled(reason) | Why::Assessed(reason))
            | Status::Assessed(Some(Why::Assessed(reason))) => {
                self.law.reasons.get(reason as usize).cloned()
            }
            Status::Assessed(_) => {
                let mut reasons = reasons(right, said).into_iter();
                let assessed = reasons.find(|r| r.assessed && r.holds == Some(true));
                assessed.map(|r| r.text)
            }
            _ => None,
        }
    }

    /// Missing facts, each once about each person.
    fn lacking(&self, said: &Answer) -> Vec<Lacking> {
        let mut all: BTreeMap<(VariableId, u16), bool> = BTreeMap::new();
        for key in &said.moments {
            let unknown = self.unknown.contains(key);
            let so_far = all.entry((key.variable(), key.place())).or_insert(unknown);
            *so_far &= unknown;
        }
        let lacking = all.into_iter().filter_map(|((variable, place), unknown)| {
            let known = self.law.variables.get(usize::from(variable))?;
            Some(Lacking {
                label: known.label.clone(),
                whom: self.whom(known.entity, place),
                unknown,
            })
        });
        lacking.collect()
    }

    /// Facts used: months that follow each other with one value are one line.
    fn used(&self, facts: &[(Key, Scalar)]) -> Vec<Fact> {
        let mut lines: Vec<(VariableId, u16, Period, Period, Scalar)> = Vec::new();
        for (key, value) in facts {
            let (variable, place, period) = (key.variable(), key.place(), key.period());
            if let (Some((v, p, _, last, same)), Period::Month(month)) = (lines.last_mut(), period)
                && (*v, *p, *same) == (variable, place, *value)
                && *last == Period::Month(month - 1)
            {
                *last = period;
                continue;
            }
            lines.push((variable, place, period, period, *value));
        }
        let lines = lines.into_iter();
        lines
            .filter_map(|(variable, place, from, to, value)| {
                let known = self.law.variables.get(usize::from(variable))?;
                let (span, times) = match (from, to) {
                    (Period::Month(a), Period::Month(b)) => {
                        let (from, to) = (Month::from_index(a), Month::from_index(b));
                        let whole = b - a == 11 && from.number() == 1;
                        if whole && known.kind == Kind::Amount {
                            (Span::Year(from.year()), 12)
                        } else {
                            (Span::Months { from, to }, 1)
                        }
                    }
                    (Period::Year(year), _) => (Span::Year(year), 1),
                    _ => (Span::Always, 1),
                };
                let value = match value {
                    Scalar::Number(amount) if known.kind == Kind::Amount => {
                        let amount = amount.times(Ratio::whole(times))?;
                        let amount = if is_negative(known) {
                            amount.negated()?
                        } else {
                            amount
                        };
                        Scalar::Number(amount)
                    }
                    other => other,
                };
                Some(Fact {
                    label: known.label.clone(),
                    about: FactRef {
                        whom: self.whom(known.entity, place),
                        fact: known.name.clone(),
                        span,
                    },
                    shown: self.shown(known.kind, value)?,
                })
            })
            .collect()
    }

    fn figure(&self, used: &explain::Used) -> Option<FigureUsed> {
        let figure = self.law.figures.iter().find(|f| f.name == used.name)?;
        let values = figure.values.iter();
        let (_, value, text) = values.clone().find(|(from, _, _)| *from == used.since)?;
        let source = if text.is_empty() {
            figure.source.clone()
        } else {
            format!("{} ; {text}", figure.source)
        };
        Some(FigureUsed {
            label: figure.label.clone(),
            value: self.shown(figure.kind, (*value)?)?,
            since: used.since,
            source,
        })
    }

    fn shown(&self, kind: Kind, value: Scalar) -> Option<Shown> {
        Some(match value {
            Scalar::Truth(value) => Shown::Truth(value),
            Scalar::Number(amount) if kind == Kind::Amount => Shown::Amount(cents(amount)?),
            Scalar::Number(number) => Shown::Number(cents(number.times(Ratio::whole(100))?)?),
            Scalar::Day(day) => Shown::Day(day),
            Scalar::Text(id) => {
                let code = self.situation.text_of(self.law, id).to_owned();
                let named = super::countries::COUNTRIES.iter();
                let name = named.clone().find(|(country, _)| *country == code);
                let label = name.map_or_else(|| code.clone(), |(_, name)| (*name).to_owned());
                Shown::Word(code, label)
            }
            Scalar::Choice(at) => {
                let variants = &self.law.choices(kind)?.variants;
                let (name, label) = variants.get(usize::from(at))?;
                Shown::Word(name.clone(), label.clone())
            }
        })
    }

    fn turning(&self, said: &Answer, change: explain::Change) -> Option<Turning> {
        let about = match change.fact {
            Some(key) => {
                let known = self.law.variables.get(usize::from(key.variable()))?;
                Some((key, known))
            }
            None => None,
        };
        let of = |key: Key| (key.variable(), key.place());
        // Totals are over all moments that count: a page says them by month.
        let moments = about.map_or(1, |(key, _)| {
            said.facts.iter().filter(|(k, _)| of(*k) == of(key)).count()
        });
        let yearly = about.is_some_and(|(_, known)| known.rhythm == Rhythm::Year);
        let months = i64::try_from(moments).ok()? * if yearly { 12 } else { 1 };
        let a_month = |total: Ratio| total.over(Ratio::whole(months)).and_then(cents);
        let turned = match change.turn {
            Turn::Other(value) => Turned::Other(self.shown(about?.1.kind, value)?),
            Turn::AtMost(total) => Turned::AtMost(a_month(total)?),
            Turn::AtLeast(total) => Turned::AtLeast(a_month(total)?),
            Turn::From(Period::Month(index)) => Turned::From(Month::from_index(index)),
            Turn::From(_) => return None,
        };
        Some(Turning {
            fact: about
                .map(|(key, known)| (known.label.clone(), self.whom(known.entity, key.place()))),
            turned,
            likely: change.likely,
        })
    }
}

fn reasons(right: &Right, said: &Answer) -> Vec<Because> {
    let reasons = said.reasons.iter().filter_map(|reason| {
        let condition = right.conditions.get(reason.condition)?;
        Some(Because {
            text: condition.text.clone(),
            law: condition.law.clone(),
            holds: reason.holds,
            assessed: condition.assessed,
        })
    });
    reasons.collect()
}

/// To the nearest whole cent, or hundredth.
pub(crate) fn cents(amount: Ratio) -> Option<i64> {
    let whole = amount.nearest(Ratio::whole(1))?;
    Some(whole.top() / whole.bottom())
}
