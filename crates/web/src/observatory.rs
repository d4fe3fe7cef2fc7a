//! The observatory: what blocked over a year, counted without names, drawn and in tables with the same
//! figures, and as a file for a spreadsheet. Small counts are withheld further down.

use crate::{
    Access, Web,
    guard::AsWorker,
    page::{Page, PageError, Shell, show},
    routes::{Route, on_get},
    taken::attached,
};
use askama::Template;
use axum::{
    body::Body,
    extract::{Query, State},
};
use domain::observatory::{LEAST, Shown, Year};
use std::{collections::HashMap, fmt::Write as _};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        on_get("/observatoire", Access::Overseer, page),
        on_get("/observatoire.csv", Access::Overseer, file),
    ]
}

/// How far back years are offered.
const FIRST: i16 = 2000;
/// The length of the longest bar of a table, and the height of the highest of the year, in points.
const LONG: u64 = 100;
const HIGH: u64 = 90;

/// A count in words, with how long its bar is.
struct Line {
    words: String,
    count: String,
    bar: u64,
}

/// Counts by service or by kind, in the order of its list: those that are shown, then the names of those
/// that are not, so that a page is not made of « fewer than five ».
struct Lines {
    shown: Vec<Line>,
    few: String,
}

/// A month of the plot.
struct Month {
    line: Line,
    initial: String,
    /// Where its bar begins, and its top.
    x: usize,
    top: u64,
}

#[derive(Template)]
#[template(path = "worker/observatory.html")]
struct ObservatoryPage {
    s: Shell,
    year: i16,
    before: Option<i16>,
    after: Option<i16>,
    /// All brakes of the year, in words; empty where they are too few to be told.
    all: String,
    months: Vec<Month>,
    /// Whether a month is large enough to be shown.
    by_month: bool,
    services: Lines,
    kinds: Lines,
    both: Vec<(String, String, u64)>,
}

fn count(s: &Shell, shown: Shown) -> String {
    shown.map_or_else(
        || s.t1("observatory-few", "least", LEAST),
        |n| n.to_string(),
    )
}

/// How long the bar of a count is where the largest is `length` long.
fn bar(shown: Shown, largest: u64, length: u64) -> u64 {
    // A bar that is there is seen.
    shown.map_or(0, |n| (n.saturating_mul(length) / largest.max(1)).max(2))
}

fn lines<T: Copy>(s: &Shell, all: &[(T, Shown)], name: impl Fn(T) -> String) -> Lines {
    let largest = all.iter().filter_map(|(_, n)| *n).max().unwrap_or(0);
    let line = |(of, n): (T, Shown)| Line {
        words: name(of),
        count: count(s, n),
        bar: bar(n, largest, LONG),
    };
    let (shown, few): (Vec<_>, Vec<_>) = all.iter().partition(|(_, n)| n.is_some());
    let few: Vec<String> = few.into_iter().map(|(of, _)| name(of)).collect();
    Lines {
        shown: shown.into_iter().map(line).collect(),
        few: few.join(", "),
    }
}

fn months(s: &Shell, year: &Year) -> Vec<Month> {
    let largest = year.months.iter().flatten().copied().max().unwrap_or(0);
    let month = |(at, n): (usize, &Shown)| {
        let words = s.t(&format!("month-{}", at + 1));
        let bar = bar(*n, largest, HIGH);
        Month {
            initial: words.chars().take(1).flat_map(char::to_uppercase).collect(),
            line: Line {
                words,
                count: count(s, *n),
                bar,
            },
            x: at * 26 + 3,
            top: HIGH + 10 - bar,
        }
    };
    year.months.iter().enumerate().map(month).collect()
}

/// The year that was asked for, or the one whose last month over is in.
fn asked(web: &Web, query: &HashMap<String, String>) -> Result<(i16, i16), PageError> {
    let today = web.service.today();
    let latest = if today.month() == 1 {
        today.year() - 1
    } else {
        today.year()
    };
    let year = match query.get("annee") {
        None => latest,
        Some(typed) => typed.parse().map_err(|_| PageError::NotFound)?,
    };
    if (FIRST..=latest).contains(&year) {
        Ok((year, latest))
    } else {
        Err(PageError::NotFound)
    }
}

type Asked = Query<HashMap<String, String>>;

async fn page(State(web): State<Web>, session: AsWorker, Query(query): Asked) -> Page {
    let (year, latest) = asked(&web, &query)?;
    let found = web.service.observatory(&session, year).await?;
    let s = Shell::worker(&session);
    let both = found.both.iter();
    Ok(show(&ObservatoryPage {
        year,
        before: (year > FIRST).then_some(year - 1),
        after: (year < latest).then_some(year + 1),
        all: found.all.map(|n| n.to_string()).unwrap_or_default(),
        by_month: found.months.iter().any(Option::is_some),
        months: months(&s, &found),
        services: lines(&s, &found.services, |x| s.l.word("service", x.word())),
        kinds: lines(&s, &found.kinds, |x| s.l.word("brake", x.word())),
        both: both
            .map(|(service, kind, n)| {
                let service = s.l.word("service", service.word());
                (service, s.l.word("brake", kind.word()), *n)
            })
            .collect(),
        s,
    }))
}

/// The same figures, as spreadsheets of this country read them: semicolons, and a mark that says UTF-8.
async fn file(State(web): State<Web>, session: AsWorker, Query(query): Asked) -> Page {
    let (year, _) = asked(&web, &query)?;
    let found = web.service.observatory(&session, year).await?;
    let s = Shell::worker(&session);
    let mut out = format!("\u{feff}{}\r\n", s.t("observatory-columns"));
    let mut put = |table: &str, month: &str, service: &str, kind: &str, n: String| {
        let table = s.t(&format!("observatory-table-{table}"));
        // Every word is one of ours, and none holds a semicolon or a quote: a test says so.
        let _ = write!(out, "{table};{month};{service};{kind};{n}\r\n");
    };
    put("year", &year.to_string(), "", "", count(&s, found.all));
    for (at, n) in (1..).zip(&found.months) {
        put("month", &format!("{year}-{at:02}"), "", "", count(&s, *n));
    }
    for (service, n) in &found.services {
        let service = s.l.word("service", service.word());
        put("service", "", &service, "", count(&s, *n));
    }
    for (kind, n) in &found.kinds {
        let kind = s.l.word("brake", kind.word());
        put("kind", "", "", &kind, count(&s, *n));
    }
    for (service, kind, n) in &found.both {
        let service = s.l.word("service", service.word());
        let kind = s.l.word("brake", kind.word());
        put("both", "", &service, &kind, n.to_string());
    }
    let kind = "text/csv; charset=utf-8";
    Ok(attached("freins.csv", kind, Body::from(out)))
}
