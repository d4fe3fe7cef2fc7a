//! What commands print: answers on the output, the rest on the error stream. A reader who went away
//! (`… | head -1`) ends the program quietly; nobody to hear what is told is no failure.

use crate::error::{Failure, Kind, Outcome};
use std::{
    fmt,
    io::{self, ErrorKind, Write},
};

/// Writes a line of an answer; an empty one too.
pub(crate) fn line(text: fmt::Arguments<'_>) -> Outcome<()> {
    let mut out = io::stdout().lock();
    let written = writeln!(out, "{text}").and_then(|()| out.flush());
    written.map_err(|e| unwritten(&e))
}

/// Writes bytes of an answer as they are.
pub(crate) fn bytes(all: &[u8]) -> Outcome<()> {
    let mut out = io::stdout().lock();
    let written = out.write_all(all).and_then(|()| out.flush());
    written.map_err(|e| unwritten(&e))
}

fn unwritten(error: &io::Error) -> Failure {
    match error.kind() {
        ErrorKind::BrokenPipe => Failure::new(Kind::Closed, "the reader went away"),
        _ => Failure::io("the answer cannot be written", error),
    }
}

/// Tells something beside the answer.
pub(crate) fn aside(text: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// A line of the answer: `say!("{} people", n)?`.
macro_rules! say {
    ($($text:tt)*) => { $crate::out::line(format_args!($($text)*)) };
}

/// A line on the error stream.
macro_rules! tell {
    ($($text:tt)*) => { $crate::out::aside(format_args!($($text)*)) };
}

pub(crate) use {say, tell};
