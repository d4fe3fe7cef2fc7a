//! What the law gives for a situation: each value known, unknown with the facts that are missing, or
//! refused with why. The order in which questions are asked changes nothing.

mod arithmetic;
mod members;
mod trace;

pub use trace::{Step, Trace};

use crate::keys::{Key, Keyed};
use crate::model::{Builtin, Law, Node, NodeId, ParameterId, Reach, Scalar, VariableId, moved};
use crate::period::{self, Period};
use crate::ratio::Ratio;
use crate::situation::{Absent, Situation};

/// Deeper than this, rules are taken to go round without end.
const DEEPEST: u32 = 1200;

/// A set of missing facts, by its number in the evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissingId(u32);

/// Why there is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The law leaves it to the administration; the reason says what to bring.
    Assessed(u32),
    /// The law files say that this is left out, and why.
    NotModelled(u32),
    /// The figure of that number is not in force at that date.
    NotInForce(u16),
    /// The rule of that number says nothing of that date.
    Before(u16),
    /// A number too large to be kept exactly, or a division by zero.
    NoNumber,
    /// Rules that come back to themselves.
    Endless,
    /// Nobody to ask it of.
    Nobody,
}

/// What is known of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// Known.
    Known(Scalar),
    /// Unknown: those facts are missing.
    Missing(MissingId),
    /// Not computable.
    Refused(Why),
}

impl Value {
    const fn truth(value: bool) -> Self {
        Self::Known(Scalar::Truth(value))
    }

    fn number(value: Option<Ratio>) -> Self {
        value.map_or(Self::Refused(Why::NoNumber), |v| {
            Self::Known(Scalar::Number(v))
        })
    }

    /// The number, or the amount in cents, when it is known.
    #[must_use]
    pub const fn as_number(self) -> Option<Ratio> {
        match self {
            Self::Known(Scalar::Number(value)) => Some(value),
            _ => None,
        }
    }

    /// Yes or no, when it is known.
    #[must_use]
    pub const fn as_truth(self) -> Option<bool> {
        match self {
            Self::Known(Scalar::Truth(value)) => Some(value),
            _ => None,
        }
    }
}

/// For whom and when an expression is read.
#[derive(Debug, Clone, Copy)]
struct Context {
    place: u16,
    period: Period,
}

/// One evaluation of a law for a situation. It remembers what it computed.
#[derive(Debug)]
pub struct Evaluation<'a> {
    law: &'a Law,
    situation: &'a Situation,
    known: Keyed<Value>,
    missing: Vec<Vec<Key>>,
    missing_facts: Keyed<MissingId>,
    locals: Vec<Value>,
    base: usize,
    depth: u32,
    trace: Option<Trace>,
}

impl<'a> Evaluation<'a> {
    /// Ready to answer about `situation`.
    #[must_use]
    pub fn new(law: &'a Law, situation: &'a Situation) -> Self {
        let mut known = Keyed::default();
        known.reserve(situation.inputs.len() + 1500);
        for (key, value) in &situation.inputs {
            known.insert(*key, Value::Known(*value));
        }
        Self {
            law,
            situation,
            known,
            missing: Vec::new(),
            missing_facts: Keyed::default(),
            locals: Vec::new(),
            base: 0,
            depth: 0,
            trace: None,
        }
    }

    /// The same, keeping what each value came from.
    #[must_use]
    pub fn traced(law: &'a Law, situation: &'a Situation) -> Self {
        let mut evaluation = Self::new(law, situation);
        evaluation.trace = Some(Trace::default());
        evaluation
    }

    /// The law evaluated.
    #[must_use]
    pub const fn law(&self) -> &'a Law {
        self.law
    }

    /// What each value came from, when it was asked for.
    #[must_use]
    pub const fn trace(&self) -> Option<&Trace> {
        self.trace.as_ref()
    }

    /// The facts of a set, in order. A fact of every month is named by its year.
    #[must_use]
    pub fn missing(&self, id: MissingId) -> &[Key] {
        self.missing.get(id.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// The value of a variable for the one at `place`, over `period` of the variable's rhythm.
    pub fn value(&mut self, variable: VariableId, place: u16, period: Period) -> Value {
        let key = Key::new(variable, place, period);
        if let Some(trace) = &mut self.trace {
            trace.used(key);
        }
        if let Some(value) = self.known.get(&key) {
            let value = *value;
            if let Some(trace) = &mut self.trace {
                trace.fact_if_new(key, value);
            }
            return value;
        }
        let Some(declared) = self.law.variables.get(usize::from(variable)) else {
            return Value::Refused(Why::Nobody);
        };
        if usize::from(place) >= self.situation.count(declared.entity) {
            return Value::Refused(Why::Nobody);
        }
        let value = if declared.is_rule {
            self.rule(key, &declared.versions, Context { place, period })
        } else {
            match self.situation.absent {
                Absent::Default => Value::Known(declared.default),
                Absent::Unknown => {
                    // Whoever is asked gives a year at once: its months are one missing fact.
                    let year = period.year().map_or(period, Period::Year);
                    let year = Key::new(variable, place, year);
                    let next = MissingId(index(self.missing.len()));
                    let id = *self.missing_facts.entry(year).or_insert(next);
                    if id == next {
                        self.missing.push(vec![year]);
                    }
                    Value::Missing(id)
                }
            }
        };
        self.known.insert(key, value);
        if let Some(trace) = &mut self.trace {
            trace.fact_if_new(key, value);
        }
        value
    }

    /// The sum of two amounts or numbers, as far as both are known.
    pub fn sum(&mut self, a: Value, b: Value) -> Value {
        self.added(a, b)
    }

    fn rule(
        &mut self,
        key: Key,
        versions: &[(jiff::civil::Date, NodeId)],
        context: Context,
    ) -> Value {
        let day = context.period.first_day();
        let version = match day {
            Some(day) => versions.iter().rev().find(|(from, _)| *from <= day),
            None => versions.last(),
        };
        let Some((_, node)) = version else {
            return Value::Refused(Why::Before(key.variable()));
        };
        // Whoever comes back here before the end goes round.
        self.known.insert(key, Value::Refused(Why::Endless));
        let base = self.base;
        self.base = self.locals.len();
        let room = self.base + usize::from(self.law.locals);
        self.locals.resize(room, Value::Refused(Why::Endless));
        if let Some(trace) = &mut self.trace {
            trace.open(key);
        }
        let value = self.node(*node, context);
        if let Some(trace) = &mut self.trace {
            trace.close(value);
        }
        self.locals.truncate(self.base);
        self.base = base;
        value
    }

    /// The value of a right's condition.
    pub(crate) fn condition(&mut self, node: NodeId, place: u16, period: Period) -> Value {
        let room = self.locals.len() + usize::from(self.law.locals);
        self.base = self.locals.len();
        self.locals.resize(room, Value::Refused(Why::Endless));
        let value = self.node(node, Context { place, period });
        self.locals.truncate(self.base);
        self.base = 0;
        value
    }

    fn node(&mut self, id: NodeId, context: Context) -> Value {
        self.depth += 1;
        let value = if self.depth > DEEPEST {
            Value::Refused(Why::Endless)
        } else {
            self.within(id, context)
        };
        self.depth -= 1;
        value
    }

    fn within(&mut self, id: NodeId, context: Context) -> Value {
        let Some(node) = self.law.nodes.get(id as usize).copied() else {
            return Value::Refused(Why::Endless);
        };
        match node {
            Node::Constant(scalar) => Value::Known(scalar),
            Node::Parameter(id) => self.figure(id, context),
            Node::Variable(variable) => {
                let always = self.law.variables.get(usize::from(variable));
                let always = always.is_some_and(|v| v.rhythm == period::Rhythm::Always);
                let period = if always {
                    Period::Always
                } else {
                    context.period
                };
                self.value(variable, context.place, period)
            }
            Node::Local(slot) => {
                let at = self.base + usize::from(slot);
                self.locals
                    .get(at)
                    .copied()
                    .unwrap_or(Value::Refused(Why::Endless))
            }
            Node::Let(slot, value, body) => {
                let value = self.node(value, context);
                let at = self.base + usize::from(slot);
                if let Some(place) = self.locals.get_mut(at) {
                    *place = value;
                }
                self.node(body, context)
            }
            Node::Not(inner) => match self.node(inner, context) {
                Value::Known(Scalar::Truth(value)) => Value::truth(!value),
                other => other,
            },
            Node::Negate(inner) => match self.node(inner, context) {
                Value::Known(Scalar::Number(value)) => Value::number(value.negated()),
                other => other,
            },
            Node::Binary(sign, left, right) => self.binary(sign, left, right, context),
            Node::If(condition, then, other) => self.branch(condition, then, other, context),
            Node::Among(inner, start, length) => self.among(inner, start, length, context),
            Node::Gather(gather, entity, roles, body, default) => {
                self.gather((gather, entity, roles), body, default, context)
            }
            Node::Reach(reach, inner) => {
                let place = match reach {
                    Reach::Group(entity) => self.situation.group_of(entity, context.place),
                    Reach::First(entity) => {
                        let members = self.situation.members(entity, context.place);
                        members.first().map(|(person, _)| *person)
                    }
                };
                match place {
                    Some(place) => self.node(inner, Context { place, ..context }),
                    None => Value::Refused(Why::Nobody),
                }
            }
            Node::Holds(entity, roles) => Value::truth(self.holds(entity, roles, context.place)),
            Node::At(when, inner) => match moved(context.period, when) {
                Some(period) => self.node(inner, Context { period, ..context }),
                None => Value::Refused(Why::NoNumber),
            },
            Node::Over(from, to, inner) => self.over(from, to, inner, context),
            Node::Call(builtin, start, length) => self.call(builtin, start, length, context),
            Node::Stated(variable, other) => {
                let key = Key::new(variable, context.place, context.period);
                if self.situation.inputs.contains_key(&key) {
                    self.value(variable, context.place, context.period)
                } else {
                    self.node(other, context)
                }
            }
            Node::Lookup(table, code) => match self.node(code, context) {
                Value::Known(Scalar::Text(id)) => {
                    let (law, situation) = (self.law, self.situation);
                    let table = law.tables.get(usize::from(table));
                    table.map_or(Value::Refused(Why::Nobody), |table| {
                        Value::Known(table.of(situation.text_of(law, id)))
                    })
                }
                other => other,
            },
            Node::Refuse(assessed, reason) => Value::Refused(if assessed {
                Why::Assessed(reason)
            } else {
                Why::NotModelled(reason)
            }),
        }
    }

    fn figure(&mut self, id: ParameterId, context: Context) -> Value {
        let figure = self.law.figures.get(usize::from(id));
        let found = context.period.first_day().and_then(|day| {
            let values = &figure?.values;
            values.iter().rev().find(|(from, _, _)| *from <= day)
        });
        match found {
            Some((from, Some(value), _)) => {
                if let Some(trace) = &mut self.trace {
                    trace.figure(id, *from);
                }
                Value::Known(*value)
            }
            _ => Value::Refused(Why::NotInForce(id)),
        }
    }

    fn branch(&mut self, test: NodeId, then: NodeId, other: NodeId, context: Context) -> Value {
        match self.node(test, context) {
            Value::Known(Scalar::Truth(true)) => self.node(then, context),
            Value::Known(Scalar::Truth(false)) => self.node(other, context),
            unsure => {
                // Where both ways lead to the same value, the test does not matter.
                let then = self.node(then, context);
                let other = self.node(other, context);
                if then == other && matches!(then, Value::Known(_)) {
                    return then;
                }
                let both = self.joined(then, other);
                match (unsure, both) {
                    (Value::Missing(_), Value::Refused(_)) if then != other => {
                        self.softened(unsure, then, other)
                    }
                    _ => self.joined(unsure, both),
                }
            }
        }
    }

    /// One way refuses, the other may not be taken: what decides is missing, the refusal is not sure.
    fn softened(&mut self, unsure: Value, then: Value, other: Value) -> Value {
        match (then, other) {
            (Value::Refused(_), Value::Refused(_)) => self.joined(then, other),
            (Value::Refused(_), rest) | (rest, Value::Refused(_)) => self.joined(unsure, rest),
            _ => unsure,
        }
    }

    fn among(&mut self, inner: NodeId, start: u32, length: u16, context: Context) -> Value {
        let value = self.node(inner, context);
        let mut all = Value::truth(false);
        for id in self.law.list(start, length) {
            let one = self.node(*id, context);
            match (value, one) {
                (Value::Known(a), Value::Known(b)) if a == b => return Value::truth(true),
                (Value::Known(_), Value::Known(_)) => {}
                _ => {
                    let unsure = self.joined(value, one);
                    all = if matches!(all, Value::Known(_)) {
                        unsure
                    } else {
                        self.joined(all, unsure)
                    };
                }
            }
        }
        all
    }

    fn over(
        &mut self,
        from: crate::syntax::When,
        to: crate::syntax::When,
        inner: NodeId,
        context: Context,
    ) -> Value {
        let (from, to) = (moved(context.period, from), moved(context.period, to));
        let (first, last, monthly) = match (from, to) {
            (Some(Period::Month(a)), Some(Period::Month(b))) => (a, b, true),
            (Some(Period::Year(a)), Some(Period::Year(b))) => (i32::from(a), i32::from(b), false),
            _ => return Value::Refused(Why::NoNumber),
        };
        let mut sum = Value::Known(Scalar::Number(Ratio::ZERO));
        for at in first..=last {
            let period = match i16::try_from(at) {
                Ok(year) if !monthly => Period::Year(year),
                _ => Period::Month(at),
            };
            let one = self.node(inner, Context { period, ..context });
            sum = self.added(sum, one);
        }
        sum
    }

    fn call(&mut self, builtin: Builtin, start: u32, length: u16, context: Context) -> Value {
        let law = self.law;
        let arguments = law.list(start, length);
        if builtin == Builtin::FirstDay {
            let day = context.period.first_day();
            return day.map_or(Value::Refused(Why::NoNumber), |d| {
                Value::Known(Scalar::Day(d))
            });
        }
        let Some((first, rest)) = arguments.split_first() else {
            return Value::Refused(Why::NoNumber);
        };
        let mut value = self.node(*first, context);
        if rest.is_empty() {
            return self.apply(builtin, value, None, context);
        }
        for other in rest {
            let other = self.node(*other, context);
            value = self.apply(builtin, value, Some(other), context);
        }
        value
    }
}

fn index(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
