//! The deadlines of a procedure: proposed by a rule with its source, or typed with theirs; set by a
//! person, done or cancelled by a person.

use super::{Found, at, failed, find, page::back};
use crate::{
    Access, Web,
    form::{Choice, Form},
    guard::AsWorker,
    page::{Page, PageError, Shell, see, show_as},
    person::Paper,
    routes::{Route, on_get, on_post},
    worker::{person, record::Side},
};
use askama::Template;
use axum::extract::{Path, Query, State};
use domain::{
    procedure::{DeadlineEnd, DeadlineKind, DeadlineRule, DeadlineSource},
    words::AppointmentShow,
};
use service::NewDeadline;
use std::collections::HashMap;

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get(
            "/dossiers/{person}/demarches/{procedure}/echeance",
            Access::Record,
            new_page,
        ),
        on_post(
            "/dossiers/{person}/demarches/{procedure}/echeance",
            Access::Record,
            set,
        ),
        on_post(
            "/dossiers/{person}/demarches/{procedure}/echeances/{deadline}",
            Access::Record,
            end,
        ),
    ]
}

#[derive(Template)]
#[template(path = "worker/procedures/deadline.html")]
struct DeadlinePage {
    s: Shell,
    side: Side,
    form: Form,
    id: String,
    name: String,
    kinds: Vec<Choice>,
    rules: Vec<Choice>,
    documents: Vec<Choice>,
    shows: Vec<Choice>,
    /// The day that the chosen rule gives, to be checked: in words, with the text it rests on.
    counted: Option<(String, String)>,
}

fn deadline_form(
    web: &Web,
    found: Found,
    mut form: Form,
    counted: Option<(String, String)>,
) -> Result<DeadlinePage, PageError> {
    let today = web.service.today();
    let name = found.procedure()?.facts.title.clone();
    let s = found.s;
    if form.get("show").is_empty() {
        form.set("show", "notified");
    }
    let mut kinds = vec![Choice::new("", s.t("deadline-kind-choose"))];
    let words = DeadlineKind::ALL.iter().map(|k| k.word());
    kinds.extend(Choice::words("deadline", words));
    let mut rules = vec![Choice::new("", s.t("deadline-rule-none"))];
    rules.extend(Choice::words(
        "rule",
        DeadlineRule::ALL.iter().map(|r| r.word()),
    ));
    let mut documents = vec![Choice::new("", s.t("deadline-document-none"))];
    let ending = found.opened.record.documents.iter().rev();
    let ending = ending.filter(|d| d.document.facts.valid_until.is_some());
    documents.extend(ending.map(|d| {
        let paper = Paper::new(&s, d, today);
        let words = format!("{}, {}", paper.title, paper.validity);
        Choice::new(paper.id.to_string(), words)
    }));
    let shows = AppointmentShow::ALL.iter();
    let shows = shows.map(|w| Choice::new(w.word(), s.t(&format!("show-{}", w.word()))));
    Ok(DeadlinePage {
        kinds,
        rules,
        documents,
        shows: shows.collect(),
        id: found.id.to_string(),
        side: found.side,
        name,
        s,
        form,
        counted,
    })
}

async fn new_page(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, procedure)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
) -> Page {
    let found = find(&web, &session, &id, &procedure).await?;
    let mut form = Form::default();
    let deadline = query.get("echeance").and_then(|d| d.parse().ok());
    let known = deadline.and_then(|d| {
        let all = &found.procedure().ok()?.deadlines;
        all.iter().find(|known| known.deadline.id == d).cloned()
    });
    if let Some(known) = known {
        let d = known.deadline;
        form.set("deadline", d.id.to_string())
            .set("kind", d.kind.word())
            .set("on", d.on.to_string())
            .set("words", d.words)
            .set("show", d.show.word());
        match d.source {
            DeadlineSource::Rule { rule, from } => {
                form.set("rule", rule.word()).set("from", from.to_string());
            }
            DeadlineSource::Document(document) => {
                form.set("document", document.to_string());
            }
            DeadlineSource::Said(words) => {
                form.set("source", words);
            }
        }
    }
    let page = deadline_form(&web, found, form, None)?;
    Ok(show_as(page.form.status(), &page))
}

/// Where the day comes from, as typed: a rule, a document or words, one of them.
fn source(form: &mut Form) -> Option<DeadlineSource> {
    let rule = DeadlineRule::from_word(form.get("rule"));
    let document = form.get("document").parse().ok();
    let said = form.get("source").trim().to_owned();
    match (rule, document, said.is_empty()) {
        (Some(rule), None, true) => {
            let from = form.day("from");
            if from.is_none() && form.get("from").trim().is_empty() {
                form.fail("from", "error-deadline-from");
            }
            from.map(|from| DeadlineSource::Rule { rule, from })
        }
        (None, Some(document), true) => Some(DeadlineSource::Document(document)),
        (None, None, false) => Some(DeadlineSource::Said(said)),
        _ => {
            form.fail("source", "error-deadline-source");
            None
        }
    }
}

/// The deadline that was typed. Where a rule gives the day and none was typed, the day is written
/// in the form to be checked: it is not kept yet.
fn deadline(form: &mut Form, found: &Found) -> (Option<NewDeadline>, Option<(String, String)>) {
    let source = source(form);
    let mut counted = None;
    let typed = form.get("on").trim().to_owned();
    if typed.is_empty() && !form.failed() {
        let l = found.s.l;
        match &source {
            Some(DeadlineSource::Rule { rule, from }) => {
                let day = rule.day(*from);
                form.set("on", day.to_string());
                if form.get("kind").is_empty() {
                    form.set("kind", rule.kind().word());
                }
                counted = Some((l.day(day), l.t(&format!("rule-{}-source", rule.word()))));
            }
            Some(DeadlineSource::Document(id)) => {
                let facts = found.opened.record.document(*id).map(|d| &d.document.facts);
                if let Some(day) = facts.and_then(|f| f.valid_until) {
                    form.set("on", day.to_string());
                    counted = Some((l.day(day), l.t("deadline-document-end")));
                }
            }
            _ => {}
        }
    }
    if counted.is_some() {
        return (None, counted);
    }
    let on = form.day("on");
    if on.is_none() && typed.is_empty() {
        form.fail("on", "error-day");
    }
    let kind = DeadlineKind::from_word(form.get("kind"));
    if kind.is_none() {
        form.fail("kind", "error-deadline-kind");
    }
    let show = AppointmentShow::from_word(form.get("show"));
    if show.is_none() {
        form.fail("show", "error-deadline-show");
    }
    let words = form.get("words").trim().to_owned();
    let new = || {
        Some(NewDeadline {
            kind: kind?,
            on: on?,
            source: source?,
            words,
            show: show?,
        })
    };
    (new(), None)
}

async fn set(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, procedure)): Path<(String, String)>,
    mut form: Form,
) -> Page {
    let found = find(&web, &session, &id, &procedure).await?;
    let (new, counted) = deadline(&mut form, &found);
    if let Some(new) = new {
        let known = form.get("deadline").parse().ok();
        let set = web
            .service
            .set_deadline(&session, person(&id)?, found.id, known, new);
        match set.await {
            Ok(_) => return Ok(see(&at(&id, &procedure, "#echeances"))),
            Err(error) => failed(&mut form, error)?,
        }
    }
    let page = deadline_form(&web, found, form, counted)?;
    Ok(show_as(page.form.status(), &page))
}

async fn end(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, procedure, deadline)): Path<(String, String, String)>,
    form: Form,
) -> Page {
    let which = procedure.parse().map_err(|_| PageError::NotFound)?;
    let deadline = deadline.parse().map_err(|_| PageError::NotFound)?;
    let end = if form.get("end") == "cancelled" {
        DeadlineEnd::Cancelled
    } else {
        DeadlineEnd::Done
    };
    let done = web
        .service
        .end_deadline(&session, person(&id)?, which, deadline, end)
        .await;
    back(&web, &session, (&id, &procedure), form, done).await
}
