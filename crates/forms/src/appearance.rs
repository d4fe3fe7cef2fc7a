//! How what is filled is drawn: the operators of an appearance stream, so that readers which draw no
//! field of their own (a phone's, a printer's) show it too.

use crate::{blank::Look, helvetica};
use std::fmt::Write as _;

/// The smallest size a text is brought down to, in points.
const SMALLEST: f32 = 5.0;
/// The size tried first where the form leaves it open, in points.
const USUAL: f32 = 10.0;
/// What is left free at each side, in points.
const MARGIN: f32 = 2.0;
/// Height of a line for a size.
const LEADING: f32 = 1.15;
/// How far below its line a letter reaches, for a size.
const DESCENT: f32 = 0.22;
/// Height of a capital, for a size.
const CAPITAL: f32 = 0.72;

/// A field's text cannot be drawn in it, even small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DoesNotFit;

/// How a text is laid in its field.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Layout {
    /// On one line.
    Line,
    /// On as many lines as fit.
    Lines,
    /// One character in each of so many cells.
    Cells(usize),
}

/// What was drawn.
#[derive(Debug)]
pub(crate) struct Drawn {
    /// The operators.
    pub(crate) content: Vec<u8>,
    /// Whether every character is drawn as it was written.
    pub(crate) exact: bool,
    /// Whether every character is drawn, its accents apart.
    pub(crate) legible: bool,
}

/// The operators that write that text in a field of that size.
pub(crate) fn draw(
    text: &str,
    (width, height): (f32, f32),
    look: &Look,
    layout: Layout,
) -> Result<Drawn, DoesNotFit> {
    let (mut exact, mut legible) = (true, true);
    let lines: Vec<Vec<u8>> = text
        .lines()
        .map(|line| {
            let encoded = helvetica::encode(line);
            exact &= encoded.exact;
            legible &= encoded.legible;
            encoded.codes
        })
        .collect();
    let wanted = if look.size > 0.0 { look.size } else { USUAL };
    let inner = (width - 2.0 * MARGIN).max(1.0);
    let mut content = Vec::new();
    let colour = &look.colour;
    open(&mut content, width, height, colour);
    match layout {
        Layout::Line => {
            let line = lines.join(&b' ');
            let size = fitted(&line, inner, wanted.min(height.max(SMALLEST)))?;
            let x = aside(look.side, inner, helvetica::width(&line, size));
            show(&mut content, &line, size, x, middle(height, size));
        }
        Layout::Cells(cells) => {
            let line = lines.join(&b' ');
            #[expect(clippy::cast_precision_loss, reason = "cells are few")]
            let cell = width / cells.max(1) as f32;
            let size = wanted.min(height.max(SMALLEST));
            for (n, code) in line.iter().take(cells).enumerate() {
                #[expect(clippy::cast_precision_loss, reason = "cells are few")]
                let left = cell * n as f32;
                let x = left + (cell - helvetica::width(&[*code], size)) / 2.0;
                show(&mut content, &[*code], size, x, middle(height, size));
            }
        }
        Layout::Lines => {
            let (size, wrapped) = wrapped(&lines, inner, height, wanted)?;
            let mut y = height - MARGIN - size * (CAPITAL + 0.1);
            for line in wrapped {
                let x = aside(look.side, inner, helvetica::width(&line, size));
                show(&mut content, &line, size, x, y);
                y -= size * LEADING;
            }
        }
    }
    content.extend_from_slice(b"Q\nEMC\n");
    Ok(Drawn {
        content,
        exact,
        legible,
    })
}

fn open(content: &mut Vec<u8>, width: f32, height: f32, colour: &str) {
    let mut start = String::from("/Tx BMC\nq\n");
    // A `String` takes what it is written.
    let _ = writeln!(start, "0 0 {width:.2} {height:.2} re W n\n{colour}");
    content.extend_from_slice(start.as_bytes());
}

/// One run of text at a place. Codes are written in hexadecimal: nothing of them can be an operator.
fn show(content: &mut Vec<u8>, codes: &[u8], size: f32, x: f32, y: f32) {
    let mut run = String::new();
    let _ = write!(run, "BT /Helv {size:.2} Tf {x:.2} {y:.2} Td <");
    for code in codes {
        let _ = write!(run, "{code:02x}");
    }
    run.push_str("> Tj ET\n");
    content.extend_from_slice(run.as_bytes());
}

fn aside(side: i64, inner: f32, length: f32) -> f32 {
    let free = (inner - length).max(0.0);
    MARGIN
        + match side {
            1 => free / 2.0,
            2 => free,
            _ => 0.0,
        }
}

fn middle(height: f32, size: f32) -> f32 {
    ((height - size * CAPITAL) / 2.0).max(size * DESCENT)
}

/// The largest size, from the wanted one down, at which a line holds in that width.
fn fitted(line: &[u8], inner: f32, wanted: f32) -> Result<f32, DoesNotFit> {
    let at_one = helvetica::width(line, 1.0);
    let most = if at_one > 0.0 { inner / at_one } else { wanted };
    let size = wanted.min(most);
    if size < SMALLEST && size < wanted {
        return Err(DoesNotFit);
    }
    Ok(size)
}

fn wrapped(
    lines: &[Vec<u8>],
    inner: f32,
    height: f32,
    wanted: f32,
) -> Result<(f32, Vec<Vec<u8>>), DoesNotFit> {
    let mut size = wanted;
    loop {
        let wrapped: Vec<Vec<u8>> = lines
            .iter()
            .flat_map(|l| helvetica::wrap(l, inner, size))
            .collect();
        #[expect(clippy::cast_precision_loss, reason = "lines of a form are few")]
        let tall = wrapped.len() as f32 * size * LEADING + MARGIN;
        if tall <= height.max(size * LEADING + MARGIN) {
            return Ok((size, wrapped));
        }
        size -= 0.5;
        if size < SMALLEST {
            return Err(DoesNotFit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(size: f32) -> Look {
        Look {
            size,
            ..Look::default()
        }
    }

    fn sizes(content: &[u8]) -> Vec<f32> {
        let text = String::from_utf8_lossy(content).into_owned();
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        let at = words.windows(2).filter(|w| w[1] == "Tf");
        at.map(|w| w[0].parse().expect("a size")).collect()
    }

    #[test]
    fn a_long_line_is_written_smaller_and_never_cut() {
        let short = draw("Ada", (100.0, 14.0), &look(10.0), Layout::Line).expect("fits");
        assert_eq!(sizes(&short.content), [10.0]);
        let text = "Une adresse plus longue que sa ligne";
        let long = draw(text, (100.0, 14.0), &look(10.0), Layout::Line).expect("fits, smaller");
        assert!(sizes(&long.content)[0] < 8.0);
        let hexadecimal: String = text
            .bytes()
            .fold(String::new(), |all, b| format!("{all}{b:02x}"));
        assert!(String::from_utf8_lossy(&long.content).contains(&hexadecimal));
        let refused = draw(&text.repeat(3), (100.0, 14.0), &look(10.0), Layout::Line);
        assert_eq!(refused.expect_err("too long"), DoesNotFit);
    }

    #[test]
    fn lines_are_cut_between_words() {
        let drawn = draw(
            "un deux trois quatre\ncinq",
            (60.0, 60.0),
            &look(10.0),
            Layout::Lines,
        );
        let content = drawn.expect("fits").content;
        assert_eq!(sizes(&content).len(), 3, "two lines wrapped, one written");
        let long = draw(&"w".repeat(30), (60.0, 60.0), &look(10.0), Layout::Lines);
        assert!(sizes(&long.expect("fits").content).len() > 1);
        let refused = draw(
            &"mot ".repeat(500),
            (60.0, 30.0),
            &look(10.0),
            Layout::Lines,
        );
        assert_eq!(refused.expect_err("too much"), DoesNotFit);
    }

    #[test]
    fn cells_hold_one_character_each() {
        let drawn = draw("2026", (40.0, 14.0), &look(0.0), Layout::Cells(4)).expect("fits");
        assert_eq!(sizes(&drawn.content).len(), 4);
    }
}
