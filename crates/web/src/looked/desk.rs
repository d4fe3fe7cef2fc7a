//! Whose pages these are: a worker's, in a record, or the person's own. What they show is the same;
//! the frame around it, the words, and where links lead are not.

use crate::{
    Web,
    page::{PageError, Shell, render, show_as},
    worker::{self, Side},
};
use askama::Template;
use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use domain::record::Record;
use rights::{Law, Right};
use service::{OpenedRecord, PersonSession, Who, WorkerSession};
use std::sync::Arc;

enum Reader {
    Worker(Arc<WorkerSession>, Box<Side>),
    Person(Arc<PersonSession>),
}

/// A record opened for these pages, and by whom.
pub(super) struct Desk {
    pub(super) s: Shell,
    pub(super) opened: OpenedRecord,
    /// What the addresses of these pages begin with.
    pub(super) at: String,
    /// The right that the address names; empty where it names none.
    pub(super) right: String,
    /// The change that the address names; empty where it names none.
    pub(super) change: String,
    reader: Reader,
}

impl Desk {
    pub(super) fn record(&self) -> &Record {
        &self.opened.record
    }

    pub(super) fn who(&self) -> Who<'_> {
        match &self.reader {
            Reader::Worker(session, _) => Who::Worker(session, self.opened.person),
            Reader::Person(session) => Who::Person(session),
        }
    }

    /// The address of one of these pages.
    pub(super) fn to(&self, end: &str) -> String {
        format!("{}{end}", self.at)
    }

    /// How an address of these pages names a right. The person's are read on phones that others
    /// use: theirs tell a place in the law files, not a name.
    pub(super) fn name_of(&self, place: usize, right: &str) -> String {
        if self.s.own {
            (place + 1).to_string()
        } else {
            right.to_owned()
        }
    }

    /// The right that an address names.
    pub(super) fn right_named<'a>(&self, law: &'a Law, name: &str) -> Option<&'a Right> {
        if self.s.own {
            let place = name.parse::<usize>().ok()?.checked_sub(1)?;
            law.rights().get(place)
        } else {
            law.rights().iter().find(|r| r.name == name)
        }
    }

    /// The page, inside the reader's own frame.
    pub(super) fn show(&self, status: StatusCode, title: &str, view: &impl Template) -> Response {
        let body = match render(view) {
            Ok(body) => body,
            Err(error) => {
                tracing::error!(%error, "a page could not be rendered");
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            }
        };
        let s = &self.s;
        match &self.reader {
            Reader::Worker(_, side) => {
                let title = s.t(title);
                show_as(
                    status,
                    &WorkerLookedPage {
                        s,
                        side,
                        title,
                        body,
                    },
                )
            }
            Reader::Person(_) => show_as(status, &PersonLookedPage { s, body }),
        }
    }

    async fn open(parts: &mut Parts, web: &Web) -> Result<Self, PageError> {
        let params = RawPathParams::from_request_parts(parts, web).await;
        let params = params.map_err(|_| PageError::NotFound)?;
        let named = |name| params.iter().find(|(n, _)| *n == name).map(|(_, v)| v);
        let right = named("right").unwrap_or_default().to_owned();
        let change = named("change").unwrap_or_default().to_owned();
        if let Some(session) = parts.extensions.get::<Arc<WorkerSession>>().cloned() {
            let person = worker::person(named("person").unwrap_or_default())?;
            let who = Who::Worker(&session, person);
            let opened = web.service.look_at_rights(&who).await?;
            let s = Shell::worker(&session);
            let mut side = Side::new(&s, &opened, "looked");
            if opened.record.profile.is_none()
                && let Some((name, _)) = web.service.listed_person(&session, person).await?
            {
                side.name = name;
            }
            return Ok(Self {
                s,
                opened,
                at: format!("/dossiers/{person}/droits"),
                right,
                change,
                reader: Reader::Worker(session, Box::new(side)),
            });
        }
        let session = parts.extensions.get::<Arc<PersonSession>>().cloned();
        let session = session.ok_or(PageError::NotFound)?;
        let opened = web.service.look_at_rights(&Who::Person(&session)).await?;
        Ok(Self {
            s: Shell::person(&session, web.service.now()),
            opened,
            at: "/e/droits".to_owned(),
            right,
            change,
            reader: Reader::Person(session),
        })
    }
}

impl FromRequestParts<Web> for Desk {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let opened = Self::open(parts, web).await;
        opened.map_err(IntoResponse::into_response)
    }
}

#[derive(Template)]
#[template(path = "worker/looked.html")]
struct WorkerLookedPage<'a> {
    s: &'a Shell,
    side: &'a Side,
    title: String,
    body: String,
}

#[derive(Template)]
#[template(path = "person/looked.html")]
struct PersonLookedPage<'a> {
    s: &'a Shell,
    body: String,
}
