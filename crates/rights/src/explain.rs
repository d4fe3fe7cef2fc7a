//! What a right's answer is and why: likely, unlikely, unknown with what is missing, not modelled, or
//! left to the administration; the amount, the texts with their dates, the facts used, and the one
//! fact that would change it. It informs whoever reads; it opens, blocks and sorts nothing.

mod change;

pub use change::{Change, Turn};

use crate::evaluate::{Evaluation, Value, Why};
use crate::keys::Key;
use crate::model::{Law, Right, Scalar};
use crate::period::Period;
use crate::ratio::Ratio;
use crate::situation::Situation;
use jiff::civil::Date;

/// What can be said of a right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// All that the law asks and that is modelled holds.
    Likely,
    /// Something the law asks does not hold.
    Unlikely,
    /// The missing facts decide.
    Unknown,
    /// The law files leave this out; why.
    NotModelled(Why),
    /// The administration must assess; the condition's place, or why.
    Assessed(Option<Why>),
}

/// What is known of one condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Its place among the right's conditions.
    pub condition: usize,
    /// Holds, does not, or unknown.
    pub holds: Option<bool>,
}

/// A figure that counted, with the day its value began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// Its name.
    pub name: String,
    /// Since when it has this value.
    pub since: Date,
}

/// What is said of a right, with why.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What can be said.
    pub status: Status,
    /// The amount in cents over the right's period, where it is known.
    pub amount: Option<Ratio>,
    /// Each condition.
    pub reasons: Vec<Reason>,
    /// Facts that are missing and can change the answer; those of every month by their year.
    pub missing: Vec<Key>,
    /// The same, each moment by itself.
    pub moments: Vec<Key>,
    /// Facts that were used, with their values.
    pub facts: Vec<(Key, Scalar)>,
    /// Articles of the rules that were used, each once, in order.
    pub laws: Vec<String>,
    /// Figures that were used.
    pub figures: Vec<Used>,
}

/// Answers about one right for the one at `place`, over `period`.
#[must_use]
pub fn answer(
    law: &Law,
    situation: &Situation,
    right: &Right,
    place: u16,
    period: Period,
) -> Answer {
    let mut evaluation = Evaluation::traced(law, situation);
    let (status, amount, reasons, missing) = judged(&mut evaluation, right, place, period);
    let (mut facts, mut moments) = (Vec::new(), Vec::new());
    let mut laws = vec![right.law.clone()];
    let mut figures: Vec<Used> = Vec::new();
    for step in evaluation
        .trace()
        .map(crate::Trace::steps)
        .unwrap_or_default()
    {
        let Some(variable) = law.variables.get(usize::from(step.key.variable())) else {
            continue;
        };
        let stated = situation.inputs.contains_key(&step.key);
        match step.value {
            Value::Known(scalar) if stated => facts.push((step.key, scalar)),
            Value::Missing(_) if !variable.is_rule && missing.contains(&of_year(step.key)) => {
                moments.push(step.key);
            }
            _ => {}
        }
        if variable.is_rule && !stated && !laws.contains(&variable.law) {
            laws.push(variable.law.clone());
        }
        for (id, since) in &step.figures {
            let Some(figure) = law.figures.get(usize::from(*id)) else {
                continue;
            };
            let used = Used {
                name: figure.name.clone(),
                since: *since,
            };
            if !figures.contains(&used) {
                figures.push(used);
            }
        }
    }
    facts.sort_by_key(|(key, _)| *key);
    moments.sort_unstable();
    Answer {
        status,
        amount,
        reasons,
        missing,
        moments,
        facts,
        laws,
        figures,
    }
}

/// The key under which a missing fact is named: that of its year, where it has one.
fn of_year(key: Key) -> Key {
    let period = key.period();
    let year = period.year().map_or(period, Period::Year);
    Key::new(key.variable(), key.place(), year)
}

/// The status alone, as quickly as it can be had.
pub(crate) fn status(
    law: &Law,
    situation: &Situation,
    right: &Right,
    place: u16,
    period: Period,
) -> Status {
    judged(&mut Evaluation::new(law, situation), right, place, period).0
}

pub(crate) type Judged = (Status, Option<Ratio>, Vec<Reason>, Vec<Key>);

/// Status, amount, conditions and missing facts of a right, in an evaluation that may go on.
pub(crate) fn judged(
    evaluation: &mut Evaluation<'_>,
    right: &Right,
    place: u16,
    period: Period,
) -> Judged {
    let mut reasons = Vec::new();
    let mut missing: Vec<Key> = Vec::new();
    let (mut fails, mut assessed, mut refused) = (false, None, None);
    for (number, condition) in right.conditions.iter().enumerate() {
        let value = evaluation.condition(condition.node, place, period);
        let holds = value.as_truth();
        match (value, condition.assessed) {
            (Value::Known(Scalar::Truth(false)), false) => fails = true,
            (Value::Known(Scalar::Truth(true)), true) => assessed = Some(None),
            (Value::Missing(id), _) => missing.extend_from_slice(evaluation.missing(id)),
            (Value::Refused(why), _) => refused = refused.or(Some(why)),
            _ => {}
        }
        reasons.push(Reason {
            condition: number,
            holds,
        });
    }
    let value = match right.amount {
        Some(amount) => evaluation.value(amount, place, period),
        None => Value::Known(Scalar::Truth(true)),
    };
    let amount = match value {
        Value::Known(Scalar::Number(amount)) => {
            fails |= !amount.is_positive();
            Some(amount)
        }
        Value::Missing(id) => {
            missing.extend_from_slice(evaluation.missing(id));
            None
        }
        Value::Refused(why) => {
            refused = refused.or(Some(why));
            None
        }
        Value::Known(_) => None,
    };
    missing.sort_unstable();
    missing.dedup();
    let status = if fails {
        missing.clear();
        Status::Unlikely
    } else if let Some(Why::Assessed(reason)) = refused {
        Status::Assessed(Some(Why::Assessed(reason)))
    } else if let Some(why) = refused {
        Status::NotModelled(why)
    } else if !missing.is_empty() {
        Status::Unknown
    } else if let Some(why) = assessed {
        Status::Assessed(why)
    } else {
        Status::Likely
    };
    (status, amount, reasons, missing)
}
