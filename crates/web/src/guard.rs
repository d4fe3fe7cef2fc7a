//! Who may reach a route: decided by the route's own entry in the table, before its handler runs.
//! What a reader may open of a record is decided further down, where keys are opened.

use crate::{
    Access, Web, calculate, cookie,
    form::{self, FormToken},
    page::{PageError, Shell, see, show_as, told_inside},
};
use askama::Template;
use axum::{
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use service::{PersonSession, Session, WorkerSession};
use std::sync::Arc;

/// The signed-in worker, for handlers.
pub(crate) type AsWorker = axum::Extension<Arc<WorkerSession>>;
/// The signed-in person, for handlers.
pub(crate) type AsPerson = axum::Extension<Arc<PersonSession>>;

pub(crate) async fn guard(
    State((web, access)): State<(Web, Access)>,
    mut request: Request,
    next: Next,
) -> Response {
    if access == Access::Public {
        return next.run(request).await;
    }
    if access == Access::Key {
        return calculate::guard(&web, request, next).await;
    }
    let session = match cookie::session(request.headers()) {
        Some(token) => match web.service.resume(&token).await {
            Ok(session) => session,
            Err(error) => return PageError::from(error).into_response(),
        },
        None => None,
    };
    let person_side = access == Access::Person;
    match session {
        Some(Session::Worker(session)) if !person_side => {
            let allowed = match access {
                Access::Lead => session.leads(),
                Access::Overseer => session.leads() || session.administrator,
                Access::Administrator => session.administrator,
                _ => true,
            };
            let shell = Shell::worker(&session);
            if !allowed {
                return told_inside(PageError::NotFound.into_response(), shell);
            }
            request
                .extensions_mut()
                .insert(FormToken(session.form_token.clone()));
            request.extensions_mut().insert(Arc::new(session));
            told_inside(next.run(request).await, shell)
        }
        Some(Session::Person(session)) if person_side => {
            request
                .extensions_mut()
                .insert(FormToken(session.form_token.clone()));
            let shell = Shell::person(&session, web.service.now());
            request.extensions_mut().insert(Arc::new(session));
            told_inside(next.run(request).await, shell)
        }
        _ => sign_in_again(request, if person_side { "/" } else { "/connexion" }).await,
    }
}

#[derive(Template)]
#[template(path = "ended.html")]
struct EndedPage {
    s: Shell,
    text: String,
    to: &'static str,
}

/// Leads to signing in. What was being written when the session ended is given back first: it was
/// not kept, and must not be lost.
async fn sign_in_again(request: Request, to: &'static str) -> Response {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let typed = kind.is_some_and(|k| k.as_bytes() == b"application/x-www-form-urlencoded");
    if request.method() == Method::POST && typed {
        let text = match form::read(request.into_body()).await {
            Ok(form) => form.get("text").to_owned(),
            Err(error) => return error.into_response(),
        };
        if !text.trim().is_empty() {
            let s = Shell::public();
            return show_as(StatusCode::FORBIDDEN, &EndedPage { s, text, to });
        }
    }
    see(to)
}
