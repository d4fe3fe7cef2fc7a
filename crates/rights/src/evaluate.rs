//! What the law gives for a situation: each value known, unknown with the facts that are missing, or
//! refused with why. The order in which questions are asked changes nothing.

mod arithmetic;
mod members;
mod room;
mod trace;

pub(crate) use arithmetic::settled;
pub use room::Room;
pub use trace::{Step, Trace};

use crate::keys::Key;
use crate::model::{
    Builtin, Code, Law, Node, NodeId, ParameterId, Reach, Scalar, VariableId, moved,
};
use crate::period::Period;
use crate::ratio::Ratio;
use crate::situation::{Absent, Situation};
use crate::stated::Stated;

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
    code: Code<'a>,
    situation: &'a Situation,
    room: Room,
    base: usize,
    depth: u32,
    trace: Option<Trace>,
}

impl<'a> Evaluation<'a> {
    /// Ready to answer about `situation`.
    #[must_use]
    pub fn new(law: &'a Law, situation: &'a Situation) -> Self {
        Self::in_room(law, situation, Room::default())
    }

    /// The same, in a room that an earlier evaluation left.
    #[must_use]
    pub fn in_room(law: &'a Law, situation: &'a Situation, mut room: Room) -> Self {
        room.receive(law, situation);
        Self {
            law,
            code: law.code(),
            situation,
            room,
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

    /// Reads other expressions than the law's own, that give the same.
    pub(crate) fn take(&mut self, code: Code<'a>) {
        self.code = code;
    }

    /// Of which variables anything is stated.
    pub(crate) const fn stated(&self) -> &Stated {
        &self.room.stated
    }

    /// Leaves the room to the next evaluation.
    #[must_use]
    pub fn leave(self) -> Room {
        self.room
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
        self.room
            .missing
            .get(id.0 as usize)
            .map_or(&[], Vec::as_slice)
    }

    /// The value of a variable for the one at `place`, over `period` of the variable's rhythm.
    pub fn value(&mut self, variable: VariableId, place: u16, period: Period) -> Value {
        let Some(slot) = self.law.slots.get(usize::from(variable)).copied() else {
            return Value::Refused(Why::Nobody);
        };
        let key = Key::new(variable, place, period);
        let untold = !slot.is_rule && self.situation.absent == Absent::Default;
        if untold && self.trace.is_none() {
            if usize::from(place) >= self.situation.count(slot.entity) {
                return Value::Refused(Why::Nobody);
            }
            let known = self
                .room
                .stated
                .has(variable)
                .then(|| self.room.known.get(key));
            return known.flatten().unwrap_or(Value::Known(slot.default));
        }
        if let Some(trace) = &mut self.trace {
            trace.used(key);
        }
        if let Some(value) = self.room.known.get(key) {
            if let Some(trace) = &mut self.trace {
                trace.fact_if_new(key, value);
            }
            return value;
        }
        if usize::from(place) >= self.situation.count(slot.entity) {
            return Value::Refused(Why::Nobody);
        }
        let value = if slot.is_rule {
            self.rule(key, Context { place, period })
        } else if untold {
            Value::Known(slot.default)
        } else {
            // Whoever is asked gives a year at once: its months are one missing fact.
            let year = period.year().map_or(period, Period::Year);
            let year = Key::new(variable, place, year);
            let next = MissingId(index(self.room.missing.len()));
            let id = *self.room.missing_facts.entry(year).or_insert(next);
            if id == next {
                self.room.missing.push(vec![year]);
            }
            Value::Missing(id)
        };
        self.room.known.insert(key, value);
        if let Some(trace) = &mut self.trace {
            trace.fact_if_new(key, value);
        }
        value
    }

    /// The sum of two amounts or numbers, as far as both are known.
    pub fn sum(&mut self, a: Value, b: Value) -> Value {
        self.added(a, b)
    }

    fn rule(&mut self, key: Key, context: Context) -> Value {
        let versions = self.code.rules.get(usize::from(key.variable()));
        let versions = versions.map_or(&[][..], Vec::as_slice);
        let version = match context.period.first_day() {
            Some(day) => versions.iter().rev().find(|v| v.from <= day),
            None => versions.last(),
        };
        let Some(version) = version else {
            return Value::Refused(Why::Before(key.variable()));
        };
        // Whoever comes back here before the end goes round.
        self.room.known.insert(key, Value::Refused(Why::Endless));
        let base = self.base;
        self.base = self.room.locals.len();
        let room = self.base + usize::from(version.locals);
        self.room.locals.resize(room, Value::Refused(Why::Endless));
        if let Some(trace) = &mut self.trace {
            trace.open(key);
        }
        let value = self.node(version.node, context);
        if let Some(trace) = &mut self.trace {
            trace.close(value);
        }
        self.room.locals.truncate(self.base);
        self.base = base;
        value
    }

    /// The value of a right's condition.
    pub(crate) fn condition(&mut self, node: NodeId, place: u16, period: Period) -> Value {
        let room = self.room.locals.len() + usize::from(self.law.locals);
        self.base = self.room.locals.len();
        self.room.locals.resize(room, Value::Refused(Why::Endless));
        let value = self.node(node, Context { place, period });
        self.room.locals.truncate(self.base);
        self.base = 0;
        value
    }

    /// What stands alone is answered at once; what has parts, further in.
    #[inline]
    fn node(&mut self, id: NodeId, context: Context) -> Value {
        let code = self.code;
        match code.nodes.get(id as usize) {
            Some(Node::Constant(scalar)) => Value::Known(*scalar),
            Some(Node::Variable(variable)) => self.value(*variable, context.place, context.period),
            Some(Node::Always(variable)) => self.value(*variable, context.place, Period::Always),
            Some(Node::Local(slot)) => self.local(*slot),
            Some(node) => self.parts(node, context),
            None => Value::Refused(Why::Endless),
        }
    }

    fn local(&self, slot: u16) -> Value {
        let at = self.base + usize::from(slot);
        let value = self.room.locals.get(at).copied();
        value.unwrap_or(Value::Refused(Why::Endless))
    }

    fn parts(&mut self, node: &Node, context: Context) -> Value {
        self.depth += 1;
        let value = if self.depth > DEEPEST {
            Value::Refused(Why::Endless)
        } else {
            self.within(node, context)
        };
        self.depth -= 1;
        value
    }

    fn within(&mut self, node: &Node, context: Context) -> Value {
        match *node {
            Node::Constant(scalar) => Value::Known(scalar),
            Node::Parameter(id) => self.figure(id, context),
            Node::Variable(variable) => self.value(variable, context.place, context.period),
            Node::Always(variable) => self.value(variable, context.place, Period::Always),
            Node::Local(slot) => self.local(slot),
            Node::Let(slot, value, body) => {
                let value = self.node(value, context);
                let at = self.base + usize::from(slot);
                if let Some(place) = self.room.locals.get_mut(at) {
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
                let stated = self.room.stated.has(variable);
                if stated && self.situation.inputs.contains_key(&key) {
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
        let code = self.code;
        for id in code.list(start, length) {
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
        let code = self.code;
        let arguments = code.list(start, length);
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
