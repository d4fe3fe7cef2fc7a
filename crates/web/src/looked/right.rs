//! One right: its indication and why, the law, what would change it, how to ask for it without a
//! computer and with one, and what the person decided.

use super::{
    desk::Desk,
    home,
    list::{mark, status},
    words,
};
use crate::{
    Web, fiche,
    form::{Choice, Form},
    page::{Page, PageError, Shell, see},
    person::who,
    procedures::{Line, WayLine},
};
use askama::Template;
use axum::extract::State;
use domain::{
    looked::{Decided, Decision},
    procedure::{Procedure, Way, WayKind},
};
use jiff::civil::Date;
use rights::{
    Right,
    asking::{Because, Fact, Looking, Per},
    explain::Status,
};

/// A condition and whether it holds.
struct ReasonLine {
    mark: &'static str,
    holds: String,
    text: String,
    law: String,
}

/// A figure of the law that counted.
struct FigureLine {
    words: String,
    source: String,
}

/// A procedure that was opened for it.
struct OpenedLine {
    path: String,
    title: String,
    state: String,
}

#[derive(Template)]
#[template(path = "looked/right.html")]
struct RightView<'a> {
    s: &'a Shell,
    at: &'a str,
    form: &'a Form,
    person: String,
    /// How its address names it.
    name: String,
    /// Its name in the law files.
    right: String,
    label: String,
    month: String,
    mark: &'static str,
    class: &'static str,
    status: String,
    amount: String,
    /// Why it is left to the administration, or not modelled.
    why: String,
    missing: Vec<String>,
    left: usize,
    reasons: Vec<ReasonLine>,
    change: String,
    decided: Vec<String>,
    decisions: Vec<Choice>,
    without: Vec<WayLine>,
    online: Vec<WayLine>,
    bring: Vec<String>,
    /// The page of the catalogue, where the edition in use has it.
    fiche: String,
    /// Its number, where the edition has it not.
    no_fiche: String,
    procedures: Vec<OpenedLine>,
    limits: Vec<String>,
    facts: Vec<String>,
    /// What there is none of, by name.
    none: String,
    /// Its own articles, then those of every rule that was used.
    law: String,
    laws: Vec<String>,
    figures: Vec<FigureLine>,
}

/// The amount with its period; empty where it is not known, or none is due.
pub(super) fn amount(s: &Shell, looking: &Looking) -> String {
    let due = matches!(looking.status, Status::Likely | Status::Assessed(_));
    let Some(cents) = looking.amount.filter(|cents| due && *cents > 0) else {
        return String::new();
    };
    let amount = words::euros(cents);
    match looking.per {
        Per::Month(_) => s.t1("looked-amount-month", "amount", amount),
        Per::Year(year) => s.l.t2(
            "looked-amount-year",
            ("amount", &amount),
            ("year", &format!("{year} ")),
        ),
    }
}

fn reason(s: &Shell, because: &Because) -> ReasonLine {
    let (mark, key) = match (because.holds, because.assessed) {
        (Some(true), true) => ("…", "looked-to-assess"),
        (Some(true), false) => ("✓", "looked-holds"),
        (Some(false), _) => ("–", "looked-fails"),
        (None, _) => ("?", "looked-not-known"),
    };
    ReasonLine {
        mark,
        holds: s.t(key),
        text: words::kept_together(&because.text),
        law: because.law.clone(),
    }
}

/// What there is none of, or is not so: each named once.
fn none_of(facts: &[&Fact]) -> String {
    let mut labels: Vec<&str> = Vec::new();
    for fact in facts {
        let label = words::named(&fact.label);
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    labels.join("\u{a0}; ")
}

/// What the person decided, with when, by whom it was written, and why.
fn decided(s: &Shell, desk: &Desk, right: &str) -> Vec<String> {
    let Some(view) = desk.record().looked.decision(right) else {
        return Vec::new();
    };
    let mut lines = vec![words::decision(s, &view.what)];
    lines.extend((!view.what.why.is_empty()).then(|| view.what.why.clone()));
    lines.push(s.t1("looked-decision-by", "name", who(s, &view.author)));
    lines
}

/// The procedures that were opened from its page, or that name it.
fn procedures(s: &Shell, desk: &Desk, looking: &Looking, today: Date) -> Vec<OpenedLine> {
    let record = desk.record();
    let fiche = looking.fiche.as_deref();
    let about = |p: &&Procedure| {
        let page = p.page.as_ref().map(|page| page.page.as_str());
        (page.is_some() && page == fiche) || p.facts.right == looking.label
    };
    let line = |p: &Procedure| {
        let line = Line::new(s, record, p, today);
        let at = if s.own {
            "/e".to_owned()
        } else {
            format!("/dossiers/{}", desk.opened.person)
        };
        OpenedLine {
            path: format!("{at}/demarches/{}", line.id),
            title: line.title,
            state: line.state,
        }
    };
    record.procedures.iter().filter(about).map(line).collect()
}

fn shown(web: &Web, desk: &Desk, right: &Right, form: &Form) -> Page {
    let (s, law, today) = (&desk.s, &*web.law, web.service.today());
    let looked = &desk.record().looked;
    let Some(home) = home(web, desk) else {
        return Ok(see(&desk.to("/foyer")));
    };
    let looking = home.answer(&right.name).ok_or(PageError::NotFound)?;
    let offer = looking
        .fiche
        .as_deref()
        .and_then(|page| fiche::offer(&web.catalogue, page));
    let ways = offer.iter().flat_map(|offer| &offer.ways);
    let (without, online): (Vec<_>, Vec<_>) = ways.partition(|w| w.needs_no_computer());
    let lines = |ways: Vec<_>| ways.into_iter().map(|w| WayLine::offered(s, w)).collect();
    let (mut without, online): (Vec<_>, Vec<_>) = (lines(without), lines(online));
    if without.is_empty() {
        // There is always one: said even where no page of the catalogue tells it.
        without.push(WayLine::offered(
            s,
            &Way {
                kind: WayKind::Counter,
                words: s.w("looked-way-counter"),
                address: String::new(),
            },
        ));
    }
    let (none, facts): (Vec<&Fact>, Vec<&Fact>) =
        looking.facts.iter().partition(|fact| words::is_none(fact));
    let assessed = |because: &&Because| because.assessed && because.holds != Some(true);
    let (mark, class) = mark(&looking.status);
    let fiche = offer.map(|o| o.page).unwrap_or_default();
    let number = looking.fiche.clone().filter(|_| fiche.is_empty());
    let view = RightView {
        at: &desk.at,
        person: desk.opened.person.to_string(),
        name: desk.right.clone(),
        right: right.name.clone(),
        label: looking.label.clone(),
        month: words::month(s, super::this_month(web)),
        mark,
        class,
        status: status(s, &looking.status),
        amount: amount(s, &looking),
        why: looking.why.clone().unwrap_or_default(),
        missing: looking
            .missing
            .iter()
            .map(|lacking| words::lacking(s, looked, today, lacking))
            .collect(),
        left: home.questions(&[&right.name]).len(),
        // What would be left to the administration is said where it is.
        reasons: looking
            .reasons
            .iter()
            .filter(|because| !assessed(because))
            .map(|because| reason(s, because))
            .collect(),
        change: looking
            .change
            .as_ref()
            .map(|change| words::change(s, looked, today, change))
            .unwrap_or_default(),
        decided: decided(s, desk, &right.name),
        decisions: Decision::ALL
            .iter()
            .map(|d| {
                let word = d.word();
                Choice::new(word, s.w(&format!("looked-decision-{word}")))
            })
            .collect(),
        without,
        online,
        bring: looking.bring.clone(),
        fiche,
        no_fiche: number.unwrap_or_default(),
        procedures: procedures(s, desk, &looking, today),
        limits: looking.limits.clone(),
        facts: facts
            .into_iter()
            .map(|fact| words::used(s, law, looked, today, fact))
            .collect(),
        none: none_of(&none),
        law: looking.law.clone(),
        laws: looking.laws.clone(),
        figures: looking
            .figures
            .iter()
            .map(|figure| FigureLine {
                words: words::figure(s, figure),
                source: figure.source.clone(),
            })
            .collect(),
        s,
        form,
    };
    Ok(desk.show(form.status(), "looked", &view))
}

pub(super) async fn page(State(web): State<Web>, desk: Desk) -> Page {
    let right = desk.right_named(&web.law, &desk.right);
    let right = right.ok_or(PageError::NotFound)?;
    shown(&web, &desk, right, &Form::default())
}

pub(super) async fn decide(State(web): State<Web>, desk: Desk, mut form: Form) -> Page {
    let right = desk.right_named(&web.law, &desk.right);
    // Law files that changed meanwhile may have moved the place that an address tells.
    let right = right.filter(|r| r.name == form.get("right"));
    let right = right.ok_or(PageError::NotFound)?;
    let Some(decision) = Decision::from_word(form.get("decision")) else {
        form.fail("decision", "error-choice");
        return shown(&web, &desk, right, &form);
    };
    let decided = Decided {
        right: right.name.clone(),
        decision,
        why: form.get("why").trim().to_owned(),
        on: web.service.today(),
        again: None,
    };
    let done = web.service.decide_on_right(&desk.who(), decided).await;
    if super::taken(&mut form, "why", done)? {
        return Ok(see(&desk.to(&format!("/aide/{}#choix", desk.right))));
    }
    shown(&web, &desk, right, &form)
}
