//! Forms filled from a record, by a worker.

use super::{
    person,
    record::{Side, open},
};
use crate::{
    Access, Web,
    form::Form,
    guard::AsWorker,
    page::{Page, Shell, show, show_as},
    routes::{Route, on_get, on_post},
    sheets::{self, Asked, SheetLine},
};
use askama::Template;
use axum::extract::{Path, State};
use service::Who;

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get("/dossiers/{person}/formulaires", Access::Record, list),
        on_get("/dossiers/{person}/formulaires/{form}", Access::Record, ask),
        on_post(
            "/dossiers/{person}/formulaires/{form}",
            Access::Record,
            answer,
        ),
    ]
}

#[derive(Template)]
#[template(path = "worker/sheets/list.html")]
struct ListPage {
    s: Shell,
    side: Side,
    sheets: Vec<SheetLine>,
}

async fn list(State(web): State<Web>, session: AsWorker, Path(id): Path<String>) -> Page {
    let (s, _, side) = open(&web, &session, &id, "sheets").await?;
    let sheets = sheets::sheets(&web);
    Ok(show(&ListPage { s, side, sheets }))
}

#[derive(Template)]
#[template(path = "worker/sheets/ask.html")]
struct AskPage {
    s: Shell,
    side: Side,
    form: Form,
    id: String,
    title: String,
    number: String,
    asked: Vec<Asked>,
}

#[derive(Template)]
#[template(path = "worker/sheets/check.html")]
struct CheckPage {
    s: Shell,
    side: Side,
    id: String,
    title: String,
    number: String,
    known: bool,
    asked: Vec<Asked>,
    /// Questions whose letters the form cannot show.
    approximated: Vec<String>,
}

type Ids = Path<(String, String)>;

async fn ask(State(web): State<Web>, session: AsWorker, Path((id, which)): Ids) -> Page {
    let sheet = sheets::sheet(&web, &which)?;
    let (s, opened, side) = open(&web, &session, &id, "sheets").await?;
    let mut facts = sheets::facts(&s, &opened.record, web.service.today());
    facts.insert("worker", session.name.clone());
    facts.insert("worker_job", session.job.clone());
    facts.insert("organisation", session.organisation_name.clone());
    if let Some(team) = opened.through.first() {
        facts.insert("team", team.name.clone());
    }
    let form = sheets::offered(&sheet, &facts);
    Ok(asking(s, side, &sheet, form))
}

fn asking(s: Shell, side: Side, sheet: &forms::Sheet, form: Form) -> axum::response::Response {
    let page = AskPage {
        asked: sheets::asked(&s, sheet, &form),
        id: sheet.mapping.id.clone(),
        title: sheet.mapping.title.clone(),
        number: sheet.mapping.number.clone(),
        s,
        side,
        form,
    };
    show_as(page.form.status(), &page)
}

/// Checked first on a page of its own, then filled; what does not fit comes back as it was typed.
async fn answer(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, which)): Ids,
    mut form: Form,
) -> Page {
    let sheet = sheets::sheet(&web, &which)?;
    let (s, _, side) = open(&web, &session, &id, "sheets").await?;
    let filled = sheets::filled(&s, &sheet, &mut form).await?;
    match filled {
        Some(filled) if form.get("act") == "fill" => {
            let who = Who::Worker(&session, person(&id)?);
            sheets::give(&web, &who, &sheet, filled).await
        }
        Some(filled) if form.get("act") == "check" => Ok(show(&CheckPage {
            approximated: sheets::approximated(&sheet, &filled),
            asked: sheets::asked(&s, &sheet, &form),
            id: sheet.mapping.id.clone(),
            title: sheet.mapping.title.clone(),
            number: sheet.mapping.number.clone(),
            known: sheet.known,
            s,
            side,
        })),
        _ => Ok(asking(s, side, &sheet, form)),
    }
}
