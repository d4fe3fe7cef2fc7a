//! The pieces of a procedure: the proposed list checked, one more asked for, and how each is met.

use super::{Found, at, failed, find, page::back};
use crate::{
    Access, Web,
    form::{Choice, Form},
    guard::AsWorker,
    page::{Page, PageError, Shell, see, show_as},
    person::Paper,
    procedures::PieceLine,
    routes::{Route, on_get, on_post},
    worker::{person, record::Side},
};
use askama::Template;
use axum::extract::{Path, State};
use domain::{
    document::Validity,
    id::PieceId,
    procedure::{Met, PieceView},
    record::{DocumentView, Record},
};
use jiff::civil::Date;
use service::Who;

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_post(
            "/dossiers/{person}/demarches/{procedure}/pieces",
            Access::Record,
            check,
        ),
        on_post(
            "/dossiers/{person}/demarches/{procedure}/pieces/autre",
            Access::Record,
            ask,
        ),
        on_get(
            "/dossiers/{person}/demarches/{procedure}/pieces/{piece}",
            Access::Record,
            piece_page,
        ),
        on_post(
            "/dossiers/{person}/demarches/{procedure}/pieces/{piece}",
            Access::Record,
            meet,
        ),
    ]
}

async fn check(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, procedure)): Path<(String, String)>,
    form: Form,
) -> Page {
    let which = procedure.parse().map_err(|_| PageError::NotFound)?;
    let kept: Vec<PieceId> = form.all("kept").filter_map(|k| k.parse().ok()).collect();
    let done = web
        .service
        .check_pieces(&session, person(&id)?, which, &kept)
        .await;
    back(&web, &session, (&id, &procedure), form, done).await
}

async fn ask(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, procedure)): Path<(String, String)>,
    form: Form,
) -> Page {
    let which = procedure.parse().map_err(|_| PageError::NotFound)?;
    let asked = web
        .service
        .ask_piece(&session, person(&id)?, which, form.get("label"))
        .await;
    back(&web, &session, (&id, &procedure), form, asked.map(drop)).await
}

#[derive(Template)]
#[template(path = "worker/procedures/piece.html")]
struct PiecePage {
    s: Shell,
    side: Side,
    form: Form,
    id: String,
    name: String,
    piece: PieceLine,
    hows: Vec<Choice>,
    documents: Vec<Choice>,
}

/// The documents of the safe, those that usually meet such a piece first, those that ended last.
fn documents(s: &Shell, record: &Record, view: &PieceView, today: Date) -> Vec<Choice> {
    let usual = view.piece.usual_kinds();
    let mut all: Vec<&DocumentView> = record.documents.iter().rev().collect();
    all.sort_by_key(|d| {
        let facts = &d.document.facts;
        let ended = facts.validity(today) == Validity::Ended;
        (!usual.contains(&facts.kind), ended)
    });
    let mut choices = vec![Choice::new("", s.t("piece-choose-document"))];
    choices.extend(all.into_iter().map(|d| {
        let paper = Paper::new(s, d, today);
        let usual = if usual.contains(&d.document.facts.kind) {
            s.t("piece-usual")
        } else {
            String::new()
        };
        let words = [paper.title, paper.validity, usual];
        let words: Vec<String> = words.into_iter().filter(|w| !w.is_empty()).collect();
        Choice::new(paper.id.to_string(), words.join(", "))
    }));
    choices
}

fn piece_form(
    web: &Web,
    found: Found,
    piece: PieceId,
    mut form: Form,
) -> Result<PiecePage, PageError> {
    let today = web.service.today();
    let record = &found.opened.record;
    let p = found.procedure()?;
    let view = p.piece(piece).map_err(|_| PageError::NotFound)?;
    let documents = documents(&found.s, record, view, today);
    if form.get("how").is_empty() {
        match view.met.as_ref().map(|m| &m.0) {
            Some(Met::Document(id)) => {
                form.set("how", "document").set("document", id.to_string());
            }
            Some(Met::GivenOn(day)) => {
                form.set("how", "given").set("given_on", day.to_string());
            }
            Some(Met::NotNeeded(reason)) => {
                form.set("how", "needless").set("reason", reason.as_str());
            }
            // What usually meets it is proposed, never chosen.
            None | Some(Met::NotYet) => {}
        }
    }
    let name = p.facts.title.clone();
    let piece = PieceLine::new(&found.s, record, view, today);
    let s = found.s;
    let hows = ["document", "given", "needless", "missing"]
        .map(|how| Choice::new(how, s.t(&format!("piece-how-{how}"))));
    Ok(PiecePage {
        piece,
        name,
        id: found.id.to_string(),
        hows: hows.into(),
        documents,
        side: found.side,
        s,
        form,
    })
}

async fn piece_page(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, procedure, piece)): Path<(String, String, String)>,
) -> Page {
    let piece = piece.parse().map_err(|_| PageError::NotFound)?;
    let found = find(&web, &session, &id, &procedure).await?;
    let page = piece_form(&web, found, piece, Form::default())?;
    Ok(show_as(page.form.status(), &page))
}

/// How the piece is met, as typed.
fn met(form: &mut Form) -> Option<Met> {
    match form.get("how") {
        "document" => {
            let chosen = form.get("document").parse().ok();
            if chosen.is_none() {
                form.fail("document", "error-piece-document");
            }
            chosen.map(Met::Document)
        }
        "given" => {
            let day = form.day("given_on");
            if day.is_none() && form.get("given_on").trim().is_empty() {
                form.fail("given_on", "error-day");
            }
            day.map(Met::GivenOn)
        }
        "needless" => Some(Met::NotNeeded(form.get("reason").trim().to_owned())),
        "missing" => Some(Met::NotYet),
        _ => {
            form.fail("how", "error-piece-how");
            None
        }
    }
}

async fn meet(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, procedure, piece)): Path<(String, String, String)>,
    mut form: Form,
) -> Page {
    let which = procedure.parse().map_err(|_| PageError::NotFound)?;
    let piece = piece.parse().map_err(|_| PageError::NotFound)?;
    if let Some(met) = met(&mut form) {
        let who = Who::Worker(&session, person(&id)?);
        match web.service.meet_piece(&who, which, piece, met).await {
            Ok(()) => return Ok(see(&at(&id, &procedure, "#pieces"))),
            Err(error) => failed(&mut form, error)?,
        }
    }
    let found = find(&web, &session, &id, &procedure).await?;
    let page = piece_form(&web, found, piece, form)?;
    Ok(show_as(page.form.status(), &page))
}
