//! Amounts month by month, drawn before and after a change: stairs, for an amount holds for its month.
//! Where an amount is not known the line breaks off; the same figures stand in a table.

use super::words;
use crate::page::Shell;
use domain::looked::Month;
use std::fmt::Write as _;

/// The drawing's own units.
const WIDTH: i64 = 320;
const HEIGHT: i64 = 150;
const LEFT: i64 = 62;
const RIGHT: i64 = 312;
const TOP: i64 = 12;
const BOTTOM: i64 = 120;

/// A level that is drawn, with its amount.
pub(super) struct Level {
    pub(super) y: i64,
    pub(super) words: String,
}

/// A month named under the curve.
pub(super) struct Tick {
    pub(super) x: i64,
    pub(super) words: String,
    pub(super) anchor: &'static str,
}

/// A month of the table.
pub(super) struct MonthLine {
    pub(super) month: String,
    pub(super) before: String,
    pub(super) after: String,
}

/// A curve and its table.
pub(super) struct Curve {
    pub(super) title: String,
    pub(super) spoken: String,
    pub(super) width: i64,
    pub(super) height: i64,
    pub(super) left: i64,
    pub(super) right: i64,
    pub(super) levels: Vec<Level>,
    pub(super) ticks: Vec<Tick>,
    /// The paths of the amounts without the change, and with it.
    pub(super) before: String,
    pub(super) after: String,
    pub(super) months: Vec<MonthLine>,
}

/// Amounts of one side, by month: in cents, with their words.
pub(super) type Amounts = Vec<(Option<i64>, String)>;

/// The first round amount of euros that is no less than that many cents.
fn ceiling(cents: i64) -> i64 {
    let mut step = 10;
    loop {
        for round in [step, 2 * step, 4 * step, 5 * step] {
            if round * 100 >= cents {
                return round;
            }
        }
        step *= 10;
    }
}

fn x(at: usize, count: usize) -> i64 {
    let (at, count) = (to_i64(at), to_i64(count.max(1)));
    LEFT + (RIGHT - LEFT) * at / count
}

fn to_i64(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn stairs(amounts: &Amounts, top: i64) -> String {
    let mut path = String::new();
    let mut drawn = false;
    for (at, (cents, _)) in amounts.iter().enumerate() {
        let Some(cents) = cents else {
            drawn = false;
            continue;
        };
        let y = BOTTOM - (BOTTOM - TOP) * cents.clamp(&0, &(top * 100)) / (top * 100);
        let (from, to) = (x(at, amounts.len()), x(at + 1, amounts.len()));
        // Writing to a text does not fail.
        let _ = if drawn {
            write!(path, "V{y}H{to}")
        } else {
            write!(path, "M{from} {y}H{to}")
        };
        drawn = true;
    }
    path
}

/// The curve of what is named, over those months.
pub(super) fn curve(
    s: &Shell,
    title: String,
    months: &[Month],
    before: &Amounts,
    after: &Amounts,
) -> Curve {
    let known = before.iter().chain(after).filter_map(|(cents, _)| *cents);
    let top = ceiling(known.max().unwrap_or(0).max(1));
    let level = |euros: i64| Level {
        y: BOTTOM - (BOTTOM - TOP) * euros / top,
        words: words::euros(euros * 100),
    };
    let tick = |at: usize, anchor| {
        months.get(at).map(|month| Tick {
            x: x(at, months.len()),
            words: format!("{:02}/{}", month.number(), month.year()),
            anchor,
        })
    };
    let halves = [(0, "start"), (months.len() / 2, "middle")];
    let lines = months.iter().zip(before.iter().zip(after));
    Curve {
        spoken: s.t1("looked-if-spoken", "title", &title),
        title,
        width: WIDTH,
        height: HEIGHT,
        left: LEFT,
        right: RIGHT,
        levels: vec![level(0), level(top / 2), level(top)],
        ticks: halves
            .into_iter()
            .filter_map(|(at, a)| tick(at, a))
            .collect(),
        before: stairs(before, top),
        after: stairs(after, top),
        months: lines
            .map(|(month, (before, after))| MonthLine {
                month: words::capital(&words::month(s, *month)),
                before: before.1.clone(),
                after: after.1.clone(),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{BOTTOM, LEFT, RIGHT, TOP, ceiling, stairs};

    fn known(cents: i64) -> (Option<i64>, String) {
        (Some(cents), String::new())
    }

    #[test]
    fn levels_are_round_and_hold_every_amount() {
        assert_eq!(ceiling(1), 10);
        assert_eq!(ceiling(63_570), 1000);
        assert_eq!(ceiling(19_900), 200);
        assert_eq!(ceiling(100_000), 1000);
    }

    #[test]
    fn a_month_is_a_step_and_an_unknown_one_a_gap() {
        let path = stairs(
            &vec![known(0), known(1000), (None, String::new()), known(1000)],
            10,
        );
        assert_eq!(
            path,
            format!("M{LEFT} {BOTTOM}H124V{TOP}H187M249 {TOP}H{RIGHT}")
        );
    }
}
