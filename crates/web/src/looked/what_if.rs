//! « Et si… »: a job, a move or a birth, before and after, month by month. What is typed is answered
//! and kept nowhere: it travels in the body, and no entry is written.

use super::{
    communes,
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
use axum::{extract::State, http::StatusCode, response::Response};
use domain::{
    looked::{FactRef, Month, Whom},
    procedure::Amount,
};
use rights::{
    asking::{Household, Question},
    whatif::{self, Comparison, Line, Sum, What},
};

/// How many months are compared.
const MONTHS: u8 = 18;
/// How many months after a change both sides are shown: each quarter's declaration has told it by then.
const SETTLED: i32 = 6;
/// The most questions that a comparison asks for.
const MOST_ASKS: usize = 3;
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
    /// How a dwelling may be occupied.
    occupations: Vec<Choice>,
    /// The communes that what was typed may mean, where it may mean several.
    communes: Vec<Choice>,
    /// Whether unemployment benefits go on.
    benefits: Vec<Choice>,
}

/// A right on both sides.
struct Row {
    label: String,
    before: String,
    after: String,
}

/// A question whose answer would tell more.
struct AskLine {
    about: String,
    text: String,
    whom: String,
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
    /// Questions whose answers would tell more.
    asks: Vec<AskLine>,
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
            Self::Job => &["whom", "pay", "hours", "month", "benefits"],
            Self::Move => &["rent", "place", "commune", "occupation", "month"],
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
    Ok(desk.show(StatusCode::OK, "looked-if-title", &view))
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

/// How the new dwelling may be occupied, as the law files list it; nothing said means as now.
fn occupations(web: &Web, s: &Shell) -> Vec<Choice> {
    let mut all = vec![Choice::new("", s.t("looked-if-occupation-same"))];
    let variable = web.law.variable("statut_occupation_logement");
    let choices = variable.and_then(|(_, v)| web.law.choices(v.kind));
    let variants = choices.map(|c| c.variants.as_slice()).unwrap_or_default();
    let said = variants.iter().filter(|(word, _)| word != "non_renseigne");
    all.extend(said.map(|(word, label)| Choice::new(word, words::capital(label))));
    all
}

fn asking(web: &Web, desk: &Desk, change: Change, form: &Form) -> Response {
    let now = super::this_month(web);
    let months = (0..=AHEAD).map(|ahead| {
        let month = now.plus(ahead);
        Choice::new(
            month.to_string(),
            words::capital(&words::month(&desk.s, month)),
        )
    });
    let view = ChangeView {
        s: &desk.s,
        at: &desk.at,
        form,
        change: change.word(),
        title: change.title(&desk.s),
        adults: adults(web, desk),
        months: months.collect(),
        occupations: occupations(web, &desk.s),
        communes: if form.fails("commune") {
            communes::found(form.get("place"))
                .into_iter()
                .map(|commune| Choice::new(commune.code, commune.words()))
                .collect()
        } else {
            Vec::new()
        },
        benefits: ["end", "go_on"]
            .iter()
            .map(|word| Choice::new(*word, desk.s.w(&format!("looked-if-benefits-{word}"))))
            .collect(),
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
        .set("month", super::this_month(&web).plus(1).to_string())
        .set("benefits", "end");
    Ok(asking(&web, &desk, change, &form))
}

fn amount(form: &mut Form, field: &str) -> Option<Amount> {
    let amount = Amount::parse(form.get(field)).ok();
    if amount.is_none() {
        form.fail(field, "error-amount");
    }
    amount
}

/// What a job pays: as typed, else what so many hours are paid at least.
fn pay(web: &Web, form: &mut Form, from: Option<Month>) -> Option<Amount> {
    if !form.get("pay").trim().is_empty() || form.get("hours").trim().is_empty() {
        return amount(form, "pay");
    }
    let hours = form.get("hours").trim().parse().ok();
    let pay = hours.and_then(|hours| whatif::wage_of_hours(&web.law, from?, hours));
    if pay.is_none() {
        form.fail("hours", "error-looked-hours");
    }
    pay
}

/// The code of the commune that was typed, or chosen among those it may mean; none where it stays the
/// same, or where the form says what to mend.
fn place(form: &mut Form) -> Option<String> {
    let typed = form.get("place").trim().to_owned();
    if typed.is_empty() {
        return None;
    }
    let found = communes::found(&typed);
    let chosen = form.get("commune");
    let one = match found.as_slice() {
        [one] => Some(one),
        several => several.iter().find(|c| c.code == chosen),
    };
    if one.is_none() && found.is_empty() {
        form.fail("place", "error-looked-commune");
    } else if one.is_none() {
        form.fail("commune", "error-looked-communes");
    }
    one.map(|commune| commune.code.to_owned())
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
            let net = pay(web, form, month);
            Some(What::Job {
                whom: whom?,
                net: net?,
                from: month?,
                benefits_end: !form.has("benefits", "go_on"),
            })
        }
        Change::Move => {
            let rent = amount(form, "rent");
            let commune = place(form);
            if form.failed() {
                return None;
            }
            let occupation = form.get("occupation").to_owned();
            Some(What::Move {
                rent: Some(rent?),
                commune,
                occupation: (!occupation.is_empty()).then_some(occupation),
                from: month?,
            })
        }
        Change::Birth => Some(What::Birth { month: month? }),
    }
}

fn sum(s: &Shell, sum: Sum) -> (Option<i64>, String) {
    match sum {
        Sum::Cents(0) => (Some(0), s.t("looked-if-zero")),
        Sum::Cents(cents) => (Some(cents), words::euros(cents)),
        Sum::Likely => (None, s.w("looked-status-likely")),
        Sum::Unlikely => (None, s.w("looked-status-unlikely")),
        Sum::Unknown => (None, s.t("looked-if-not-known")),
        Sum::NotModelled => (None, s.w("looked-status-not_modelled")),
        Sum::Assessed(Some(cents)) => {
            let told = s.w1("looked-if-assessed-amount", "amount", words::euros(cents));
            (Some(cents), told)
        }
        Sum::Assessed(None) => (None, s.w("looked-if-assessed")),
    }
}

fn sums(s: &Shell, all: &[Sum]) -> Amounts {
    all.iter().map(|one| sum(s, *one)).collect()
}

/// What was asked, in words.
fn said(s: &Shell, what: &What) -> String {
    let monthly = |key: &str, amount: Option<Amount>, from: Month| {
        let amount = amount.map(words::amount).unwrap_or_default();
        s.l.t2(key, ("amount", &amount), ("month", &words::month(s, from)))
    };
    match what {
        What::Job { net, from, .. } => monthly("looked-if-said-job", Some(*net), *from),
        What::Move { rent, from, .. } => monthly("looked-if-said-move", *rent, *from),
        What::Birth { month } => s.t1("looked-if-said-birth", "month", words::month(s, *month)),
    }
}

/// One line of the table that shows both sides, at that place of the months or years.
fn row(s: &Shell, label: String, (before, after): (&[Sum], &[Sum]), at: usize) -> Row {
    let side = |sums: &[Sum]| sums.get(at).map_or_else(String::new, |one| sum(s, *one).1);
    Row {
        label,
        before: side(before),
        after: side(after),
    }
}

impl Change {
    /// The month from which it holds.
    fn from(what: &What) -> Month {
        match what {
            What::Job { from, .. } | What::Move { from, .. } => *from,
            What::Birth { month } => *month,
        }
    }
}

/// Whether enough amounts are known on a side to draw them.
fn drawable(sums: &[Sum]) -> bool {
    let amount = |sum: &&Sum| matches!(sum, Sum::Cents(_) | Sum::Assessed(Some(_)));
    sums.iter().filter(amount).count() * 2 > sums.len()
}

/// The first questions about one fact each that would tell more.
fn asks(web: &Web, desk: &Desk, all: &Comparison) -> Vec<AskLine> {
    let (s, looked, today) = (&desk.s, &desk.record().looked, web.service.today());
    let questions = all.questions.iter();
    let single = questions.filter(|question| FactRef::from_code(&question.id).is_some());
    let line = |question: &Question| AskLine {
        about: question.id.clone(),
        text: words::kept_together(&question.text),
        whom: words::about(s, looked, today, question.whom),
    };
    single.take(MOST_ASKS).map(line).collect()
}

fn compared(
    (web, desk): (&Web, &Desk),
    form: &Form,
    (change, what): (Change, &What),
    all: &Comparison,
) -> Response {
    let s = &desk.s;
    let differs = |line: &&Line| line.before != line.after;
    let (changed, same): (Vec<&Line>, Vec<&Line>) = all.monthly.iter().partition(differs);
    let (yearly, same_yearly): (Vec<&Line>, Vec<&Line>) = all.yearly.iter().partition(differs);
    let settled = Change::from(what).plus(SETTLED);
    let found = all.months.iter().position(|month| *month == settled);
    let at = found.unwrap_or_else(|| all.months.len().saturating_sub(1));
    let shown = all.months.get(at).copied().unwrap_or(settled);
    let last = all.years.len().saturating_sub(1);
    let year = all.years.last().copied().unwrap_or_default();
    let mut rows = Vec::new();
    if all.wages.0 != all.wages.1 {
        let label = s.t("looked-if-wages");
        rows.push(row(s, label, (&all.wages.0, &all.wages.1), at));
    }
    rows.extend(
        changed
            .iter()
            .map(|line| row(s, line.label.clone(), (&line.before, &line.after), at)),
    );
    rows.extend(yearly.iter().map(|line| {
        let label = s.l.t2(
            "looked-if-yearly",
            ("right", &line.label),
            ("year", &format!("{year} ")),
        );
        row(s, label, (&line.before, &line.after), last)
    }));
    let drawn = |line: &&&Line| drawable(&line.before) && drawable(&line.after);
    let mut curves = Vec::new();
    let total = drawable(&all.total.0) && drawable(&all.total.1);
    if total && all.total.0 != all.total.1 {
        let label = s.t("looked-if-total");
        rows.push(row(s, label, (&all.total.0, &all.total.1), at));
        let (before, after) = (sums(s, &all.total.0), sums(s, &all.total.1));
        curves.push(curve(
            s,
            s.t("looked-if-total"),
            &all.months,
            &before,
            &after,
        ));
    }
    curves.extend(changed.iter().filter(drawn).map(|line| {
        let (before, after) = (sums(s, &line.before), sums(s, &line.after));
        curve(s, line.label.clone(), &all.months, &before, &after)
    }));
    let missing = |line: &Line| !line.missing.is_empty();
    let view = ComparedView {
        s,
        at: &desk.at,
        form,
        change: change.word(),
        title: change.title(s),
        said: said(s, what),
        asks: asks(web, desk, all),
        partial: all.monthly.iter().chain(&all.yearly).any(missing),
        at_month: words::month(s, shown),
        rows,
        same: same
            .iter()
            .chain(&same_yearly)
            .map(|line| line.label.clone())
            .collect(),
        curves,
        fields: change.fields(),
    };
    desk.show(StatusCode::OK, "looked-if-title", &view)
}

pub(super) async fn compare(State(web): State<Web>, desk: Desk, mut form: Form) -> Page {
    let change = Change::of(&desk)?;
    if form.get("act") == "edit" {
        return Ok(asking(&web, &desk, change, &form));
    }
    let Some(what) = read(&web, &desk, change, &mut form) else {
        return Ok(asking(&web, &desk, change, &form));
    };
    let (law, today) = (web.law.clone(), web.service.today());
    let (looked, asked) = (desk.record().looked.clone(), what.clone());
    // Each right is asked for each month, twice: beside the threads that answer pages.
    let done = tokio::task::spawn_blocking(move || {
        let home = Household::of(&law, &looked, today)?;
        whatif::compare(&home, &asked, MONTHS, &[])
    });
    match done.await.ok().flatten() {
        Some(all) => Ok(compared((&web, &desk), &form, (change, &what), &all)),
        None => Ok(see(&desk.to("/et-si"))),
    }
}
