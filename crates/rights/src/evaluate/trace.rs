//! What each value came from, kept only when asked: rules with what they used, figures with their
//! date.

use super::Value;
use crate::keys::{Key, Keyed};
use crate::model::ParameterId;
use jiff::civil::Date;

/// One value and what it used.
#[derive(Debug, Clone)]
pub struct Step {
    /// The value's key.
    pub key: Key,
    /// The value.
    pub value: Value,
    /// What it used, in order; empty for a fact.
    pub uses: Vec<Key>,
    /// Figures it used, each with the day its value began.
    pub figures: Vec<(ParameterId, Date)>,
}

/// All steps of an evaluation, each once, what is used before what uses it.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    steps: Vec<Step>,
    places: Keyed<usize>,
    open: Vec<Step>,
}

impl Trace {
    /// The steps, in the order they were done.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The step of a value.
    #[must_use]
    pub fn step(&self, key: Key) -> Option<&Step> {
        self.places
            .get(&key)
            .and_then(|place| self.steps.get(*place))
    }

    pub(super) fn used(&mut self, key: Key) {
        if let Some(step) = self.open.last_mut()
            && !step.uses.contains(&key)
        {
            step.uses.push(key);
        }
    }

    pub(super) fn figure(&mut self, id: ParameterId, from: Date) {
        if let Some(step) = self.open.last_mut()
            && !step.figures.contains(&(id, from))
        {
            step.figures.push((id, from));
        }
    }

    pub(super) fn open(&mut self, key: Key) {
        let value = Value::Refused(super::Why::Endless);
        self.open.push(Step {
            key,
            value,
            uses: Vec::new(),
            figures: Vec::new(),
        });
    }

    pub(super) fn close(&mut self, value: Value) {
        if let Some(mut step) = self.open.pop() {
            step.value = value;
            self.places.insert(step.key, self.steps.len());
            self.steps.push(step);
        }
    }

    pub(super) fn fact_if_new(&mut self, key: Key, value: Value) {
        let opened = self.open.iter().any(|step| step.key == key);
        if !opened && !self.places.contains_key(&key) {
            self.places.insert(key, self.steps.len());
            self.steps.push(Step {
                key,
                value,
                uses: Vec::new(),
                figures: Vec::new(),
            });
        }
    }
}
