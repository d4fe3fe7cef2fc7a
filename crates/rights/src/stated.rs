//! Of which variables anything was stated, for anyone and whenever: one bit each.

use crate::model::{Law, VariableId};
use crate::situation::Situation;

/// A set of variables.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stated(Vec<u64>);

impl Stated {
    /// Becomes those of which `situation` states something.
    pub(crate) fn receive(&mut self, law: &Law, situation: &Situation) {
        self.0.clear();
        self.0.resize(law.variables.len().div_ceil(64), 0);
        for key in situation.inputs.keys() {
            let variable = usize::from(key.variable());
            if let Some(word) = self.0.get_mut(variable / 64) {
                *word |= 1 << (variable % 64);
            }
        }
    }

    /// Whether a variable is among them.
    pub(crate) fn has(&self, variable: VariableId) -> bool {
        let variable = usize::from(variable);
        let word = self.0.get(variable / 64);
        word.is_some_and(|word| word >> (variable % 64) & 1 == 1)
    }

    /// Whether all of `others` are among them.
    pub(crate) fn holds(&self, others: &Self) -> bool {
        let mut words = others.0.iter().zip(&self.0);
        others.0.len() <= self.0.len() && words.all(|(other, own)| other & !own == 0)
    }
}
