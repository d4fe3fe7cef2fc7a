//! The pages used while no edition is installed: a dozen, written for the purpose, each saying that it
//! is an example.

use crate::{
    edition::{Edition, Writer},
    import::page_of_xml,
};
use jiff::civil::{Date, date};

/// The pages, as they lie in `sample/`.
const PAGES: &[&str] = &[];

/// The day they were written.
const DAY: Date = date(2026, 11, 24);

/// The sample, as an edition in memory.
pub(crate) fn edition() -> Edition {
    let pages: Vec<_> = PAGES
        .iter()
        .filter_map(|text| page_of_xml(text.as_bytes()).ok())
        .collect();
    Writer::sample(&pages, DAY).unwrap_or_else(|_| Edition::empty(DAY))
}
