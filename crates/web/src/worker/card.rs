//! A person's card: first, second, in place of a lost one; unlocking.

use super::{
    person,
    record::{Side, open},
};
use crate::{
    Access, Web,
    form::{Choice, Form},
    guard::AsWorker,
    page::{Page, PageError, Shell, see, show, show_as},
    routes::{Route, on_get, on_post},
};
use askama::Template;
use axum::extract::{Path, State};
use domain::id::DeviceId;
use qrcode::{EcLevel, QrCode, render::svg};
use service::ServiceError;

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get("/dossiers/{person}/carte", Access::Record, page),
        on_post("/dossiers/{person}/carte", Access::Record, make),
        on_post("/dossiers/{person}/carte/perdue", Access::Record, replace),
        on_post(
            "/dossiers/{person}/carte/presence",
            Access::Record,
            presence,
        ),
        on_post(
            "/dossiers/{person}/carte/{card}/debloquer",
            Access::Record,
            unlock,
        ),
    ]
}

struct CardRow {
    id: DeviceId,
    made: String,
    locked: bool,
    dead: String,
}

#[derive(Template)]
#[template(path = "worker/card.html")]
struct CardPage {
    s: Shell,
    side: Side,
    form: Form,
    cards: Vec<CardRow>,
    live: Vec<Choice>,
    presence: String,
}

async fn show_page(web: &Web, session: &AsWorker, id: &str, form: Form, presence: String) -> Page {
    let (s, _, side) = open(web, session, id, "card").await?;
    let cards = web.service.cards(session, person(id)?).await?;
    let live = cards
        .iter()
        .filter(|c| c.dead.is_none())
        .map(|c| {
            Choice::new(
                c.card.to_string(),
                s.t1("card-made", "day", s.l.moment(c.made)),
            )
        })
        .collect();
    let cards = cards
        .iter()
        .map(|c| CardRow {
            id: c.card,
            made: s.l.moment(c.made),
            locked: c.locked,
            dead: c.dead.map(|d| s.l.moment(d)).unwrap_or_default(),
        })
        .collect();
    let page = CardPage {
        s,
        side,
        form,
        cards,
        live,
        presence,
    };
    Ok(show_as(page.form.status(), &page))
}

async fn page(State(web): State<Web>, session: AsWorker, Path(id): Path<String>) -> Page {
    show_page(&web, &session, &id, Form::default(), String::new()).await
}

/// The card to print, shown once.
#[derive(Template)]
#[template(path = "worker/print_card.html")]
struct PrintPage {
    s: Shell,
    back: String,
    site: String,
    lines: Vec<String>,
    qr: String,
}

fn print(web: &Web, session: &AsWorker, id: &str, code: &str) -> Page {
    let address = web.settings.public_url.trim_end_matches('/');
    let groups: Vec<&str> = code.split('-').collect();
    let lines = groups.chunks(3).map(|c| c.join("-")).collect();
    // In the fragment: browsers never send it, so no log or proxy sees the code.
    let qr = QrCode::with_error_correction_level(format!("{address}/#{code}"), EcLevel::M)
        .map(|q| {
            q.render::<svg::Color<'_>>()
                .min_dimensions(120, 120)
                .quiet_zone(true)
                .dark_color(svg::Color("#000"))
                .light_color(svg::Color("#fff"))
                .build()
        })
        .map_err(|_| {
            PageError::Service(ServiceError::Setup("the address is too long for a card"))
        })?;
    // Only the drawing: an XML prologue has no place inside a page.
    let qr = qr
        .find("<svg")
        .map(|at| qr[at..].to_owned())
        .unwrap_or_default();
    let site = address
        .trim_start_matches("https://")
        .trim_start_matches("http://")
        .to_owned();
    let back = format!("/dossiers/{id}/carte");
    Ok(show(&PrintPage {
        s: Shell::worker(session),
        back,
        site,
        lines,
        qr,
    }))
}

async fn make(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    mut form: Form,
) -> Page {
    if form.get("pin") == form.get("again") {
        let second = form.get("which") == "second";
        match web
            .service
            .make_card(&session, person(&id)?, form.get("pin"), second)
            .await
        {
            Ok(made) => return print(&web, &session, &id, &made.code),
            Err(ServiceError::Invalid { field, key }) => form.fail(field, key),
            Err(error) => return Err(error.into()),
        }
    } else {
        form.fail("again", "error-pin-again");
    }
    show_page(&web, &session, &id, form, String::new()).await
}

async fn replace(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    mut form: Form,
) -> Page {
    let lost: DeviceId = form.get("lost").parse().map_err(|_| PageError::NotFound)?;
    if form.get("lost_pin") == form.get("lost_again") {
        let (pin, code) = (form.get("lost_pin"), form.get("presence"));
        match web
            .service
            .replace_card(&session, person(&id)?, lost, pin, code)
            .await
        {
            Ok(made) => return print(&web, &session, &id, &made.code),
            Err(ServiceError::Invalid { field: "pin", key }) => form.fail("lost_pin", key),
            Err(ServiceError::Invalid { field, key }) => form.fail(field, key),
            Err(error) => return Err(error.into()),
        }
    } else {
        form.fail("lost_again", "error-pin-again");
    }
    show_page(&web, &session, &id, form, String::new()).await
}

async fn presence(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    _form: Form,
) -> Page {
    let code = web.service.presence_code(&session, person(&id)?).await?;
    show_page(&web, &session, &id, Form::default(), code).await
}

async fn unlock(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, card)): Path<(String, String)>,
    _form: Form,
) -> Page {
    let card: DeviceId = card.parse().map_err(|_| PageError::NotFound)?;
    web.service
        .unlock_card(&session, person(&id)?, card)
        .await?;
    Ok(see(&format!("/dossiers/{id}/carte")))
}
