//! What if: one thing changes in a household, and each right is read month by month before and after
//! it. Everything else stays as it was last said: what holds for a month holds for the next ones. A
//! pure function; nothing of it is kept.

mod change;
mod course;
mod wage;

pub use wage::wage_of_hours;

use crate::asking::{Household, Needed, Question};
use crate::model::{Entity, Right};
use crate::period::{Period, Rhythm};
use course::{Side, stages};
use domain::looked::{Month, Whom};
use domain::procedure::Amount;
use std::collections::BTreeSet;

/// The most months that are compared.
pub const MOST_MONTHS: u8 = 24;

/// The one thing that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Someone's wage becomes this, from a month on.
    Job {
        /// Whose: the person, or a member of the household.
        whom: Whom,
        /// What they are paid a month, net.
        net: Amount,
        /// The first month.
        from: Month,
        /// Whether their unemployment benefits end then.
        benefits_end: bool,
    },
    /// The household lives elsewhere, from a month on. What is not said stays.
    Move {
        /// The rent a month.
        rent: Option<Amount>,
        /// The commune, by its code.
        commune: Option<String>,
        /// How the dwelling is occupied: a word of the law files' list.
        occupation: Option<String>,
        /// The first month.
        from: Month,
    },
    /// A child is born that month.
    Birth {
        /// The month.
        month: Month,
    },
}

/// What a right gives in a month or a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sum {
    /// That many cents; zero where it is unlikely.
    Cents(i64),
    /// Likely, for a right that is no amount.
    Likely,
    /// Unlikely, for a right that is no amount.
    Unlikely,
    /// Missing facts decide.
    Unknown,
    /// The administration must assess; what the rule gives, where it gives an amount.
    Assessed(Option<i64>),
    /// The law files leave it out.
    NotModelled,
}

/// A right through time, before and after the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its name in the law files.
    pub right: String,
    /// In French.
    pub label: String,
    /// As things are.
    pub before: Vec<Sum>,
    /// With the change.
    pub after: Vec<Sum>,
    /// Facts that are missing in some month, each once, and whom they are about; about no one where
    /// it is the child to be born.
    pub missing: Vec<(String, Option<Whom>)>,
}

/// The household before and after, month by month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The months, from the one in which rights are looked at.
    pub months: Vec<Month>,
    /// Net wages of everyone, as said or supposed.
    pub wages: (Vec<Sum>, Vec<Sum>),
    /// Rights of each month, in the order of the law files.
    pub monthly: Vec<Line>,
    /// The years those months lie in.
    pub years: Vec<i16>,
    /// Rights of each year, in the order of the law files.
    pub yearly: Vec<Line>,
    /// Wages and monthly rights together, each month; unknown where one of them is.
    pub total: (Vec<Sum>, Vec<Sum>),
    /// What would have to be said for what is unknown to be known, most useful first. Answers are
    /// said of the household as it is.
    pub questions: Vec<Question>,
}

/// Reads those rights (all of them where none is named) before and after the change, over that many
/// months (from 1 to [`MOST_MONTHS`]). None where the change is about someone or something that is not there.
#[must_use]
pub fn compare(
    home: &Household<'_>,
    what: &What,
    months: u8,
    rights: &[&str],
) -> Option<Comparison> {
    let count = i32::from(months.clamp(1, MOST_MONTHS));
    let months: Vec<Month> = (0..count).map(|ahead| home.month.plus(ahead)).collect();
    let last = months.last()?.year();
    let years: Vec<i16> = (home.month.year()..=last).collect();
    let until = Period::month(last, 12);
    let before = stages(home, None, until)?;
    let after = stages(home, Some(what), until)?;
    let mut sides = [
        Side::new(home, &before, &months, &years),
        Side::new(home, &after, &months, &years),
    ];
    let mut needed = Needed::new();
    let (mut monthly, mut yearly) = (Vec::new(), Vec::new());
    for (at, right) in home.chosen(rights) {
        let line = line(home, right, &mut sides);
        if line.before.contains(&Sum::Unknown) || line.after.contains(&Sum::Unknown) {
            for side in &mut sides {
                side.need(home, at, right, &mut needed);
            }
        }
        if right.rhythm == Rhythm::Year {
            yearly.push(line);
        } else {
            monthly.push(line);
        }
    }
    let [one, other] = &mut sides;
    let wages = (one.wages(), other.wages());
    let total = (
        totals(&wages.0, monthly.iter().map(|line| &line.before)),
        totals(&wages.1, monthly.iter().map(|line| &line.after)),
    );
    Some(Comparison {
        months,
        wages,
        monthly,
        years,
        yearly,
        total,
        questions: home.asked_of(needed),
    })
}

fn line(home: &Household<'_>, right: &Right, sides: &mut [Side<'_>; 2]) -> Line {
    let mut lacking = BTreeSet::new();
    let [before, after] = sides.each_mut().map(|side| side.line(right, &mut lacking));
    let people = home.situation.count(Entity::Individu);
    let missing = lacking.into_iter().filter_map(|(variable, place)| {
        let known = home.law.variables.get(usize::from(variable))?;
        let there = known.entity != Entity::Individu || usize::from(place) < people;
        let whom = there.then(|| home.whom(known.entity, place));
        Some((known.label.clone(), whom))
    });
    Line {
        right: right.name.clone(),
        label: right.label.clone(),
        before,
        after,
        missing: missing.collect(),
    }
}

/// Wages and rights together, where all of them are known.
fn totals<'a>(wages: &[Sum], lines: impl Iterator<Item = &'a Vec<Sum>>) -> Vec<Sum> {
    let lines: Vec<&Vec<Sum>> = lines.collect();
    let months = wages.iter().enumerate().map(|(month, wage)| {
        let Sum::Cents(mut total) = *wage else {
            return Sum::Unknown;
        };
        for line in &lines {
            match line.get(month) {
                Some(Sum::Cents(cents) | Sum::Assessed(Some(cents))) => total += cents,
                Some(Sum::Unknown | Sum::NotModelled) => return Sum::Unknown,
                // What is no amount adds nothing.
                Some(Sum::Likely | Sum::Unlikely | Sum::Assessed(None)) | None => {}
            }
        }
        Sum::Cents(total)
    });
    months.collect()
}
