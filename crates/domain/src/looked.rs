//! Rights to look at (droits à regarder): what was said so that the law can be read for a household,
//! and what the person decided about each right. Facts bear the names of the law files, which this
//! crate never reads. An entry says one thing; [`Looked`] is what they say together. Nothing here
//! opens, blocks or sorts anything.

mod fact;
mod month;
mod view;

pub use fact::{Answer, FactRef, FactSource, FactValue, Said, Span, Whom};
pub use month::{InvalidMonth, Month};
pub use view::{DecisionView, FactView, Looked, Told};

use crate::{procedure::LONGEST_LINE, words::words};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

/// The most people a household has beside the person.
pub const MOST_MEMBERS: usize = 20;
/// The most facts said at once.
pub const MOST_FACTS: usize = 400;
/// How many days ahead a birth may be expected.
const EXPECTED_DAYS: i64 = 300;

words! {
    /// What a member of the household is to the person.
    MemberTie {
        /// The person they live with as a couple.
        Partner = "partner",
        /// A child in their charge, born or expected.
        Child = "child",
    }

    /// What the person decided about a right.
    Decision {
        /// It was asked for.
        Asked = "asked",
        /// They will not ask for it.
        WillNotAsk = "will_not_ask",
        /// They are thinking about it.
        Thinking = "thinking",
        /// They will look at it later.
        Later = "later",
    }
}

/// Someone of the household beside the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The number facts name them by; never given to someone else in the same record.
    pub number: u16,
    /// What they are to the person.
    pub tie: MemberTie,
    /// Their day of birth, or the day it is expected.
    pub born: Date,
    /// How they are called; may be empty.
    #[serde(default)]
    pub name: String,
}

/// Who lives with the person and counts for benefits, as last said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composition {
    /// The partner and the children; empty for someone alone.
    pub members: Vec<Member>,
}

impl Composition {
    /// The partner.
    #[must_use]
    pub fn partner(&self) -> Option<&Member> {
        self.members.iter().find(|m| m.tie == MemberTie::Partner)
    }

    /// The children, in the order they were said.
    pub fn children(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|m| m.tie == MemberTie::Child)
    }

    /// The member of that number.
    #[must_use]
    pub fn member(&self, number: u16) -> Option<&Member> {
        self.members.iter().find(|m| m.number == number)
    }
}

/// What the person decided about a right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// The right's name in the law files.
    pub right: String,
    /// What.
    pub decision: Decision,
    /// Why, in their words; may be empty: nobody owes a reason.
    #[serde(default)]
    pub why: String,
    /// The day they decided it.
    pub on: Date,
    /// The day to look at it again, where one was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<Date>,
}

/// What an entry says about rights to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LookedEvent {
    /// Who lives with the person; the latest one holds.
    Composed(Composition),
    /// Facts were said, together; the latest of a fact holds over its period.
    Said(Vec<Said>),
    /// Facts were taken back: nothing is known of them any more.
    TakenBack(Vec<FactRef>),
    /// The person decided about a right; the latest one holds.
    Decided(Decided),
}

/// Why something cannot be written about rights to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LookedError {
    /// Nothing was said, or too much at once.
    #[error("from one to {MOST_FACTS} facts are said at once")]
    HowMany,
    /// A name that no fact or right of a law file has.
    #[error("a fact or a right bears the name of a law file")]
    Name,
    /// A period that ends before it begins, is too long or too far.
    #[error("a period runs forward, three years at most, and is not far ahead")]
    Period,
    /// An answer that does not go with its period.
    #[error("amounts by month are as many as the months of the period")]
    Answer,
    /// Someone who is not of the household.
    #[error("the fact is about someone who is not of the household")]
    NoSuchMember,
    /// More than one partner, or too many people.
    #[error("a household has one partner at most, and {MOST_MEMBERS} people beside the person")]
    Household,
    /// A number given twice, or to someone else.
    #[error("a member's number stays theirs")]
    Number,
    /// A birth too far ahead.
    #[error("a birth has come, or is expected within ten months")]
    Birth,
    /// A decision of a day that has not come.
    #[error("a decision is written once it is taken")]
    Future,
    /// A day to look again that has passed.
    #[error("a day to look again has not come yet")]
    AgainPassed,
    /// A line that is too long.
    #[error("at most {LONGEST_LINE} characters")]
    TooLong,
}

impl LookedEvent {
    /// Whether it may be written today, after what was said before.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(&self, today: Date, before: &Looked) -> Result<(), LookedError> {
        match self {
            Self::Composed(composition) => composed(composition, today, before),
            Self::Said(facts) => {
                if facts.is_empty() || facts.len() > MOST_FACTS {
                    return Err(LookedError::HowMany);
                }
                let mut facts = facts.iter();
                facts.try_for_each(|said| said.check(today, before))
            }
            Self::TakenBack(facts) => {
                if facts.is_empty() || facts.len() > MOST_FACTS {
                    return Err(LookedError::HowMany);
                }
                let mut facts = facts.iter();
                facts.try_for_each(|fact| fact::named(&fact.fact))
            }
            Self::Decided(decided) => decided.check(today),
        }
    }
}

impl Decided {
    fn check(&self, today: Date) -> Result<(), LookedError> {
        fact::named(&self.right)?;
        if self.why.chars().count() > LONGEST_LINE {
            return Err(LookedError::TooLong);
        }
        if self.on > today {
            return Err(LookedError::Future);
        }
        match self.again {
            Some(day) if day < today => Err(LookedError::AgainPassed),
            _ => Ok(()),
        }
    }
}

fn composed(said: &Composition, today: Date, before: &Looked) -> Result<(), LookedError> {
    let partners = said.members.iter().filter(|m| m.tie == MemberTie::Partner);
    if said.members.len() > MOST_MEMBERS || partners.count() > 1 {
        return Err(LookedError::Household);
    }
    for (place, member) in said.members.iter().enumerate() {
        let mut others = said.members.iter().take(place);
        if others.any(|m| m.number == member.number) || !before.may_be(member) {
            return Err(LookedError::Number);
        }
        if member.name.chars().count() > LONGEST_LINE {
            return Err(LookedError::TooLong);
        }
        let ahead = match member.tie {
            MemberTie::Partner => 0,
            MemberTie::Child => EXPECTED_DAYS,
        };
        if member.born > today.saturating_add(ahead.days()) {
            return Err(LookedError::Birth);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
