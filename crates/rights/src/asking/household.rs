//! A household as the law files know it, made of what was said and of nothing else.

use super::together::ONLY_OF_CHILDREN;
use crate::explain::{Answer as SaidOfRight, Status, answer};
use crate::keys::Key;
use crate::model::{Entity, Kind, Law, Right, Scalar, Variable, VariableId};
use crate::period::{Period, Rhythm};
use crate::range::Ranges;
use crate::ratio::Ratio;
use crate::situation::{Absent, Situation};
use domain::looked::{
    Answer, Composition, FactValue, Looked, Member, MemberTie, Month, Said, Span, Whom,
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// For how many months, that one included, how things stand holds once said.
pub(crate) const HOLDS: i32 = 12;
/// For how many months before the first time it was said.
const HELD: i32 = 36;

/// How far ahead what the composition tells is stated, in months.
const AHEAD: i32 = 24;

/// Amounts that tell how things stand, not what a month brought.
const LASTING: &[&str] = &[
    "loyer",
    "livret_a",
    "epargne_revenus_non_imposables",
    "epargne_revenus_imposables",
    "valeur_locative_immo_non_loue",
    "valeur_locative_terrains_non_loues",
    "valeur_patrimoine_loue",
    "valeur_immo_non_loue",
    "valeur_terrains_non_loues",
    "epargne_foyer",
    "immobilier_hors_residence",
    "rfr_connu_foyer",
    "aide_logement_recue",
    "paje_prepare",
    "paje_cmg",
    "aeeh",
];

/// Rights that are due before a birth.
pub(crate) const BEFORE_BIRTH: &[&str] = &["paje_naissance"];

/// Amounts that the law files take as negative, and people say as positive.
const NEGATIVE: &[&str] = &["pensions_alimentaires_versees"];

/// Whether a fact tells how things stand: it is said once, and holds on.
pub(crate) fn lasts(variable: &Variable) -> bool {
    let monthly = variable.rhythm == Rhythm::Month;
    monthly && (variable.kind != Kind::Amount || LASTING.contains(&variable.name.as_str()))
}

/// A household, ready to be asked about.
#[derive(Debug, Clone)]
pub struct Household<'l> {
    pub(crate) law: &'l Law,
    pub(crate) situation: Situation,
    /// The same with the children to be born in the family, where there are some.
    expecting: Option<Situation>,
    pub(crate) month: Month,
    pub(crate) composition: Composition,
    pub(crate) said: Vec<Said>,
    /// What they answered not to know.
    pub(crate) unknown: BTreeSet<Key>,
    /// What there is some of, without saying how much.
    pub(super) some: BTreeSet<(VariableId, u16)>,
    /// Of whom it was said that there is something to ask, under which word.
    pub(super) noted: BTreeSet<(Whom, String)>,
}

impl<'l> Household<'l> {
    /// The household as said so far, in the month of that day; none until someone said who lives
    /// with the person. Facts that no law file knows any more are left aside.
    #[must_use]
    pub fn of(law: &'l Law, looked: &Looked, today: Date) -> Option<Self> {
        let composition = looked.composition.as_ref()?.what.clone();
        let said = looked.facts.iter().map(|f| f.what.clone()).collect();
        Self::made(law, composition, said, Month::of(today))
    }

    /// A household of these people of whom that was said, in that order.
    pub(crate) fn made(
        law: &'l Law,
        composition: Composition,
        said: Vec<Said>,
        month: Month,
    ) -> Option<Self> {
        let mut home = Self::counting(law, composition, said, month, Some(month))?;
        if home.expected().next().is_some() {
            let (composition, said) = (home.composition.clone(), home.said.clone());
            let all = Self::counting(law, composition, said, month, None)?;
            home.expecting = Some(all.situation);
        }
        Some(home)
    }

    /// The same, where the children born by the end of that month are of the family, or all of them.
    pub(crate) fn counting(
        law: &'l Law,
        composition: Composition,
        said: Vec<Said>,
        month: Month,
        born_by: Option<Month>,
    ) -> Option<Self> {
        let mut home = Self {
            law,
            situation: people(law, &composition, month, born_by)?,
            expecting: None,
            month,
            composition,
            said,
            unknown: BTreeSet::new(),
            some: BTreeSet::new(),
            noted: BTreeSet::new(),
        };
        let said = home.said.clone();
        let mut standing: BTreeMap<(VariableId, u16), BTreeMap<Month, &Said>> = BTreeMap::new();
        for fact in &said {
            let Some((id, place)) = home.placed(fact) else {
                if fact.answer == Answer::Some {
                    let noted = (fact.about.whom, fact.about.fact.clone());
                    home.noted.insert(noted);
                }
                continue;
            };
            if let Span::Since(month) = fact.about.span {
                // The last one said of a month holds.
                standing.entry((id, place)).or_default().insert(month, fact);
            } else {
                let periods = periods(law.variables.get(usize::from(id)), fact.about.span);
                home.state(id, place, fact, &periods);
            }
        }
        for ((id, place), steps) in standing {
            // What is said tells of the months before it too, back to where something else was said
            // to hold: nothing that was asked stays without an answer.
            let mut told = i32::MIN;
            for (from, fact) in steps {
                let first = told.max(from.index() - HELD).min(from.index());
                let last = from.index() + HOLDS - 1;
                let months: Vec<Period> = (first..=last).map(Period::Month).collect();
                home.state(id, place, fact, &months);
                told = last + 1;
            }
        }
        Some(home)
    }

    /// The month in which rights are looked at.
    #[must_use]
    pub const fn month(&self) -> Month {
        self.month
    }

    /// Who lives there.
    #[must_use]
    pub const fn composition(&self) -> &Composition {
        &self.composition
    }

    /// The children to be born after this month, in the order they were said.
    pub(crate) fn expected(&self) -> impl Iterator<Item = &Member> {
        let month = self.month;
        let children = self.composition.children();
        children.filter(move |child| Month::of(child.born) > month)
    }

    /// What a right is asked about: a child to be born is of the family for those alone that are due
    /// before its birth.
    pub(crate) fn situation_for(&self, right: &Right) -> &Situation {
        let before = BEFORE_BIRTH.contains(&right.name.as_str());
        let expecting = self.expecting.as_ref().filter(|_| before);
        expecting.unwrap_or(&self.situation)
    }

    /// What is said of some rights, in that order. Where missing facts cannot change that one is
    /// unlikely, it is.
    pub(super) fn said_of<'r>(
        &self,
        rights: impl Iterator<Item = &'r Right>,
    ) -> Vec<(&'r Right, SaidOfRight)> {
        let mut ranges = Ranges::new(self.law, &self.situation);
        let mut expecting = self.expecting.as_ref().map(|s| Ranges::new(self.law, s));
        let said = rights.map(|right| {
            let (situation, period) = (self.situation_for(right), self.period(right));
            let mut said = answer(self.law, situation, right, 0, period);
            let early = BEFORE_BIRTH.contains(&right.name.as_str());
            let ranges = match &mut expecting {
                Some(expecting) if early => expecting,
                _ => &mut ranges,
            };
            if said.status == Status::Unknown && ranges.never(right, 0, period) {
                said.status = Status::Unlikely;
                said.missing.clear();
                said.moments.clear();
                let failing = ranges.failing(right, 0, period);
                for reason in said
                    .reasons
                    .iter_mut()
                    .filter(|r| failing.contains(&r.condition))
                {
                    reason.holds = Some(false);
                }
            }
            (right, said)
        });
        said.collect()
    }

    /// The variable and the place of a fact, where it is one of the law files about someone here.
    fn placed(&self, said: &Said) -> Option<(VariableId, u16)> {
        let (id, variable) = self.law.variable(&said.about.fact)?;
        let place = self.place(said.about.whom, variable.entity)?;
        (!variable.is_rule).then_some((id, place))
    }

    /// The place of whom a fact of that entity is about.
    pub(crate) fn place(&self, whom: Whom, entity: Entity) -> Option<u16> {
        match (whom, entity) {
            (Whom::Person, Entity::Individu)
            | (Whom::Family, Entity::Famille)
            | (Whom::TaxReturn, Entity::FoyerFiscal)
            | (Whom::Home, Entity::Menage) => Some(0),
            (Whom::Member(number), Entity::Individu) => {
                let mut members = self.composition.members.iter();
                let place = members.position(|m| m.number == number)?;
                u16::try_from(place + 1).ok()
            }
            _ => None,
        }
    }

    /// Whom a place of an entity is.
    pub(crate) fn whom(&self, entity: Entity, place: u16) -> Whom {
        match entity {
            Entity::Famille => Whom::Family,
            Entity::FoyerFiscal => Whom::TaxReturn,
            Entity::Menage => Whom::Home,
            Entity::Individu => {
                let member = usize::from(place).checked_sub(1);
                let member = member.and_then(|at| self.composition.members.get(at));
                member.map_or(Whom::Person, |m| Whom::Member(m.number))
            }
        }
    }

    /// States what was answered over those periods; a later answer holds over an earlier one.
    fn state(&mut self, id: VariableId, place: u16, said: &Said, periods: &[Period]) {
        let Some(variable) = self.law.variables.get(usize::from(id)) else {
            return;
        };
        if said.answer == Answer::Some {
            self.some.insert((id, place));
        } else {
            self.some.remove(&(id, place));
        }
        for (number, period) in periods.iter().enumerate() {
            let value = match &said.answer {
                Answer::Unknown | Answer::Some => None,
                Answer::Nothing => Some(variable.default),
                Answer::Value(value) => self.scalar(variable, value, said.about.span),
                Answer::EachMonth(amounts) => amounts
                    .get(number)
                    .and_then(|amount| money(variable, amount.cents(), 1)),
            };
            let key = Key::new(id, place, *period);
            self.unknown.remove(&key);
            match value {
                Some(value) => self.situation.state(id, place, *period, value),
                None => {
                    self.situation.forget(id, place, *period);
                    if said.answer == Answer::Unknown {
                        self.unknown.insert(key);
                    }
                }
            }
        }
    }

    fn scalar(&mut self, variable: &Variable, value: &FactValue, span: Span) -> Option<Scalar> {
        match (value, variable.kind) {
            (FactValue::Truth(value), Kind::Truth) => Some(Scalar::Truth(*value)),
            (FactValue::Amount(amount), Kind::Amount) => {
                let monthly = variable.rhythm == Rhythm::Month;
                let share = if monthly && matches!(span, Span::Year(_)) {
                    12
                } else {
                    1
                };
                money(variable, amount.cents(), share)
            }
            (FactValue::Number(hundredths), Kind::Number) => {
                Ratio::new(i128::from(*hundredths), 100).map(Scalar::Number)
            }
            (FactValue::Day(day), Kind::Day) => Some(Scalar::Day(*day)),
            (FactValue::Word(word), Kind::Text) => Some(self.situation.text(self.law, word)),
            (FactValue::Word(word), Kind::Choice(_)) => {
                let variants = &self.law.choices(variable.kind)?.variants;
                let place = variants.iter().position(|(name, _)| name == word)?;
                u16::try_from(place).ok().map(Scalar::Choice)
            }
            _ => None,
        }
    }
}

/// An amount in cents, shared among that many months.
fn money(variable: &Variable, cents: u64, share: i128) -> Option<Scalar> {
    let sign = if is_negative(variable) { -1 } else { 1 };
    Ratio::new(i128::from(cents) * sign, share).map(Scalar::Number)
}

/// Whether the law files take it as negative.
pub(crate) fn is_negative(variable: &Variable) -> bool {
    NEGATIVE.contains(&variable.name.as_str())
}

/// The moments of a variable that a period holds.
fn periods(variable: Option<&Variable>, span: Span) -> Vec<Period> {
    match (variable.map(|v| v.rhythm), span) {
        (Some(Rhythm::Always), _) => vec![Period::Always],
        (Some(Rhythm::Year), Span::Year(year)) => vec![Period::Year(year)],
        (Some(Rhythm::Month), _) => {
            let bounds = span.bounds();
            let months = bounds.map(|(from, to)| from.index()..=to.index());
            months.into_iter().flatten().map(Period::Month).collect()
        }
        _ => Vec::new(),
    }
}

/// The people and the groups they form: one family, one tax return, one dwelling. A child not born
/// by then stands apart.
fn people(
    law: &Law,
    composition: &Composition,
    now: Month,
    born_by: Option<Month>,
) -> Option<Situation> {
    let mut situation = Situation::new(Absent::Unknown);
    let person = situation.add_person("person").ok()?;
    let birth = law.variable("date_naissance").map(|(id, _)| id);
    let (mut family, mut home) = (vec![(person, 0)], vec![(person, 0)]);
    for member in &composition.members {
        let name = Whom::Member(member.number).to_string();
        let place = situation.add_person(&name).ok()?;
        let (in_family, at_home) = match member.tie {
            MemberTie::Partner => (0, 1),
            MemberTie::Child => (1, 2),
        };
        if born_by.is_none_or(|month| Month::of(member.born) <= month) {
            family.push((place, in_family));
            home.push((place, at_home));
        }
        if let Some(birth) = birth {
            situation.state(birth, place, Period::Always, Scalar::Day(member.born));
        }
    }
    for (entity, members) in [
        (Entity::Famille, &family),
        (Entity::FoyerFiscal, &family),
        (Entity::Menage, &home),
    ] {
        situation.add_group(entity, entity.name(), members).ok()?;
    }
    situation.complete_groups().ok()?;
    let parents = family.iter().filter(|(_, role)| *role == 0);
    let never = ONLY_OF_CHILDREN
        .iter()
        .filter_map(|name| law.variable(name));
    for (id, _) in never {
        for (place, _) in parents.clone() {
            for month in now.index() - HELD..=now.index() + AHEAD {
                situation.state(id, *place, Period::Month(month), Scalar::Truth(false));
            }
        }
    }
    Some(situation)
}
