//! Attributes, names and openings of Rust modules.

use super::scan::Scan;
use super::tree::{File, Finding, Tree};
use regex_lite::Regex;

/// Names that say nothing of what lives there.
const EMPTY_NAMES: &[&str] = &[
    "utils", "util", "helpers", "helper", "common", "manager", "misc",
];

/// `allow` gives way to `expect` with a reason; no test is ignored; no lint against panics is
/// lifted outside tests.
pub(super) fn attributes(tree: &Tree) -> Vec<Finding> {
    tree.rust().flat_map(attributes_of).collect()
}

fn attributes_of(file: &File) -> Vec<Finding> {
    let scan = Scan::of(&file.text);
    let mut found = Vec::new();
    for (line, attribute) in each_attribute(&scan.code) {
        let lints = attribute.contains("expect(") || attribute.contains("allow(");
        let says = if attribute.contains("allow(") {
            Some("`allow` stays when its cause is gone: use `expect(…, reason = \"…\")`")
        } else if attribute.contains("expect(") && !attribute.contains("reason") {
            Some("an exception carries its reason")
        } else if has_attribute(attribute, "ignore") {
            Some("a test that does not run proves nothing: mend it or remove it")
        } else if lints
            && (attribute.contains("unwrap_used") || attribute.contains("expect_used"))
            && !file.is_test()
            && !scan.in_test(line)
        {
            Some("no panic on absence outside tests")
        } else {
            None
        };
        if let Some(what) = says {
            found.push(Finding::new(&file.path, line, "attributes", what));
        }
    }
    found
}

fn has_attribute(attribute: &str, name: &str) -> bool {
    let inside = attribute.trim_start_matches(['#', '!', '[', ' ']);
    inside
        .strip_prefix(name)
        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
        || attribute.contains(&format!(", {name}]"))
        || attribute.contains(&format!(", {name})"))
}

/// Each `#[…]` or `#![…]` whole, over several lines if it is.
fn each_attribute(code: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let starts = code.match_indices("#[").chain(code.match_indices("#!["));
    for (start, _) in starts {
        let mut depth = 0usize;
        for (i, c) in code[start..].char_indices() {
            match c {
                '[' => depth += 1,
                ']' => depth -= 1,
                _ => continue,
            }
            if depth == 0 {
                let line = code[..start].matches('\n').count() + 1;
                found.push((line, &code[start..=start + i]));
                break;
            }
        }
    }
    found
}

/// A module opens with a paragraph that says what lives there.
pub(super) fn modules_open_with_a_paragraph(tree: &Tree) -> Vec<Finding> {
    let sources = tree.rust().filter(|file| file.path.contains("/src/"));
    sources
        .filter(|file| !file.text.starts_with("//!"))
        .map(|file| {
            let what = "the module does not open with what lives here (`//!`)";
            Finding::new(&file.path, 1, "openings", what)
        })
        .collect()
}

/// Modules and files have names that say something.
pub(super) fn names(tree: &Tree) -> Vec<Finding> {
    let Ok(module) = Regex::new(r"\bmod\s+(\w+)") else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for file in tree.rust() {
        let scan = Scan::of(&file.text);
        for (i, line) in scan.code.lines().enumerate() {
            let name = module
                .captures(line)
                .and_then(|c| c.get(1))
                .map_or("", |m| m.as_str());
            if EMPTY_NAMES.contains(&name) {
                let what = format!("`{name}` says nothing of what lives there");
                found.push(Finding::new(&file.path, i + 1, "names", what));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Tree {
        Tree::sample(&[("crates/web/src/a.rs", text)])
    }

    #[test]
    fn exceptions_to_lints_are_expected_and_reasoned() {
        assert_eq!(attributes(&of("#[allow(dead_code)]\nfn a() {}")).len(), 1);
        assert_eq!(
            attributes(&of("#[expect(\n  dead_code\n)]\nfn a() {}")).len(),
            1
        );
        assert!(attributes(&of("#[expect(dead_code, reason = \"x\")]\nfn a() {}")).is_empty());
        let panics = "#![expect(clippy::unwrap_used, reason = \"x\")]";
        assert_eq!(attributes(&of(panics)).len(), 1);
        let test = Tree::sample(&[("crates/web/tests/it/main.rs", panics)]);
        assert!(attributes(&test).is_empty());
    }

    #[test]
    fn no_test_is_ignored() {
        assert_eq!(
            attributes(&of("#[test]\n#[ignore = \"slow\"]\nfn a() {}")).len(),
            1
        );
        assert_eq!(
            attributes(&of("#[cfg_attr(unix, ignore)]\nfn a() {}")).len(),
            1
        );
        assert!(attributes(&of("#[serde(default)] // #[ignore]\nfn ignored() {}")).is_empty());
    }

    #[test]
    fn modules_say_what_lives_there() {
        assert_eq!(modules_open_with_a_paragraph(&of("use a;")).len(), 1);
        assert!(modules_open_with_a_paragraph(&of("//! Words.\nuse a;")).is_empty());
    }

    #[test]
    fn names_say_something() {
        assert_eq!(names(&of("pub mod helpers;")).len(), 1);
        assert!(names(&of("mod commonplace; // mod utils")).is_empty());
    }
}
