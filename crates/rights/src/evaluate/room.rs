//! Where an evaluation works: what it knows by key, sets of missing facts, names given by `soit`. Whoever
//! evaluates many situations lends the same room again and again: nothing is allocated but the first time.

use super::{MissingId, Value};
use crate::keys::{Key, Keyed};
use crate::model::Law;
use crate::situation::Situation;
use crate::stated::Stated;

/// Room to work in, empty or left by an earlier evaluation.
#[derive(Debug, Default)]
pub struct Room {
    pub(super) known: Known,
    pub(super) stated: Stated,
    pub(super) missing: Vec<Vec<Key>>,
    pub(super) missing_facts: Keyed<MissingId>,
    pub(super) locals: Vec<Value>,
}

impl Room {
    /// Forgets what was there, and takes in what is stated.
    pub(super) fn receive(&mut self, law: &Law, situation: &Situation) {
        self.known.clear();
        self.stated.receive(law, situation);
        self.missing.clear();
        self.missing_facts.clear();
        self.locals.clear();
        for (key, value) in &situation.inputs {
            self.known.insert(*key, Value::Known(*value));
        }
    }
}

/// Values by key: an open table, its length a power of two, at most half full, looked through from
/// where a key's number points. Emptied by what was put in rather than whole.
#[derive(Debug)]
pub(super) struct Known {
    entries: Vec<Option<(Key, Value)>>,
    filled: Vec<u32>,
    /// How far a key's number is shifted to fall within the table.
    shift: u32,
}

/// Enough for a few rights of a small household; a table once grown is lent as it is.
const FIRST_LENGTH: usize = 1024;

impl Default for Known {
    fn default() -> Self {
        Self {
            entries: vec![None; FIRST_LENGTH],
            filled: Vec::new(),
            shift: 64 - FIRST_LENGTH.trailing_zeros(),
        }
    }
}

impl Known {
    fn clear(&mut self) {
        for place in self.filled.drain(..) {
            if let Some(entry) = self.entries.get_mut(place as usize) {
                *entry = None;
            }
        }
    }

    /// Where a key stands, or would.
    fn place(&self, key: Key) -> usize {
        let mask = self.entries.len() - 1;
        let mut place = usize::try_from(key.spread() >> self.shift).unwrap_or(0);
        loop {
            match self.entries.get(place) {
                Some(Some((found, _))) if *found != key => place = (place + 1) & mask,
                _ => return place,
            }
        }
    }

    pub(super) fn get(&self, key: Key) -> Option<Value> {
        match self.entries.get(self.place(key)) {
            Some(Some((_, value))) => Some(*value),
            _ => None,
        }
    }

    pub(super) fn insert(&mut self, key: Key, value: Value) {
        if self.filled.len() * 2 >= self.entries.len() {
            self.grow();
        }
        let place = self.place(key);
        if let Some(entry) = self.entries.get_mut(place) {
            if entry.is_none() {
                self.filled.push(u32::try_from(place).unwrap_or(u32::MAX));
            }
            *entry = Some((key, value));
        }
    }

    fn grow(&mut self) {
        let length = self.entries.len() * 2;
        let before = std::mem::replace(&mut self.entries, vec![None; length]);
        self.shift -= 1;
        self.filled.clear();
        for (key, value) in before.into_iter().flatten() {
            let place = self.place(key);
            if let Some(entry) = self.entries.get_mut(place) {
                *entry = Some((key, value));
                self.filled.push(u32::try_from(place).unwrap_or(u32::MAX));
            }
        }
    }
}
