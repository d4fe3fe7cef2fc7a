//! The law made ready for many situations that state the same facts: what nobody states is its default,
//! so that most expressions come down to less, and many to one value. Answers are those of the whole law;
//! a situation that states more is given the whole law.

use crate::evaluate::{Evaluation, Room, settled};
use crate::model::{
    Builtin, Code, Gather, Law, Node, NodeId, Rules, Scalar, TableId, VariableId, Version,
};
use crate::ratio::Ratio;
use crate::situation::{Absent, Situation};
use crate::stated::Stated;
use crate::syntax::Binary;
use jiff::civil::Date;

/// The law made ready.
#[derive(Debug)]
pub struct Prepared<'a> {
    law: &'a Law,
    /// What a situation may state.
    stated: Stated,
    nodes: Vec<Node>,
    listed: Vec<NodeId>,
    rules: Rules,
}

impl<'a> Prepared<'a> {
    /// Ready for situations that state facts about the same variables as `like`, or fewer.
    #[must_use]
    pub fn new(law: &'a Law, like: &Situation) -> Self {
        let mut stated = Stated::default();
        stated.receive(law, like);
        let mut folding = Folding {
            law,
            stated: &stated,
            nodes: law.nodes.clone(),
            listed: law.listed.clone(),
            rules: law.rules.clone(),
            known: vec![Seen::No; law.variables.len()],
        };
        for variable in 0..law.variables.len() {
            if let Ok(variable) = VariableId::try_from(variable) {
                folding.variable(variable);
            }
        }
        let (nodes, listed, rules) = (folding.nodes, folding.listed, folding.rules);
        Self {
            law,
            stated,
            nodes,
            listed,
            rules,
        }
    }

    /// Ready to answer about `situation`, in a room that an earlier evaluation left.
    #[must_use]
    pub fn evaluation<'b>(&'b self, situation: &'b Situation, room: Room) -> Evaluation<'b> {
        let mut evaluation = Evaluation::in_room(self.law, situation, room);
        let ready = situation.absent == Absent::Default && situation.is_whole();
        if ready && self.stated.holds(evaluation.stated()) {
            evaluation.take(Code {
                nodes: &self.nodes,
                listed: &self.listed,
                rules: &self.rules,
            });
        }
        evaluation
    }
}

/// What is known of a variable while folding.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Seen {
    No,
    /// Being looked at, or not the same for all.
    Varies,
    /// The same for everyone, whenever.
    Always(Scalar),
}

struct Folding<'a> {
    law: &'a Law,
    stated: &'a Stated,
    nodes: Vec<Node>,
    listed: Vec<NodeId>,
    rules: Rules,
    known: Vec<Seen>,
}

/// Names given by `soit` that are the same for all, by their number.
type Names = Vec<Option<Scalar>>;

/// A folded expression: where it stands, and its value where it is the same for all.
type Folded = (NodeId, Option<Scalar>);

impl Folding<'_> {
    fn variable(&mut self, id: VariableId) -> Option<Scalar> {
        let at = usize::from(id);
        match self.known.get(at) {
            Some(Seen::Always(value)) => return Some(*value),
            Some(Seen::No) => {}
            _ => return None,
        }
        self.mark(at, Seen::Varies);
        let slot = self.law.slots.get(at)?;
        let value = if slot.is_rule {
            self.rule(at)
        } else {
            Some(slot.default)
        };
        let value = value.filter(|_| !self.stated.has(id));
        if let Some(value) = value {
            self.mark(at, Seen::Always(value));
        }
        value
    }

    fn mark(&mut self, at: usize, seen: Seen) {
        if let Some(known) = self.known.get_mut(at) {
            *known = seen;
        }
    }

    fn rule(&mut self, at: usize) -> Option<Scalar> {
        let law = self.law;
        let versions = law.rules.get(at)?;
        let mut folded: Vec<Version> = Vec::with_capacity(versions.len());
        let mut values = Vec::with_capacity(versions.len());
        for version in versions {
            let mut names = vec![None; usize::from(version.locals)];
            let (node, value) = self.node(version.node, &mut names);
            folded.push(Version { node, ..*version });
            values.push(value);
        }
        let from = folded.first().map(|version| version.from);
        if let Some(rule) = self.rules.get_mut(at) {
            *rule = folded;
        }
        // Before its first version a rule says nothing.
        let first = values.first().copied().flatten()?;
        let same = values.iter().all(|value| *value == Some(first));
        (same && from == Some(Date::MIN)).then_some(first)
    }

    fn push(&mut self, node: Node) -> Folded {
        let id = NodeId::try_from(self.nodes.len()).unwrap_or(NodeId::MAX);
        self.nodes.push(node);
        (id, None)
    }

    fn value(&mut self, value: Scalar) -> Folded {
        let (id, _) = self.push(Node::Constant(value));
        (id, Some(value))
    }

    fn list(&mut self, (start, length): (u32, u16), names: &mut Names) -> (u32, Vec<Folded>) {
        let law = self.law;
        let all = law.list(start, length).iter();
        let all: Vec<Folded> = all.map(|id| self.node(*id, names)).collect();
        let start = u32::try_from(self.listed.len()).unwrap_or(u32::MAX);
        self.listed.extend(all.iter().map(|(id, _)| *id));
        (start, all)
    }

    fn node(&mut self, id: NodeId, names: &mut Names) -> Folded {
        let Some(node) = self.law.nodes.get(id as usize).copied() else {
            return (id, None);
        };
        match node {
            Node::Constant(value) => (id, Some(value)),
            Node::Parameter(_) | Node::Holds(..) | Node::Refuse(..) => (id, None),
            Node::Variable(variable) | Node::Always(variable) => match self.variable(variable) {
                Some(value) => self.value(value),
                None => (id, None),
            },
            Node::Local(slot) => match names.get(usize::from(slot)).copied().flatten() {
                Some(value) => self.value(value),
                None => (id, None),
            },
            Node::Let(slot, value, body) => {
                let value = self.node(value, names);
                if let Some(name) = names.get_mut(usize::from(slot)) {
                    *name = value.1;
                }
                let body = self.node(body, names);
                if value.1.is_some() || body.1.is_some() {
                    return body;
                }
                self.push(Node::Let(slot, value.0, body.0))
            }
            Node::Not(inner) => match self.node(inner, names) {
                (_, Some(Scalar::Truth(value))) => self.value(Scalar::Truth(!value)),
                (inner, _) => self.push(Node::Not(inner)),
            },
            Node::Negate(inner) => {
                let (inner, value) = self.node(inner, names);
                match value {
                    Some(Scalar::Number(value)) if value.is_zero() => {
                        self.value(Scalar::Number(value))
                    }
                    _ => self.push(Node::Negate(inner)),
                }
            }
            Node::Binary(sign, left, right) => self.binary(sign, left, right, names),
            Node::If(test, then, other) => self.branch(test, then, other, names),
            Node::Among(inner, start, length) => {
                let inner = self.node(inner, names);
                let (start, all) = self.list((start, length), names);
                let values: Option<Vec<Scalar>> = all.iter().map(|(_, value)| *value).collect();
                match (inner.1, values) {
                    (Some(value), Some(all)) => self.value(Scalar::Truth(all.contains(&value))),
                    _ => self.push(Node::Among(inner.0, start, length)),
                }
            }
            Node::Gather(gather, entity, roles, body, default) => {
                let body = self.node(body, names);
                let default = default.map(|default| self.node(default, names).0);
                match of_members(gather, body.1) {
                    Some(value) => self.value(value),
                    None => self.push(Node::Gather(gather, entity, roles, body.0, default)),
                }
            }
            // In a whole situation there is always someone to ask.
            Node::Reach(reach, inner) => {
                let inner = self.node(inner, names);
                match inner.1 {
                    Some(_) => inner,
                    None => self.push(Node::Reach(reach, inner.0)),
                }
            }
            Node::At(when, inner) => {
                let inner = self.node(inner, names);
                match inner.1 {
                    Some(_) => inner,
                    None => self.push(Node::At(when, inner.0)),
                }
            }
            Node::Over(from, to, inner) => {
                let inner = self.node(inner, names);
                match inner.1 {
                    Some(Scalar::Number(value)) if value.is_zero() => inner,
                    _ => self.push(Node::Over(from, to, inner.0)),
                }
            }
            Node::Call(builtin, start, length) => self.call(builtin, (start, length), names),
            Node::Stated(variable, other) => {
                let other = self.node(other, names);
                if self.stated.has(variable) {
                    self.push(Node::Stated(variable, other.0))
                } else {
                    other
                }
            }
            Node::Lookup(table, code) => self.lookup(table, code, names),
        }
    }

    fn lookup(&mut self, table: TableId, code: NodeId, names: &mut Names) -> Folded {
        let code = self.node(code, names);
        let text = match code.1 {
            Some(Scalar::Text(id)) => self.law.texts.get(id as usize),
            _ => None,
        };
        match (text, self.law.tables.get(usize::from(table))) {
            (Some(text), Some(found)) => self.value(found.of(text)),
            _ => self.push(Node::Lookup(table, code.0)),
        }
    }

    fn binary(&mut self, sign: Binary, left: NodeId, right: NodeId, names: &mut Names) -> Folded {
        let (left, right) = (self.node(left, names), self.node(right, names));
        let zero = |side: Folded| matches!(side.1, Some(Scalar::Number(n)) if n.is_zero());
        let is = |side: Folded, truth: bool| side.1 == Some(Scalar::Truth(truth));
        match sign {
            Binary::And | Binary::Or => {
                let decider = sign == Binary::Or;
                if is(left, decider) || is(right, decider) {
                    return self.value(Scalar::Truth(decider));
                }
                match (left.1, right.1) {
                    (Some(_), _) => return right,
                    (_, Some(_)) => return left,
                    _ => {}
                }
            }
            Binary::Times if zero(left) || zero(right) => {
                return self.value(Scalar::Number(Ratio::ZERO));
            }
            Binary::Plus if zero(left) => return right,
            Binary::Plus | Binary::Minus if zero(right) => return left,
            _ => {}
        }
        if let (Some(a), Some(b)) = (left.1, right.1)
            && let Some(value) = settled(sign, a, b)
        {
            return self.value(value);
        }
        self.push(Node::Binary(sign, left.0, right.0))
    }

    fn branch(&mut self, test: NodeId, then: NodeId, other: NodeId, names: &mut Names) -> Folded {
        let test = self.node(test, names);
        match test.1 {
            Some(Scalar::Truth(true)) => return self.node(then, names),
            Some(Scalar::Truth(false)) => return self.node(other, names),
            _ => {}
        }
        let (then, other) = (self.node(then, names), self.node(other, names));
        if then.1.is_some() && then.1 == other.1 {
            return then;
        }
        self.push(Node::If(test.0, then.0, other.0))
    }

    fn call(&mut self, builtin: Builtin, list: (u32, u16), names: &mut Names) -> Folded {
        let (start, all) = self.list(list, names);
        let numbers = all.iter().map(|(_, value)| match value {
            Some(Scalar::Number(value)) => Some(*value),
            _ => None,
        });
        let numbers: Option<Vec<Ratio>> = numbers.collect();
        let found = match (builtin, numbers) {
            (Builtin::Max, Some(all)) => all.into_iter().max(),
            (Builtin::Min, Some(all)) => all.into_iter().min(),
            _ => None,
        };
        match found {
            Some(value) => self.value(Scalar::Number(value)),
            None => self.push(Node::Call(builtin, start, list.1)),
        }
    }
}

/// What members give together where each gives the same, however many they are.
fn of_members(gather: Gather, each: Option<Scalar>) -> Option<Scalar> {
    match (gather, each?) {
        (Gather::Any, value @ Scalar::Truth(false))
        | (Gather::All, value @ Scalar::Truth(true)) => Some(value),
        (Gather::Count, Scalar::Truth(false)) => Some(Scalar::Number(Ratio::ZERO)),
        (Gather::Sum, Scalar::Number(value)) if value.is_zero() => Some(Scalar::Number(value)),
        _ => None,
    }
}
