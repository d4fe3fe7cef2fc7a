//! Links of the documentation lead somewhere in the repository.

use super::tree::{File, Finding, Tree};
use regex_lite::Regex;
use std::path::Path;

/// Every link and picture of a Markdown file resolves: the file is there, and so is the heading.
pub(super) fn resolve(tree: &Tree) -> Vec<Finding> {
    let Ok(link) = Regex::new(r"\]\(([^)\s]+)\)") else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for file in tree.under("", &["md"]) {
        let mut in_block = false;
        for (number, line) in file.lines() {
            in_block ^= line.trim_start().starts_with("```");
            if in_block {
                continue;
            }
            for hit in link.captures_iter(line) {
                if let Some(what) = fault(tree, file, &hit[1]) {
                    found.push(Finding::new(&file.path, number, "links", what));
                }
            }
        }
    }
    found
}

fn fault(tree: &Tree, from: &File, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (path, heading) = target.split_once('#').unwrap_or((target, ""));
    let whole = if path.is_empty() {
        from.path.clone()
    } else {
        beside(&from.path, path)
    };
    let file = tree.files.iter().find(|file| file.path == whole);
    let folder = format!("{}/", whole.trim_end_matches('/'));
    let known = file.is_some()
        || tree.files.iter().any(|file| file.path.starts_with(&folder))
        || Path::new(&whole).is_file();
    if !known {
        return Some(format!("`{target}` leads nowhere"));
    }
    let headings = file.filter(|f| f.has_extension(&["md"]))?;
    let missing = !heading.is_empty() && !headings.lines().any(|(_, l)| anchor(l) == heading);
    missing.then(|| format!("`{target}`: no such heading"))
}

/// The path that `path` means when written in `from`.
fn beside(from: &str, path: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The anchor that a heading's line gets; empty for another line.
fn anchor(line: &str) -> String {
    let Some(heading) = line.strip_prefix('#') else {
        return String::new();
    };
    let heading = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = heading
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_somewhere() {
        let good = "# Title\n[a](docs/b.md#the-second-part) [t](#title) [x](https://example.org)\n";
        let tree = Tree::sample(&[
            ("README.md", good),
            ("docs/b.md", "## The second part\n[up](../README.md)"),
        ]);
        assert_eq!(resolve(&tree), []);
        let bad = "[a](docs/c.md)\n\n[b](docs/b.md#third)\n";
        let tree = Tree::sample(&[("README.md", bad), ("docs/b.md", "# Other")]);
        let lines: Vec<usize> = resolve(&tree).iter().map(|f| f.line).collect();
        assert_eq!(lines, [1, 3]);
    }
}
