//! What falls due, as prepared this morning: one calm page that does not change during the day. No
//! record is opened, and nothing is counted; it prints.

use super::at;
use crate::{
    Access, Web,
    guard::AsWorker,
    page::{Page, Shell, show},
    routes::{Route, on_get},
};
use askama::Template;
use axum::extract::State;
use jiff::{ToSpan, civil::Date};
use service::{ComingDeadline, DIGEST_DAYS};

pub(super) fn routes() -> Vec<Route> {
    vec![on_get("/ce-qui-arrive", Access::Worker, digest)]
}

/// A deadline of the digest.
struct Line {
    day: String,
    kind: String,
    name: String,
    path: String,
    /// Whether no earlier digest told of it.
    new: bool,
}

/// Some of it, under one heading.
struct Part {
    title: String,
    late: bool,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "worker/procedures/digest.html")]
struct DigestPage {
    s: Shell,
    prepared: Option<String>,
    parts: Vec<Part>,
}

/// Late, within a week, later: in the order of days.
fn parts(s: &Shell, day: Option<Date>, today: Date, due: Vec<ComingDeadline>) -> Vec<Part> {
    let week = today.saturating_add(7.days());
    let mut late = Vec::new();
    let mut soon = Vec::new();
    let mut later = Vec::new();
    for d in due {
        let line = Line {
            day: s.l.day(d.day),
            kind: s.l.word("deadline", d.kind.word()),
            path: at(&d.person.to_string(), d.procedure, "#echeances"),
            name: d.name,
            new: d.told == day,
        };
        match d.day {
            day if day < today => late.push(line),
            day if day < week => soon.push(line),
            _ => later.push(line),
        }
    }
    let part = |title, late, lines| Part { title, late, lines };
    let parts = [
        part(s.t("coming-late"), true, late),
        part(s.t("digest-week"), false, soon),
        part(s.t1("digest-later", "days", DIGEST_DAYS), false, later),
    ];
    parts.into_iter().filter(|p| !p.lines.is_empty()).collect()
}

async fn digest(State(web): State<Web>, session: AsWorker) -> Page {
    let digest = web.service.digest(&session).await?;
    let s = Shell::worker(&session);
    Ok(show(&DigestPage {
        prepared: digest.prepared.map(|at| s.l.moment(at)),
        parts: parts(&s, digest.day, web.service.today(), digest.due),
        s,
    }))
}
