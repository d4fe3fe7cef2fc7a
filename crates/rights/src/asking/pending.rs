//! Which facts are still needed: those that are missing, that can change an answer, and that nobody
//! answered not to know; the ones that most rights wait for first.

use super::group;
use super::household::{Household, lasts};
use super::question::{Question, question_about};
use super::together::FIRST;
use crate::explain::Status;
use crate::keys::Key;
use crate::model::{Entity, Kind, Right, VariableId};
use crate::period::{Period, Rhythm};
use domain::looked::{Answer, FactRef, FactValue, Month, Span};
use std::collections::{BTreeMap, BTreeSet};

/// A fact that is needed.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub about: FactRef,
    pub variable: VariableId,
    pub place: u16,
    /// The rights that wait for it, by their places.
    pub rights: BTreeSet<usize>,
}

/// A question and what its place among the others comes from.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub question: Question,
    pub rights: BTreeSet<usize>,
    /// The first of its facts in the law files, and about whom.
    pub first: (VariableId, u16),
}

impl Household<'_> {
    /// Every question whose answer can still change what is said of those rights (of all of them
    /// where none is named): those that may spare others first, then those that most rights wait
    /// for, then in the order of the law files. The first is the next one to ask.
    #[must_use]
    pub fn questions(&self, rights: &[&str]) -> Vec<Question> {
        let mut needed = Needed::new();
        let chosen = self.chosen(rights);
        let said = self.said_of(chosen.iter().map(|(_, right)| *right));
        for ((at, _), (_, said)) in chosen.iter().zip(said) {
            if said.status == Status::Unknown {
                self.need(&mut needed, *at, &said.moments);
            }
        }
        self.asked_of(needed)
    }

    /// The questions to which needed facts come.
    pub(crate) fn asked_of(&self, needed: Needed) -> Vec<Question> {
        let mut asked = group::asked(self, self.pending(needed));
        asked.sort_by_key(|a| {
            let waiting = std::cmp::Reverse(a.rights.len());
            (early(&a.question), waiting, a.first, a.question.span)
        });
        let labels = |places: &BTreeSet<usize>| {
            let rights = places.iter().filter_map(|at| self.law.rights.get(*at));
            rights.map(|r| r.label.clone()).collect()
        };
        let questions = asked.into_iter();
        questions
            .map(|a| Question {
                for_rights: labels(&a.rights),
                ..a.question
            })
            .collect()
    }

    /// The one of those questions that has that name.
    #[must_use]
    pub fn question(&self, rights: &[&str], id: &str) -> Option<Question> {
        let mut questions = self.questions(rights).into_iter();
        questions.find(|q| q.id == id)
    }

    /// The rights of those names, of all where none is named, with their places.
    pub(crate) fn chosen(&self, names: &[&str]) -> Vec<(usize, &Right)> {
        let all = self.law.rights.iter().enumerate();
        all.filter(|(_, r)| names.is_empty() || names.contains(&r.name.as_str()))
            .collect()
    }

    /// The period in which a right is looked at.
    pub(super) fn period(&self, right: &Right) -> Period {
        match right.rhythm {
            Rhythm::Year => Period::Year(self.month.year()),
            Rhythm::Month | Rhythm::Always => Period::Month(self.month.index()),
        }
    }

    /// Notes that a right waits for facts at those moments, but for what nobody knows. What will be
    /// is asked as it is now.
    pub(crate) fn need(&self, needed: &mut Needed, right: usize, moments: &[Key]) {
        for key in moments {
            let period = match key.period() {
                Period::Month(month) => Period::Month(month.min(self.month.index())),
                Period::Year(year) => Period::Year(year.min(self.month.year())),
                Period::Always => Period::Always,
            };
            let now = Key::new(key.variable(), key.place(), period);
            let there = usize::from(key.place()) <= self.composition.members.len();
            if there && !self.unknown.contains(&now) {
                let of = needed.entry((key.variable(), key.place())).or_default();
                of.entry(period).or_default().insert(right);
            }
        }
    }

    fn pending(&self, needed: Needed) -> Vec<Pending> {
        let mut pending = Vec::new();
        for ((variable, place), moments) in needed {
            let Some(known) = self.law.variables.get(usize::from(variable)) else {
                continue;
            };
            let whom = self.whom(known.entity, place);
            let lasting = lasts(known);
            for (span, rights) in spans(&moments, self.month, lasting) {
                let about = FactRef {
                    whom,
                    fact: known.name.clone(),
                    span,
                };
                pending.push(Pending {
                    about,
                    variable,
                    place,
                    rights,
                });
            }
        }
        pending
    }

    /// The question about one fact alone.
    pub(super) fn alone(&self, fact: &Pending) -> Option<Asked> {
        let question = question_about(self.law, &fact.about)?;
        Some(Asked {
            question: Question {
                earlier: self.earlier(&fact.about),
                ..question
            },
            rights: fact.rights.clone(),
            first: (fact.variable, fact.place),
        })
    }

    /// What was last said of the same fact over another period of the same kind.
    fn earlier(&self, fact: &FactRef) -> Option<Answer> {
        let alike = |other: &FactRef| {
            let kinds = (fact.span, other.span);
            let same = matches!(
                kinds,
                (Span::Since(_), Span::Since(_))
                    | (Span::Months { .. }, Span::Months { .. })
                    | (Span::Year(_), Span::Year(_))
            );
            same && (other.whom, &other.fact) == (fact.whom, &fact.fact) && other.span != fact.span
        };
        let mut said = self.said.iter().rev().filter(|s| alike(&s.about));
        said.find_map(|s| match &s.answer {
            Answer::EachMonth(amounts) => {
                let last = amounts.last()?;
                Some(Answer::Value(FactValue::Amount(*last)))
            }
            Answer::Unknown | Answer::Some => None,
            known => Some(known.clone()),
        })
    }

    /// Whether a fact is about a child, and its age at the first day of the month.
    pub(super) fn child_age(&self, variable: VariableId, place: u16) -> Option<i64> {
        let known = self.law.variables.get(usize::from(variable))?;
        let member = usize::from(place).checked_sub(1)?;
        let member = self.composition.members.get(member)?;
        let child =
            known.entity == Entity::Individu && member.tie == domain::looked::MemberTie::Child;
        child.then(|| crate::period::years_between(member.born, self.month.first_day()))
    }

    pub(super) fn kind(&self, variable: VariableId) -> Option<Kind> {
        Some(self.law.variables.get(usize::from(variable))?.kind)
    }
}

/// The place of a question among those that are asked first.
fn early(question: &Question) -> usize {
    let facts = question.facts();
    let found = FIRST
        .iter()
        .position(|first| facts.iter().any(|f| f.fact == *first));
    found.unwrap_or(FIRST.len())
}

/// At which moments a fact is needed, and by which rights.
type Moments = BTreeMap<Period, BTreeSet<usize>>;

/// Facts that are needed: of which variable, about whom.
pub(crate) type Needed = BTreeMap<(VariableId, u16), Moments>;

/// The periods over which a fact that is missing at those moments is asked. Whole years that a tax
/// notice tells of are asked at once, other months as they follow each other.
fn spans(moments: &Moments, now: Month, lasting: bool) -> Vec<(Span, BTreeSet<usize>)> {
    if lasting {
        let rights = moments.values().flatten().copied().collect();
        return vec![(Span::Since(now), rights)];
    }
    let mut spans: Vec<(Span, BTreeSet<usize>)> = Vec::new();
    for (period, rights) in moments {
        let span = match *period {
            Period::Always => Span::Always,
            Period::Year(year) => Span::Year(year),
            Period::Month(index) => {
                let month = Month::from_index(index);
                if noticed(moments, month.year(), now) {
                    Span::Year(month.year())
                } else {
                    Span::Months {
                        from: month,
                        to: month,
                    }
                }
            }
        };
        match (spans.last_mut(), span) {
            (Some((last, so_far)), _) if *last == span => so_far.extend(rights),
            (Some((Span::Months { to: last, .. }, so_far)), Span::Months { to, .. })
                if last.plus(1) == to =>
            {
                *last = to;
                so_far.extend(rights);
            }
            _ => spans.push((span, rights.clone())),
        }
    }
    spans
}

/// Whether all of a year is missing, and a tax notice tells of it.
fn noticed(moments: &Moments, year: i16, now: Month) -> bool {
    year + 2 <= now.year() && Period::months_of(year).all(|month| moments.contains_key(&month))
}
