//! Forms filled from my record, by the person themselves.

use crate::{
    Access, Web,
    form::Form,
    guard::AsPerson,
    page::{Page, Shell, show, show_as},
    routes::{Route, on_get, on_post},
    sheets::{self, Asked, SheetLine},
};
use askama::Template;
use axum::extract::{Path, State};
use service::{Which, Who};

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get("/e/formulaires", Access::Person, list),
        on_get("/e/formulaires/{form}", Access::Person, ask),
        on_post("/e/formulaires/{form}", Access::Person, answer),
    ]
}

#[derive(Template)]
#[template(path = "person/sheets/list.html")]
struct ListPage {
    s: Shell,
    sheets: Vec<SheetLine>,
}

async fn list(State(web): State<Web>, session: AsPerson) -> Page {
    let s = Shell::person(&session, web.service.now());
    let sheets = sheets::sheets(&web);
    Ok(show(&ListPage { s, sheets }))
}

#[derive(Template)]
#[template(path = "person/sheets/ask.html")]
struct AskPage {
    s: Shell,
    form: Form,
    id: String,
    title: String,
    number: String,
    asked: Vec<Asked>,
}

#[derive(Template)]
#[template(path = "person/sheets/check.html")]
struct CheckPage {
    s: Shell,
    id: String,
    title: String,
    number: String,
    known: bool,
    asked: Vec<Asked>,
    /// Questions whose letters the form cannot show.
    approximated: Vec<String>,
}

async fn ask(State(web): State<Web>, session: AsPerson, Path(which): Path<String>) -> Page {
    let sheet = sheets::sheet(&web, &which)?;
    let opened = web.service.open_own(&session, Which::All).await?;
    let s = Shell::person(&session, web.service.now());
    let facts = sheets::facts(&s, &opened.record, web.service.today());
    let form = sheets::offered(&sheet, &facts);
    Ok(asking(s, &sheet, form))
}

fn asking(s: Shell, sheet: &forms::Sheet, form: Form) -> axum::response::Response {
    let page = AskPage {
        asked: sheets::asked(&s, sheet, &form),
        id: sheet.mapping.id.clone(),
        title: sheet.mapping.title.clone(),
        number: sheet.mapping.number.clone(),
        s,
        form,
    };
    show_as(page.form.status(), &page)
}

/// Checked first on a page of its own, then filled; what does not fit comes back as it was typed.
async fn answer(
    State(web): State<Web>,
    session: AsPerson,
    Path(which): Path<String>,
    mut form: Form,
) -> Page {
    let sheet = sheets::sheet(&web, &which)?;
    let s = Shell::person(&session, web.service.now());
    let filled = sheets::filled(&s, &sheet, &mut form).await?;
    match filled {
        Some(filled) if form.get("act") == "fill" => {
            sheets::give(&web, &Who::Person(&session), &sheet, filled).await
        }
        Some(filled) if form.get("act") == "check" => Ok(show(&CheckPage {
            approximated: sheets::approximated(&sheet, &filled),
            asked: sheets::asked(&s, &sheet, &form),
            id: sheet.mapping.id.clone(),
            title: sheet.mapping.title.clone(),
            number: sheet.mapping.number.clone(),
            known: sheet.known,
            s,
        })),
        _ => Ok(asking(s, &sheet, form)),
    }
}
