//! My procedures: where each stands, what is missing from me, what comes next, who did the last
//! thing. Short sentences, one thing a page.

use super::{Line as EntryLine, MandateLine};
use crate::{
    Access, Web, fiche,
    guard::AsPerson,
    page::{Page, PageError, Shell, see, show},
    procedures::{
        DeadlineLine, LetterLine, Line, PieceLine, WayLine, amounts, entries_of, mandates_used,
        strip::{self, paths},
        told, ways,
    },
    routes::{Route, on_get, on_post},
};
use askama::Template;
use axum::extract::{Path, State};
use domain::{
    entry::Content,
    id::ProcedureId,
    letter::LetterKind,
    procedure::{Met, Procedure},
    words::AppointmentShow,
};
use service::{Which, Who};

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get("/e/demarches", Access::Person, list),
        on_get("/e/demarches/{procedure}", Access::Person, one),
        on_post(
            "/e/demarches/{procedure}/pieces/{piece}",
            Access::Person,
            given,
        ),
        on_get(
            "/e/demarches/{procedure}/lettres/{letter}",
            Access::Person,
            letter,
        ),
        on_get("/e/manque", Access::Person, missing),
        on_get("/e/chemin", Access::Person, path),
    ]
}

#[derive(Template)]
#[template(path = "person/procedures/list.html")]
struct ListPage {
    s: Shell,
    live: Vec<Line>,
    over: Vec<Line>,
    missing: usize,
}

async fn list(State(web): State<Web>, session: AsPerson) -> Page {
    let opened = web.service.open_own(&session, Which::All).await?;
    let s = Shell::person(&session, web.service.now());
    let today = web.service.today();
    let record = &opened.record;
    let line = |p: &Procedure| Line::new(&s, record, p, today);
    let (live, over): (Vec<&Procedure>, Vec<&Procedure>) =
        record.procedures.iter().rev().partition(|p| p.goes_on());
    let live: Vec<Line> = live.into_iter().map(line).collect();
    let over = over.into_iter().map(line).collect();
    let missing = live.iter().map(|l| l.lacking).sum();
    Ok(show(&ListPage {
        s,
        live,
        over,
        missing,
    }))
}

#[derive(Template)]
#[template(path = "person/procedures/page.html")]
struct ProcedurePage {
    s: Shell,
    id: ProcedureId,
    title: String,
    state: String,
    /// What comes next, in a sentence.
    next: String,
    organisation: String,
    reference: String,
    asked: String,
    granted: String,
    /// Why it was refused, the day it was told, and how to contest it.
    refused: Option<(String, String, String)>,
    letters: Vec<LetterLine>,
    missing: Vec<PieceLine>,
    others: Vec<PieceLine>,
    deadlines: Vec<DeadlineLine>,
    /// The last thing done.
    last: Option<EntryLine>,
    done: Vec<EntryLine>,
    mandates: Vec<MandateLine>,
    without: Vec<WayLine>,
    online: Vec<WayLine>,
    /// The official page it was opened from, as it was then; empty where it is no more.
    page_path: String,
}

async fn one(State(web): State<Web>, session: AsPerson, Path(id): Path<String>) -> Page {
    let id: ProcedureId = id.parse().map_err(|_| PageError::NotFound)?;
    let opened = web.service.open_own(&session, Which::All).await?;
    let s = Shell::person(&session, web.service.now());
    let today = web.service.today();
    let record = &opened.record;
    let p = record.procedure(id).ok_or(PageError::NotFound)?;
    let state = p.standing().state().word();
    let pieces = p.asked_pieces();
    let pieces = pieces.map(|v| PieceLine::new(&s, record, v, today));
    let (missing, others) = pieces.partition(|line| line.lacks);
    let shown = p.live_deadlines();
    let shown = shown.filter(|d| d.deadline.show != AppointmentShow::Hidden);
    let deadlines = shown.map(|d| DeadlineLine::new(&s, record, d, today));
    // What was done, latest first; who wrote what else stands with what is written.
    let mut done: Vec<EntryLine> = entries_of(record, id)
        .filter(|e| {
            matches!(&e.body.content, Content::Procedure(said)
                if told::step_of(&said.event).is_some())
        })
        .map(|e| EntryLine::new(&s, record, e))
        .collect();
    done.reverse();
    let last = p.last_step().map(|step| step.sequence);
    let last = last.and_then(|n| done.iter().position(|line| line.sequence == n));
    let last = last.map(|at| done.remove(at));
    let (without, online) = ways(&s, p);
    let (asked, granted) = amounts(&s, p);
    let page = p.page.as_ref();
    Ok(show(&ProcedurePage {
        page_path: page
            .map(|taken| fiche::as_it_was(&web, "/e/fiches", taken))
            .unwrap_or_default(),
        id,
        title: p.facts.title.clone(),
        state: s.t(&format!("person-state-{state}")),
        next: s.t(&format!("person-coming-{state}")),
        organisation: p.facts.organisation.clone(),
        reference: p.facts.reference.clone(),
        asked,
        granted,
        refused: p
            .refusal()
            .map(|r| (r.reason.clone(), s.l.day(r.notified), r.way.clone())),
        letters: p
            .letters_to_sign()
            .map(|l| LetterLine::new(&s, l))
            .collect(),
        missing,
        others,
        deadlines: deadlines.collect(),
        last,
        done,
        mandates: mandates_used(&s, record, p, today),
        without,
        online,
        s,
    }))
}

#[derive(Template)]
#[template(path = "person/procedures/letter.html")]
struct LetterPage {
    s: Shell,
    id: ProcedureId,
    line: LetterLine,
    text: String,
}

/// A letter to read, print and sign.
async fn letter(
    State(web): State<Web>,
    session: AsPerson,
    Path((id, kind)): Path<(String, String)>,
) -> Page {
    let id: ProcedureId = id.parse().map_err(|_| PageError::NotFound)?;
    let kind = LetterKind::from_word(&kind).ok_or(PageError::NotFound)?;
    let opened = web.service.open_own(&session, Which::All).await?;
    let s = Shell::person(&session, web.service.now());
    let p = opened.record.procedure(id).ok_or(PageError::NotFound)?;
    let found = p.letter(kind).ok_or(PageError::NotFound)?;
    Ok(show(&LetterPage {
        id,
        line: LetterLine::new(&s, found),
        text: found.text.clone(),
        s,
    }))
}

/// The person says that they gave a paper: today.
async fn given(
    State(web): State<Web>,
    session: AsPerson,
    Path((id, piece)): Path<(String, String)>,
    _form: crate::form::Form,
) -> Page {
    let procedure = id.parse().map_err(|_| PageError::NotFound)?;
    let piece = piece.parse().map_err(|_| PageError::NotFound)?;
    let met = Met::GivenOn(web.service.today());
    let who = Who::Person(&session);
    web.service.meet_piece(&who, procedure, piece, met).await?;
    Ok(see(&format!("/e/demarches/{id}")))
}

/// What is missing for one procedure.
struct Missing {
    title: String,
    organisation: String,
    pieces: Vec<PieceLine>,
    /// The day before which they are asked for.
    before: String,
}

#[derive(Template)]
#[template(path = "person/procedures/missing.html")]
struct MissingPage {
    s: Shell,
    all: Vec<Missing>,
}

async fn missing(State(web): State<Web>, session: AsPerson) -> Page {
    let opened = web.service.open_own(&session, Which::All).await?;
    let s = Shell::person(&session, web.service.now());
    let today = web.service.today();
    let record = &opened.record;
    let all = record
        .procedures
        .iter()
        .filter(|p| p.goes_on())
        .map(|p| Missing {
            title: p.facts.title.clone(),
            organisation: p.facts.organisation.clone(),
            pieces: p
                .lacking(&record.documents, today)
                .map(|v| PieceLine::new(&s, record, v, today))
                .collect(),
            before: p
                .live_deadlines()
                .map(|d| &d.deadline)
                .find(|d| {
                    d.kind == domain::procedure::DeadlineKind::Pieces
                        && d.show != AppointmentShow::Hidden
                })
                .map(|d| s.l.day(d.on))
                .unwrap_or_default(),
        })
        .filter(|m| !m.pieces.is_empty())
        .collect();
    Ok(show(&MissingPage { s, all }))
}

#[derive(Template)]
#[template(path = "person/procedures/path.html")]
struct PathPage {
    s: Shell,
    paths: Vec<strip::Path>,
}

async fn path(State(web): State<Web>, session: AsPerson) -> Page {
    let opened = web.service.open_own(&session, Which::All).await?;
    let s = Shell::person(&session, web.service.now());
    let paths = paths(&s, &opened.record.acts());
    Ok(show(&PathPage { s, paths }))
}
