//! The official catalogue: looking for a page, reading one. Workers reach it from their bar, persons
//! from their home. Nothing of what is looked for is kept; on the person's side it travels in the body,
//! for an address would stay in the history of a borrowed phone.

mod html;
mod offer;
mod parts;

pub(crate) use html::host;
pub(crate) use offer::offer;

use crate::{
    Access, Web,
    form::Form,
    guard::{AsPerson, AsWorker},
    page::{Page, PageError, Shell, show},
    routes::{Route, on_get, on_post},
};
use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use catalogue::{Edition, PageId};
use domain::procedure::PageTaken;
use jiff::civil::Date;
use std::{collections::HashMap, sync::Arc};

/// The most pages a search shows.
const SHOWN: usize = 10;
/// After how many days an edition is said to be old: the publisher writes one every day, and amounts
/// change in January, April, July and October.
const OLD: i32 = 93;
/// The most letters of a search that are read.
const LONGEST: usize = 300;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        on_get("/fiches", Access::Worker, worker_search),
        on_get("/fiches/{fiche}", Access::Worker, worker_page),
        on_get("/fiches/{fiche}/au/{edition}", Access::Worker, worker_dated),
        on_get("/e/fiches", Access::Person, person_begin),
        on_post("/e/fiches", Access::Person, person_search),
        on_get("/e/fiches/{fiche}", Access::Person, person_page),
        on_get(
            "/e/fiches/{fiche}/au/{edition}",
            Access::Person,
            person_dated,
        ),
    ]
}

/// An edition, in words.
struct Told {
    date: String,
    sample: bool,
    old: bool,
}

fn told(web: &Web, s: &Shell, edition: &Edition) -> Told {
    let age = edition.date().until(web.service.today());
    Told {
        date: s.l.day(edition.date()),
        sample: edition.is_sample(),
        old: !edition.is_sample() && age.is_ok_and(|age| age.get_days() > OLD),
    }
}

/// A page that answers.
pub(crate) struct Row {
    pub(crate) path: String,
    pub(crate) title: String,
    pub(crate) about: String,
    pub(crate) place: String,
}

#[derive(Template)]
#[template(path = "fiche/worker_search.html")]
struct WorkerSearchPage {
    s: Shell,
    asked: String,
    rows: Vec<Row>,
    told: Told,
    /// The record they come from, or empty.
    record: String,
}

#[derive(Template)]
#[template(path = "fiche/person_search.html")]
struct PersonSearchPage {
    s: Shell,
    asked: String,
    rows: Vec<Row>,
    told: Told,
}

/// The pages that answer best, each with where it opens under `base`.
pub(crate) fn rows(edition: &Edition, base: &str, asked: &str) -> Vec<Row> {
    edition
        .search(asked, SHOWN)
        .into_iter()
        .map(|found| Row {
            path: format!("{base}/{}", found.page.id),
            title: plain(&found.page.title),
            about: brief(&plain(&found.page.description)),
            place: match found.page.dossier.as_str() {
                "" => found.page.theme.clone(),
                dossier if found.page.theme.is_empty() => dossier.to_owned(),
                dossier => format!("{} · {dossier}", found.page.theme),
            },
        })
        .collect()
}

/// A title or a description without the marks its publisher writes for others: « **CNI », « 1^ère ».
pub(crate) fn plain(text: &str) -> String {
    text.trim_start_matches('*').trim_start().replace('^', "")
}

/// How many letters tell what a page is about, in a list.
const BRIEF: usize = 180;

/// The first sentences, as far as a list shows them; the first alone may be longer by half.
fn brief(text: &str) -> String {
    if text.chars().count() <= BRIEF {
        return text.to_owned();
    }
    let ends = text.match_indices(". ").map(|(at, _)| &text[..=at]);
    let kept = ends.take_while(|t| t.chars().count() <= BRIEF).last();
    kept.map_or_else(
        || {
            let cut: String = text.chars().take(BRIEF * 3 / 2).collect();
            match cut.rsplit_once(' ') {
                Some((words, _)) if cut.len() < text.len() => format!("{words}…"),
                _ => cut,
            }
        },
        ToOwned::to_owned,
    )
}

/// The record that a worker comes from, as they said it; none where it is not the name of one.
fn record(query: &HashMap<String, String>) -> String {
    let said = query.get("dossier").map_or("", String::as_str);
    let is_id = said.len() == 32 && said.bytes().all(|b| b.is_ascii_hexdigit());
    if is_id {
        said.to_owned()
    } else {
        String::new()
    }
}

/// What keeps that record in an address.
fn kept(record: &str) -> String {
    if record.is_empty() {
        String::new()
    } else {
        format!("?dossier={record}")
    }
}

/// What was typed, as far as a search reads it.
pub(crate) fn asked(text: &str) -> String {
    text.trim().chars().take(LONGEST).collect()
}

async fn worker_search(
    State(web): State<Web>,
    session: AsWorker,
    Query(query): Query<HashMap<String, String>>,
) -> Page {
    let s = Shell::worker(&session);
    let edition = web.catalogue.current();
    let asked = asked(query.get("q").map_or("", String::as_str));
    let record = record(&query);
    let mut rows = rows(&edition, "/fiches", &asked);
    for row in &mut rows {
        row.path.push_str(&kept(&record));
    }
    Ok(show(&WorkerSearchPage {
        rows,
        record,
        told: told(&web, &s, &edition),
        asked,
        s,
    }))
}

async fn person_begin(State(web): State<Web>, session: AsPerson) -> Page {
    Ok(person_found(&web, &session, ""))
}

async fn person_search(State(web): State<Web>, session: AsPerson, form: Form) -> Page {
    Ok(person_found(&web, &session, form.get("q")))
}

fn person_found(web: &Web, session: &AsPerson, typed: &str) -> Response {
    let s = Shell::person(session, web.service.now());
    let edition = web.catalogue.current();
    let asked = asked(typed);
    let mut rows = rows(&edition, "/e/fiches", &asked);
    rows.truncate(8);
    show(&PersonSearchPage {
        rows,
        told: told(web, &s, &edition),
        asked,
        s,
    })
}

/// Where a page that something refers to is read as it was then, under `base`; empty where no edition
/// holds it any more.
pub(crate) fn as_it_was(web: &Web, base: &str, taken: &PageTaken) -> String {
    let id = PageId::parse(&taken.page).ok();
    let held = id.filter(|id| web.catalogue.holding(taken.edition, id).is_some());
    held.map(|id| format!("{base}/{id}/au/{}", taken.edition))
        .unwrap_or_default()
}

/// A page, ready to be shown.
struct Shown {
    title: String,
    place: String,
    body: String,
    told: Told,
    /// Where the page of the edition in use is, where this one is of another.
    newer: Option<String>,
    changed: String,
    address: String,
}

#[derive(Template)]
#[template(path = "fiche/worker_page.html")]
struct WorkerFichePage {
    s: Shell,
    fiche: Shown,
    /// The record they come from, or empty.
    record: String,
    /// Where a procedure is opened from it, in that record; empty where none is.
    opens: String,
}

#[derive(Template)]
#[template(path = "fiche/person_page.html")]
struct PersonFichePage {
    s: Shell,
    fiche: Shown,
}

fn shown(
    web: &Web,
    s: &Shell,
    (base, record): (&'static str, &str),
    id: &str,
    date: Option<&str>,
) -> Result<Shown, PageError> {
    let id = PageId::parse(id).map_err(|_| PageError::NotFound)?;
    let current = web.catalogue.current();
    let (edition, dated): (Arc<Edition>, Option<Date>) = match date {
        None => (Arc::clone(&current), None),
        Some(text) => {
            let date: Date = text.parse().map_err(|_| PageError::NotFound)?;
            let edition = web.catalogue.holding(date, &id);
            (edition.ok_or(PageError::NotFound)?, Some(date))
        }
    };
    let page = match edition.page(&id) {
        Ok(Some(page)) => page,
        Ok(None) => return Err(PageError::NotFound),
        Err(error) => {
            tracing::error!(%error, "a page of the catalogue cannot be read");
            return Err(PageError::Unreadable);
        }
    };
    let other = edition.date() != current.date() || edition.path() != current.path();
    let newer =
        (other && current.listed(&id).is_some()).then(|| format!("{base}/{id}{}", kept(record)));
    let links = html::Links {
        edition: &edition,
        base,
        date: dated.filter(|_| other).map(|_| edition.date()),
        kept: kept(record),
    };
    let place = match &page.dossier {
        Some(dossier) if !dossier.title.is_empty() => {
            format!("{} · {}", page.theme(), dossier.title)
        }
        _ => page.theme().to_owned(),
    };
    let changed = page.modified.get(..10).and_then(|d| d.parse().ok());
    let https = page.address.starts_with("https://");
    Ok(Shown {
        body: parts::body(&page, s, &links),
        place: place.trim_start_matches(" · ").to_owned(),
        told: told(web, s, &edition),
        newer,
        changed: changed.map(|day| s.l.day(day)).unwrap_or_default(),
        address: if https { page.address } else { String::new() },
        title: plain(&page.title),
    })
}

async fn worker_page(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Page {
    let s = Shell::worker(&session);
    let record = record(&query);
    let fiche = shown(&web, &s, ("/fiches", &record), &id, None)?;
    let opens = if record.is_empty() {
        String::new()
    } else {
        format!("/dossiers/{record}/demarches/nouvelle?fiche={id}")
    };
    Ok(show(&WorkerFichePage {
        s,
        fiche,
        record,
        opens,
    }))
}

async fn worker_dated(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, date)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
) -> Page {
    let s = Shell::worker(&session);
    let record = record(&query);
    let fiche = shown(&web, &s, ("/fiches", &record), &id, Some(&date))?;
    Ok(show(&WorkerFichePage {
        s,
        fiche,
        record,
        opens: String::new(),
    }))
}

async fn person_page(State(web): State<Web>, session: AsPerson, Path(id): Path<String>) -> Page {
    let s = Shell::person(&session, web.service.now());
    let fiche = shown(&web, &s, ("/e/fiches", ""), &id, None)?;
    Ok(show(&PersonFichePage { s, fiche }))
}

async fn person_dated(
    State(web): State<Web>,
    session: AsPerson,
    Path((id, date)): Path<(String, String)>,
) -> Page {
    let s = Shell::person(&session, web.service.now());
    let fiche = shown(&web, &s, ("/e/fiches", ""), &id, Some(&date))?;
    Ok(show(&PersonFichePage { s, fiche }))
}

#[cfg(test)]
mod tests {
    use super::{BRIEF, brief, plain, record};
    use std::collections::HashMap;

    #[test]
    fn a_list_tells_whole_sentences_or_says_that_it_goes_on() {
        assert_eq!(brief("Une aide. Et plus."), "Une aide. Et plus.");
        let long = format!("Une aide. {}", "Et encore des mots ".repeat(20));
        assert_eq!(brief(&long), "Une aide.");
        let endless = "des mots sans fin ".repeat(40);
        let told = brief(&endless);
        assert!(told.ends_with('…') && told.chars().count() <= BRIEF * 3 / 2 + 1);
        assert!(endless.starts_with(told.trim_end_matches('…')));
    }

    #[test]
    fn marks_for_others_are_left_out() {
        assert_eq!(plain("**CNI - Perte"), "CNI - Perte");
        assert_eq!(plain("la 1^ère demande"), "la 1ère demande");
    }

    #[test]
    fn only_the_name_of_a_record_is_kept_in_an_address() {
        let said = |value: &str| record(&HashMap::from([("dossier".into(), value.into())]));
        let id = "f78df6b63c83b4e174298517dfa1ac0e";
        assert_eq!(said(id), id);
        for other in ["", "f78d", "\"><b>hop", "../../e", &format!("{id}0")] {
            assert_eq!(said(other), "", "{other}");
        }
    }
}
