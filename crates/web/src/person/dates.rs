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

async fn list(State(web): State<Web>, session: AsPerson) -> Page {
    let opened = web.service.open_own(&session, Which::All).await?;
    let s = Shell::person(&session, web.service.now());
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
    Ok(show(&DatesPage { s, dates }))
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
