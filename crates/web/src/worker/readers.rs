//! Who may read a record, and who has read it.

use super::{
    person,
    record::{Side, open},
};
use crate::{
    Access, Web,
    form::{Choice, Form},
    guard::AsWorker,
    page::{Page, PageError, Shell, see, show, show_as},
    person::{AccessLine, Read, compartment_choices, ends, new_access},
    public::card_failed,
    routes::{Route, on_get, on_post},
};
use askama::Template;
use axum::extract::{Path, Query, State};
use domain::id::GrantId;
use service::Who;
use std::collections::HashMap;

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get("/dossiers/{person}/acces", Access::Record, list),
        on_post("/dossiers/{person}/acces", Access::Record, give),
        on_post(
            "/dossiers/{person}/acces/{grant}/reprendre",
            Access::Record,
            take_back,
        ),
        on_get("/dossiers/{person}/lectures", Access::Record, readings),
    ]
}

#[derive(Template)]
#[template(path = "worker/access.html")]
struct AccessPage {
    s: Shell,
    side: Side,
    form: Form,
    lines: Vec<AccessLine>,
    choices: Vec<Choice>,
    ends: Vec<Choice>,
}

async fn page(web: &Web, session: &AsWorker, id: &str, form: Form) -> Page {
    let (s, _, side) = open(web, session, id, "access").await?;
    let all = web
        .service
        .who_may_read(&Who::Worker(session, person(id)?))
        .await?;
    let page = AccessPage {
        lines: all.iter().map(|m| AccessLine::new(&s, m)).collect(),
        choices: compartment_choices(&s, domain::Compartment::SHARED.into_iter().collect()),
        ends: ends(&s),
        s,
        side,
        form,
    };
    Ok(show_as(page.form.status(), &page))
}

async fn list(State(web): State<Web>, session: AsWorker, Path(id): Path<String>) -> Page {
    page(&web, &session, &id, Form::default()).await
}

async fn give(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    mut form: Form,
) -> Page {
    let access = new_access(&form, web.service.today());
    let given = web
        .service
        .give_access_in_office(
            &session,
            person(&id)?,
            form.get("card"),
            form.get("pin"),
            form.get("code"),
            &access,
        )
        .await;
    match given {
        Ok(_) => Ok(see(&format!("/dossiers/{id}/acces"))),
        Err(error) => {
            card_failed(&mut form, error, "card", "pin")?;
            form.forget("pin");
            page(&web, &session, &id, form).await
        }
    }
}

async fn take_back(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, grant)): Path<(String, String)>,
    mut form: Form,
) -> Page {
    let grant: GrantId = grant.parse().map_err(|_| PageError::NotFound)?;
    let person = person(&id)?;
    if form.get("card").is_empty() {
        web.service
            .take_back(&Who::Worker(&session, person), grant)
            .await?;
        // Their own access may just have ended.
        return Ok(see("/personnes"));
    }
    let (card, pin) = (form.get("card"), form.get("pin"));
    match web
        .service
        .take_back_in_office(&session, person, card, pin, grant)
        .await
    {
        Ok(()) => Ok(see(&format!("/dossiers/{id}/acces"))),
        Err(error) => {
            card_failed(&mut form, error, "card", "pin")?;
            form.forget("pin");
            page(&web, &session, &id, form).await
        }
    }
}

#[derive(Template)]
#[template(path = "worker/readings.html")]
struct ReadingsPage {
    s: Shell,
    side: Side,
    lines: Vec<Read>,
    next: Option<u64>,
}

async fn readings(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Page {
    let (s, _, side) = open(&web, &session, &id, "readings").await?;
    let before = query.get("avant").and_then(|v| v.parse().ok());
    let page = web
        .service
        .who_read(&Who::Worker(&session, person(&id)?), before)
        .await?;
    let lines = page.lines.iter().map(|line| Read::new(&s, line)).collect();
    Ok(show(&ReadingsPage {
        s,
        side,
        lines,
        next: page.next,
    }))
}
