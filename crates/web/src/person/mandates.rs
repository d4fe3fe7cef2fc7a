//! My mandates: what others may do in my place, and taking it back.

use crate::{
    Access, Web,
    form::Form,
    guard::AsPerson,
    page::{Page, PageError, Shell, see, show},
    routes::{Route, on_get, on_post},
};
use askama::Template;
use axum::extract::{Path, State};
use domain::{id::MandateId, mandate::MandateState, record::MandateView};
use service::{Which, Who};

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get("/e/accords", Access::Person, list),
        on_get("/e/accords/{mandate}", Access::Person, one),
        on_post("/e/accords/{mandate}", Access::Person, revoke),
    ]
}

/// A mandate in words.
pub(crate) struct MandateLine {
    pub(crate) id: MandateId,
    pub(crate) themes: String,
    pub(crate) to: String,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) consent: String,
    pub(crate) words: String,
    pub(crate) state: String,
    pub(crate) live: bool,
}

impl MandateLine {
    pub(crate) fn new(s: &Shell, view: &MandateView, today: jiff::civil::Date) -> Self {
        let l = s.l;
        let m = &view.mandate;
        let state = view.state(today);
        let key = match state {
            MandateState::Coming => "mandate-coming",
            MandateState::Live => "mandate-live",
            MandateState::Expired => "mandate-expired",
            MandateState::Revoked => "mandate-revoked",
        };
        let themes: Vec<String> = m.themes.iter().map(|t| l.word("theme", t.word())).collect();
        Self {
            id: m.id,
            themes: themes.join(", "),
            to: m.to.clone(),
            from: l.day(m.from),
            until: l.day(m.last_day()),
            consent: l.word("consent", m.consent.word()),
            words: m.words.clone(),
            state: l.t(key),
            live: matches!(state, MandateState::Live | MandateState::Coming),
        }
    }
}

#[derive(Template)]
#[template(path = "person/mandates.html")]
struct MandatesPage {
    s: Shell,
    mandates: Vec<MandateLine>,
}

async fn list(State(web): State<Web>, session: AsPerson) -> Page {
    let opened = web.service.open_own(&session, Which::All).await?;
    let s = Shell::person(&session, web.service.now());
    let today = web.service.today();
    let mandates = opened
        .record
        .mandates
        .iter()
        .rev()
        .map(|m| MandateLine::new(&s, m, today))
        .collect();
    Ok(show(&MandatesPage { s, mandates }))
}

#[derive(Template)]
#[template(path = "person/mandate.html")]
struct MandatePage {
    s: Shell,
    m: MandateLine,
}

async fn one(State(web): State<Web>, session: AsPerson, Path(id): Path<String>) -> Page {
    let id: MandateId = id.parse().map_err(|_| PageError::NotFound)?;
    let opened = web.service.open_own(&session, Which::All).await?;
    let view = opened.record.mandates.iter().find(|m| m.mandate.id == id);
    let s = Shell::person(&session, web.service.now());
    let m = MandateLine::new(&s, view.ok_or(PageError::NotFound)?, web.service.today());
    Ok(show(&MandatePage { s, m }))
}

async fn revoke(
    State(web): State<Web>,
    session: AsPerson,
    Path(id): Path<String>,
    form: Form,
) -> Page {
    let id: MandateId = id.parse().map_err(|_| PageError::NotFound)?;
    let reason = form.get("reason").trim().chars().take(500).collect();
    web.service
        .revoke_mandate(&Who::Person(&session), id, reason)
        .await?;
    Ok(see("/e/accords"))
}
