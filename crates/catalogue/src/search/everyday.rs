//! The everyday words: how people speak of rights, and how the administration does. The list is
//! `words/everyday.tsv`, for anyone to extend; `words/alike.tsv` says which words stand for one another in
//! it.

use super::{
    stem::stem,
    words::{weight, words},
};
use std::{
    collections::{BTreeSet, HashMap},
    sync::LazyLock,
};

const FILE: &str = include_str!("../../words/everyday.tsv");
const ALIKE: &str = include_str!("../../words/alike.tsv");

/// A line of the list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Saying {
    /// The stems of what people say: all of them must be in a search.
    pub(super) said: Vec<String>,
    /// Whether it says that something is not, or no more: then a search must say so too.
    pub(super) denied: bool,
    /// What it means, in the administration's words, the likeliest first, as stems.
    pub(super) means: Vec<Vec<String>>,
}

/// The list, read once.
#[derive(Debug, Default)]
pub(crate) struct List {
    sayings: Vec<Saying>,
    by_stem: HashMap<String, Vec<u32>>,
    alike: Alike,
    words: BTreeSet<String>,
}

/// The list built into the program.
pub(crate) fn list() -> &'static List {
    static LIST: LazyLock<List> = LazyLock::new(|| List::read(FILE));
    &LIST
}

impl List {
    /// Reads the lines: `said | said TAB meant | meant`. Empty lines and those that begin with `#` are
    /// passed over; a line without a tab says nothing, and a test refuses it.
    fn read(text: &str) -> Self {
        let mut list = Self {
            alike: Alike::read(ALIKE),
            ..Self::default()
        };
        for line in text.lines() {
            let line = line.trim_end();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let Some((said, meant)) = line.split_once('\t') else {
                continue;
            };
            let means: Vec<Vec<String>> = meant.split('|').map(stems).collect();
            for said in said.split('|') {
                list.words.extend(
                    words(said)
                        .into_iter()
                        .filter(|w| w.len() > 3 && weight(w) > 0.0),
                );
                let denied = denies(said);
                let said = list.alike.said(stems(said));
                let place = u32::try_from(list.sayings.len()).unwrap_or(u32::MAX);
                for stem in &said {
                    list.by_stem.entry(stem.clone()).or_default().push(place);
                }
                if !said.is_empty() {
                    list.sayings.push(Saying {
                        said,
                        denied,
                        means: means.clone(),
                    });
                }
            }
        }
        list
    }

    /// The words people say.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str)
    }

    /// Whether a stem is in what people say.
    pub(super) fn knows(&self, stem: &str) -> bool {
        self.by_stem.contains_key(stem)
    }

    /// The stem that stands for that one in sayings of several words.
    pub(super) fn alike<'a>(&'a self, stem: &'a str) -> &'a str {
        self.alike.first(stem)
    }

    /// The sayings that hold one of these stems, or of those that stand for them.
    pub(super) fn about<'a>(&'a self, stems: &[&str]) -> Vec<&'a Saying> {
        let mut places: Vec<u32> = stems
            .iter()
            .flat_map(|s| [*s, self.alike(s)])
            .filter_map(|s| self.by_stem.get(s))
            .flatten()
            .copied()
            .collect();
        places.sort_unstable();
        places.dedup();
        places
            .into_iter()
            .filter_map(|p| self.sayings.get(p as usize))
            .collect()
    }
}

/// Words that stand for one another: for each stem, the first of its line.
#[derive(Debug, Default)]
struct Alike(HashMap<String, String>);

impl Alike {
    fn read(text: &str) -> Self {
        let mut alike = HashMap::new();
        for line in text.lines().filter(|l| !l.starts_with('#')) {
            let mut stems = line.split('|').flat_map(stems);
            let Some(first) = stems.next() else { continue };
            for other in stems.filter(|s| *s != first) {
                alike.insert(other, first.clone());
            }
        }
        Self(alike)
    }

    fn first<'a>(&'a self, stem: &'a str) -> &'a str {
        self.0.get(stem).map_or(stem, String::as_str)
    }

    /// The stems of a saying as they are looked for: a word said alone means itself.
    fn said(&self, stems: Vec<String>) -> Vec<String> {
        if stems.len() < 2 {
            return stems;
        }
        let mut said: Vec<String> = Vec::new();
        for stem in stems {
            let stem = self.first(&stem);
            if !said.iter().any(|s| s == stem) {
                said.push(stem.to_owned());
            }
        }
        said
    }
}

/// Whether a text says that something is not: « plus d'APL » is not about having some.
pub(super) fn denies(text: &str) -> bool {
    const WORDS: [&str; 6] = ["aucun", "aucune", "jamais", "pas", "plus", "rien"];
    words(text).iter().any(|w| WORDS.contains(&w.as_str()))
}

/// The stems of a text that say something, each once, in order.
pub(super) fn stems(text: &str) -> Vec<String> {
    let mut stems = Vec::new();
    for word in words(text) {
        let stem = stem(&word);
        if weight(&word) > 0.0 && !stems.contains(&stem) {
            stems.push(stem);
        }
    }
    stems
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines that say something, with their numbers.
    fn lines() -> impl Iterator<Item = (usize, &'static str)> {
        let said = |line: &&str| !line.is_empty() && !line.starts_with('#');
        FILE.lines()
            .zip(1..)
            .filter(move |(line, _)| said(line))
            .map(|(line, i)| (i, line))
    }

    #[test]
    fn every_line_says_something_and_means_something() {
        let mut wrong = Vec::new();
        for (i, line) in lines() {
            let Some((said, meant)) = line.split_once('\t') else {
                wrong.push(format!("line {i}: no tab"));
                continue;
            };
            for side in said.split('|').chain(meant.split('|')) {
                if stems(side).is_empty() {
                    wrong.push(format!("line {i}: « {} » says nothing", side.trim()));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn a_word_stands_for_one_other_at_most() {
        let mut seen = HashMap::new();
        for (line, i) in ALIKE.lines().zip(1..).filter(|(l, _)| !l.starts_with('#')) {
            for stem in line.split('|').flat_map(stems) {
                let before = *seen.entry(stem.clone()).or_insert(i);
                assert_eq!(before, i, "« {stem} » is in two lines");
            }
        }
        assert_eq!(list().alike("fil"), list().alike("gamin"));
    }

    #[test]
    fn nothing_is_said_in_two_lines() {
        let mut seen = HashMap::new();
        let mut wrong = Vec::new();
        for (i, line) in lines() {
            let Some((said, _)) = line.split_once('\t') else {
                continue;
            };
            for said in said.split('|') {
                let mut key = list().alike.said(stems(said));
                key.sort();
                key.push(denies(said).to_string());
                let before = *seen.entry(key).or_insert(i);
                if before != i {
                    wrong.push(format!("« {} » is in lines {before} and {i}", said.trim()));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
