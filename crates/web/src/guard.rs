//! Who may reach a route: decided by the route's own entry in the table, before its handler runs.
//! What a reader may open of a record is decided further down, where keys are opened.

use crate::{
    Access, Web, cookie,
    form::FormToken,
    page::{PageError, see},
};
use axum::{
    extract::{Request, State},
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
                Access::Administrator => session.administrator,
                _ => true,
            };
            if !allowed {
                return PageError::NotFound.into_response();
            }
            request
                .extensions_mut()
                .insert(FormToken(session.form_token.clone()));
            request.extensions_mut().insert(Arc::new(session));
        }
        Some(Session::Person(session)) if person_side => {
            request
                .extensions_mut()
                .insert(FormToken(session.form_token.clone()));
            request.extensions_mut().insert(Arc::new(session));
        }
        _ if person_side => return see("/"),
        _ => return see("/connexion"),
    }
    next.run(request).await
}
