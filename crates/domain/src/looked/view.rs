//! What the entries about rights to look at say together.

use super::{Composition, Decided, FactRef, LookedEvent, Member, Said};
use crate::entry::{Author, Entry};
use jiff::Timestamp;

/// Something said, with when and by whom it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<T> {
    /// What.
    pub what: T,
    /// The entry that says it.
    pub sequence: u64,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub author: Author,
}

/// A fact that holds.
pub type FactView = Told<Said>;

/// A decision that holds.
pub type DecisionView = Told<Decided>;

/// What was said for rights to look at, and what the person decided, as they hold now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looked {
    /// Who lives with the person, once someone said it.
    pub composition: Option<Told<Composition>>,
    /// Facts that were not taken back nor said anew over the same period, in the order they were
    /// said: a later one holds over an earlier one where their periods meet.
    pub facts: Vec<FactView>,
    /// The last decision about each right, in the order they were taken.
    pub decisions: Vec<DecisionView>,
    /// Who ever bore a number: it is not given to someone else.
    numbers: Vec<Member>,
}

impl Looked {
    /// Takes what an entry says, after all earlier ones.
    pub fn take(&mut self, entry: &Entry, event: &LookedEvent) {
        match event {
            LookedEvent::Composed(composition) => {
                for member in &composition.members {
                    self.numbers.retain(|m| m.number != member.number);
                    self.numbers.push(member.clone());
                }
                self.composition = Some(told(entry, composition.clone()));
            }
            LookedEvent::Said(facts) => {
                for said in facts {
                    self.forget(&said.about);
                    self.facts.push(told(entry, said.clone()));
                }
            }
            LookedEvent::TakenBack(facts) => facts.iter().for_each(|fact| self.forget(fact)),
            LookedEvent::Decided(decided) => {
                self.decisions.retain(|d| d.what.right != decided.right);
                self.decisions.push(told(entry, decided.clone()));
            }
        }
    }

    fn forget(&mut self, fact: &FactRef) {
        self.facts.retain(|earlier| {
            let about = &earlier.what.about;
            let same = about.whom == fact.whom && about.fact == fact.fact;
            !(same && fact.span.covers(about.span))
        });
    }

    /// What the person decided about that right.
    #[must_use]
    pub fn decision(&self, right: &str) -> Option<&DecisionView> {
        self.decisions.iter().find(|d| d.what.right == right)
    }

    /// A number that nobody of this record bore.
    #[must_use]
    pub fn next_number(&self) -> u16 {
        let used = self.numbers.iter().map(|m| m.number).max();
        used.map_or(1, |n| n.saturating_add(1))
    }

    /// Whether someone may bear their number: it was nobody's, or theirs. A birth may be mended, a
    /// child never becomes a partner.
    pub(super) fn may_be(&self, member: &Member) -> bool {
        let mut earlier = self.numbers.iter().filter(|m| m.number == member.number);
        earlier.all(|m| m.tie == member.tie)
    }
}

fn told<T>(entry: &Entry, what: T) -> Told<T> {
    Told {
        what,
        sequence: entry.sequence,
        at: entry.body.at,
        author: entry.body.author.clone(),
    }
}
