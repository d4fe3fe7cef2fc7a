//! What else is written about a procedure: what blocked, a way that the team knows, who follows it.

use super::{Found, at, failed, find, page::back};
use crate::{
    Access, Web,
    form::{Choice, Form},
    guard::AsWorker,
    page::{Page, PageError, Shell, see, show, show_as},
    routes::{Route, on_get, on_post},
    worker::{person, record::Side},
};
use askama::Template;
use axum::extract::{Path, State};
use domain::procedure::{Brake, BrakeKind, ServiceConcerned, Way, WayKind};

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get(
            "/dossiers/{person}/demarches/{procedure}/frein",
            Access::Record,
            brake_page,
        ),
        on_post(
            "/dossiers/{person}/demarches/{procedure}/frein",
            Access::Record,
            brake,
        ),
        on_post(
            "/dossiers/{person}/demarches/{procedure}/voie",
            Access::Record,
            way,
        ),
        on_get(
            "/dossiers/{person}/demarches/{procedure}/suivre",
            Access::Record,
            follow_page,
        ),
        on_post(
            "/dossiers/{person}/demarches/{procedure}/suivre",
            Access::Record,
            follow,
        ),
    ]
}

#[derive(Template)]
#[template(path = "worker/procedures/brake.html")]
struct BrakePage {
    s: Shell,
    side: Side,
    form: Form,
    id: String,
    name: String,
    kinds: Vec<Choice>,
    services: Vec<Choice>,
}

fn brake_form(web: &Web, found: Found, mut form: Form) -> Result<BrakePage, PageError> {
    if form.get("on").is_empty() {
        form.set("on", web.service.today().to_string());
    }
    let name = found.procedure()?.facts.title.clone();
    let mut services = vec![Choice::new("", found.s.t("brake-service-choose"))];
    let words = ServiceConcerned::ALL.iter().map(|w| w.word());
    services.extend(Choice::words("service", words));
    Ok(BrakePage {
        s: found.s,
        side: found.side,
        form,
        id: found.id.to_string(),
        name,
        kinds: Choice::words("brake", BrakeKind::ALL.iter().map(|w| w.word())),
        services,
    })
}

async fn brake_page(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, procedure)): Path<(String, String)>,
) -> Page {
    let found = find(&web, &session, &id, &procedure).await?;
    Ok(show(&brake_form(&web, found, Form::default())?))
}

async fn brake(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, procedure)): Path<(String, String)>,
    mut form: Form,
) -> Page {
    let which = procedure.parse().map_err(|_| PageError::NotFound)?;
    let kind = BrakeKind::from_word(form.get("kind"));
    if kind.is_none() {
        form.fail("kind", "error-brake-kind");
    }
    let service = ServiceConcerned::from_word(form.get("service"));
    if service.is_none() {
        form.fail("service", "error-brake-service");
    }
    let on = form.day("on");
    if on.is_none() && form.get("on").trim().is_empty() {
        form.fail("on", "error-day");
    }
    if let (Some(kind), Some(service), Some(on)) = (kind, service, on) {
        let brake = Brake {
            kind,
            service,
            words: form.get("words").trim().to_owned(),
            on,
        };
        let noted = web.service.note_brake(&session, person(&id)?, which, brake);
        match noted.await {
            Ok(()) => return Ok(see(&at(&id, &procedure, ""))),
            Err(error) => failed(&mut form, error)?,
        }
    }
    let page = brake_form(&web, find(&web, &session, &id, &procedure).await?, form)?;
    Ok(show_as(page.form.status(), &page))
}

async fn way(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, procedure)): Path<(String, String)>,
    mut form: Form,
) -> Page {
    let which = procedure.parse().map_err(|_| PageError::NotFound)?;
    let Some(kind) = WayKind::from_word(form.get("way_kind")) else {
        form.fail("way_kind", "error-way-kind");
        let found = find(&web, &session, &id, &procedure).await?;
        return super::page::shown(&web, found, form);
    };
    let way = Way {
        kind,
        words: form.get("way_words").trim().to_owned(),
        address: form.get("way_address").trim().to_owned(),
    };
    let done = web
        .service
        .note_way(&session, person(&id)?, which, way)
        .await;
    back(&web, &session, (&id, &procedure), form, done).await
}

#[derive(Template)]
#[template(path = "worker/procedures/follow.html")]
struct FollowPage {
    s: Shell,
    side: Side,
    form: Form,
    id: String,
    name: String,
    followers: Vec<Choice>,
}

async fn follow_form(
    web: &Web,
    session: &AsWorker,
    found: Found,
    mut form: Form,
) -> Result<FollowPage, PageError> {
    let p = found.procedure()?;
    let name = p.facts.title.clone();
    if let Some(follower) = p
        .follower
        .as_ref()
        .filter(|_| form.get("account").is_empty())
    {
        form.set("account", follower.account.to_string());
    }
    let service = &web.service;
    let possible = service
        .possible_followers(session, found.opened.person)
        .await?;
    let followers = possible
        .into_iter()
        .map(|r| Choice::new(r.account.to_string(), r.name))
        .collect();
    Ok(FollowPage {
        s: found.s,
        side: found.side,
        form,
        id: found.id.to_string(),
        name,
        followers,
    })
}

async fn follow_page(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, procedure)): Path<(String, String)>,
) -> Page {
    let found = find(&web, &session, &id, &procedure).await?;
    Ok(show(
        &follow_form(&web, &session, found, Form::default()).await?,
    ))
}

async fn follow(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, procedure)): Path<(String, String)>,
    mut form: Form,
) -> Page {
    let which = procedure.parse().map_err(|_| PageError::NotFound)?;
    let Ok(account) = form.get("account").parse() else {
        form.fail("account", "error-follower");
        let found = find(&web, &session, &id, &procedure).await?;
        let page = follow_form(&web, &session, found, form).await?;
        return Ok(show_as(page.form.status(), &page));
    };
    web.service
        .follow_procedure(&session, person(&id)?, which, account)
        .await?;
    Ok(see(&at(&id, &procedure, "")))
}
