//! Words near to one that no page holds: those that sound the same, and those a letter or two away.

use super::{
    everyday,
    sound::{sound, sound_to_the_end},
    stem::stem,
};
use std::collections::{BTreeMap, HashMap};

/// The words of an edition, with those of the everyday list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vocabulary {
    /// Sorted.
    words: Vec<Word>,
    /// The sounds, sorted, with the places of the words that have them.
    sounds: Vec<(Spelling, Vec<u32>)>,
    /// How many of the words came with the edition.
    own: Vec<(String, u32)>,
}

#[derive(Debug, Clone)]
struct Word {
    spelling: Spelling,
    pages: u32,
}

/// A word as letters, and which letters it has: most words are told apart by these alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Spelling {
    text: Vec<char>,
    letters: u64,
}

impl Spelling {
    fn of(text: &str) -> Self {
        let text: Vec<char> = text.chars().collect();
        let letters = text
            .iter()
            .fold(0, |all, c| all | 1 << (u32::from(*c) % 64));
        Self { text, letters }
    }

    /// How far apart two words are, where that is at most `most`: a letter changed makes two letters
    /// differ, so words that differ in more are not compared.
    fn apart(&self, other: &Self, most: usize) -> Option<usize> {
        let differ = (self.letters ^ other.letters).count_ones() as usize;
        (differ <= 2 * most)
            .then(|| distance(&self.text, &other.text, most))
            .flatten()
    }
}

/// A stem near to a word, and how near: 1 for the word itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Near {
    pub(super) stem: String,
    pub(super) closeness: f32,
}

impl Vocabulary {
    pub(super) fn of(own: Vec<(String, u32)>) -> Self {
        let mut all: BTreeMap<&str, u32> = own.iter().map(|(w, n)| (w.as_str(), *n)).collect();
        for word in everyday::list().words() {
            // Someone chose it: as well known as a word of twenty pages.
            let pages = all.entry(word).or_default();
            *pages = (*pages).max(20);
        }
        let mut by_sound: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        let mut words = Vec::with_capacity(all.len());
        for (text, pages) in all {
            if text.bytes().any(|b| b.is_ascii_digit()) {
                continue;
            }
            let place = u32::try_from(words.len()).unwrap_or(u32::MAX);
            by_sound.entry(sound(text)).or_default().push(place);
            words.push(Word {
                spelling: Spelling::of(text),
                pages,
            });
        }
        let sounds = by_sound
            .into_iter()
            .map(|(sound, places)| (Spelling::of(&sound), places))
            .collect();
        Self { words, sounds, own }
    }

    pub(super) fn into_words(self) -> Vec<(String, u32)> {
        self.own
    }

    /// Whether the word occurs, and in how many pages.
    pub(super) fn pages(&self, word: &str) -> u32 {
        let text: Vec<char> = word.chars().collect();
        self.words
            .binary_search_by(|w| w.spelling.text.cmp(&text))
            .ok()
            .and_then(|i| self.words.get(i))
            .map_or(0, |w| w.pages)
    }

    /// The stems of words near to this one, the nearest first, at most `most`.
    pub(super) fn near(&self, word: &str, most: usize) -> Vec<Near> {
        let typed = Spelling::of(word);
        let length = typed.text.len();
        if length < 3 || word.bytes().any(|b| b.is_ascii_digit()) {
            return Vec::new();
        }
        let mut found: HashMap<String, f32> = HashMap::new();
        let mut take = |word: &Word, closeness: f32| {
            let text: String = word.spelling.text.iter().collect();
            let stem = stem(&text);
            // What many pages say is more likely to be what was meant.
            #[expect(clippy::cast_precision_loss, reason = "a few thousand pages")]
            let known = 0.8 + 0.2 * ((1.0 + word.pages as f32).ln() / 7.0).min(1.0);
            let best = found.entry(stem).or_default();
            *best = best.max(closeness * known);
        };
        let allowed = if length < 5 { 1 } else { 2 };
        for other in &self.words {
            if let Some(apart) = typed.apart(&other.spelling, allowed) {
                take(other, nearness(&typed.text, &other.spelling.text, apart));
            }
        }
        let heard = Spelling::of(&sound(word));
        let to_the_end = Spelling::of(&sound_to_the_end(word));
        let beside = usize::from(heard.text.len() >= 4);
        for (other, places) in &self.sounds {
            let same = to_the_end == *other;
            let Some(apart) = same.then_some(0).or_else(|| heard.apart(other, beside)) else {
                continue;
            };
            for place in places {
                let Some(word) = self.words.get(*place as usize) else {
                    continue;
                };
                if apart > 0 {
                    take(word, 0.68);
                    continue;
                }
                let apart = distance(&typed.text, &word.spelling.text, 4).unwrap_or(4);
                let apart = f32::from(u8::try_from(apart).unwrap_or(4));
                take(word, 0.98 - 0.04 * apart);
            }
        }
        let mut near: Vec<Near> = found
            .into_iter()
            .map(|(stem, closeness)| Near { stem, closeness })
            .collect();
        near.sort_by(|a, b| {
            b.closeness
                .total_cmp(&a.closeness)
                .then_with(|| a.stem.cmp(&b.stem))
        });
        near.truncate(most);
        // What is far behind the nearest was not meant.
        let floor = near.first().map_or(0.0, |n| n.closeness - 0.15);
        near.retain(|n| n.closeness >= floor);
        near
    }
}

/// How near two words are that lie that many letters apart.
fn nearness(a: &[char], b: &[char], apart: usize) -> f32 {
    let longest = a.len().max(b.len());
    #[expect(clippy::cast_precision_loss, reason = "lengths of words")]
    let share = apart as f32 / longest as f32;
    // Hands miss a first letter less than any other.
    let first = if a.first() == b.first() { 0.0 } else { 0.12 };
    (1.0 - 0.9 * share - first).max(0.3)
}

/// How many letters must be added, left out, changed or swapped to make one word of the other, or
/// none where that is more than `most`.
fn distance(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut row = before.clone();
    for i in 1..=a.len() {
        row[0] = i;
        let mut least = i;
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + same);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row[j] = best;
            least = least.min(best);
        }
        if least > most {
            return None;
        }
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut row);
    }
    last.last().copied().filter(|d| *d <= most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn distances() {
        let far = |a: &str, b: &str| distance(&chars(a), &chars(b), 2);
        assert_eq!(far("sejour", "segour"), Some(1));
        assert_eq!(far("alocation", "allocation"), Some(1));
        assert_eq!(far("chomgae", "chomage"), Some(1));
        assert_eq!(far("retraite", "logement"), None);
    }

    #[test]
    fn what_is_misspelled_is_near_to_what_is_meant() {
        let words = [
            "allocation",
            "logement",
            "chomage",
            "sejour",
            "renouvellement",
            "prefecture",
        ];
        let words = Vocabulary::of(words.iter().map(|w| ((*w).to_owned(), 50)).collect());
        for (written, meant) in [
            ("alocassion", "allocation"),
            ("lojement", "logement"),
            ("segour", "sejour"),
            ("renouvelemant", "renouvellement"),
            ("prefecutre", "prefecture"),
        ] {
            let near = words.near(written, 3);
            assert_eq!(
                near.first().map(|n| n.stem.clone()),
                Some(stem(meant)),
                "{written}: {near:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn distance_is_the_same_both_ways(a in "[a-e]{0,8}", b in "[a-e]{0,8}") {
            let (a, b) = (chars(&a), chars(&b));
            prop_assert_eq!(distance(&a, &b, 3), distance(&b, &a, 3));
            prop_assert_eq!(distance(&a, &a, 0), Some(0));
        }
    }
}
