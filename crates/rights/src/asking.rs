//! The law asked about a household of a record: which facts are still needed, one question at a time;
//! what each right's answer is and why; what the record holds already and may be confirmed. What was
//! said comes from `domain::looked` and nothing else is taken for known: an offered fact counts once
//! someone confirmed it. What never lives here: a page, a clock, a record that is written.
//!
//! A right is looked at in the month of the day that is given, those of a year in its year. An amount
//! of a month holds for the months it was said for. How things stand (an activity, a rent, savings)
//! holds for twelve months from when it was said, and for the months before the first time it was said.

mod countries;
mod group;
mod household;
mod offered;
mod pending;
mod question;
mod together;
mod told;

pub use household::Household;
pub(crate) use household::{BEFORE_BIRTH, is_negative};
pub use offered::{Offer, OfferedMember, offered, offered_household};
pub(crate) use pending::Needed;
pub use question::{Form, Given, NotAnAnswer, Question, Tick, Unit, question_about};
pub(crate) use told::cents;
pub use told::{Because, Fact, FigureUsed, Lacking, Looking, Per, Shown, Turned, Turning};
