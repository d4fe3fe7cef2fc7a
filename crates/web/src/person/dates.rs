//! My next appointments.

use crate::{
    Access, Web,
    form::Form,
    guard::AsPerson,
    page::{Page, PageError, Shell, see, show},
    routes::{Route, on_get, on_post},
};
use askama::Template;
use axum::extract::{Path, State};
use domain::{id::AppointmentId, words::AppointmentShow};
use service::Which;

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get("/e/dates", Access::Person, list),
        on_get(
            "/e/dates/{appointment}/empeche",
            Access::Person,
            cannot_page,
        ),
        on_post("/e/dates/{appointment}/empeche", Access::Person, cannot),
    ]
}

struct DateLine {
    id: AppointmentId,
    when: String,
    place: String,
    with: String,
    purpose: String,
}

#[derive(Template)]
#[template(path = "person/dates.html")]
struct DatesPage {
    s: Shell,
    dates: Vec<DateLine>,
}

async fn coming(web: &Web, session: &AsPerson) -> Result<(Shell, Vec<DateLine>), PageError> {
    let opened = web.service.open_own(session, Which::All).await?;
    let s = Shell::person(session, web.service.now());
    let dates = opened
        .record
        .coming_appointments(web.service.today())
        .filter(|a| a.show != AppointmentShow::Hidden)
        .map(|a| DateLine {
            id: a.id,
            when: s.l.clock(a.at),
            place: a.place.clone(),
            with: a.with.clone(),
            purpose: a.purpose.clone(),
        })
        .collect();
    Ok((s, dates))
}

async fn list(State(web): State<Web>, session: AsPerson) -> Page {
    let (s, dates) = coming(&web, &session).await?;
    Ok(show(&DatesPage { s, dates }))
}

#[derive(Template)]
#[template(path = "person/cannot.html")]
struct CannotPage {
    s: Shell,
    d: DateLine,
}

async fn cannot_page(State(web): State<Web>, session: AsPerson, Path(id): Path<String>) -> Page {
    let id: AppointmentId = id.parse().map_err(|_| PageError::NotFound)?;
    let (s, dates) = coming(&web, &session).await?;
    let found = dates.into_iter().find(|d| d.id == id);
    let d = found.ok_or(PageError::NotFound)?;
    Ok(show(&CannotPage { s, d }))
}

async fn cannot(
    State(web): State<Web>,
    session: AsPerson,
    Path(id): Path<String>,
    _form: Form,
) -> Page {
    let id: AppointmentId = id.parse().map_err(|_| PageError::NotFound)?;
    web.service.cannot_come(&session, id).await?;
    Ok(see("/e/dates"))
}
