//! Facts that are asked together. Most people have none of most incomes, savings or situations that
//! the law tells apart: one question shows them all, what is not ticked is none, and only what is
//! ticked is asked after. Children's are asked for all of them at once.

use super::household::Household;
use super::pending::{Asked, Pending};
use super::question::{Covered, Form, Question, Tick};
use super::together::{CHILDREN_MONEY, CHILDREN_STATE, GROUPS, Group, OF_CHILDREN, Shape};
use crate::model::Kind;
use domain::looked::{FactRef, Month, Span, Whom};
use std::collections::{BTreeMap, BTreeSet};

/// Below this age, in years, children's incomes and situations are asked for all of them at once.
const OWN_QUESTIONS: i64 = 14;

/// Young children have none, unless it is said.
const ACTIVITY: &str = "activite";

/// The questions to which those facts come.
pub(super) fn asked(home: &Household<'_>, pending: Vec<Pending>) -> Vec<Asked> {
    // What there is some of is asked by itself: how much.
    let (alone, mut rest): (Vec<Pending>, Vec<Pending>) = pending
        .into_iter()
        .partition(|p| home.some.contains(&(p.variable, p.place)));
    let mut asked: Vec<Asked> = alone.iter().filter_map(|p| home.alone(p)).collect();
    for (fact, text) in OF_CHILDREN {
        let of = |p: &Pending| p.about.fact == *fact && age(home, p).is_some();
        asked.extend(of_children(home, &mut rest, (fact, text), 2, of));
    }
    // A child of whom it was said that there is something is asked about like anyone else.
    let young = |p: &Pending, said: &str| {
        let young = age(home, p).is_some_and(|age| age < OWN_QUESTIONS);
        young && !home.noted.contains(&(p.about.whom, said.to_owned()))
    };
    let money =
        |p: &Pending| young(p, CHILDREN_MONEY.0) && home.kind(p.variable) == Some(Kind::Amount);
    asked.extend(of_children(home, &mut rest, CHILDREN_MONEY, 1, money));
    let state = |p: &Pending| {
        young(p, CHILDREN_STATE.0) && (is_of("situations", p) || p.about.fact == ACTIVITY)
    };
    asked.extend(of_children(home, &mut rest, CHILDREN_STATE, 1, state));
    for group in GROUPS {
        asked.extend(together(home, &mut rest, group));
    }
    asked.extend(rest.iter().filter_map(|p| home.alone(p)));
    asked
}

fn age(home: &Household<'_>, fact: &Pending) -> Option<i64> {
    home.child_age(fact.variable, fact.place)
}

fn is_of(word: &str, fact: &Pending) -> bool {
    let mut groups = GROUPS.iter().filter(|g| g.word == word);
    groups.any(|g| line_of(g, &fact.about).is_some())
}

fn line_of(group: &Group, about: &FactRef) -> Option<usize> {
    let suits = Shape::of(about.span) == Some(group.shape);
    let mut lines = group.lines.iter();
    let found = lines.position(|(_, facts)| facts.contains(&about.fact.as_str()));
    found.filter(|_| suits)
}

/// Takes out of `rest` what is of those children, and asks it with one tick a child.
fn of_children(
    home: &Household<'_>,
    rest: &mut Vec<Pending>,
    (word, text): (&str, &str),
    least: usize,
    of: impl Fn(&Pending) -> bool,
) -> Option<Asked> {
    let children: BTreeSet<u16> = rest.iter().filter(|p| of(p)).map(|p| p.place).collect();
    if children.len() < least {
        return None;
    }
    let taken: Vec<Pending> = rest.extract_if(.., |p| of(p)).collect();
    let mut ticks: BTreeMap<u16, Tick> = BTreeMap::new();
    for fact in &taken {
        let whom = fact.about.whom;
        let tick = ticks.entry(fact.place).or_insert_with(|| Tick {
            word: whom.to_string(),
            label: String::new(),
            whom,
            notes: (least == 1).then(|| note(home, word, whom)),
            covers: Vec::new(),
        });
        tick.covers.push(covered(home, fact));
    }
    question(
        word,
        text,
        Whom::Family,
        ticks.into_values().collect(),
        &taken,
    )
}

/// Takes out of `rest` what is of that group about one person, or about the household, and asks it
/// with one tick a line: one question a person and a year.
fn together(home: &Household<'_>, rest: &mut Vec<Pending>, group: &Group) -> Vec<Asked> {
    let subject = |about: &FactRef| {
        let whom = match about.whom {
            Whom::Person | Whom::Member(_) => about.whom,
            Whom::Family | Whom::TaxReturn | Whom::Home => Whom::Family,
        };
        let year = match about.span {
            Span::Year(year) => Some(year),
            _ => None,
        };
        (whom, year)
    };
    let of_group = rest.iter().filter(|p| line_of(group, &p.about).is_some());
    let subjects: BTreeSet<_> = of_group.map(|p| subject(&p.about)).collect();
    let mut asked = Vec::new();
    for one in subjects {
        let of = |p: &Pending| subject(&p.about) == one && line_of(group, &p.about).is_some();
        let lines: BTreeSet<_> = rest
            .iter()
            .filter(|p| of(p))
            .filter_map(|p| line_of(group, &p.about))
            .collect();
        // One thing alone is asked as it is.
        if lines.len() < 2 {
            continue;
        }
        let taken: Vec<Pending> = rest.extract_if(.., |p| of(p)).collect();
        let ticks = lines.iter().filter_map(|line| {
            let (label, facts) = group.lines.get(*line)?;
            let told = taken
                .iter()
                .filter(|p| line_of(group, &p.about) == Some(*line));
            Some(Tick {
                word: (*facts.first()?).to_owned(),
                label: (*label).to_owned(),
                whom: one.0,
                notes: None,
                covers: told.map(|p| covered(home, p)).collect(),
            })
        });
        asked.extend(question(
            group.word,
            group.text,
            one.0,
            ticks.collect(),
            &taken,
        ));
    }
    asked
}

/// That there is something to ask about someone: what is kept in the place of a fact.
fn note(home: &Household<'_>, word: &str, whom: Whom) -> FactRef {
    FactRef {
        whom,
        fact: word.to_owned(),
        span: Span::Since(home.month),
    }
}

fn covered(home: &Household<'_>, fact: &Pending) -> Covered {
    Covered {
        about: fact.about.clone(),
        truth: home.kind(fact.variable) == Some(Kind::Truth),
    }
}

fn question(
    word: &str,
    text: &str,
    whom: Whom,
    ticks: Vec<Tick>,
    taken: &[Pending],
) -> Option<Asked> {
    let first = taken.iter().map(|p| (p.variable, p.place)).min()?;
    let span = whole(taken.iter().map(|p| p.about.span))?;
    Some(Asked {
        question: Question {
            id: format!("{word}.{whom}.{span}"),
            text: text.to_owned(),
            label: String::new(),
            whom,
            span,
            form: Form::Ticks(ticks),
            nothing: true,
            for_rights: Vec::new(),
            earlier: None,
            about: taken.iter().map(|p| p.about.clone()).collect(),
        },
        rights: taken
            .iter()
            .flat_map(|p| p.rights.iter().copied())
            .collect(),
        first,
    })
}

/// The period that holds all of those: a year where it is the same, months from the first to the
/// last, or how things stand.
fn whole(mut spans: impl Iterator<Item = Span>) -> Option<Span> {
    let first = spans.next()?;
    let ends = |span: Span| -> (Option<Month>, Option<Month>) {
        let bounds = span.bounds();
        (bounds.map(|b| b.0), bounds.map(|b| b.1))
    };
    Some(spans.fold(first, |so_far, span| {
        if so_far == span {
            return so_far;
        }
        match (ends(so_far), ends(span)) {
            ((Some(a), Some(b)), (Some(c), Some(d))) => Span::Months {
                from: a.min(c),
                to: b.max(d),
            },
            ((Some(_), _), _) => so_far,
            _ => span,
        }
    }))
}
