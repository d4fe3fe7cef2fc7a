//! Words near to one that no page holds: those that sound the same, and those a letter or two away.

use super::{everyday, sound::sound, stem::stem};
use std::collections::{BTreeMap, HashMap};

/// The words of an edition, with those of the everyday list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vocabulary {
    /// Sorted.
    words: Vec<Word>,
    by_sound: HashMap<String, Vec<u32>>,
    /// How many of the words came with the edition.
    own: Vec<(String, u32)>,
}

#[derive(Debug, Clone)]
struct Word {
    text: Vec<char>,
    pages: u32,
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
        let mut by_sound: HashMap<String, Vec<u32>> = HashMap::new();
        let mut words = Vec::with_capacity(all.len());
        for (text, pages) in all {
            if text.bytes().any(|b| b.is_ascii_digit()) {
                continue;
            }
            let place = u32::try_from(words.len()).unwrap_or(u32::MAX);
            by_sound.entry(sound(text)).or_default().push(place);
            words.push(Word {
                text: text.chars().collect(),
                pages,
            });
        }
        Self {
            words,
            by_sound,
            own,
        }
    }

    pub(super) fn into_words(self) -> Vec<(String, u32)> {
        self.own
    }

    /// Whether the word occurs, and in how many pages.
    pub(super) fn pages(&self, word: &str) -> u32 {
        let text: Vec<char> = word.chars().collect();
        self.words
            .binary_search_by(|w| w.text.cmp(&text))
            .ok()
            .and_then(|i| self.words.get(i))
            .map_or(0, |w| w.pages)
    }

    /// The stems of words near to this one, the nearest first, at most `most`.
    pub(super) fn near(&self, word: &str, most: usize) -> Vec<Near> {
        let text: Vec<char> = word.chars().collect();
        if text.len() < 3 || word.bytes().any(|b| b.is_ascii_digit()) {
            return Vec::new();
        }
        let heard = sound(word);
        let mut found: HashMap<String, f32> = HashMap::new();
        let mut take = |word: &Word, closeness: f32| {
            let text: String = word.text.iter().collect();
            let stem = stem(&text);
            // What many pages say is more likely to be what was meant.
            #[expect(clippy::cast_precision_loss, reason = "a few thousand pages")]
            let known = 0.8 + 0.2 * ((1.0 + word.pages as f32).ln() / 7.0).min(1.0);
            let best = found.entry(stem).or_default();
            *best = best.max(closeness * known);
        };
        for place in self.by_sound.get(&heard).into_iter().flatten() {
            if let Some(word) = self.words.get(*place as usize) {
                let apart = distance(&text, &word.text, 4).unwrap_or(4);
                let apart = f32::from(u8::try_from(apart).unwrap_or(4));
                take(word, 0.98 - 0.04 * apart);
            }
        }
        let allowed = if text.len() < 5 { 1 } else { 2 };
        for other in &self.words {
            if let Some(apart) = distance(&text, &other.text, allowed) {
                take(other, nearness(&text, &other.text, apart));
            }
        }
        if heard.len() >= 4 {
            let heard: Vec<char> = heard.chars().collect();
            for (other, places) in &self.by_sound {
                if other.len().abs_diff(heard.len()) > 1 {
                    continue;
                }
                let other: Vec<char> = other.chars().collect();
                if distance(&heard, &other, 1).is_some() {
                    for place in places {
                        if let Some(word) = self.words.get(*place as usize) {
                            take(word, 0.68);
                        }
                    }
                }
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
    let (mut before, mut last) = (vec![0; b.len() + 1], (0..=b.len()).collect::<Vec<_>>());
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + same);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        if row.iter().min().is_some_and(|least| *least > most) {
            return None;
        }
        before = std::mem::replace(&mut last, row);
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
