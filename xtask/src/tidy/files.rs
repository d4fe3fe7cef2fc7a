//! Whole files: their size, what must not be written in any of them, and lock files.

use super::tree::{Finding, Tree};
use regex_lite::Regex;

const LONGEST: usize = 600;
const WRITTEN_BY_HAND: &[&str] = &["rs", "mjs", "js", "css", "html", "sql", "md", "toml"];

/// The rules' own words, which would refuse themselves.
const OWN: &str = "xtask/src/tidy/";

/// A file is short enough to be read.
pub(super) fn sizes(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.under("", WRITTEN_BY_HAND) {
        let lines = file.text.lines().count();
        if lines > LONGEST {
            let what = format!("{lines} lines; {LONGEST} are the most");
            found.push(Finding::new(&file.path, LONGEST, "sizes", what));
        }
    }
    found
}

/// No path of the machine it was written on.
pub(super) fn machine_paths(tree: &Tree) -> Vec<Finding> {
    lines(
        tree,
        r#"(?:^|[\s"'`=(:])/(?:work|root|home|Users|tmp)/\w"#,
        "machine-paths",
        "a path of one machine",
    )
}

/// Nothing is left for later in the code: an issue says it.
pub(super) fn unfinished(tree: &Tree) -> Vec<Finding> {
    lines(
        tree,
        r"\b(?:TODO|FIXME|XXX)\b",
        "unfinished",
        "what remains to do stands in an issue",
    )
}

fn lines(tree: &Tree, pattern: &str, rule: &'static str, what: &str) -> Vec<Finding> {
    let Ok(pattern) = Regex::new(pattern) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for file in &tree.files {
        let own = file.path.starts_with(OWN) || file.path == "LICENSE";
        if own || file.has_extension(&["lock", "svg"]) || file.path.ends_with("package-lock.json") {
            continue;
        }
        for (number, line) in file.lines().filter(|(_, line)| pattern.is_match(line)) {
            let shown: String = line.trim().chars().take(80).collect();
            found.push(Finding::new(
                &file.path,
                number,
                rule,
                format!("{what}: `{shown}`"),
            ));
        }
    }
    found
}

/// Lock files pin versions and hashes, not where this machine took them from.
pub(super) fn lock_files(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in &tree.files {
        let npm = file.path.ends_with("package-lock.json");
        let cargo = file.path.ends_with("Cargo.lock");
        for (number, line) in file.lines() {
            let address = line.contains("://");
            let known = line.contains("\"registry+https://github.com/rust-lang/crates.io-index\"");
            let funding = line.trim_start().starts_with("\"url\":");
            if address && ((npm && !funding) || (cargo && !known)) {
                let what = "a lock file holds no download address";
                found.push(Finding::new(&file.path, number, "lock-files", what));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, text: &str) -> Tree {
        Tree::sample(&[(path, text)])
    }

    #[test]
    fn long_files_are_refused() {
        assert_eq!(sizes(&of("a.rs", &"x\n".repeat(601))).len(), 1);
        assert!(sizes(&of("a.rs", &"x\n".repeat(600))).is_empty());
        assert!(sizes(&of("a.ftl", &"x\n".repeat(900))).is_empty());
    }

    #[test]
    fn paths_of_a_machine_are_refused() {
        assert_eq!(machine_paths(&of("a.md", "see /home/someone/a")).len(), 1);
        assert!(machine_paths(&of("a.md", "see /e/home/a and /var/lib/conatus")).is_empty());
    }

    #[test]
    fn what_remains_to_do_is_refused() {
        assert_eq!(unfinished(&of("a.rs", "// TODO: later")).len(), 1);
        assert!(unfinished(&of("a.rs", "// Todo lists are a feature")).is_empty());
    }

    #[test]
    fn lock_files_hold_no_addresses() {
        let bad = "\"resolved\": \"https://example.org/a.tgz\",";
        assert_eq!(
            lock_files(&of("tests/browser/package-lock.json", bad)).len(),
            1
        );
        let good = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
        assert!(lock_files(&of("Cargo.lock", good)).is_empty());
        assert_eq!(
            lock_files(&of("Cargo.lock", "source = \"git+https://example.org\"")).len(),
            1
        );
    }
}
