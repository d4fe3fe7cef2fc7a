//! What writes in a use case is tried again where another transaction was first: it stands inside
//! `again`, so that whoever asked is not told « busy » for what a second try does.
//!
//! It reads text: a function that uses `again`, and begins to write outside of it below, passes.

use super::scan::Scan;
use super::tree::{File, Finding, Tree};

const RULE: &str = "writes-again";
const CRATE: &str = "crates/service/src/";
/// What begins a transaction that writes.
const BEGINNINGS: [&str; 3] = ["storage.write()", ".begin_in(", ".begin_stating("];

/// Reads the use cases, tests apart. What begins a transaction for others, whose callers stand here
/// too, is in `tidy.toml`.
pub(super) fn are_tried_again(tree: &Tree) -> Vec<Finding> {
    tree.under(CRATE, &["rs"]).flat_map(in_file).collect()
}

fn in_file(file: &File) -> Vec<Finding> {
    let scan = Scan::of(&file.text);
    let mut found = Vec::new();
    let (mut function, mut again) = ("", false);
    for (i, line) in scan.code.lines().enumerate() {
        if let Some(name) = named(line) {
            (function, again) = (name, false);
        }
        again |= line.contains("again(") || line.contains("again_or");
        let begins = BEGINNINGS.iter().any(|begins| line.contains(begins));
        if begins && !again && !scan.in_test(i + 1) {
            let what = format!("`{function}` writes outside of `again`");
            found.push(Finding::new(&file.path, i + 1, RULE, what));
        }
    }
    found
}

/// The function that begins on that line.
fn named(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let words = ["pub", "pub(crate)", "pub(super)", "async", "const"];
    let begins = before.split_whitespace().all(|word| words.contains(&word));
    begins.then(|| after.split(['(', '<']).next()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(code: &str) -> usize {
        are_tried_again(&Tree::sample(&[("crates/service/src/a.rs", code)])).len()
    }

    #[test]
    fn a_transaction_outside_is_refused() {
        let outside = "async fn a() {\n let tx = inner.storage.write().await?;\n}";
        assert_eq!(findings(outside), 1);
        let another = "async fn a() {\n again(|| b());\n}\npub(crate) async fn b() {\n self.begin_in(who);\n}";
        assert_eq!(findings(another), 1);
    }

    #[test]
    fn one_inside_passes() {
        let inside = "async fn a() {\n inner\n .again(|| async {\n let tx = inner.storage.write().await?;\n })\n}";
        assert_eq!(findings(inside), 0);
        assert_eq!(findings("async fn a() { inner.storage.read(); }"), 0);
    }
}
