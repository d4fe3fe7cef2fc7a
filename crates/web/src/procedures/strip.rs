//! The dated path towards acting alone, drawn as a strip with the same content in a table. It
//! counts nothing and grades nothing: what was done, when, by whom, in the order of time.

use crate::{page::Shell, person::who};
use domain::{record::Act, words::Theme};

/// Acts of one row, and the room each takes.
const ROW: usize = 8;
const ROOM: usize = 34;

/// An act on the strip: where it is drawn, who acted, when and on what.
pub(crate) struct Mark {
    pub(crate) x: usize,
    pub(crate) conduct: &'static str,
    pub(crate) words: String,
    pub(crate) what: String,
    pub(crate) text: String,
    pub(crate) by: String,
}

/// A row of the strip, with the days it begins and ends on.
pub(crate) struct Row {
    pub(crate) marks: Vec<Mark>,
    pub(crate) first: String,
    pub(crate) last: String,
}

/// The path of one theme.
pub(crate) struct Path {
    pub(crate) theme: String,
    pub(crate) word: &'static str,
    pub(crate) rows: Vec<Row>,
}

fn mark(s: &Shell, at: usize, act: &Act<'_>) -> Mark {
    let step = act.step;
    let (day, theme) = (s.l.day(step.on), s.l.word("theme", step.theme.word()));
    let conduct = step.conduct.word();
    Mark {
        x: 16 + at * ROOM,
        conduct,
        words: if s.own && conduct == "in_place" {
            s.t("conduct-in_place-own")
        } else {
            s.l.word("conduct", conduct)
        },
        what: format!("{day}, {theme}"),
        text: step.text.clone(),
        by: who(s, act.author),
    }
}

/// The latest acts, as one row.
pub(crate) fn latest(s: &Shell, acts: &[Act<'_>]) -> Vec<Mark> {
    let latest = &acts[acts.len().saturating_sub(ROW)..];
    latest
        .iter()
        .enumerate()
        .map(|(at, act)| mark(s, at, act))
        .collect()
}

/// The path of each theme on which something was done, whole.
pub(crate) fn paths(s: &Shell, acts: &[Act<'_>]) -> Vec<Path> {
    let row = |acts: &[Act<'_>]| Row {
        marks: latest(s, acts),
        first: acts.first().map(|a| s.l.day(a.step.on)).unwrap_or_default(),
        last: acts.last().map(|a| s.l.day(a.step.on)).unwrap_or_default(),
    };
    Theme::ALL
        .iter()
        .filter_map(|theme| {
            let of: Vec<Act<'_>> = acts
                .iter()
                .filter(|a| a.step.theme == *theme)
                .copied()
                .collect();
            (!of.is_empty()).then(|| Path {
                theme: s.l.word("theme", theme.word()),
                word: theme.word(),
                rows: of.chunks(ROW).map(row).collect(),
            })
        })
        .collect()
}
