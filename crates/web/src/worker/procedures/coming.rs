//! My deadlines, across records: what was prepared for the worker, on a calendar and in a list. No
//! record is opened, so each shows a name, a day and what it is, and leads to its procedure.

use super::at;
use crate::{
    Access, Web,
    guard::AsWorker,
    page::{Page, Shell, show},
    routes::{Route, on_get},
};
use askama::Template;
use axum::extract::{Query, State};
use jiff::{ToSpan, civil::Date};
use service::ComingDeadline;
use std::collections::HashMap;

pub(super) fn routes() -> Vec<Route> {
    vec![on_get("/mes-echeances", Access::Worker, coming)]
}

/// A deadline in the list.
struct Coming {
    kind: String,
    name: String,
    path: String,
}

/// The deadlines of a day.
struct Day {
    date: Date,
    words: String,
    past: bool,
    all: Vec<Coming>,
}

/// A day of the calendar; `number` is 0 where the week runs out of the month.
struct Cell {
    number: i8,
    today: bool,
    /// Where the day's deadlines stand in the list, where it has any, and how it is said.
    to: String,
    words: String,
}

#[derive(Template)]
#[template(path = "worker/procedures/coming.html")]
struct ComingPage {
    s: Shell,
    month: String,
    before: String,
    after: String,
    weekdays: Vec<String>,
    weeks: Vec<Vec<Cell>>,
    late: Vec<Day>,
    days: Vec<Day>,
}

fn by_day(s: &Shell, today: Date, all: Vec<ComingDeadline>) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for d in all {
        let coming = Coming {
            kind: s.l.word("deadline", d.kind.word()),
            name: d.name,
            path: at(&d.person.to_string(), d.procedure, "#echeances"),
        };
        match days.last_mut().filter(|last| last.date == d.day) {
            Some(last) => last.all.push(coming),
            None => days.push(Day {
                date: d.day,
                words: s.l.day(d.day),
                past: d.day < today,
                all: vec![coming],
            }),
        }
    }
    days
}

/// The weeks of a month, Mondays first.
fn weeks(s: &Shell, first: Date, today: Date, days: &[Day]) -> Vec<Vec<Cell>> {
    let lead = usize::try_from(first.weekday().to_monday_zero_offset()).unwrap_or(0);
    let empty = || Cell {
        number: 0,
        today: false,
        to: String::new(),
        words: String::new(),
    };
    let mut cells: Vec<Cell> = std::iter::repeat_with(empty).take(lead).collect();
    let last = first.last_of_month().day();
    for number in 1..=last {
        let date = first.saturating_add(i64::from(number - 1).days());
        let found = days.iter().find(|d| d.date == date);
        cells.push(Cell {
            number,
            today: date == today,
            to: found.map(|d| format!("j{}", d.date)).unwrap_or_default(),
            words: found
                .map(|d| s.t1("coming-count", "count", d.all.len()))
                .unwrap_or_default(),
        });
    }
    while !cells.len().is_multiple_of(7) {
        cells.push(empty());
    }
    let mut weeks = Vec::new();
    let mut left = cells.into_iter();
    loop {
        let week: Vec<Cell> = left.by_ref().take(7).collect();
        if week.is_empty() {
            return weeks;
        }
        weeks.push(week);
    }
}

/// The month that was asked for, or this one.
fn asked(query: &HashMap<String, String>, today: Date) -> Date {
    let typed = query.get("mois").map(|m| format!("{m}-01"));
    typed
        .and_then(|day| day.parse().ok())
        .unwrap_or_else(|| today.first_of_month())
}

async fn coming(
    State(web): State<Web>,
    session: AsWorker,
    Query(query): Query<HashMap<String, String>>,
) -> Page {
    let all = web.service.my_deadlines(&session).await?;
    let s = Shell::worker(&session);
    let today = web.service.today();
    let first = asked(&query, today);
    let all = by_day(&s, today, all);
    let weeks = weeks(&s, first, today, &all);
    let (late, days): (Vec<Day>, Vec<Day>) = all.into_iter().partition(|d| d.past);
    let month = |day: Date| format!("{}-{:02}", day.year(), day.month());
    Ok(show(&ComingPage {
        month: format!(
            "{} {}",
            s.t(&format!("month-{}", first.month())),
            first.year()
        ),
        before: month(first.saturating_sub(1.month())),
        after: month(first.saturating_add(1.month())),
        weekdays: (1..=7).map(|n| s.t(&format!("weekday-{n}"))).collect(),
        weeks,
        late,
        days,
        s,
    }))
}
