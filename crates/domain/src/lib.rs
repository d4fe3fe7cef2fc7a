//! The words of Conatus as types: ids, compartments, entries, state machines, permissions.
//!
//! What never lives here: input or output, a clock, randomness, an async runtime, a key. Time and
//! identifiers come in as parameters; everything is a value that tests can write down.

pub mod calendar;
pub mod compartment;
pub mod document;
pub mod entry;
pub mod id;
pub mod letter;
pub mod looked;
pub mod mandate;
pub mod observatory;
pub mod procedure;
pub mod record;
pub mod search;
pub mod step;
pub mod words;

pub use compartment::{Compartment, Compartments};
