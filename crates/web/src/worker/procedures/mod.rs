//! Procedures of a record: the list, one a page, and everything that is written about them.

mod act;
mod change;
mod coming;
mod deadline;
mod digest;
mod letters;
mod open;
mod page;
mod path;
mod piece;
mod set;

use super::record::{Side, open as open_record};
use crate::{
    Access, Web,
    form::Form,
    guard::AsWorker,
    page::{Page, PageError, Shell, show},
    procedures::Line,
    routes::{Route, on_get},
};
use askama::Template;
use axum::extract::{Path, State};
use domain::{id::ProcedureId, procedure::Procedure};
use service::{OpenedRecord, ServiceError};

pub(super) fn routes() -> Vec<Route> {
    let mut routes = vec![on_get("/dossiers/{person}/demarches", Access::Record, list)];
    routes.extend(open::routes());
    routes.extend(page::routes());
    routes.extend(act::routes());
    routes.extend(change::routes());
    routes.extend(piece::routes());
    routes.extend(set::routes());
    routes.extend(letters::routes());
    routes.extend(deadline::routes());
    routes.extend(path::routes());
    routes.extend(coming::routes());
    routes.extend(digest::routes());
    routes
}

/// A record opened at one of its procedures.
struct Found {
    s: Shell,
    opened: OpenedRecord,
    side: Side,
    id: ProcedureId,
}

impl Found {
    fn procedure(&self) -> Result<&Procedure, PageError> {
        let found = self.opened.record.procedure(self.id);
        found.ok_or(PageError::NotFound)
    }
}

/// Opens a record at that procedure; as if there were nothing where it is not open to the worker.
async fn find(
    web: &Web,
    session: &AsWorker,
    id: &str,
    procedure: &str,
) -> Result<Found, PageError> {
    let procedure: ProcedureId = procedure.parse().map_err(|_| PageError::NotFound)?;
    let (s, opened, side) = open_record(web, session, id, "procedures").await?;
    let found = Found {
        s,
        opened,
        side,
        id: procedure,
    };
    found.procedure()?;
    Ok(found)
}

/// The address of a procedure's page.
fn at(id: &str, procedure: impl std::fmt::Display, end: &str) -> String {
    format!("/dossiers/{id}/demarches/{procedure}{end}")
}

/// Says beside its field what cannot be taken; any other failure is the page's.
fn failed(form: &mut Form, error: ServiceError) -> Result<(), PageError> {
    match error {
        ServiceError::Invalid { field, key } => form.fail(field, key),
        ServiceError::CompartmentClosed(_) => form.fail("rubrique", "error-compartment"),
        ServiceError::Step(error) => super::acts::step_failed(form, error),
        ServiceError::Procedure(error) => {
            let (field, key) = told(error);
            form.fail(field, key);
        }
        other => return Err(other.into()),
    }
    Ok(())
}

/// Where and how a rule of procedures that is broken is told.
fn told(error: domain::procedure::ProcedureError) -> (&'static str, &'static str) {
    use domain::procedure::ProcedureError as E;
    match error {
        E::Transition(_) => ("to", "error-procedure-transition"),
        E::NoReason => ("refusal_reason", "error-procedure-reason"),
        E::FutureRefusal => ("notified", "error-procedure-future"),
        E::NeedlessRefusal => ("refusal_reason", "error-procedure-needless"),
        E::NothingToTakeBack => ("mistake", "error-procedure-nothing"),
        E::NoSuchPiece => ("piece", "error-procedure-piece"),
        E::NoSuchDeadline => ("deadline", "error-procedure-deadline"),
        E::Unchecked => ("piece", "error-procedure-unchecked"),
    }
}

#[derive(Template)]
#[template(path = "worker/procedures/list.html")]
struct ListPage {
    s: Shell,
    side: Side,
    /// Those that go on, last opened first.
    live: Vec<Line>,
    /// Those that are over, last opened first.
    over: Vec<Line>,
}

async fn list(State(web): State<Web>, session: AsWorker, Path(id): Path<String>) -> Page {
    let (s, opened, side) = open_record(&web, &session, &id, "procedures").await?;
    let today = web.service.today();
    let record = &opened.record;
    let line = |p: &Procedure| Line::new(&s, record, p, today);
    let (live, over): (Vec<&Procedure>, Vec<&Procedure>) =
        record.procedures.iter().rev().partition(|p| p.goes_on());
    let live = live.into_iter().map(line).collect();
    let over = over.into_iter().map(line).collect();
    Ok(show(&ListPage {
        s,
        side,
        live,
        over,
    }))
}
