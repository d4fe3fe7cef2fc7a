//! Every route, in one table: its method, its path, who may reach it, and what answers. The router
//! is built from it and the authorisation matrix walks it, so that no route can be left out.

use crate::{
    Web, admin, assets, calculate, calendar, fiche, guard, headers, looked, observatory, person,
    public, worker,
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    handler::Handler,
    middleware,
    response::IntoResponse,
    routing::{MethodRouter, get, post},
};
use std::time::Duration;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer, Predicate,
        predicate::{DefaultPredicate, NotForContentType},
    },
    csrf::CsrfLayer,
    timeout::TimeoutLayer,
};

/// Who may reach a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone.
    Public,
    /// A worker.
    Worker,
    /// A worker, about a person whose record is open to them: enforced where keys are opened.
    Record,
    /// A lead, or an administrator where the page says so.
    Lead,
    /// A lead or an administrator.
    Overseer,
    /// An administrator.
    Administrator,
    /// A person, with their card.
    Person,
    /// A program, with an API key: it reaches no record.
    Key,
}

/// A route's method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Asks for a page.
    Get,
    /// Sends a form.
    Post,
}

/// A route of the table.
pub struct Route {
    /// Its method.
    pub method: Method,
    /// Its path.
    pub path: &'static str,
    /// Who may reach it.
    pub access: Access,
    pub(crate) handler: MethodRouter<Web>,
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {} ({:?})", self.method, self.path, self.access)
    }
}

pub(crate) fn on_get<H, T>(path: &'static str, access: Access, handler: H) -> Route
where
    H: Handler<T, Web>,
    T: 'static,
{
    Route {
        method: Method::Get,
        path,
        access,
        handler: get(handler),
    }
}

pub(crate) fn on_post<H, T>(path: &'static str, access: Access, handler: H) -> Route
where
    H: Handler<T, Web>,
    T: 'static,
{
    Route {
        method: Method::Post,
        path,
        access,
        handler: post(handler),
    }
}

/// Every route.
#[must_use]
pub fn table() -> Vec<Route> {
    let mut routes = public::routes();
    routes.extend(person::routes());
    routes.extend(worker::routes());
    routes.extend(admin::routes());
    routes.extend(fiche::routes());
    routes.extend(looked::routes());
    routes.extend(calendar::routes());
    routes.extend(calculate::routes());
    routes.extend(observatory::routes());
    routes.push(on_get("/a/{hash}/conatus.css", Access::Public, assets::css));
    routes.push(on_get("/a/{hash}/person.js", Access::Public, assets::js));
    routes
}

/// How long a page may take before it is given up.
const DEADLINE: Duration = Duration::from_mins(5);
/// A document of 100 MB and its form.
const LARGEST_BODY: usize = 101 * 1024 * 1024;

/// Pages are compressed; documents go as they are: most are compressed already.
fn pages_only() -> impl Predicate {
    DefaultPredicate::new().and(NotForContentType::const_new("application/octet-stream"))
}

/// The router of that table.
pub fn router(web: Web) -> Router {
    let https = web.settings.public_url.starts_with("https://");
    let mut router = Router::new();
    for route in table() {
        // Where it is off, no answer to any method tells that there could be one.
        if route.access == Access::Key && web.calculator.is_none() {
            continue;
        }
        let state = (web.clone(), route.access);
        let handler = route
            .handler
            .layer(middleware::from_fn_with_state(state, guard::guard));
        router = router.route(route.path, handler);
    }
    let mut csrf = CsrfLayer::new();
    if let Ok(layer) = csrf
        .clone()
        .add_trusted_origin(web.settings.public_url.as_str())
    {
        csrf = layer;
    }
    let router = router
        .fallback(async || crate::page::PageError::NotFound.into_response())
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(csrf)
        .layer(
            CompressionLayer::new()
                .gzip(true)
                .compress_when(pages_only()),
        )
        .layer(TimeoutLayer::with_status_code(
            axum::http::StatusCode::SERVICE_UNAVAILABLE,
            DEADLINE,
        ))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn(headers::set));
    let router = if https {
        router.layer(middleware::from_fn(headers::require_https))
    } else {
        router
    };
    router.with_state(web)
}
