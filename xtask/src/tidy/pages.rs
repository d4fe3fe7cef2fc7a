//! Templates, sheets and scripts: nothing from elsewhere, nothing inline.

use super::scan::Scan;
use super::tree::{File, Finding, Tree};
use regex_lite::Regex;

const KINDS: &[&str] = &[
    "html",
    "svg",
    "css",
    "js",
    "mjs",
    "xml",
    "webmanifest",
    "ftl",
];

/// Names of vocabularies that look like addresses; nothing is loaded from them.
const VOCABULARIES: &[&str] = &[
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/1999/xhtml",
    "http://www.w3.org/1999/xlink",
    "http://www.w3.org/XML/1998/namespace",
];

/// Pages load nothing from elsewhere.
pub(super) fn nothing_from_elsewhere(tree: &Tree) -> Vec<Finding> {
    let Ok(elsewhere) = Regex::new(
        r#"(?i)\b(?:https?|wss?|ftp):(?:\\?/){2}|(?:src|href|action|data|poster)\s*=\s*["']?//|url\(\s*["']?//|@import"#,
    ) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for file in tree.under("crates/web/", KINDS) {
        for (number, line) in file.lines() {
            let line = VOCABULARIES
                .iter()
                .fold(line.to_owned(), |l, v| l.replace(v, ""));
            if let Some(hit) = elsewhere.find(&line) {
                let shown: String = line[hit.start()..].chars().take(60).collect();
                let what = format!("nothing comes from or goes elsewhere: `{shown}`");
                found.push(Finding::new(&file.path, number, "elsewhere", what));
            }
        }
    }
    found
}

/// The policy sent with pages refuses inline scripts, styles and handlers: none is written, in a
/// template or in a string of `web`.
pub(super) fn nothing_inline(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.under("crates/web/templates/", &["html", "svg", "xml"]) {
        found.extend(inline(file, &file.text));
    }
    for file in tree.rust().filter(|f| f.in_crate("web") && !f.is_test()) {
        for (line, literal) in Scan::of(&file.text).literals {
            for finding in inline(file, &literal) {
                found.push(Finding {
                    line: line + finding.line - 1,
                    ..finding
                });
            }
        }
    }
    found
}

fn inline(file: &File, text: &str) -> Vec<Finding> {
    let patterns = [
        (
            r"(?i)<script\b(?:[^>]*>\s*[^<\s]|(?:[^s>]|s[^r>])*>)",
            "a script is a file of its own",
        ),
        (r"(?i)<style\b", "a style sheet is a file of its own"),
        (r"(?i)<[^>]*\sstyle\s*=", "a style is a class of the sheet"),
        (
            r"(?i)<[a-z][^>]*\son[a-z]+\s*=",
            "a handler is put by a script file",
        ),
        (r"(?i)javascript:", "an address is never a script"),
    ];
    let mut found = Vec::new();
    for (pattern, what) in patterns {
        let Ok(pattern) = Regex::new(pattern) else {
            continue;
        };
        for hit in pattern.find_iter(text) {
            let line = text[..hit.start()].matches('\n').count() + 1;
            found.push(Finding::new(&file.path, line, "inline", what));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Tree {
        Tree::sample(&[("crates/web/templates/a.html", text)])
    }

    #[test]
    fn addresses_elsewhere_are_refused() {
        for bad in [
            "<img src=\"https://example.org/a.png\">",
            "<a href='//example.org'>a</a>",
            "a { background: url(//example.org/a) }",
        ] {
            assert_eq!(nothing_from_elsewhere(&page(bad)).len(), 1, "{bad}");
        }
        let good = "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg><a href=\"/e\">a</a>";
        assert!(nothing_from_elsewhere(&page(good)).is_empty());
    }

    #[test]
    fn inline_code_and_style_are_refused() {
        for bad in [
            "<script>go()</script>",
            "<script src=\"/a.js\">go()</script>",
            "<style>a{}</style>",
            "<p style=\"color:red\">a</p>",
            "<button\n onclick=\"go()\">a</button>",
            "<a href=\"javascript:go()\">a</a>",
        ] {
            assert!(!nothing_inline(&page(bad)).is_empty(), "{bad}");
        }
        let good =
            "<script type=\"module\" src=\"{{ s.js() }}\"></script><p class=\"soft\">on = a</p>";
        assert!(nothing_inline(&page(good)).is_empty());
    }
}
