//! What if: one thing changes in a household, and each right is read month by month before and after
//! it. Everything else stays as it was last said: what holds for a month holds for the next ones. A
//! pure function; nothing of it is kept.

mod change;
mod wage;

pub use wage::wage_of_hours;

use crate::asking::{BEFORE_BIRTH, Household, Needed, Question};
use crate::evaluate::{Evaluation, Value};
use crate::explain::{Status, answer, judged};
use crate::keys::Key;
use crate::model::{Entity, Right, VariableId};
use crate::period::{Period, Rhythm};
use crate::ratio::Ratio;
use crate::situation::Situation;
use domain::looked::{Month, Whom};
use domain::procedure::Amount;
use std::collections::{BTreeMap, BTreeSet};

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
            for side in &sides {
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

/// The household as it is from a month on, until the next birth.
struct Stage {
    from: Month,
    situation: Situation,
}

/// The household through its births, carried on and with the change. The last is the one where all
/// children are born.
fn stages(home: &Household<'_>, what: Option<&What>, until: Period) -> Option<Vec<Stage>> {
    let (composition, child) = change::with_birth(home, what);
    let Period::Month(last) = until else {
        return None;
    };
    let children = composition.children();
    let births: BTreeSet<Month> = children
        .map(|c| Month::of(c.born))
        .filter(|month| *month > home.month && month.index() <= last)
        .collect();
    let mut stages = Vec::new();
    for from in std::iter::once(home.month).chain(births) {
        let (composition, said) = (composition.clone(), home.said.clone());
        let then = Household::counting(home.law, composition, said, home.month, Some(from))?;
        let mut situation = carried(&then, until);
        if let Some(what) = what {
            situation = change::changed(home, situation, what, child, last)?;
        }
        stages.push(Stage { from, situation });
    }
    Some(stages)
}

/// One of both courses of things, read month by month.
struct Side<'a> {
    situations: &'a [Stage],
    stages: Vec<(Month, Evaluation<'a>)>,
    people: usize,
    wage: Option<VariableId>,
    months: &'a [Month],
    years: &'a [i16],
}

impl<'a> Side<'a> {
    fn new(
        home: &Household<'a>,
        stages: &'a [Stage],
        months: &'a [Month],
        years: &'a [i16],
    ) -> Self {
        let people = stages.first();
        Self {
            situations: stages,
            stages: stages
                .iter()
                .map(|s| (s.from, Evaluation::new(home.law, &s.situation)))
                .collect(),
            people: people.map_or(0, |s| s.situation.count(Entity::Individu)),
            wage: home.law.variable("salaire_net").map(|(id, _)| id),
            months,
            years,
        }
    }

    /// The evaluation in which a right is read that month: before a birth, only rights that are due
    /// before it count the child.
    fn at(&mut self, month: Month, early: bool) -> Option<&mut Evaluation<'a>> {
        let stages = self.stages.iter_mut().rev();
        let mut then = stages.filter(|(from, _)| early || *from <= month);
        then.next().map(|(_, evaluation)| evaluation)
    }

    /// When a right is read: the period, and the month whose births count.
    fn moments(&self, right: &Right) -> Vec<(Month, Period)> {
        if right.rhythm == Rhythm::Year {
            let december = |year: i16| Month::from_index(i32::from(year) * 12 + 11);
            let years = self.years.iter();
            return years.map(|y| (december(*y), Period::Year(*y))).collect();
        }
        let months = self.months.iter();
        months.map(|m| (*m, Period::Month(m.index()))).collect()
    }

    /// Notes what a right still waits for, at the first moment at which it is unknown.
    fn need(&self, home: &Household<'_>, at: usize, right: &Right, needed: &mut Needed) {
        let early = BEFORE_BIRTH.contains(&right.name.as_str());
        for (month, period) in self.moments(right) {
            let mut stages = self.situations.iter().rev();
            let Some(stage) = stages.find(|s| early || s.from <= month) else {
                continue;
            };
            let said = answer(home.law, &stage.situation, right, 0, period);
            if said.status == Status::Unknown {
                home.need(needed, at, &said.moments);
                return;
            }
        }
    }

    fn line(&mut self, right: &Right, missing: &mut BTreeSet<(VariableId, u16)>) -> Vec<Sum> {
        let early = BEFORE_BIRTH.contains(&right.name.as_str());
        let sums = self.moments(right).into_iter().map(|(month, period)| {
            let Some(evaluation) = self.at(month, early) else {
                return Sum::Unknown;
            };
            let (status, amount, _, lacking) = judged(evaluation, right, 0, period);
            if status == Status::Unknown {
                missing.extend(lacking.iter().map(|key| (key.variable(), key.place())));
            }
            sum(&status, amount, right.amount.is_some())
        });
        sums.collect()
    }

    /// Net wages of everyone, each month.
    fn wages(&mut self) -> Vec<Sum> {
        let (people, wage) = (self.people, self.wage);
        let months: Vec<Month> = self.months.to_vec();
        let sums = months.into_iter().map(|month| {
            let period = Period::Month(month.index());
            let mut all = Some(Ratio::ZERO);
            for place in 0..u16::try_from(people).unwrap_or(0) {
                let evaluation = self.at(month, false);
                let value = evaluation
                    .zip(wage)
                    .map(|(e, id)| e.value(id, place, period));
                all = all.and_then(|all| all.plus(value.and_then(Value::as_number)?));
            }
            let all = all.and_then(crate::asking::cents);
            all.map_or(Sum::Unknown, Sum::Cents)
        });
        sums.collect()
    }
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

fn sum(status: &Status, amount: Option<Ratio>, is_amount: bool) -> Sum {
    let cents = amount.and_then(crate::asking::cents);
    match (status, is_amount) {
        (Status::Likely, true) => cents.map_or(Sum::Unknown, Sum::Cents),
        (Status::Unlikely, true) => Sum::Cents(0),
        (Status::Likely, false) => Sum::Likely,
        (Status::Unlikely, false) => Sum::Unlikely,
        (Status::Unknown, _) => Sum::Unknown,
        (Status::NotModelled(_), _) => Sum::NotModelled,
        (Status::Assessed(_), _) => Sum::Assessed(cents.filter(|_| is_amount)),
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

/// The household with what was last said of each fact carried on, month by month and year by year,
/// as far as `until`. What nobody knows is carried on too.
fn carried(home: &Household<'_>, until: Period) -> Situation {
    let mut situation = home.situation.clone();
    let mut known: BTreeMap<(VariableId, u16), BTreeSet<Period>> = BTreeMap::new();
    let stated = home.situation.inputs.keys();
    for key in stated.chain(&home.unknown) {
        let of = known.entry((key.variable(), key.place())).or_default();
        of.insert(key.period());
    }
    for ((variable, place), periods) in known {
        let Some(first) = periods.first() else {
            continue;
        };
        let moments: Vec<Period> = match (*first, until) {
            (Period::Month(from), Period::Month(to)) => (from..=to).map(Period::Month).collect(),
            (Period::Year(from), _) => until
                .year()
                .map(|to| (from..=to).map(Period::Year).collect())
                .unwrap_or_default(),
            _ => continue,
        };
        let mut last = None;
        for moment in moments {
            let key = Key::new(variable, place, moment);
            if periods.contains(&moment) {
                last = home.situation.inputs.get(&key).copied();
            } else if let Some(value) = last {
                situation.state(variable, place, moment, value);
            }
        }
    }
    situation
}
