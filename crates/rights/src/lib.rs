//! Rules of French social law as data, evaluated exactly and explained. Law files are read from a
//! folder of texts; a situation is asked of them; each answer is known, unknown with the facts that
//! are missing, or refused with why. No clock, no chance, no input or output lives here: what it
//! answers informs a person's judgement and decides nothing.

pub mod asking;
mod compile;
mod embedded;
mod evaluate;
pub mod explain;
pub mod json;
mod keys;
mod model;
pub mod period;
pub mod population;
mod prepare;
mod range;
mod ratio;
mod situation;
mod stated;
mod syntax;
pub mod whatif;

pub use embedded::embedded;
pub use evaluate::{Evaluation, MissingId, Room, Step, Trace, Value, Why};
pub use keys::Key;
pub use model::{Choices, Condition, Entity, Figure, Kind, Law, Right, Scalar, Table, Variable};
pub use prepare::Prepared;
pub use ratio::Ratio;
pub use situation::{Absent, Situation, Unplaced};
pub use syntax::{Fault, Source};

/// Compiles layers of law files: a later layer replaces what an earlier one said under the same name.
///
/// # Errors
/// Everything found wrong, each with its file, line and place.
pub fn compile_layers(layers: &[Vec<Source>]) -> Result<Law, Vec<Fault>> {
    compile::compile(layers)
}
