//! Finding a page from words that are not the administration's: French stems, accents and case left
//! out, misspellings and writing by ear, acronyms, and a reviewed list of everyday words
//! (`words/everyday.tsv`). The method and what it was measured against are in `docs/adr/0008`.

mod build;
mod everyday;
mod index;
mod near;
pub(crate) mod query;
pub mod relevance;
mod sound;
mod stem;
mod words;

pub(crate) use build::Builder;
pub(crate) use index::Index;

use crate::edition::Listed;

/// A page that answers a search.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The page.
    pub page: &'a Listed,
    /// How near it is to what was asked; only its order means something.
    pub closeness: f32,
}
