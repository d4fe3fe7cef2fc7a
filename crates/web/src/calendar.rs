//! The calendar that a worker's other programs read: its address, made and taken back, and the feed
//! itself, which anyone who has the address may read and which says only days.

use crate::{
    Access, Web,
    form::Form,
    guard::AsWorker,
    page::{Page, PageError, Shell, see, show_as},
    routes::{Route, on_get, on_post},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::IntoResponse,
};
use domain::calendar::{Event, When, feed};
use service::ServiceError;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        on_get("/mon-agenda", Access::Worker, page),
        on_post("/mon-agenda", Access::Worker, make),
        on_post("/mon-agenda/fin", Access::Worker, end),
        on_get("/agenda/{calendar}", Access::Public, read),
    ]
}

#[derive(Template)]
#[template(path = "worker/calendar.html")]
struct CalendarPage {
    s: Shell,
    form: Form,
    /// Since when there is one, in words.
    since: String,
    /// Its address, told once.
    address: String,
}

async fn shown(web: &Web, session: &AsWorker, form: Form, address: String) -> Page {
    let s = Shell::worker(session);
    let since = web.service.calendar_since(session).await?;
    let page = CalendarPage {
        since: since.map(|at| s.l.moment(at)).unwrap_or_default(),
        s,
        form,
        address,
    };
    Ok(show_as(page.form.status(), &page))
}

async fn page(State(web): State<Web>, session: AsWorker) -> Page {
    shown(&web, &session, Form::default(), String::new()).await
}

async fn make(State(web): State<Web>, session: AsWorker, mut form: Form) -> Page {
    match web.service.make_calendar(&session).await {
        Ok(secret) => {
            let site = web.settings.public_url.trim_end_matches('/');
            let address = format!("{site}/agenda/{secret}");
            shown(&web, &session, form, address).await
        }
        Err(ServiceError::Invalid { field, key }) => {
            form.fail(field, key);
            shown(&web, &session, form, String::new()).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn end(State(web): State<Web>, session: AsWorker, _form: Form) -> Page {
    web.service.end_calendar(&session).await?;
    Ok(see("/mon-agenda"))
}

/// Neutral: whoever reads it over a shoulder, or keeps the calendar, learns a day and no more.
async fn read(State(web): State<Web>, Path(secret): Path<String>) -> Page {
    let days = web.service.calendar_days(&secret).await?;
    let days = days.ok_or(PageError::NotFound)?;
    let s = Shell::public();
    let stamp = web.service.now();
    let events: Vec<Event> = days
        .into_iter()
        .map(|day| Event {
            uid: format!("{}@conatus", day.id),
            when: When::Day(day.day),
            summary: s.t("calendar-event"),
            description: s.t("calendar-event-what"),
            stamp,
        })
        .collect();
    let mut response = feed(&s.t("calendar-name"), &events).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("text/calendar; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, kind);
    let name = HeaderValue::from_static("attachment; filename=\"agenda.ics\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}
