//! The one fact that would change an answer: each fact used is tried otherwise, alone, and the answer
//! asked again. What is found is shown beside the answer; nothing is done with it.

use super::{Answer, Status, status};
use crate::keys::Key;
use crate::model::{Kind, Law, Right, Scalar};
use crate::period::Period;
use crate::ratio::Ratio;
use crate::situation::Situation;

/// How a fact would have to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Otherwise: yes instead of no, another of a list.
    Other(Scalar),
    /// At most this, in cents over all the months used.
    AtMost(Ratio),
    /// At least this, in cents over all the months used.
    AtLeast(Ratio),
    /// Nothing but time: from this period on.
    From(Period),
}

/// The one fact that would change an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// One of the values of the fact; none when only time passes.
    pub fact: Option<Key>,
    /// How it would have to be.
    pub turn: Turn,
    /// Whether the right would then be likely.
    pub likely: bool,
}

/// How far ahead the passing of time is tried, in months.
const AHEAD: i32 = 24;

/// Totals beyond this, in cents, are not tried.
const HIGHEST: i64 = 20_000_000;

impl Answer {
    /// Looks for the one fact that would make a likely right unlikely, or an unlikely one likely.
    #[must_use]
    pub fn change(
        &self,
        law: &Law,
        situation: &Situation,
        right: &Right,
        place: u16,
        period: Period,
    ) -> Option<Change> {
        let wanted = match self.status {
            Status::Likely => Status::Unlikely,
            Status::Unlikely => Status::Likely,
            _ => return None,
        };
        let search = Search {
            law,
            situation,
            right,
            place,
            period,
            wanted,
        };
        let mut tried: Vec<(u16, u16)> = Vec::new();
        let mut found = None;
        for (key, value) in &self.facts {
            let fact = (key.variable(), key.place());
            if tried.contains(&fact) {
                continue;
            }
            tried.push(fact);
            let keys = self.facts.iter().map(|(k, _)| *k);
            let keys: Vec<Key> = keys.filter(|k| (k.variable(), k.place()) == fact).collect();
            let kind = law.variables.get(usize::from(fact.0)).map(|v| v.kind);
            match (kind, value) {
                // An amount says how far one is from the limit: it tells most.
                (Some(Kind::Amount), _) => {
                    if let Some(turn) = search.amount(&keys) {
                        return Some(search.change(Some(*key), turn));
                    }
                }
                (Some(kind), _) if found.is_none() => {
                    let turn = search.other(&keys, kind, *value);
                    found = turn.map(|turn| search.change(Some(*key), turn));
                }
                _ => {}
            }
        }
        let turn = || search.time().map(|turn| search.change(None, turn));
        found.or_else(turn)
    }
}

struct Search<'a> {
    law: &'a Law,
    situation: &'a Situation,
    right: &'a Right,
    place: u16,
    period: Period,
    wanted: Status,
}

impl Search<'_> {
    fn change(&self, fact: Option<Key>, turn: Turn) -> Change {
        Change {
            fact,
            turn,
            likely: self.wanted == Status::Likely,
        }
    }

    fn turns(&self, situation: &Situation) -> bool {
        status(self.law, situation, self.right, self.place, self.period) == self.wanted
    }

    fn with(&self, keys: &[Key], value: Scalar) -> bool {
        let mut other = self.situation.clone();
        for key in keys {
            other.inputs.insert(*key, value);
        }
        self.turns(&other)
    }

    fn other(&self, keys: &[Key], kind: Kind, value: Scalar) -> Option<Turn> {
        match (kind, value) {
            (Kind::Truth, Scalar::Truth(value)) => {
                let other = Scalar::Truth(!value);
                self.with(keys, other).then_some(Turn::Other(other))
            }
            (Kind::Choice(_), Scalar::Choice(now)) => {
                let count = self.law.choices(kind).map_or(0, |c| c.variants.len());
                let mut others = (0..u16::try_from(count).unwrap_or(0)).filter(|v| *v != now);
                let found = others.find(|other| self.with(keys, Scalar::Choice(*other)));
                found.map(|other| Turn::Other(Scalar::Choice(other)))
            }
            _ => None,
        }
    }

    /// The total of the amounts spread evenly, in whole euros, at which the answer turns.
    fn amount(&self, keys: &[Key]) -> Option<Turn> {
        let count = i64::try_from(keys.len()).ok().filter(|count| *count > 0)?;
        let sum = keys.iter().try_fold(Ratio::ZERO, |sum, key| {
            match self.situation.inputs.get(key) {
                Some(Scalar::Number(value)) => sum.plus(*value),
                _ => None,
            }
        })?;
        let now = sum.top() / sum.bottom() / 100;
        let at = |euros: i64| {
            let share = Ratio::whole(euros)
                .times(Ratio::whole(100))?
                .over(Ratio::whole(count))?;
            Some(self.with(keys, Scalar::Number(share)))
        };
        if now > 0 && at(0)? {
            let (mut turned, mut not) = (0, now);
            while not - turned > 1 {
                let middle = turned + (not - turned) / 2;
                if at(middle)? {
                    turned = middle;
                } else {
                    not = middle;
                }
            }
            return Ratio::whole(turned)
                .times(Ratio::whole(100))
                .map(Turn::AtMost);
        }
        let highest = HIGHEST / 100;
        if now < highest && at(highest)? {
            let (mut not, mut turned) = (now, highest);
            while turned - not > 1 {
                let middle = not + (turned - not) / 2;
                if at(middle)? {
                    turned = middle;
                } else {
                    not = middle;
                }
            }
            return Ratio::whole(turned)
                .times(Ratio::whole(100))
                .map(Turn::AtLeast);
        }
        None
    }

    /// Facts that hold for a month are carried on; ages and figures move.
    fn time(&self) -> Option<Turn> {
        let Period::Month(now) = self.period else {
            return None;
        };
        for ahead in 1..=AHEAD {
            let mut later = self.situation.clone();
            for (key, value) in &self.situation.inputs {
                if let Period::Month(month) = key.period() {
                    let moved = Key::new(key.variable(), key.place(), Period::Month(month + ahead));
                    later.inputs.insert(moved, *value);
                }
                if let Period::Year(year) = key.period() {
                    for more in 1..=3 {
                        let moved =
                            Key::new(key.variable(), key.place(), Period::Year(year + more));
                        later.inputs.entry(moved).or_insert(*value);
                    }
                }
            }
            let then = Period::Month(now + ahead);
            if status(self.law, &later, self.right, self.place, then) == self.wanted {
                return Some(Turn::From(then));
            }
        }
        None
    }
}
