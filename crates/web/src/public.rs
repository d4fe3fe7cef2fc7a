//! Pages before signing in, signing out, and health.

use crate::{
    Access, Web, cookie,
    form::Form,
    limits::client,
    page::{Page, PageError, Shell, see, show_as},
    routes::{Route, on_get, on_post},
};
use askama::Template;
use axum::{
    extract::{ConnectInfo, State},
    http::{HeaderMap, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use secrecy::SecretString;
use service::{
    CardSignInError, CodeError, EnrolError, Service, ServiceError, SessionToken, SignInError,
};
use std::net::SocketAddr;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        on_get("/", Access::Public, card_page),
        on_post("/", Access::Public, card_sign_in),
        on_get("/connexion", Access::Public, worker_page),
        on_post("/connexion", Access::Public, worker_sign_in),
        on_get("/appareil", Access::Public, device_page),
        on_post("/appareil", Access::Public, enrol),
        on_post("/deconnexion", Access::Worker, sign_out),
        on_get("/au-revoir", Access::Public, goodbye),
        on_get("/sante/vivant", Access::Public, alive),
        on_get("/sante/pret", Access::Public, ready),
    ]
}

type Peer = Option<axum::Extension<ConnectInfo<SocketAddr>>>;

fn allowed(web: &Web, headers: &HeaderMap, peer: &Peer, name: &str) -> Result<(), PageError> {
    let peer = peer.as_ref().map(|p| &p.0);
    let address = client(headers, peer, web.settings.trusted_hops);
    if web.limits.allow(address, name) {
        Ok(())
    } else {
        Err(PageError::TooMany)
    }
}

#[derive(Template)]
#[template(path = "card.html")]
struct CardPage {
    s: Shell,
    form: Form,
    open: bool,
}

/// Always asks for a card, even where a space is open: whoever scans theirs on a borrowed phone
/// must never land in the space of the one before.
async fn card_page(State(web): State<Web>, headers: HeaderMap) -> Page {
    let open = match cookie::session(&headers) {
        Some(token) => matches!(
            web.service.resume(&token).await?,
            Some(service::Session::Person(_))
        ),
        None => false,
    };
    let form = Form::default();
    let s = Shell::public();
    Ok(show_as(StatusCode::OK, &CardPage { s, form, open }))
}

/// The first group of a typed code, from 1, that cannot be right: one that holds a character no
/// code holds, or one that is not four long where the dashes were typed.
fn wrong_group(typed: &str, wrong: Option<char>) -> Option<usize> {
    let groups: Vec<&str> = typed
        .split(|c: char| c.is_whitespace() || "-‐‑–.".contains(c))
        .filter(|g| !g.is_empty())
        .collect();
    if groups.len() < 2 {
        return None;
    }
    let at = groups.iter().position(|g| match wrong {
        Some(c) => g.contains(c),
        None => g.chars().count() != 4,
    });
    at.map(|at| at + 1)
}

/// What to look at again in a typed code, and in which group where that can be told.
pub(crate) fn code_words(error: CodeError, typed: &str) -> String {
    let l = crate::Language::french();
    let (told, group) = match error {
        CodeError::Length { found, expected } if found < expected => (
            l.t1("error-code-short", "missing", expected - found),
            wrong_group(typed, None),
        ),
        CodeError::Length { found, expected } => (
            l.t1("error-code-long", "extra", found - expected),
            wrong_group(typed, None),
        ),
        CodeError::Character(c) => (
            l.t1("error-code-character", "character", c),
            wrong_group(typed, Some(c)),
        ),
        CodeError::Checksum => (l.t("error-code-checksum"), None),
    };
    match group {
        Some(group) => format!("{told} {}", l.t1("error-code-group", "group", group)),
        None => told,
    }
}

/// Says in a form what a card's code or PIN lacked.
pub(crate) fn card_failed(
    form: &mut Form,
    error: CardSignInError,
    code: &str,
    pin: &str,
) -> Result<(), PageError> {
    let l = crate::Language::french();
    match error {
        CardSignInError::Code(error) => {
            let told = code_words(error, form.get(code));
            form.fail_with(code, told);
        }
        CardSignInError::Wrong { left } => {
            form.fail_with(pin, l.t1("error-card-wrong", "left", left));
        }
        CardSignInError::Locked => form.fail(pin, "error-card-locked"),
        CardSignInError::Service(ServiceError::Invalid { field, key }) => form.fail(field, key),
        CardSignInError::Service(error) => return Err(error.into()),
    }
    Ok(())
}

/// Begins a session in a browser; one that was open there ends.
async fn begin(web: &Web, headers: &HeaderMap, token: &SessionToken, to: &str) -> Page {
    if let Some(earlier) = cookie::session(headers) {
        web.service.sign_out(&earlier).await?;
    }
    let mut response = see(to);
    cookie::set_session(response.headers_mut(), token);
    Ok(response)
}

async fn card_sign_in(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    mut form: Form,
) -> Page {
    allowed(&web, &headers, &peer, form.get("code"))?;
    match web
        .service
        .sign_in_card(form.get("code"), form.get("pin"))
        .await
    {
        Ok(token) => begin(&web, &headers, &token, "/e").await,
        Err(error) => {
            card_failed(&mut form, error, "code", "pin")?;
            form.forget("pin");
            let (status, s) = (form.status(), Shell::public());
            let open = false;
            Ok(show_as(status, &CardPage { s, form, open }))
        }
    }
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    s: Shell,
    form: Form,
    device: bool,
}

async fn worker_page(State(web): State<Web>, headers: HeaderMap) -> Page {
    if let Some(token) = cookie::session(&headers)
        && let Some(service::Session::Worker(_)) = web.service.resume(&token).await?
    {
        return Ok(see("/personnes"));
    }
    let device = cookie::device(&headers).is_some();
    let page = SignInPage {
        s: Shell::public(),
        form: Form::default(),
        device,
    };
    Ok(show_as(StatusCode::OK, &page))
}

async fn worker_sign_in(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    mut form: Form,
) -> Page {
    allowed(&web, &headers, &peer, form.get("name"))?;
    let Some(device) = cookie::device(&headers) else {
        return Ok(see("/appareil"));
    };
    let passphrase = SecretString::from(form.get("passphrase").to_owned());
    match web
        .service
        .sign_in_worker(form.get("name"), &passphrase, &device)
        .await
    {
        Ok(token) => begin(&web, &headers, &token, "/personnes").await,
        Err(error) => {
            match error {
                SignInError::Wrong => form.fail("name", "error-sign-in"),
                SignInError::Locked => form.fail("name", "error-device-locked"),
                SignInError::NotYet => form.fail("name", "error-not-yet"),
                SignInError::Service(error) => return Err(error.into()),
            }
            form.forget("passphrase");
            Ok(show_as(
                form.status(),
                &SignInPage {
                    s: Shell::public(),
                    form,
                    device: true,
                },
            ))
        }
    }
}

#[derive(Template)]
#[template(path = "device.html")]
struct DevicePage {
    s: Shell,
    form: Form,
}

#[derive(Template)]
#[template(path = "waiting.html")]
struct WaitingPage {
    s: Shell,
}

async fn device_page() -> Page {
    Ok(show_as(
        StatusCode::OK,
        &DevicePage {
            s: Shell::public(),
            form: Form::default(),
        },
    ))
}

async fn enrol(State(web): State<Web>, peer: Peer, headers: HeaderMap, mut form: Form) -> Page {
    allowed(&web, &headers, &peer, form.get("name"))?;
    let passphrase = form.get("passphrase").to_owned();
    let again = form.get("again");
    if !again.is_empty() && again != passphrase {
        form.fail("again", "error-passphrase-again");
    } else {
        let secret = SecretString::from(passphrase);
        match web
            .service
            .enrol(form.get("name"), form.get("code"), &secret)
            .await
        {
            Ok(enrolled) => {
                let mut response = match &enrolled.token {
                    Some(_) => see("/personnes"),
                    None => show_as(StatusCode::OK, &WaitingPage { s: Shell::public() }),
                };
                cookie::set_device(response.headers_mut(), &enrolled.device);
                if let Some(token) = &enrolled.token {
                    cookie::set_session(response.headers_mut(), token);
                }
                return Ok(response);
            }
            Err(EnrolError::Code(error)) => {
                let told = code_words(error, form.get("code"));
                form.fail_with("code", told);
            }
            Err(EnrolError::Wrong) => form.fail("code", "error-enrol"),
            Err(EnrolError::Weak { key }) => form.fail("passphrase", key),
            Err(EnrolError::Service(error)) => return Err(error.into()),
        }
    }
    form.forget("passphrase");
    form.forget("again");
    Ok(show_as(
        form.status(),
        &DevicePage {
            s: Shell::public(),
            form,
        },
    ))
}

/// Ends the session under way and wipes what the browser may have kept.
pub(crate) async fn leave(web: &Web, headers: &HeaderMap, to: &str) -> Page {
    if let Some(token) = cookie::session(headers) {
        web.service.sign_out(&token).await?;
    }
    let mut response = see(to);
    let headers = response.headers_mut();
    cookie::clear_session(headers);
    // Not "cookies": that would also forget the enrolled device.
    let wipe = HeaderValue::from_static("\"cache\", \"storage\"");
    headers.insert("clear-site-data", wipe);
    Ok(response)
}

async fn sign_out(State(web): State<Web>, headers: HeaderMap, _form: Form) -> Page {
    leave(&web, &headers, "/connexion").await
}

#[derive(Template)]
#[template(path = "goodbye.html")]
struct GoodbyePage {
    s: Shell,
}

async fn goodbye() -> Page {
    Ok(show_as(StatusCode::OK, &GoodbyePage { s: Shell::public() }))
}

async fn alive() -> &'static str {
    "ok\n"
}

async fn ready(State(web): State<Web>) -> Response {
    match Service::ready(&web.service).await {
        Ok(()) => "ok\n".into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
