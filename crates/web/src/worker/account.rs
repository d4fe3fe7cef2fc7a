//! The worker's own: the short code they show, their devices, their passphrase.

use crate::{
    Access, Web, cookie,
    form::{Choice, Form},
    guard::AsWorker,
    page::{Page, PageError, Shell, see, show, show_as},
    routes::{Route, on_get, on_post},
};
use askama::Template;
use axum::{extract::State, http::HeaderMap};
use secrecy::SecretString;
use service::{CodeFor, EnrolError, ShownCode, SignInError};

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get("/mon-code", Access::Worker, code_page),
        on_post("/mon-code", Access::Worker, show_code),
        on_get("/mes-appareils", Access::Worker, devices_page),
        on_post("/mes-appareils", Access::Worker, new_device),
        on_post("/mes-appareils/phrase", Access::Worker, change_passphrase),
    ]
}

#[derive(Template)]
#[template(path = "worker/code.html")]
struct CodePage {
    s: Shell,
    form: Form,
    whom: Vec<Choice>,
    shown: Option<(String, String, String)>,
}

fn code(session: &AsWorker, mut form: Form, shown: Option<ShownCode>) -> CodePage {
    let s = Shell::worker(session);
    if form.get("whom").is_empty() {
        form.set("whom", "me");
    }
    let mut whom = vec![Choice::new("me", s.t1("code-me", "name", &session.name))];
    whom.extend(session.teams.iter().map(|t| {
        Choice::new(
            t.team.id.to_string(),
            s.t1("code-team", "team", &t.team.name),
        )
    }));
    let shown = shown.map(|c| (c.code, c.name, s.l.moment(c.until)));
    CodePage {
        s,
        form,
        whom,
        shown,
    }
}

async fn code_page(session: AsWorker) -> Page {
    Ok(show(&code(&session, Form::default(), None)))
}

async fn show_code(State(web): State<Web>, session: AsWorker, form: Form) -> Page {
    let code_for = match form.get("whom") {
        "me" => CodeFor::Me,
        team => CodeFor::Team(team.parse().map_err(|_| PageError::NotFound)?),
    };
    let shown = web.service.short_code(&session, code_for).await?;
    Ok(show(&code(&session, form, Some(shown))))
}

#[derive(Template)]
#[template(path = "worker/devices.html")]
struct DevicesPage {
    s: Shell,
    form: Form,
    code: Option<(String, String)>,
    changed: bool,
}

fn devices(session: &AsWorker, mut form: Form) -> DevicesPage {
    for secret in ["passphrase", "old", "new", "again"] {
        form.forget(secret);
    }
    DevicesPage {
        s: Shell::worker(session),
        form,
        code: None,
        changed: false,
    }
}

async fn devices_page(session: AsWorker) -> Page {
    Ok(show(&devices(&session, Form::default())))
}

async fn new_device(
    State(web): State<Web>,
    session: AsWorker,
    headers: HeaderMap,
    mut form: Form,
) -> Page {
    let Some(device) = cookie::device(&headers) else {
        return Ok(see("/appareil"));
    };
    let passphrase = SecretString::from(form.get("passphrase").to_owned());
    match web
        .service
        .new_device_code(&session, &device, &passphrase)
        .await
    {
        Ok(code) => {
            let mut page = devices(&session, Form::default());
            page.code = Some((code.code, page.s.l.moment(code.until)));
            return Ok(show(&page));
        }
        Err(SignInError::Service(error)) => return Err(error.into()),
        Err(_) => form.fail("passphrase", "error-passphrase-wrong"),
    }
    let page = devices(&session, form);
    Ok(show_as(page.form.status(), &page))
}

async fn change_passphrase(
    State(web): State<Web>,
    session: AsWorker,
    headers: HeaderMap,
    mut form: Form,
) -> Page {
    let Some(device) = cookie::device(&headers) else {
        return Ok(see("/appareil"));
    };
    let old = SecretString::from(form.get("old").to_owned());
    let new = SecretString::from(form.get("new").to_owned());
    if form.get("new") == form.get("again") {
        match web
            .service
            .change_passphrase(&session, &device, &old, &new)
            .await
        {
            Ok(()) => {
                let mut page = devices(&session, Form::default());
                page.changed = true;
                return Ok(show(&page));
            }
            Err(EnrolError::Weak { key }) => form.fail("new", key),
            Err(EnrolError::Service(error)) => return Err(error.into()),
            Err(_) => form.fail("old", "error-passphrase-wrong"),
        }
    } else {
        form.fail("again", "error-passphrase-again");
    }
    let page = devices(&session, form);
    Ok(show_as(page.form.status(), &page))
}
