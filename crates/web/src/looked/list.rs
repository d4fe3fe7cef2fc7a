//! The first page: who lives at home, how many questions are left, and each right with its
//! indication, in the order of the law files and no other.

use super::{desk::Desk, home, words};
use crate::{
    Web,
    page::{Page, Shell},
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use rights::{
    asking::{self, Household, Looking},
    explain::Status,
};

/// From how many questions on a page says that one right at a time will do.
const MANY: usize = 8;
/// How many missing facts a line names.
const NAMED: usize = 2;

/// A right in the list.
struct Row {
    /// How its address names it.
    name: String,
    label: String,
    class: &'static str,
    mark: &'static str,
    status: String,
    amount: String,
    missing: String,
    decided: String,
}

#[derive(Template)]
#[template(path = "looked/list.html")]
struct ListView<'a> {
    s: &'a Shell,
    at: &'a str,
    month: String,
    /// Who lives at home, in words; none until it was said.
    household: Option<String>,
    offered: usize,
    left: usize,
    many: usize,
    rights: Vec<Row>,
    /// The rights that are looked at, while nothing was said.
    names: Vec<&'a str>,
}

/// How a status is marked, beside its words.
pub(super) fn mark(status: &Status) -> (&'static str, &'static str) {
    match status {
        Status::Likely => ("✓", "likely"),
        Status::Unlikely => ("–", "soft"),
        Status::Unknown => ("?", "soft"),
        Status::Assessed(_) => ("…", "likely"),
        Status::NotModelled(_) => ("∅", "soft"),
    }
}

/// A status in words.
pub(super) fn status(s: &Shell, status: &Status) -> String {
    s.w(match status {
        Status::Likely => "looked-status-likely",
        Status::Unlikely => "looked-status-unlikely",
        Status::Unknown => "looked-status-unknown",
        Status::Assessed(_) => "looked-status-assessed",
        Status::NotModelled(_) => "looked-status-not_modelled",
    })
}

/// The facts that are missing, the first of them by name.
fn missing(s: &Shell, looking: &Looking) -> String {
    // A page of the person's names what is missing once they opened that right.
    if s.own || looking.status != Status::Unknown || looking.missing.is_empty() {
        return String::new();
    }
    let mut labels: Vec<&str> = Vec::new();
    for lacking in &looking.missing {
        if !labels.contains(&words::named(&lacking.label)) {
            labels.push(words::named(&lacking.label));
        }
    }
    let more = labels.len().saturating_sub(NAMED);
    labels.truncate(NAMED);
    let mut facts = labels.join(" ; ");
    if more > 0 {
        facts = s.t1("looked-missing-more", "facts", facts);
    }
    s.t1("looked-missing-short", "facts", facts)
}

pub(super) async fn page(State(web): State<Web>, desk: Desk) -> Page {
    let (s, law, today) = (&desk.s, &*web.law, web.service.today());
    let looked = &desk.record().looked;
    let home = home(&web, &desk);
    let answers = home.as_ref().map(Household::answers).unwrap_or_default();
    let row = |(place, looking): (usize, &Looking)| {
        let (mark, class) = mark(&looking.status);
        Row {
            name: desk.name_of(place, &looking.right),
            label: looking.label.clone(),
            class,
            mark,
            status: status(s, &looking.status),
            amount: super::right::amount(s, looking),
            missing: missing(s, looking),
            decided: looked
                .decision(&looking.right)
                .map(|d| words::decision(s, &d.what))
                .unwrap_or_default(),
        }
    };
    let view = ListView {
        s,
        at: &desk.at,
        month: words::month(s, super::this_month(&web)),
        household: looked
            .composition
            .as_ref()
            .map(|told| words::household(s, &told.what)),
        offered: asking::offered(law, desk.record(), today).len(),
        left: home.as_ref().map_or(0, |h| h.questions(&[]).len()),
        many: MANY,
        rights: answers.iter().enumerate().map(row).collect(),
        names: law.rights().iter().map(|r| r.label.as_str()).collect(),
    };
    Ok(desk.show(StatusCode::OK, "looked", &view))
}
