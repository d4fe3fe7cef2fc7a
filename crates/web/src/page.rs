//! What every page is made of, and what is said when something cannot be done: what happened, what
//! was kept, what to do.

use crate::{assets, language::Language};
use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use service::{MyTeam, PersonSession, ServiceError, WorkerSession};

/// What every template carries.
#[derive(Debug, Clone)]
pub(crate) struct Shell {
    pub(crate) l: &'static Language,
    pub(crate) form_token: String,
    pub(crate) led: Vec<MyTeam>,
    pub(crate) administrator: bool,
    /// Seconds before an unused session ends, for the person's warning.
    pub(crate) idle_seconds: i64,
    /// Whether the person reads their own pages.
    pub(crate) own: bool,
}

impl Shell {
    pub(crate) fn public() -> Self {
        Self {
            l: Language::french(),
            form_token: String::new(),
            led: Vec::new(),
            administrator: false,
            idle_seconds: 0,
            own: false,
        }
    }

    pub(crate) fn worker(session: &WorkerSession) -> Self {
        Self {
            form_token: session.form_token.clone(),
            led: session.teams.iter().filter(|t| t.lead).cloned().collect(),
            administrator: session.administrator,
            ..Self::public()
        }
    }

    pub(crate) fn person(session: &PersonSession, now: jiff::Timestamp) -> Self {
        Self {
            form_token: session.form_token.clone(),
            idle_seconds: session.idle_ends.duration_since(now).as_secs(),
            own: true,
            ..Self::public()
        }
    }

    pub(crate) fn t(&self, key: &str) -> String {
        self.l.t(key)
    }

    /// The words of that key as this reader is told them: the person has sentences of their own.
    pub(crate) fn w(&self, key: &str) -> String {
        if self.own {
            self.t(&format!("person-{key}"))
        } else {
            self.t(key)
        }
    }

    /// The same, with one value.
    pub(crate) fn w1(&self, key: &str, name: &str, value: impl ToString) -> String {
        if self.own {
            self.t1(&format!("person-{key}"), name, value)
        } else {
            self.t1(key, name, value)
        }
    }

    pub(crate) fn t1(&self, key: &str, name: &str, value: impl ToString) -> String {
        self.l.t1(key, name, value)
    }

    #[expect(clippy::unused_self, reason = "templates reach it through the shell")]
    pub(crate) fn css(&self) -> &'static str {
        assets::css_path()
    }

    #[expect(clippy::unused_self, reason = "templates reach it through the shell")]
    pub(crate) fn js(&self) -> &'static str {
        assets::js_path()
    }
}

/// A template as text. Which one it was goes to the log where it is wanted in full, and never what
/// it says: a test asks that requests reach every template.
pub(crate) fn render(template: &impl Template) -> askama::Result<String> {
    let page = std::any::type_name_of_val(template);
    tracing::trace!(page, "rendered");
    template.render()
}

/// A rendered page.
pub(crate) fn show(template: &impl Template) -> Response {
    show_as(StatusCode::OK, template)
}

/// A rendered page with that status.
pub(crate) fn show_as(status: StatusCode, template: &impl Template) -> Response {
    match render(template) {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// After a form was taken: another page, asked for anew.
pub(crate) fn see(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// What a handler gives.
pub(crate) type Page = Result<Response, PageError>;

/// Why a page cannot be shown.
#[derive(Debug)]
pub(crate) enum PageError {
    /// Nothing here for this reader: no right, or no such thing; never told apart.
    NotFound,
    /// The role does not allow it.
    Forbidden,
    /// More than the form may hold.
    TooLarge,
    /// The form belongs to another session.
    Stale,
    /// Too many tries from there: later.
    TooMany,
    /// A page of the official catalogue is here and cannot be read.
    Unreadable,
    /// A blank form cannot be filled.
    Form,
    /// A use case refused or failed.
    Service(ServiceError),
}

impl From<ServiceError> for PageError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::NotFound => Self::NotFound,
            ServiceError::Forbidden => Self::Forbidden,
            other => Self::Service(other),
        }
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    s: Shell,
    title: String,
    words: String,
}

#[derive(Template)]
#[template(path = "person/error.html")]
struct PersonErrorPage {
    s: Shell,
    title: String,
    words: String,
}

#[derive(Template)]
#[template(path = "worker/error.html")]
struct WorkerErrorPage {
    s: Shell,
    title: String,
    words: String,
}

/// What an answer tells went wrong, so that it can be told again inside the asker's own pages:
/// with the person's quick exit, or the worker's way back.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    title: String,
    words: String,
}

/// The same answer, told inside the pages of whoever is signed in.
pub(crate) fn told_inside(response: Response, s: Shell) -> Response {
    let Some(Told { title, words }) = response.extensions().get().cloned() else {
        return response;
    };
    let (parts, _) = response.into_parts();
    let inside = if s.own {
        show_as(parts.status, &PersonErrorPage { s, title, words })
    } else {
        show_as(parts.status, &WorkerErrorPage { s, title, words })
    };
    let (told, body) = inside.into_parts();
    let mut response = Response::from_parts(told, body);
    if let Some(after) = parts.headers.get(header::RETRY_AFTER) {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, after.clone());
    }
    response
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let (status, key) = match &self {
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
            Self::Stale => (StatusCode::FORBIDDEN, "stale"),
            Self::TooMany => (StatusCode::TOO_MANY_REQUESTS, "too-many"),
            Self::Unreadable => (StatusCode::INTERNAL_SERVER_ERROR, "fiche"),
            Self::Form => (StatusCode::INTERNAL_SERVER_ERROR, "form"),
            Self::Service(error) => match error {
                ServiceError::CompartmentClosed(_) => (StatusCode::FORBIDDEN, "compartment-closed"),
                ServiceError::Invalid { .. }
                | ServiceError::Step(_)
                | ServiceError::Procedure(_)
                | ServiceError::Looked(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
                ServiceError::File(_) => (StatusCode::UNPROCESSABLE_ENTITY, "file"),
                ServiceError::Erased => (StatusCode::GONE, "erased"),
                ServiceError::Busy | ServiceError::Overtaken => {
                    (StatusCode::SERVICE_UNAVAILABLE, "busy")
                }
                ServiceError::Files(_) => (StatusCode::SERVICE_UNAVAILABLE, "files"),
                ServiceError::Full => (StatusCode::INSUFFICIENT_STORAGE, "full"),
                ServiceError::Integrity { .. } => (StatusCode::INTERNAL_SERVER_ERROR, "integrity"),
                _ => (StatusCode::INTERNAL_SERVER_ERROR, "server"),
            },
        };
        if let Self::Service(error) = &self
            && status.is_server_error()
        {
            // By construction these say ids and kinds only, never content.
            tracing::error!(%error, "a request failed");
        }
        let s = Shell::public();
        let title = s.t(&format!("error-page-{key}-title"));
        let words = s.t(&format!("error-page-{key}"));
        let told = Told {
            title: title.clone(),
            words: words.clone(),
        };
        let mut response = show_as(status, &ErrorPage { s, title, words });
        response.extensions_mut().insert(told);
        if matches!(self, Self::TooMany) {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        response
    }
}
