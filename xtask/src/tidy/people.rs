//! No identifier, column or page says a score, rank or rating of people.

use super::scan::Scan;
use super::tree::{File, Finding, Tree};

const RULE: &str = "people-scores";

/// Whole words of identifiers, in the code's language and the pages'.
const WORDS: &[&str] = &[
    "score",
    "scores",
    "scored",
    "scoring",
    "scorecard",
    "rank",
    "ranks",
    "ranked",
    "ranking",
    "rating",
    "ratings",
    "rated",
    "leaderboard",
    "streak",
    "streaks",
    "karma",
    "reputation",
    "classement",
    "classements",
    "palmarès",
    "palmares",
    "notation",
    "scorer",
    "notations",
];

/// Neighbouring words that say it together.
const PAIRS: &[(&str, &str)] = &[
    ("risk", "level"),
    ("risk", "class"),
    ("risk", "score"),
    ("de", "risque"),
    ("high", "risk"),
    ("haut", "risque"),
    ("taux", "autonomie"),
    ("niveau", "autonomie"),
    ("autonomy", "level"),
];

/// Reads code (comments apart), statements, templates, sheets, scripts and words shown.
pub(super) fn no_scores(tree: &Tree) -> Vec<Finding> {
    let kinds = ["rs", "sql", "html", "svg", "css", "js", "mjs", "ftl"];
    let read = tree.files.iter().filter(|f| {
        f.has_extension(&kinds) && (f.path.starts_with("crates/") || f.path.starts_with("fuzz/"))
    });
    read.flat_map(in_file).collect()
}

fn in_file(file: &File) -> Vec<Finding> {
    let text = if file.has_extension(&["rs"]) {
        Scan::of(&file.text).without_comments
    } else {
        file.text.clone()
    };
    let mut found = Vec::new();
    for (i, line) in text.lines().enumerate() {
        if file.has_extension(&["sql"]) && line.trim_start().starts_with("--") {
            continue;
        }
        let words = words_of(line);
        let single = words
            .iter()
            .find(|word| WORDS.contains(&word.as_str()))
            .cloned();
        let pair = words
            .windows(2)
            .find(|w| PAIRS.contains(&(w[0].as_str(), w[1].as_str())));
        if let Some(word) = single.or_else(|| pair.map(|pair| pair.join(" "))) {
            let what = format!("“{word}”: people are never scored, ranked or rated");
            found.push(Finding::new(&file.path, i + 1, RULE, what));
        }
    }
    found
}

/// The words of a line, identifiers cut at `_`, `-` and capitals.
fn words_of(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut lower_before = false;
    for c in line.chars() {
        if !c.is_alphabetic() || (c.is_uppercase() && lower_before) {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphabetic() {
            word.extend(c.to_lowercase());
        }
        lower_before = c.is_lowercase();
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_refused_in_every_spelling() {
        for line in [
            "let riskLevel = 1;",
            "fn person_score() {}",
            "struct WorkerRating;",
            "\"classement\"",
        ] {
            let tree = Tree::sample(&[("crates/web/src/a.rs", line)]);
            assert_eq!(no_scores(&tree).len(), 1, "{line}");
        }
        let tree = Tree::sample(&[(
            "crates/x/migrations/1.sql",
            "CREATE TABLE a (rank INTEGER);",
        )]);
        assert_eq!(no_scores(&tree).len(), 1);
    }

    #[test]
    fn ordinary_words_pass() {
        let good = "// never a score\nlet frank = underscore; let operating = true;";
        let tree = Tree::sample(&[("crates/web/src/a.rs", good), ("docs/a.md", "no score")]);
        assert!(no_scores(&tree).is_empty());
    }
}
