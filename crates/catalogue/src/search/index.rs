//! What a search reads: for each stem the pages that hold it and how much they do, the words that
//! occur, and what is known of each page besides.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The index of an edition.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(from = "Rest", into = "Rest")]
pub(crate) struct Index {
    pub(super) pages: Vec<PageFacts>,
    pub(super) terms: HashMap<String, Term>,
    /// The words that occur, folded, and in how many pages: what misspellings are near to.
    pub(super) vocabulary: super::near::Vocabulary,
}

/// As it lies in a file: in an order that does not change.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Rest {
    pages: Vec<PageFacts>,
    terms: Vec<(String, Term)>,
    words: Vec<(String, u32)>,
}

impl From<Rest> for Index {
    fn from(rest: Rest) -> Self {
        Self {
            pages: rest.pages,
            terms: rest.terms.into_iter().collect(),
            vocabulary: super::near::Vocabulary::of(rest.words),
        }
    }
}

impl From<Index> for Rest {
    fn from(index: Index) -> Self {
        let mut terms: Vec<_> = index.terms.into_iter().collect();
        terms.sort_by(|a, b| a.0.cmp(&b.0));
        Self {
            pages: index.pages,
            terms,
            words: index.vocabulary.into_words(),
        }
    }
}

impl Index {
    /// As it is written, without a copy.
    pub(crate) fn at_rest(self) -> Rest {
        self.into()
    }
}

impl Clone for Index {
    fn clone(&self) -> Self {
        Self {
            pages: self.pages.clone(),
            terms: self.terms.clone(),
            vocabulary: self.vocabulary.clone(),
        }
    }
}

/// What is known of a page besides its words.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct PageFacts {
    /// How likely it is to be what is looked for, before anything is asked; 0 for what is never
    /// answered with.
    pub(super) prior: f32,
    /// For a guided search, the pages it leads to: they answer in its place.
    pub(super) leads_to: Vec<u32>,
    /// What the words of its title weigh together.
    pub(super) title: f32,
}

/// A stem.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Term {
    /// In how many pages it stands.
    pub(super) pages: u32,
    /// For each, in order: how far after the one before (times two, plus one where it stands in the
    /// title), then how much it says there, both as variable-length integers.
    pub(super) postings: Vec<u8>,
}

/// One page that holds a stem.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Posting {
    pub(super) page: u32,
    pub(super) in_title: bool,
    /// The weighed frequency, in [`Term::UNIT`]s.
    pub(super) weight: f32,
}

impl Term {
    /// What one step of a posting's weight stands for.
    pub(super) const UNIT: f32 = 1.0 / 32.0;

    pub(super) fn push(&mut self, last: &mut u32, posting: Posting) {
        let step = (posting.page - *last) << 1 | u32::from(posting.in_title);
        *last = posting.page;
        put(&mut self.postings, step);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "weights are small and not negative"
        )]
        let weight = (posting.weight / Self::UNIT).clamp(1.0, 60_000.0) as u32;
        put(&mut self.postings, weight);
        self.pages += 1;
    }

    pub(super) fn postings(&self) -> impl Iterator<Item = Posting> + '_ {
        let mut at = 0;
        let mut page = 0;
        std::iter::from_fn(move || {
            let step = take(&self.postings, &mut at)?;
            let weight = take(&self.postings, &mut at)?;
            // A damaged file names pages that are not there: they are looked for and not found.
            page = u32::wrapping_add(page, step >> 1);
            #[expect(clippy::cast_precision_loss, reason = "at most 60,000")]
            let weight = weight as f32 * Self::UNIT;
            Some(Posting {
                page,
                in_title: step & 1 == 1,
                weight,
            })
        })
    }
}

/// The name of two stems that stand beside one another: no stem holds a blank.
pub(super) fn pair(one: &str, other: &str) -> String {
    format!("{one} {other}")
}

fn put(bytes: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push((value & 0x7f) as u8);
}

fn take(bytes: &[u8], at: &mut usize) -> Option<u32> {
    let mut value = 0;
    for shift in (0..35).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u32::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

impl Index {
    /// Whether it speaks of that many pages and of no other.
    pub(crate) fn fits(&self, pages: usize) -> bool {
        self.pages.len() == pages
            && self
                .pages
                .iter()
                .flat_map(|p| &p.leads_to)
                .all(|to| (*to as usize) < pages)
    }

    /// How much a stem tells one page from another.
    pub(super) fn rarity(&self, pages: u32) -> f32 {
        #[expect(clippy::cast_precision_loss, reason = "a few thousand pages")]
        let (all, with) = (self.pages.len() as f32, pages as f32);
        (1.0 + (all - with + 0.5).max(0.5) / (with + 0.5)).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::{Posting, Term};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn postings_come_back(steps in prop::collection::vec((1_u32..5000, any::<bool>(), 1_u32..60_000), 0..60)) {
            let mut page = 0;
            let postings: Vec<Posting> = steps
                .into_iter()
                .map(|(step, in_title, weight)| {
                    page += step;
                    #[expect(clippy::cast_precision_loss, reason = "small")]
                    let weight = weight as f32 * Term::UNIT;
                    Posting { page, in_title, weight }
                })
                .collect();
            let mut term = Term::default();
            let mut last = 0;
            for posting in &postings {
                term.push(&mut last, *posting);
            }
            prop_assert_eq!(term.postings().collect::<Vec<_>>(), postings);
        }

        #[test]
        fn damaged_postings_end(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let term = Term { pages: 1, postings: bytes };
            prop_assert!(term.postings().take(1000).count() <= 200);
        }
    }
}
