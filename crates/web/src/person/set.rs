//! The set of my papers for one procedure.

use crate::{
    Access, Web,
    form::{Choice, Form},
    guard::AsPerson,
    page::{Page, PageError, Shell, show_as},
    routes::{Route, on_get, on_post},
    set,
};
use askama::Template;
use axum::extract::{Path, State};
use domain::{entry::Profile, id::ProcedureId};
use service::{OpenedRecord, Which, Who};

pub(super) fn routes() -> Vec<Route> {
    const AT: &str = "/e/demarches/{procedure}/remettre";
    vec![
        on_get(AT, Access::Person, choose),
        on_post(AT, Access::Person, take),
    ]
}

#[derive(Template)]
#[template(path = "person/procedures/set.html")]
struct SetPage {
    s: Shell,
    form: Form,
    id: ProcedureId,
    title: String,
    pieces: Vec<Choice>,
    shapes: Vec<Choice>,
    others: Vec<String>,
}

fn page(web: &Web, s: Shell, opened: &OpenedRecord, id: ProcedureId, form: Option<Form>) -> Page {
    let today = web.service.today();
    let record = &opened.record;
    let p = record.procedure(id).ok_or(PageError::NotFound)?;
    let pieces = set::choices(&s, record, p, today);
    let page = SetPage {
        form: form.unwrap_or_else(|| set::offered(p, &pieces)),
        others: set::others(&s, record, p, today),
        id,
        title: p.facts.title.clone(),
        pieces,
        shapes: set::shapes(&s),
        s,
    };
    Ok(show_as(page.form.status(), &page))
}

async fn choose(State(web): State<Web>, session: AsPerson, Path(id): Path<String>) -> Page {
    let id = id.parse().map_err(|_| PageError::NotFound)?;
    let opened = web.service.open_own(&session, Which::All).await?;
    let s = Shell::person(&session, web.service.now());
    page(&web, s, &opened, id, None)
}

async fn take(
    State(web): State<Web>,
    session: AsPerson,
    Path(id): Path<String>,
    mut form: Form,
) -> Page {
    let id: ProcedureId = id.parse().map_err(|_| PageError::NotFound)?;
    let opened = web.service.open_own(&session, Which::All).await?;
    let s = Shell::person(&session, web.service.now());
    let record = &opened.record;
    let p = record.procedure(id).ok_or(PageError::NotFound)?;
    let profile = record.profile.as_ref();
    let name = profile.map(Profile::shown_name).unwrap_or_default();
    let who = Who::Person(&session);
    let taken = set::take(&web, &who, (&s, p, &name), &mut form).await?;
    set::or_page(taken, || page(&web, s, &opened, id, Some(form)))
}
