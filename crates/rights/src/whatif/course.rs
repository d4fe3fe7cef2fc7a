//! A course of things: the household carried on through its births, and what each right gives in it.

use super::{Sum, What, change};
use crate::asking::{BEFORE_BIRTH, Household, Needed, cents};
use crate::evaluate::{Evaluation, Value};
use crate::explain::{Status, answer, judged};
use crate::keys::Key;
use crate::model::{Entity, Law, Right, VariableId};
use crate::period::{Period, Rhythm};
use crate::range::Ranges;
use crate::ratio::Ratio;
use crate::situation::Situation;
use domain::looked::Month;
use std::collections::{BTreeMap, BTreeSet};

/// The household as it is from a month on, until the next birth.
pub(super) struct Stage {
    from: Month,
    situation: Situation,
}

/// The household through its births, carried on and with the change. The last is the one where all
/// children are born.
pub(super) fn stages(
    home: &Household<'_>,
    what: Option<&What>,
    until: Period,
) -> Option<Vec<Stage>> {
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

/// A stage, being read.
struct Reading<'a> {
    stage: &'a Stage,
    evaluation: Evaluation<'a>,
    ranges: Ranges<'a>,
}

/// One of both courses of things, read month by month.
pub(super) struct Side<'a> {
    law: &'a Law,
    readings: Vec<Reading<'a>>,
    people: usize,
    wage: Option<VariableId>,
    months: &'a [Month],
    years: &'a [i16],
}

fn reading<'a>(law: &'a Law, stage: &'a Stage) -> Reading<'a> {
    Reading {
        stage,
        evaluation: Evaluation::new(law, &stage.situation),
        ranges: Ranges::new(law, &stage.situation),
    }
}

impl<'a> Side<'a> {
    pub(super) fn new(
        home: &Household<'a>,
        stages: &'a [Stage],
        months: &'a [Month],
        years: &'a [i16],
    ) -> Self {
        let people = stages.first();
        Self {
            law: home.law,
            readings: stages
                .iter()
                .map(|stage| reading(home.law, stage))
                .collect(),
            people: people.map_or(0, |s| s.situation.count(Entity::Individu)),
            wage: home.law.variable("salaire_net").map(|(id, _)| id),
            months,
            years,
        }
    }

    /// The stage in which something is read that month: before a birth, only rights that are due
    /// before it count the child.
    fn at(&mut self, month: Month, early: bool) -> Option<&mut Reading<'a>> {
        let readings = self.readings.iter_mut().rev();
        let mut then = readings.filter(|r| early || r.stage.from <= month);
        then.next()
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
    pub(super) fn need(
        &mut self,
        home: &Household<'_>,
        at: usize,
        right: &Right,
        needed: &mut Needed,
    ) {
        let early = BEFORE_BIRTH.contains(&right.name.as_str());
        let law = self.law;
        for (month, period) in self.moments(right) {
            let Some(reading) = self.at(month, early) else {
                continue;
            };
            let said = answer(law, &reading.stage.situation, right, 0, period);
            if said.status == Status::Unknown && !reading.ranges.never(right, 0, period) {
                home.need(needed, at, &said.moments);
                return;
            }
        }
    }

    /// What a right gives, each time; and the facts that are missing.
    pub(super) fn line(
        &mut self,
        right: &Right,
        missing: &mut BTreeSet<(VariableId, u16)>,
    ) -> Vec<Sum> {
        let early = BEFORE_BIRTH.contains(&right.name.as_str());
        let sums = self.moments(right).into_iter().map(|(month, period)| {
            let Some(reading) = self.at(month, early) else {
                return Sum::Unknown;
            };
            let (mut status, amount, _, lacking) =
                judged(&mut reading.evaluation, right, 0, period);
            if status == Status::Unknown {
                if reading.ranges.never(right, 0, period) {
                    status = Status::Unlikely;
                } else {
                    missing.extend(lacking.iter().map(|key| (key.variable(), key.place())));
                }
            }
            sum(&status, amount, right.amount.is_some())
        });
        sums.collect()
    }

    /// Net wages of everyone, each month.
    pub(super) fn wages(&mut self) -> Vec<Sum> {
        let (people, wage) = (self.people, self.wage);
        let months: Vec<Month> = self.months.to_vec();
        let sums = months.into_iter().map(|month| {
            let period = Period::Month(month.index());
            let mut all = Some(Ratio::ZERO);
            for place in 0..u16::try_from(people).unwrap_or(0) {
                let reading = self.at(month, false).zip(wage);
                let value = reading.map(|(r, id)| r.evaluation.value(id, place, period));
                all = all.and_then(|all| all.plus(value.and_then(Value::as_number)?));
            }
            let all = all.and_then(cents);
            all.map_or(Sum::Unknown, Sum::Cents)
        });
        sums.collect()
    }
}

fn sum(status: &Status, amount: Option<Ratio>, is_amount: bool) -> Sum {
    let cents = amount.and_then(cents);
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
