//! Rights to look at (droits à regarder): who lives with the person, the questions that can still
//! change an answer, what the law says of each right and why, what the person decided, and what a
//! change would do. The same pages for a worker in a record and for the person. They inform; they
//! open, block and sort nothing.

mod answers;
mod communes;
mod curve;
mod desk;
mod household;
mod known;
mod list;
mod question;
mod right;
mod told;
mod what_if;
mod words;

pub(crate) use told::{gathered, told};

use crate::{
    Access, Web,
    form::Form,
    page::PageError,
    routes::{Route, on_get, on_post},
};
use domain::looked::{LookedError, Month};
use rights::asking::Household;
use service::ServiceError;

pub(crate) fn routes() -> Vec<Route> {
    use Access::{Person, Record};
    vec![
        on_get("/dossiers/{person}/droits", Record, list::page),
        on_get("/dossiers/{person}/droits/foyer", Record, household::page),
        on_post("/dossiers/{person}/droits/foyer", Record, household::say),
        on_get("/dossiers/{person}/droits/connu", Record, known::page),
        on_post("/dossiers/{person}/droits/connu", Record, known::confirm),
        on_get("/dossiers/{person}/droits/question", Record, question::next),
        on_post("/dossiers/{person}/droits/question", Record, question::say),
        on_get("/dossiers/{person}/droits/reponses", Record, answers::page),
        on_post(
            "/dossiers/{person}/droits/reponses",
            Record,
            answers::take_back,
        ),
        on_get(
            "/dossiers/{person}/droits/aide/{right}",
            Record,
            right::page,
        ),
        on_post(
            "/dossiers/{person}/droits/aide/{right}",
            Record,
            right::decide,
        ),
        on_get("/dossiers/{person}/droits/et-si", Record, what_if::choose),
        on_get(
            "/dossiers/{person}/droits/et-si/{change}",
            Record,
            what_if::ask,
        ),
        on_post(
            "/dossiers/{person}/droits/et-si/{change}",
            Record,
            what_if::compare,
        ),
        on_get("/e/droits", Person, list::page),
        on_get("/e/droits/foyer", Person, household::page),
        on_post("/e/droits/foyer", Person, household::say),
        on_get("/e/droits/connu", Person, known::page),
        on_post("/e/droits/connu", Person, known::confirm),
        on_get("/e/droits/question", Person, question::next),
        on_post("/e/droits/question", Person, question::say),
        on_get("/e/droits/reponses", Person, answers::page),
        on_post("/e/droits/reponses", Person, answers::take_back),
        on_get("/e/droits/aide/{right}", Person, right::page),
        on_post("/e/droits/aide/{right}", Person, right::decide),
        on_get("/e/droits/et-si", Person, what_if::choose),
        on_get("/e/droits/et-si/{change}", Person, what_if::ask),
        on_post("/e/droits/et-si/{change}", Person, what_if::compare),
    ]
}

/// The household as it was said; none until it was.
fn home<'a>(web: &'a Web, desk: &'a desk::Desk) -> Option<Household<'a>> {
    Household::of(&web.law, &desk.record().looked, web.service.today())
}

/// The month pages speak of.
fn this_month(web: &Web) -> Month {
    Month::of(web.service.today())
}

/// Tells beside its field what the rules refuse; any other failure is the page's.
fn taken(form: &mut Form, field: &str, done: Result<(), ServiceError>) -> Result<bool, PageError> {
    match done {
        Ok(()) => Ok(true),
        Err(ServiceError::Looked(error)) => {
            form.fail(field, refused(error));
            Ok(false)
        }
        Err(other) => Err(other.into()),
    }
}

/// The sentence of a rule that is broken.
fn refused(error: LookedError) -> &'static str {
    match error {
        LookedError::HowMany => "error-looked-how-many",
        LookedError::Name => "error-looked-name",
        LookedError::Period => "error-looked-period",
        LookedError::Answer => "error-looked-answer",
        LookedError::NoSuchMember => "error-looked-member",
        LookedError::Household => "error-looked-household",
        LookedError::Number => "error-looked-number",
        LookedError::Birth => "error-looked-birth",
        LookedError::Future => "error-looked-future",
        LookedError::AgainPassed => "error-looked-again",
        LookedError::TooLong => "error-line-long",
    }
}
