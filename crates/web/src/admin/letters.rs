//! The organisation's own templates of letters.

use crate::{
    Access, Web,
    form::Form,
    guard::AsWorker,
    page::{Page, PageError, Shell, see, show, show_as},
    routes::{Route, on_get, on_post},
};
use askama::Template;
use axum::extract::{Path, State};
use domain::letter::{LetterKind, PLACES, TemplateError};
use service::{LetterError, LetterTemplate};

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get("/administration/courriers", Access::Administrator, list),
        on_get(
            "/administration/courriers/{letter}",
            Access::Administrator,
            edit,
        ),
        on_post(
            "/administration/courriers/{letter}",
            Access::Administrator,
            write,
        ),
    ]
}

/// A template in a list.
struct Line {
    word: &'static str,
    name: String,
    own: bool,
}

#[derive(Template)]
#[template(path = "admin/letters.html")]
struct LettersPage {
    s: Shell,
    letters: Vec<Line>,
}

#[derive(Template)]
#[template(path = "admin/letter.html")]
struct LetterPage {
    s: Shell,
    form: Form,
    word: &'static str,
    name: String,
    own: bool,
    /// Places that may stand in it, and what each is.
    places: Vec<(String, String)>,
}

async fn list(State(web): State<Web>, session: AsWorker) -> Page {
    let s = Shell::worker(&session);
    let line = |letter: LetterTemplate| Line {
        word: letter.kind.word(),
        name: s.l.word("letter", letter.kind.word()),
        own: letter.own,
    };
    let letters = web.service.letters(&session).await?;
    let letters = letters.into_iter().map(line).collect();
    Ok(show(&LettersPage { s, letters }))
}

fn page(session: &AsWorker, kind: LetterKind, own: bool, form: Form) -> axum::response::Response {
    let s = Shell::worker(session);
    let place = |place: &&str| (format!("{{{place}}}"), s.l.word("place", place));
    let page = LetterPage {
        word: kind.word(),
        name: s.l.word("letter", kind.word()),
        places: PLACES.iter().map(place).collect(),
        own,
        s,
        form,
    };
    show_as(page.form.status(), &page)
}

async fn edit(State(web): State<Web>, session: AsWorker, Path(letter): Path<String>) -> Page {
    let kind = LetterKind::from_word(&letter).ok_or(PageError::NotFound)?;
    let letter = web.service.letter(&session, kind).await?;
    let mut form = Form::default();
    form.set("text", letter.text);
    Ok(page(&session, kind, letter.own, form))
}

async fn write(
    State(web): State<Web>,
    session: AsWorker,
    Path(letter): Path<String>,
    mut form: Form,
) -> Page {
    let kind = LetterKind::from_word(&letter).ok_or(PageError::NotFound)?;
    if form.get("act") == "usual" {
        web.service.usual_letter(&session, kind).await?;
        return Ok(see("/administration/courriers"));
    }
    let written = web.service.write_letter(&session, kind, form.get("text"));
    match written.await {
        Ok(()) => Ok(see("/administration/courriers")),
        Err(LetterError::Service(error)) => Err(error.into()),
        Err(LetterError::Template(error)) => {
            form.fail_with("text", told(&Shell::worker(&session), &error));
            Ok(page(&session, kind, false, form))
        }
    }
}

/// What is wrong with a template, and on which line.
fn told(s: &Shell, error: &TemplateError) -> String {
    match error {
        TemplateError::Empty => s.t("error-template-empty"),
        TemplateError::TooLong => s.t("error-template-long"),
        TemplateError::UnknownPlace { line, name } => s.l.t2(
            "error-template-place",
            ("line", &line.to_string()),
            ("place", name),
        ),
        TemplateError::LoneBrace { line } => s.t1("error-template-brace", "line", line),
    }
}
