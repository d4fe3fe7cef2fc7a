//! The set of pieces taken out by a worker.

use super::{Found, find};
use crate::{
    Access, Web,
    form::{Choice, Form},
    guard::AsWorker,
    page::{Page, Shell, show_as},
    routes::{Route, on_get, on_post},
    set,
    worker::{person, record::Side},
};
use askama::Template;
use axum::extract::{Path, State};
use domain::entry::Profile;
use service::Who;

pub(super) fn routes() -> Vec<Route> {
    const AT: &str = "/dossiers/{person}/demarches/{procedure}/remettre";
    vec![
        on_get(AT, Access::Record, choose),
        on_post(AT, Access::Record, take),
    ]
}

#[derive(Template)]
#[template(path = "worker/procedures/set.html")]
struct SetPage {
    s: Shell,
    side: Side,
    form: Form,
    id: String,
    title: String,
    pieces: Vec<Choice>,
    shapes: Vec<Choice>,
    others: Vec<String>,
}

fn page(web: &Web, found: Found, form: Option<Form>) -> Page {
    let today = web.service.today();
    let record = &found.opened.record;
    let p = found.procedure()?;
    let pieces = set::choices(&found.s, record, p, today);
    let page = SetPage {
        form: form.unwrap_or_else(|| set::offered(p, &pieces)),
        others: set::others(&found.s, record, p, today),
        id: found.id.to_string(),
        title: p.facts.title.clone(),
        pieces,
        shapes: set::shapes(&found.s),
        side: found.side,
        s: found.s,
    };
    Ok(show_as(page.form.status(), &page))
}

type Ids = Path<(String, String)>;

async fn choose(State(web): State<Web>, session: AsWorker, Path((id, procedure)): Ids) -> Page {
    page(&web, find(&web, &session, &id, &procedure).await?, None)
}

async fn take(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, procedure)): Ids,
    mut form: Form,
) -> Page {
    let found = find(&web, &session, &id, &procedure).await?;
    let who = Who::Worker(&session, person(&id)?);
    let profile = found.opened.record.profile.as_ref();
    let name = profile.map(Profile::shown_name).unwrap_or_default();
    let about = (&found.s, found.procedure()?, name.as_str());
    let taken = set::take(&web, &who, about, &mut form).await?;
    set::or_page(taken, || page(&web, found, Some(form)))
}
