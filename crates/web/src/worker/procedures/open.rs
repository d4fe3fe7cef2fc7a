//! Opening a procedure, and mending what is known of it: one form for both.

use super::{Found, at, failed, find, open_record};
use crate::{
    Access, Web, fiche,
    form::{Choice, Form},
    guard::AsWorker,
    page::{Page, PageError, Shell, see, show_as},
    routes::{Route, on_get, on_post},
    worker::{
        acts::{compartments, themes},
        person,
        record::Side,
    },
};
use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use domain::{
    Compartment,
    procedure::{Amount, AmountPer, ProcedureFacts},
    words::Theme,
};
use service::{NewProcedure, Offer, OpenedRecord};
use std::collections::HashMap;

/// The most pages shown beside the form.
const FOUND: usize = 8;

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get(
            "/dossiers/{person}/demarches/nouvelle",
            Access::Record,
            new_page,
        ),
        on_post("/dossiers/{person}/demarches/nouvelle", Access::Record, new),
        on_get(
            "/dossiers/{person}/demarches/{procedure}/modifier",
            Access::Record,
            facts_page,
        ),
        on_post(
            "/dossiers/{person}/demarches/{procedure}/modifier",
            Access::Record,
            change,
        ),
    ]
}

#[derive(Template)]
#[template(path = "worker/procedures/facts.html")]
struct FactsPage {
    s: Shell,
    side: Side,
    form: Form,
    themes: Vec<Choice>,
    pers: Vec<Choice>,
    compartments: Vec<Choice>,
    /// The procedure whose facts are mended; `None` where one is opened.
    changed: Option<String>,
    /// The page it is opened from, in words, with what it proposes.
    from: Option<FromPage>,
    /// Looking for such a page.
    finder: Finder,
}

/// The pages of the catalogue that answer what was looked for.
#[derive(Default)]
struct Finder {
    asked: String,
    rows: Vec<fiche::Row>,
}

impl Finder {
    fn new(web: &Web, person: &str, typed: &str) -> Self {
        let asked = fiche::asked(typed);
        let edition = web.catalogue.current();
        let mut rows = fiche::rows(&edition, "/fiches", &asked);
        rows.truncate(FOUND);
        for row in &mut rows {
            let page = row.path.trim_start_matches("/fiches/").to_owned();
            row.path = format!("/dossiers/{person}/demarches/nouvelle?fiche={page}");
        }
        Self { asked, rows }
    }
}

/// What a page brings to the procedure that is opened from it.
struct FromPage {
    words: String,
    pieces: Vec<String>,
    ways: Vec<String>,
}

impl FromPage {
    fn new(s: &Shell, offer: &Offer) -> Self {
        let way = |w: &domain::procedure::Way| {
            format!("{} : {}", s.l.word("way", w.kind.word()), w.words)
        };
        Self {
            words: s.l.t2(
                "procedure-from-page",
                ("title", &offer.title),
                ("day", &s.l.day(offer.edition)),
            ),
            pieces: once(offer.pieces.iter().map(|p| p.label.clone())),
            ways: offer.ways.iter().map(way).collect(),
        }
    }
}

/// Each text once, in order: cases of a page ask for the same pieces.
fn once(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for text in texts {
        if !kept.contains(&text) {
            kept.push(text);
        }
    }
    kept
}

fn facts_form(
    s: Shell,
    side: Side,
    opened: &OpenedRecord,
    mut form: Form,
    (changed, offer): (Option<String>, Option<&Offer>),
) -> FactsPage {
    if form.get("per").is_empty() {
        form.set("per", AmountPer::Month.word());
    }
    // Where the theme says a closed compartment, it is the one the worker writes in otherwise.
    if form.get("rubrique").is_empty() {
        let usual = Theme::from_word(form.get("theme")).map(Theme::usual_compartment);
        let usual = usual.filter(|c| opened.open.contains(*c));
        form.set("rubrique", usual.unwrap_or(Compartment::Social).word());
    }
    let mut all = vec![Choice::new("", s.t("step-no-theme"))];
    all.extend(themes());
    FactsPage {
        themes: all,
        pers: Choice::words("per", AmountPer::ALL.iter().map(|p| p.word())),
        compartments: compartments(&s, opened),
        from: offer.map(|offer| FromPage::new(&s, offer)),
        finder: Finder::default(),
        s,
        side,
        form,
        changed,
    }
}

fn amount(form: &mut Form, field: &str) -> Option<Amount> {
    let typed = form.get(field).trim().to_owned();
    if typed.is_empty() {
        return None;
    }
    let amount = Amount::parse(&typed).ok();
    if amount.is_none() {
        form.fail(field, "error-amount");
    }
    amount
}

/// What is known of a procedure, as typed.
fn facts(form: &mut Form) -> Option<ProcedureFacts> {
    let theme = Theme::from_word(form.get("theme"));
    if theme.is_none() {
        form.fail("theme", "error-theme");
    }
    let (asked, granted) = (amount(form, "asked"), amount(form, "granted"));
    let text = |name: &str| form.get(name).trim().to_owned();
    if text("title").is_empty() {
        let key = "error-line-empty";
        form.fail("title", key);
        return None;
    }
    let facts = ProcedureFacts {
        title: text("title"),
        theme: theme?,
        right: text("right"),
        organisation: text("organisation"),
        reference: text("reference"),
        asked,
        granted,
        per: AmountPer::from_word(form.get("per")).unwrap_or(AmountPer::Once),
    };
    (!form.failed()).then_some(facts)
}

async fn new_page(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Page {
    let (s, opened, side) = open_record(&web, &session, &id, "procedures").await?;
    let mut form = Form::default();
    form.set("follow", "yes");
    if let Some(theme) = query.get("theme") {
        form.set("theme", theme.as_str());
    }
    let right = query
        .get("droit")
        .and_then(|name| web.law.rights().iter().find(|r| r.name == *name));
    if let Some(right) = right {
        form.set("title", right.label.as_str())
            .set("right", right.label.as_str());
    }
    let offer = query
        .get("fiche")
        .and_then(|page| fiche::offer(&web.catalogue, page));
    if let Some(offer) = &offer {
        form.set("fiche", offer.page.as_str())
            .set("title", offer.title.as_str());
        if let Some(theme) = offer.theme {
            form.set("theme", theme.word());
        }
    } else if query.contains_key("fiche") {
        form.fail("title", "error-fiche");
    }
    let mut page = facts_form(s, side, &opened, form, (None, offer.as_ref()));
    page.finder = Finder::new(&web, &id, query.get("q").map_or("", String::as_str));
    Ok(show_as(page.form.status(), &page))
}

async fn new(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    mut form: Form,
) -> Page {
    let compartment = Compartment::from_word(form.get("rubrique"));
    if compartment.is_none() {
        form.fail("rubrique", "error-compartment");
    }
    let fiche = form.get("fiche").to_owned();
    let offer = fiche::offer(&web.catalogue, &fiche);
    if offer.is_none() && !fiche.is_empty() {
        // The edition changed meanwhile: what was typed is given back, to be opened free.
        form.fail("title", "error-fiche");
        form.forget("fiche");
    }
    let facts = facts(&mut form);
    if let (Some(facts), Some(compartment), false) = (facts, compartment, form.failed()) {
        let new = NewProcedure {
            compartment,
            facts,
            offer: offer.clone(),
            follow: form.has("follow", "yes"),
        };
        match web
            .service
            .open_procedure(&session, person(&id)?, new)
            .await
        {
            Ok(procedure) => return Ok(see(&at(&id, procedure, ""))),
            Err(error) => failed(&mut form, error)?,
        }
    }
    let (s, opened, side) = open_record(&web, &session, &id, "procedures").await?;
    let page = facts_form(s, side, &opened, form, (None, offer.as_ref()));
    Ok(show_as(page.form.status(), &page))
}

fn shown(found: Found, form: Form) -> Response {
    let Found {
        s,
        opened,
        side,
        id,
    } = found;
    let page = facts_form(s, side, &opened, form, (Some(id.to_string()), None));
    show_as(page.form.status(), &page)
}

async fn facts_page(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, procedure)): Path<(String, String)>,
) -> Page {
    let found = find(&web, &session, &id, &procedure).await?;
    let facts = &found.procedure()?.facts;
    let typed = |a: Option<Amount>| a.map(|a| a.to_string()).unwrap_or_default();
    let mut form = Form::default();
    form.set("title", facts.title.as_str())
        .set("theme", facts.theme.word())
        .set("right", facts.right.as_str())
        .set("organisation", facts.organisation.as_str())
        .set("reference", facts.reference.as_str())
        .set("asked", typed(facts.asked))
        .set("granted", typed(facts.granted))
        .set("per", facts.per.word());
    Ok(shown(found, form))
}

async fn change(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, procedure)): Path<(String, String)>,
    mut form: Form,
) -> Page {
    let which = procedure.parse().map_err(|_| PageError::NotFound)?;
    if let Some(facts) = facts(&mut form) {
        let changed = web
            .service
            .change_procedure(&session, person(&id)?, which, facts);
        match changed.await {
            Ok(()) => return Ok(see(&at(&id, &procedure, ""))),
            Err(error) => failed(&mut form, error)?,
        }
    }
    Ok(shown(find(&web, &session, &id, &procedure).await?, form))
}
