//! What needs what within one period: a rule that comes back to itself there has no answer.

use crate::model::{Law, Node, NodeId, VariableId};
use crate::syntax::{Anchor, When};

/// Each cycle found, by one of its variables, with the way it goes.
pub(super) fn cycles(law: &Law) -> Vec<(VariableId, String)> {
    let count = law.variables.len();
    let mut needs: Vec<Vec<VariableId>> = vec![Vec::new(); count];
    for (versions, needed) in law.rules.iter().zip(&mut needs) {
        for version in versions {
            walk(law, version.node, needed);
        }
        needed.sort_unstable();
        needed.dedup();
    }
    let state = vec![Seen::No; count];
    let mut search = Search {
        law,
        needs: &needs,
        state,
        path: Vec::new(),
        found: Vec::new(),
    };
    for id in 0..count {
        if let Ok(id) = VariableId::try_from(id) {
            search.visit(id);
        }
    }
    search.found
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    No,
    OnPath,
    Done,
}

struct Search<'a> {
    law: &'a Law,
    needs: &'a [Vec<VariableId>],
    state: Vec<Seen>,
    path: Vec<VariableId>,
    found: Vec<(VariableId, String)>,
}

impl Search<'_> {
    /// By hand rather than by calls: a long chain of rules must not exhaust the stack.
    fn visit(&mut self, start: VariableId) {
        if self.state.get(usize::from(start)) != Some(&Seen::No) {
            return;
        }
        let mut stack = vec![(start, 0_usize)];
        self.enter(start);
        while let Some((id, next)) = stack.last_mut() {
            let needed = self
                .needs
                .get(usize::from(*id))
                .and_then(|n| n.get(*next))
                .copied();
            *next += 1;
            let id = *id;
            let Some(needed) = needed else {
                self.set(id, Seen::Done);
                self.path.pop();
                stack.pop();
                continue;
            };
            match self.state.get(usize::from(needed)) {
                Some(Seen::No) => {
                    self.enter(needed);
                    stack.push((needed, 0));
                }
                Some(Seen::OnPath) => self.report(needed),
                _ => {}
            }
        }
    }

    fn enter(&mut self, id: VariableId) {
        self.set(id, Seen::OnPath);
        self.path.push(id);
    }

    fn set(&mut self, id: VariableId, state: Seen) {
        if let Some(slot) = self.state.get_mut(usize::from(id)) {
            *slot = state;
        }
    }

    fn report(&mut self, id: VariableId) {
        let from = self.path.iter().position(|p| *p == id).unwrap_or(0);
        let ids = self.path.iter().skip(from).chain([&id]);
        let names = ids.filter_map(|p| self.law.variables.get(usize::from(*p)));
        let way: Vec<&str> = names.map(|v| v.name.as_str()).collect();
        self.found.push((id, way.join(" → ")));
    }
}

/// Variables a node needs for the same period. What is asked of an earlier or later one is left out;
/// the evaluation stops those that would never end.
fn walk(law: &Law, node: NodeId, needed: &mut Vec<VariableId>) {
    let Some(node) = law.node(node) else { return };
    match *node {
        Node::Variable(id) | Node::Always(id) => needed.push(id),
        Node::Let(_, a, b) | Node::Binary(_, a, b) => {
            walk(law, a, needed);
            walk(law, b, needed);
        }
        Node::Not(a)
        | Node::Negate(a)
        | Node::Reach(_, a)
        | Node::Lookup(_, a)
        | Node::Stated(_, a) => walk(law, a, needed),
        Node::If(a, b, c) => {
            walk(law, a, needed);
            walk(law, b, needed);
            walk(law, c, needed);
        }
        Node::Among(a, start, length) => {
            walk(law, a, needed);
            for id in law.list(start, length) {
                walk(law, *id, needed);
            }
        }
        Node::Gather(_, _, _, a, b) => {
            walk(law, a, needed);
            if let Some(b) = b {
                walk(law, b, needed);
            }
        }
        Node::At(when, a) => {
            if is_here(when) {
                walk(law, a, needed);
            }
        }
        Node::Over(from, to, a) => {
            let around = from.anchor == to.anchor && from.shift <= 0 && to.shift >= 0;
            if around && !matches!(from.anchor, Anchor::MonthOfYear(_)) {
                walk(law, a, needed);
            }
        }
        Node::Call(_, start, length) => {
            for id in law.list(start, length) {
                walk(law, *id, needed);
            }
        }
        Node::Constant(_)
        | Node::Parameter(_)
        | Node::Local(_)
        | Node::Holds(..)
        | Node::Refuse(..) => {}
    }
}

fn is_here(when: When) -> bool {
    when.shift == 0 && !matches!(when.anchor, Anchor::MonthOfYear(_))
}
