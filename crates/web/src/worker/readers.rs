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
    person::{AccessLine, Read, compartment_choices, ends, names, new_access},
    public::card_failed,
    routes::{Route, on_get, on_post},
};
use askama::Template;
use axum::extract::{Path, Query, State};
use domain::id::GrantId;
use service::{ServiceError, Who};
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

/// An access, and the names of the fields that take it back: several stand on one page.
struct Row {
    a: AccessLine,
    card: String,
    pin: String,
}

fn fields(grant: GrantId) -> (String, String) {
    (format!("card-{grant}"), format!("pin-{grant}"))
}

#[derive(Template)]
#[template(path = "worker/access.html")]
struct AccessPage {
    s: Shell,
    side: Side,
    form: Form,
    lines: Vec<Row>,
    choices: Vec<Choice>,
    ends: Vec<Choice>,
}

async fn page(web: &Web, session: &AsWorker, id: &str, form: Form) -> Page {
    let (s, _, side) = open(web, session, id, "access").await?;
    let all = web
        .service
        .who_may_read(&Who::Worker(session, person(id)?))
        .await?;
    let lines = all
        .iter()
        .map(|m| {
            let mut a = AccessLine::new(&s, m);
            if a.mission {
                a.purpose = s.t("access-mission-team");
            }
            let (card, pin) = fields(m.grant);
            Row { a, card, pin }
        })
        .collect();
    let page = AccessPage {
        lines,
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

/// What is about to be given and to whom, for the person to read before they show their card.
#[derive(Template)]
#[template(path = "worker/give.html")]
struct GivePage {
    s: Shell,
    side: Side,
    form: Form,
    to: String,
    compartments: String,
    purpose: String,
    until: String,
}

/// The first answers are checked and shown with the name behind the code; the card and its PIN are
/// asked for only then.
async fn give(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    mut form: Form,
) -> Page {
    let (s, _, side) = open(&web, &session, &id, "access").await?;
    let access = new_access(&form, web.service.today());
    if access.compartments.is_empty() {
        form.fail("compartments", "error-compartments-empty");
    }
    if access.purpose.is_empty() {
        form.fail("purpose", "error-purpose-empty");
    }
    if access.until < web.service.today() {
        form.fail("days", "error-until");
    }
    let to = match web.service.read_short_code(form.get("code")).await {
        Ok(target) => format!("{} ({})", target.name, target.organisation),
        Err(ServiceError::Invalid { field, key }) => {
            form.fail(field, key);
            String::new()
        }
        Err(error) => return Err(error.into()),
    };
    if form.failed() {
        return page(&web, &session, &id, form).await;
    }
    if form.has("read", "yes") {
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
            Ok(_) => return Ok(see(&format!("/dossiers/{id}/acces"))),
            Err(error) => card_failed(&mut form, error, "card", "pin")?,
        }
        form.forget("pin");
        // What was refused besides the card is asked for again where it was answered.
        if ["compartments", "purpose", "days", "code"]
            .iter()
            .any(|f| form.fails(f))
        {
            return page(&web, &session, &id, form).await;
        }
    }
    let page = GivePage {
        compartments: names(&s, access.compartments),
        until: s.l.day(access.until),
        purpose: access.purpose,
        to,
        s,
        side,
        form,
    };
    Ok(show_as(page.form.status(), &page))
}

async fn take_back(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, grant)): Path<(String, String)>,
    mut form: Form,
) -> Page {
    let grant: GrantId = grant.parse().map_err(|_| PageError::NotFound)?;
    let person = person(&id)?;
    let (card, pin) = fields(grant);
    if form.get(&card).is_empty() {
        web.service
            .take_back(&Who::Worker(&session, person), grant)
            .await?;
        // Their own access may just have ended.
        return Ok(see("/personnes"));
    }
    let typed = (form.get(&card), form.get(&pin));
    match web
        .service
        .take_back_in_office(&session, person, typed.0, typed.1, grant)
        .await
    {
        Ok(()) => Ok(see(&format!("/dossiers/{id}/acces"))),
        Err(error) => {
            card_failed(&mut form, error, &card, &pin)?;
            form.forget(&pin);
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
