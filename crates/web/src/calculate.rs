//! `POST /calculate` and `POST /trace`: situations in the shape of the `OpenFisca` Web API, answered
//! by the law files. Off unless the configuration turns it on, then by API key alone. What is sent is
//! held in memory while it is answered, and nowhere else: no line of log, no count, no file. What
//! never lives here: a session, a record, storage.

mod keys;

pub use keys::{ApiKey, Calculator};

use crate::{
    Access, Web,
    page::PageError,
    routes::{Route, on_post},
};
use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use keys::Denied;
use rights::{
    Law,
    json::{Bounds, JsonFault, calculate_within, trace_within},
};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

/// The most that one request may weigh, in bytes.
const LARGEST: usize = 1024 * 1024;
/// The most that a trace weighs, in bytes.
const TRACE: usize = 50_000;
/// How long a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        on_post("/calculate", Access::Key, calculate),
        on_post("/trace", Access::Key, trace),
    ];
    for route in &mut routes {
        let handler = std::mem::take(&mut route.handler);
        route.handler = handler.fallback(other_method);
    }
    routes
}

/// Lets through whoever shows a key, before anything of the body is read. Where the interface is
/// off there is nothing here, whatever is shown.
pub(crate) async fn guard(web: &Web, request: Request, next: Next) -> Response {
    let Some(calculator) = &web.calculator else {
        return PageError::NotFound.into_response();
    };
    let shown = request.headers().get(header::AUTHORIZATION);
    let shown = shown.and_then(|value| value.to_str().ok());
    match calculator.admit(shown.and_then(bearer)) {
        Ok(()) => next.run(request).await,
        Err(Denied::Unknown) => {
            let what = "Une clé est attendue : Authorization: Bearer CLÉ";
            let mut response = refusal(StatusCode::UNAUTHORIZED, what);
            let asked = HeaderValue::from_static("Bearer");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, asked);
            response
        }
        Err(Denied::TooMany) => later(
            StatusCode::TOO_MANY_REQUESTS,
            "Trop de demandes avec cette clé : recommencez dans une seconde",
        ),
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

async fn calculate(
    State(calculator): State<Option<Arc<Calculator>>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let within = |law: &Law, sent: &Value| calculate_within(law, sent, Bounds::REQUEST);
    answered(calculator, &headers, body, within).await
}

async fn trace(
    State(calculator): State<Option<Arc<Calculator>>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let within = |law: &Law, sent: &Value| trace_within(law, sent, TRACE, Bounds::REQUEST);
    answered(calculator, &headers, body, within).await
}

async fn other_method() -> Response {
    let what = "Cette adresse n'est demandée que par POST";
    refusal(StatusCode::METHOD_NOT_ALLOWED, what)
}

async fn answered(
    calculator: Option<Arc<Calculator>>,
    headers: &HeaderMap,
    body: Body,
    answer: impl Fn(&Law, &Value) -> Result<Value, JsonFault> + Send + 'static,
) -> Response {
    let Some(calculator) = calculator else {
        return PageError::NotFound.into_response();
    };
    if !is_json(headers) {
        let what = "Du JSON est attendu : Content-Type: application/json, sans compression";
        return refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, what);
    }
    let Ok(sent) = axum::body::to_bytes(body, LARGEST).await else {
        let what = "La demande est trop longue (1 Mo au plus) ou s'est interrompue";
        return refusal(StatusCode::PAYLOAD_TOO_LARGE, what);
    };
    let turn = tokio::time::timeout(PATIENCE, Arc::clone(&calculator.turns).acquire_owned());
    let Ok(Ok(turn)) = turn.await else {
        let what = "Trop de demandes à la fois : recommencez dans une seconde";
        return later(StatusCode::SERVICE_UNAVAILABLE, what);
    };
    // Beside the threads that answer pages: a long one must not hold them.
    let told = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        told(&calculator.law, &sent, answer)
    });
    told.await.unwrap_or_else(|_| {
        let what = "Le calcul n'a pas abouti";
        refusal(StatusCode::INTERNAL_SERVER_ERROR, what)
    })
}

fn told(
    law: &Law,
    sent: &Bytes,
    answer: impl Fn(&Law, &Value) -> Result<Value, JsonFault>,
) -> Response {
    match serde_json::from_slice::<Value>(sent) {
        Ok(sent) => match answer(law, &sent) {
            Ok(answer) => written(StatusCode::OK, &answer),
            Err(fault) if fault.way.is_empty() => refusal(StatusCode::BAD_REQUEST, &fault.what),
            Err(fault) => written(StatusCode::BAD_REQUEST, &fault.to_json()),
        },
        Err(error) => {
            let (line, column) = (error.line(), error.column());
            let what = format!("Ce n'est pas du JSON : ligne {line}, colonne {column}");
            refusal(StatusCode::BAD_REQUEST, &what)
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let plain = headers
        .get(header::CONTENT_ENCODING)
        .is_none_or(|encoding| encoding == "identity");
    plain && kind.eq_ignore_ascii_case("application/json")
}

fn written(status: StatusCode, value: &Value) -> Response {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

fn refusal(status: StatusCode, what: &str) -> Response {
    written(status, &json!({ "error": what }))
}

fn later(status: StatusCode, what: &str) -> Response {
    let mut response = refusal(status, what);
    let second = HeaderValue::from_static("1");
    response.headers_mut().insert(header::RETRY_AFTER, second);
    response
}
