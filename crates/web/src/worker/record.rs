//! A record: in order of time with filters, or by compartment.

use super::person;
use crate::{
    Access, Web,
    form::{Choice, Form},
    guard::AsWorker,
    looked,
    page::{Page, Shell, show_as},
    person::{Line, Paper, names},
    procedures::{strip, told},
    routes::{Route, on_get},
};
use askama::Template;
use axum::extract::{Path, Query, State};
use domain::{
    Compartment,
    entry::{Content, Entry},
    id::PersonId,
    words::Nature,
};
use jiff::civil::Date;
use service::{OpenedRecord, Which, WorkerSession};
use std::collections::HashMap;

pub(super) fn routes() -> Vec<Route> {
    vec![on_get("/dossiers/{person}", Access::Record, thread)]
}

/// Entries a page shows.
const SHOWN: usize = 30;

/// What every page of a record shows beside its own content.
pub(crate) struct Side {
    pub(crate) person: PersonId,
    pub(crate) name: String,
    pub(crate) born: String,
    pub(crate) team: String,
    pub(crate) referent: String,
    pub(crate) open: String,
    pub(crate) another: bool,
    pub(crate) ask: String,
    pub(crate) here: &'static str,
    pub(crate) closed: bool,
}

impl Side {
    pub(crate) fn new(s: &Shell, opened: &OpenedRecord, here: &'static str) -> Self {
        let record = &opened.record;
        let profile = record.profile.as_ref();
        let live = record.accompaniments.iter().rfind(|a| a.closed.is_none());
        Self {
            person: opened.person,
            name: profile.map_or_else(|| s.t("record-no-name"), domain::entry::Profile::shown_name),
            born: profile
                .and_then(|p| p.born)
                .map(|d| s.l.day(d))
                .unwrap_or_default(),
            team: live.map(|a| a.team.name.clone()).unwrap_or_default(),
            referent: live
                .and_then(|a| a.referent.as_ref())
                .map(|r| r.name.clone())
                .unwrap_or_default(),
            open: names(s, opened.open),
            another: opened.another_exists,
            ask: opened.ask.join(", "),
            here,
            closed: live.is_none() && !record.accompaniments.is_empty(),
        }
    }
}

/// Opens a record and gives what its pages show beside.
pub(super) async fn open(
    web: &Web,
    session: &WorkerSession,
    id: &str,
    here: &'static str,
) -> Result<(Shell, OpenedRecord, Side), crate::page::PageError> {
    let opened = web
        .service
        .open_record(session, person(id)?, Which::All)
        .await?;
    let s = Shell::worker(session);
    let side = Side::new(&s, &opened, here);
    Ok((s, opened, side))
}

/// Opens one compartment and journals no other. Who the person is stands in another one: the name
/// that the worker's list shows is enough to know whose record it is.
async fn open_one(
    web: &Web,
    session: &WorkerSession,
    id: &str,
    compartment: Compartment,
) -> Result<(Shell, OpenedRecord, Side), crate::page::PageError> {
    let id = person(id)?;
    let which = Which::One(compartment);
    let opened = web.service.open_record(session, id, which).await?;
    let s = Shell::worker(session);
    let mut side = Side::new(&s, &opened, "thread");
    if opened.record.profile.is_none()
        && let Some((name, born)) = web.service.listed_person(session, id).await?
    {
        side.name = name;
        side.born = born.map(|d| s.l.day(d)).unwrap_or_default();
    }
    Ok((s, opened, side))
}

#[derive(Template)]
#[template(path = "worker/thread.html")]
struct ThreadPage {
    s: Shell,
    side: Side,
    form: Form,
    compartments: Vec<Choice>,
    kinds: Vec<Choice>,
    lines: Vec<Line>,
    older: Option<String>,
    ending: Vec<Paper>,
    next: Option<String>,
    strip: Vec<strip::Mark>,
}

struct Filter {
    compartment: Option<Compartment>,
    kind: String,
    from: Option<Date>,
    to: Option<Date>,
}

impl Filter {
    fn keeps(&self, entry: &Entry, day: Date) -> bool {
        let content = &entry.body.content;
        let kind = match self.kind.as_str() {
            "" => true,
            "step" => match content {
                Content::Step(_) => true,
                Content::Procedure(said) => told::step_of(&said.event).is_some(),
                _ => false,
            },
            "procedure" => matches!(content, Content::Procedure(_)),
            "looked" => matches!(content, Content::Looked { .. }),
            "event" => !matches!(
                content,
                Content::Step(_)
                    | Content::Writing(_)
                    | Content::Procedure(_)
                    | Content::Looked { .. }
            ),
            nature => matches!(content, Content::Writing(w)
                if Nature::from_word(nature) == Some(w.nature)),
        };
        kind && self.compartment.is_none_or(|c| c == entry.compartment)
            && self.from.is_none_or(|d| d <= day)
            && self.to.is_none_or(|d| day <= d)
    }
}

async fn thread(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Page {
    let only = query
        .get("rubrique")
        .and_then(|c| Compartment::from_word(c));
    let (s, opened, side) = match only {
        Some(compartment) => open_one(&web, &session, &id, compartment).await?,
        None => open(&web, &session, &id, "thread").await?,
    };
    let mut form = Form::default();
    for name in ["rubrique", "nature", "du", "au"] {
        form.set(name, query.get(name).cloned().unwrap_or_default());
    }
    let filter = Filter {
        compartment: Compartment::from_word(form.get("rubrique")),
        kind: form.get("nature").to_owned(),
        from: form.day("du"),
        to: form.day("au"),
    };
    let skipped: usize = query.get("apres").and_then(|v| v.parse().ok()).unwrap_or(0);
    let record = &opened.record;
    let zone = web.service.zone();
    let kept = record.entries.iter().rev();
    let kept = kept.filter(|e| filter.keeps(e, zone.to_datetime(e.body.at).date()));
    let kept = looked::gathered(kept, zone);
    let mut kept = kept.iter().skip(skipped);
    let lines: Vec<Line> = kept
        .by_ref()
        .take(SHOWN)
        .filter_map(|e| Line::of(&web, &s, record, e))
        .collect();
    let older = kept.next().map(|_| {
        format!(
            "/dossiers/{}?rubrique={}&nature={}&du={}&au={}&apres={}",
            opened.person,
            form.get("rubrique"),
            form.get("nature"),
            form.get("du"),
            form.get("au"),
            skipped + SHOWN
        )
    });
    let mut compartments = vec![Choice::new("", s.t("record-all"))];
    compartments.extend(
        opened
            .open
            .iter()
            .map(|c| Choice::new(c.word(), s.l.compartment(c))),
    );
    let mut kinds = vec![Choice::new("", s.t("record-all"))];
    kinds.extend(Choice::words(
        "nature",
        Nature::ALL.iter().map(|n| n.word()),
    ));
    kinds.push(Choice::new("step", s.t("entry-step")));
    kinds.push(Choice::new("procedure", s.t("entry-procedure")));
    kinds.push(Choice::new("looked", s.t("looked")));
    kinds.push(Choice::new("event", s.t("entry-event")));
    let today = web.service.today();
    let ending = record
        .ending_documents(today)
        .into_iter()
        .map(|d| Paper::new(&s, d, today))
        .collect();
    let next = record
        .coming_appointments(today)
        .next()
        .map(|a| s.l.clock(a.at));
    let strip = strip::latest(&s, &record.acts());
    let page = ThreadPage {
        s,
        side,
        form,
        compartments,
        kinds,
        lines,
        older,
        ending,
        next,
        strip,
    };
    Ok(show_as(page.form.status(), &page))
}
