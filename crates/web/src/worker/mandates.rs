//! Mandates of a record: list, new, print with a place to sign, take back.

use super::{
    acts::themes,
    person,
    record::{Side, open},
};
use crate::{
    Access, Web,
    form::{Choice, Form},
    guard::AsWorker,
    page::{Page, PageError, Shell, see, show, show_as},
    person::MandateLine,
    routes::{Route, on_get, on_post},
};
use askama::Template;
use axum::extract::{Path, State};
use domain::{
    id::MandateId,
    mandate::MandateDuration,
    words::{ConsentForm, Theme},
};
use service::{NewMandate, ServiceError, Who};

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get("/dossiers/{person}/mandats", Access::Record, list),
        on_post("/dossiers/{person}/mandats", Access::Record, give),
        on_get(
            "/dossiers/{person}/mandats/{mandate}",
            Access::Record,
            print,
        ),
        on_post(
            "/dossiers/{person}/mandats/{mandate}",
            Access::Record,
            revoke,
        ),
    ]
}

#[derive(Template)]
#[template(path = "worker/mandates.html")]
struct MandatesPage {
    s: Shell,
    side: Side,
    form: Form,
    mandates: Vec<MandateLine>,
    themes: Vec<Choice>,
    durations: Vec<Choice>,
    consents: Vec<Choice>,
}

async fn page(web: &Web, session: &AsWorker, id: &str, mut form: Form) -> Page {
    let (s, opened, side) = open(web, session, id, "mandates").await?;
    let today = web.service.today();
    for (name, default) in [
        ("duration", "31".to_owned()),
        ("consent", "signed".to_owned()),
        ("from", today.to_string()),
    ] {
        if form.get(name).is_empty() {
            form.set(name, default);
        }
    }
    let given = [
        ConsentForm::Signed,
        ConsentForm::Spoken,
        ConsentForm::Interpreted,
    ];
    let page = MandatesPage {
        mandates: opened
            .record
            .mandates
            .iter()
            .rev()
            .map(|m| MandateLine::new(&s, m, today))
            .collect(),
        themes: themes(),
        durations: MandateDuration::ALL
            .iter()
            .map(|d| {
                Choice::new(
                    d.days().to_string(),
                    s.t1("mandate-days", "count", d.days()),
                )
            })
            .collect(),
        consents: Choice::words("consent", given.iter().map(|c| c.word())),
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
    let from = form.day("from").unwrap_or(web.service.today());
    let duration = form.get("duration").parse::<u16>().ok();
    let duration = duration.and_then(|d| MandateDuration::try_from(d).ok());
    if duration.is_none() {
        form.fail("duration", "error-duration");
    }
    let consent = ConsentForm::from_word(form.get("consent"));
    if consent.is_none() {
        form.fail("consent", "error-consent");
    }
    if let (Some(duration), Some(consent), false) = (duration, consent, form.failed()) {
        let new = NewMandate {
            themes: form.all("themes").filter_map(Theme::from_word).collect(),
            from,
            duration,
            consent,
            words: form.get("words").trim().chars().take(1000).collect(),
        };
        match web.service.give_mandate(&session, person(&id)?, new).await {
            Ok(mandate) => return Ok(see(&format!("/dossiers/{id}/mandats/{mandate}"))),
            Err(ServiceError::Invalid { field, key }) => form.fail(field, key),
            Err(error) => return Err(error.into()),
        }
    }
    page(&web, &session, &id, form).await
}

#[derive(Template)]
#[template(path = "worker/mandate.html")]
struct MandatePage {
    s: Shell,
    side: Side,
    m: MandateLine,
}

async fn print(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, mandate)): Path<(String, String)>,
) -> Page {
    let (s, opened, side) = open(&web, &session, &id, "mandates").await?;
    let mandate: MandateId = mandate.parse().map_err(|_| PageError::NotFound)?;
    let view = opened
        .record
        .mandates
        .iter()
        .find(|m| m.mandate.id == mandate);
    let m = MandateLine::new(&s, view.ok_or(PageError::NotFound)?, web.service.today());
    Ok(show(&MandatePage { s, side, m }))
}

async fn revoke(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, mandate)): Path<(String, String)>,
    form: Form,
) -> Page {
    let mandate: MandateId = mandate.parse().map_err(|_| PageError::NotFound)?;
    let reason = form.get("reason").trim().chars().take(500).collect();
    web.service
        .revoke_mandate(&Who::Worker(&session, person(&id)?), mandate, reason)
        .await?;
    Ok(see(&format!("/dossiers/{id}/mandats")))
}
