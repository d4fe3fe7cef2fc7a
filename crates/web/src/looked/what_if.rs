//! « Et si… »: a job, a move or a birth, before and after, month by month. What is typed is answered
//! and kept nowhere: it travels in the body, and no entry is written.

use super::{
    curve::{Amounts, Curve, curve},
    desk::Desk,
    words,
};
use crate::{
    Web,
    form::{Choice, Form},
    page::{Page, PageError, Shell, see},
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use domain::{
    looked::{Month, Whom},
    procedure::Amount,
};
use rights::whatif::{self, Comparison, Line, Sum, What};

/// How many months are compared.
const MONTHS: u8 = 18;
/// How many months ahead a change may be tried.
const AHEAD: i32 = 11;

#[derive(Template)]
#[template(path = "looked/what_if.html")]
struct WhatIfView<'a> {
    s: &'a Shell,
    at: &'a str,
    /// Whether the household was said, without which nothing is compared.
    ready: bool,
}

#[derive(Template)]
#[template(path = "looked/change.html")]
struct ChangeView<'a> {
    s: &'a Shell,
    at: &'a str,
    form: &'a Form,
    change: &'static str,
    title: String,
    adults: Vec<Choice>,
    months: Vec<Choice>,
}

/// A right on both sides.
struct Row {
    label: String,
    before: String,
    after: String,
}

#[derive(Template)]
#[template(path = "looked/compared.html")]
struct ComparedView<'a> {
    s: &'a Shell,
    at: &'a str,
    form: &'a Form,
    change: &'static str,
    title: String,
    /// What was asked, in words.
    said: String,
    partial: bool,
    at_month: String,
    rows: Vec<Row>,
    same: Vec<String>,
    curves: Vec<Curve>,
    fields: &'static [&'static str],
}

/// What may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Job,
    Move,
    Birth,
}

impl Change {
    fn of(desk: &Desk) -> Result<Self, PageError> {
        [Self::Job, Self::Move, Self::Birth]
            .into_iter()
            .find(|c| c.word() == desk.change)
            .ok_or(PageError::NotFound)
    }

    /// Its word in addresses.
    const fn word(self) -> &'static str {
        match self {
            Self::Job => "travail",
            Self::Move => "demenagement",
            Self::Birth => "naissance",
        }
    }

    fn title(self, s: &Shell) -> String {
        s.w(match self {
            Self::Job => "looked-if-job-title",
            Self::Move => "looked-if-move-title",
            Self::Birth => "looked-if-birth-title",
        })
    }

    const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Job => &["whom", "pay", "hours", "month"],
            Self::Move => &["rent", "place", "month"],
            Self::Birth => &["month"],
        }
    }
}

pub(super) async fn choose(State(_): State<Web>, desk: Desk) -> Page {
    let view = WhatIfView {
        s: &desk.s,
        at: &desk.at,
        ready: desk.record().looked.composition.is_some(),
    };
    desk.show(StatusCode::OK, "looked-if-title", &view)
}

/// Those who may take a job: the person and the partner.
fn adults(web: &Web, desk: &Desk) -> Vec<Choice> {
    let looked = &desk.record().looked;
    let today = web.service.today();
    let partner = looked.composition.as_ref().and_then(|c| c.what.partner());
    let all = [Some(Whom::Person), partner.map(|m| Whom::Member(m.number))];
    all.into_iter()
        .flatten()
        .map(|whom| {
            let words = words::whom(&desk.s, looked, today, whom);
            Choice::new(whom.to_string(), words::capital(&words))
        })
        .collect()
}

fn asking(web: &Web, desk: &Desk, change: Change, form: &Form) -> Page {
    let now = super::this_month(web);
    let months = (0..=AHEAD).map(|ahead| {
        let month = now.plus(ahead);
        Choice::new(month.to_string(), words::capital(&words::month(&desk.s, month)))
    });
    let view = ChangeView {
        s: &desk.s,
        at: &desk.at,
        form,
        change: change.word(),
        title: change.title(&desk.s),
        adults: adults(web, desk),
        months: months.collect(),
    };
    desk.show(form.status(), "looked-if-title", &view)
}

pub(super) async fn ask(State(web): State<Web>, desk: Desk) -> Page {
    let change = Change::of(&desk)?;
    if desk.record().looked.composition.is_none() {
        return Ok(see(&desk.to("/et-si")));
    }
    let mut form = Form::default();
    form.set("whom", Whom::Person.to_string())
        .set("month", super::this_month(&web).plus(1).to_string());
    asking(&web, &desk, change, &form)
}

fn amount(form: &mut Form, field: &str) -> Option<Amount> {
    let amount = Amount::parse(form.get(field)).ok();
    if amount.is_none() {
        form.fail(field, "error-amount");
    }
    amount
}

/// The change as typed.
fn read(web: &Web, desk: &Desk, change: Change, form: &mut Form) -> Option<What> {
    let now = super::this_month(web);
    let month: Option<Month> = form.get("month").parse().ok();
    let month = month.filter(|m| (now.index()..=now.plus(AHEAD).index()).contains(&m.index()));
    if month.is_none() {
        form.fail("month", "error-choice");
    }
    match change {
        Change::Job => {
            let whom = Whom::from_code(form.get("whom"));
            let adults = adults(web, desk);
            let whom = whom.filter(|w| adults.iter().any(|a| a.value == w.to_string()));
            if whom.is_none() {
                form.fail("whom", "error-choice");
            }
            let net = amount(form, "pay");
            Some(What::Job {
                whom: whom?,
                net: net?,
                hours: None,
                from: month?,
            })
        }
        Change::Move => {
            let rent = amount(form, "rent");
            let typed = form.get("place").trim().to_owned();
            let commune = (!typed.is_empty()).then_some(typed);
            let commune = commune.map(|typed| words::commune_code(&typed));
            if commune == Some(None) {
                form.fail("place", "error-looked-commune");
            }
            Some(What::Move {
                rent: rent?,
                commune: commune.flatten(),
                from: month?,
            })
        }
        Change::Birth => Some(What::Birth { month: month? }),
    }
}

fn sum(s: &Shell, sum: Sum) -> (Option<i64>, String) {
    match sum {
        Sum::Known(0) => (Some(0), s.t("looked-if-zero")),
        Sum::Known(cents) => (Some(cents), words::euros(cents)),
        Sum::Unknown => (None, s.t("looked-if-not-known")),
        Sum::NotModelled => (None, s.w("looked-status-not_modelled")),
        Sum::Assessed => (None, s.w("looked-status-assessed")),
    }
}

fn sums(s: &Shell, all: &[Sum]) -> Amounts {
    all.iter().map(|one| sum(s, *one)).collect()
}

fn line_curve(s: &Shell, months: &[Month], line: &Line) -> Curve {
    let (before, after) = (sums(s, &line.before), sums(s, &line.after));
    let title = s.t1("looked-if-curve", "right", &line.label);
    curve(s, title, months, &before, &after)
}

/// What was asked, in words.
fn said(s: &Shell, what: &What) -> String {
    match what {
        What::Job { net, from, .. } => s.l.t2(
            "looked-if-said-job",
            ("amount", &words::amount(*net)),
            ("month", &words::month(s, *from)),
        ),
        What::Move { rent, from, .. } => s.l.t2(
            "looked-if-said-move",
            ("amount", &words::amount(*rent)),
            ("month", &words::month(s, *from)),
        ),
        What::Birth { month } => s.t1("looked-if-said-birth", "month", words::month(s, *month)),
    }
}

fn compared(desk: &Desk, form: &Form, change: Change, what: &What, all: &Comparison) -> Page {
    let s = &desk.s;
    let (changed, same): (Vec<&Line>, Vec<&Line>) =
        all.rights.iter().partition(|l| l.before != l.after);
    let last = all.months.len().saturating_sub(1);
    let side = |sums: &[Sum]| sums.get(last).map_or_else(String::new, |one| sum(s, *one).1);
    let row = |line: &&Line| Row {
        label: line.label.clone(),
        before: side(&line.before),
        after: side(&line.after),
    };
    let unknown = |line: &&Line| line.after.contains(&Sum::Unknown);
    let view = ComparedView {
        s,
        at: &desk.at,
        form,
        change: change.word(),
        title: change.title(s),
        said: said(s, what),
        partial: all.rights.iter().any(|line| unknown(&line)),
        at_month: all
            .months
            .last()
            .map(|m| words::month(s, *m))
            .unwrap_or_default(),
        rows: changed.iter().map(row).collect(),
        same: same.iter().map(|line| line.label.clone()).collect(),
        curves: changed
            .iter()
            .map(|line| line_curve(s, &all.months, line))
            .collect(),
        fields: change.fields(),
    };
    desk.show(StatusCode::OK, "looked-if-title", &view)
}

pub(super) async fn compare(State(web): State<Web>, desk: Desk, mut form: Form) -> Page {
    let change = Change::of(&desk)?;
    if form.get("act") == "edit" {
        return asking(&web, &desk, change, &form);
    }
    let Some(what) = read(&web, &desk, change, &mut form) else {
        return asking(&web, &desk, change, &form);
    };
    let (law, today) = (web.law.clone(), web.service.today());
    let (looked, asked) = (desk.record().looked.clone(), what.clone());
    // Each right is asked for each month, twice: beside the threads that answer pages.
    let done = tokio::task::spawn_blocking(move || {
        whatif::compare(&law, &looked, today, &asked, MONTHS)
    });
    match done.await.ok().flatten() {
        Some(all) => compared(&desk, &form, change, &what, &all),
        None => Ok(see(&desk.to("/et-si"))),
    }
}
