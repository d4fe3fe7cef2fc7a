//! Which crate may know which, and what the pure ones may never touch.

use super::scan::Scan;
use super::tree::{File, Finding, Tree};
use crate::run::{cargo, quietly};

/// Each crate and the crates of this workspace that it may depend on. Tests may use more.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("seal", &["domain"]),
    ("files", &[]),
    ("forms", &[]),
    ("storage", &["domain"]),
    ("storage-sqlite", &["domain", "storage"]),
    ("storage-postgres", &["domain", "storage"]),
    // Tests and chores alone name it.
    ("postgres-fixture", &[]),
    ("rights", &["domain"]),
    ("catalogue", &["domain", "rights"]),
    (
        "service",
        &["catalogue", "domain", "files", "rights", "seal", "storage"],
    ),
    (
        "web",
        &["catalogue", "domain", "forms", "rights", "service"],
    ),
];

/// The program puts everything together; nothing depends on it.
const TOP: &str = "conatus";

const PURE: &[&str] = &["domain", "seal"];

/// Crates that bring input and output, a clock, randomness or an async runtime.
const IMPURE_CRATES: &[&str] = &[
    "async-std",
    "chrono",
    "futures",
    "futures-util",
    "getrandom",
    "hyper",
    "mio",
    "object_store",
    "rand",
    "reqwest",
    "rusqlite",
    "rustix",
    "smol",
    "sqlx",
    "tempfile",
    "time",
    "tokio",
    "tokio-util",
    "ureq",
];

const IMPURE_WORDS: &[&str] = &[
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "std::thread",
    "std::io",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "tokio::",
    "async fn",
    "async move",
    "getrandom",
    "OsRng",
    "ThreadRng",
    "rand::",
    "println!",
    "eprintln!",
    "print!",
    "tracing::",
];

const STORAGE_WORDS: &[&str] = &[
    "storage::",
    "storage_sqlite",
    "storage_postgres",
    "sqlx",
    "rusqlite",
];
const KEY_WORDS: &[&str] = &["seal::", "SecretKey", "chacha20poly1305", "hpke"];

/// Every `Cargo.toml` names only the crates it may know, takes the workspace's lints, and the pure
/// crates name nothing impure.
pub(super) fn arrows(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in &tree.files {
        let Some(name) = file
            .path
            .strip_prefix("crates/")
            .and_then(|p| p.strip_suffix("/Cargo.toml"))
        else {
            continue;
        };
        if !file.text.contains("[lints]\nworkspace = true") {
            found.push(Finding::new(
                &file.path,
                1,
                "arrows",
                "the workspace's lints are not taken",
            ));
        }
        if name == TOP {
            continue;
        }
        let Some((_, allowed)) = ARROWS.iter().find(|(krate, _)| *krate == name) else {
            let what = format!("`{name}` has no place among the arrows of xtask's boundaries");
            found.push(Finding::new(&file.path, 1, "arrows", what));
            continue;
        };
        for (line, dependency) in dependencies(file) {
            let ours = dependency == TOP || ARROWS.iter().any(|(krate, _)| *krate == dependency);
            if ours && !allowed.contains(&dependency.as_str()) {
                let what = format!("`{name}` must not know `{dependency}`");
                found.push(Finding::new(&file.path, line, "arrows", what));
            }
            if PURE.contains(&name) && IMPURE_CRATES.contains(&dependency.as_str()) {
                let what = format!("`{name}` stays without I/O, clock, chance: `{dependency}`");
                found.push(Finding::new(&file.path, line, "arrows", what));
            }
        }
    }
    found
}

/// The names under `[dependencies]` with their lines.
fn dependencies(file: &File) -> Vec<(usize, String)> {
    let mut inside = false;
    let mut names = Vec::new();
    for (number, line) in file.lines() {
        if line.starts_with('[') {
            inside = line.trim() == "[dependencies]";
        } else if inside && let Some((name, _)) = line.split_once(['.', '=', ' ']) {
            names.push((number, name.trim().to_owned()));
        }
    }
    names
}

/// `domain` and `seal` reach for nothing outside their parameters.
pub(super) fn pure_crates(tree: &Tree) -> Vec<Finding> {
    let files = tree
        .rust()
        .filter(|file| PURE.iter().any(|krate| file.in_crate(krate)));
    words(
        files,
        IMPURE_WORDS,
        "pure",
        "no I/O, clock, randomness or runtime in this crate",
    )
}

/// Pages ask use cases; they never see an engine.
pub(super) fn pages_know_no_storage(tree: &Tree) -> Vec<Finding> {
    words(
        tree.rust().filter(|f| f.in_crate("web")),
        STORAGE_WORDS,
        "web-storage",
        "pages never see storage",
    )
}

/// Engines keep sealed bytes; they never hold a key or open anything.
pub(super) fn engines_know_no_keys(tree: &Tree) -> Vec<Finding> {
    let files = tree.rust().filter(|f| f.path.starts_with("crates/storage"));
    words(
        files,
        KEY_WORDS,
        "storage-keys",
        "an engine never sees keys or plaintext",
    )
}

fn words<'a>(
    files: impl Iterator<Item = &'a File>,
    refused: &[&str],
    rule: &'static str,
    why: &str,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in files.filter(|file| !file.is_test()) {
        let scan = Scan::of(&file.text);
        for (i, line) in scan.code.lines().enumerate() {
            let word = refused.iter().find(|word| has_word(line, word));
            if let Some(word) = word.filter(|_| !scan.in_test(i + 1)) {
                found.push(Finding::new(
                    &file.path,
                    i + 1,
                    rule,
                    format!("{why}: `{word}`"),
                ));
            }
        }
    }
    found
}

/// Whether the word stands there and is not the end of a longer name.
fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

/// What the pure crates bring with them, all the way down: no runtime, network or database.
pub(super) fn resolved() -> Result<Vec<Finding>, String> {
    let mut found = Vec::new();
    for krate in PURE {
        let tree = cargo(&[
            "tree", "-p", krate, "-e", "normal", "--prefix", "none", "--locked",
        ]);
        found.extend(impure_in(krate, &quietly(tree)?));
    }
    Ok(found)
}

fn impure_in(krate: &str, listed: &str) -> Vec<Finding> {
    let path = format!("crates/{krate}/Cargo.toml");
    let mut names: Vec<&str> = listed
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    names.sort_unstable();
    names.dedup();
    let impure = names
        .into_iter()
        .filter(|name| IMPURE_CRATES.contains(name));
    impure
        .map(|name| {
            Finding::new(
                &path,
                1,
                "resolved",
                format!("`{krate}` brings `{name}` with it"),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(name: &str, dependencies: &str) -> Tree {
        let text = format!(
            "[dependencies]\n{dependencies}\n[dev-dependencies]\ntokio.workspace = true\n\n[lints]\nworkspace = true\n"
        );
        Tree::sample(&[(&format!("crates/{name}/Cargo.toml"), &text)])
    }

    #[test]
    fn arrows_point_down() {
        assert!(arrows(&manifest("web", "service.workspace = true")).is_empty());
        let found = arrows(&manifest("web", "storage-sqlite.workspace = true"));
        assert_eq!(found[0].line, 2);
        assert_eq!(
            arrows(&manifest("storage-sqlite", "seal.workspace = true")).len(),
            1
        );
        assert_eq!(
            arrows(&manifest("service", "conatus = { path = \"..\" }")).len(),
            1
        );
        assert_eq!(arrows(&manifest("newcomer", "")).len(), 1);
    }

    #[test]
    fn pure_crates_name_nothing_impure() {
        assert_eq!(
            arrows(&manifest("domain", "getrandom.workspace = true")).len(),
            1
        );
        assert!(arrows(&manifest("domain", "rand_core.workspace = true")).is_empty());
        assert_eq!(impure_in("seal", "seal v0.1.0\nmio v1.0.0\n").len(), 1);
        assert!(impure_in("seal", "seal v0.1.0\nblake3 v1.8.0\n").is_empty());
    }

    #[test]
    fn pure_crates_use_nothing_impure() {
        let bad = Tree::sample(&[(
            "crates/seal/src/a.rs",
            "//! x\nfn f() { std::fs::read(p) }\n",
        )]);
        assert_eq!(pure_crates(&bad)[0].line, 2);
        let good = Tree::sample(&[
            (
                "crates/seal/src/a.rs",
                "// std::fs\n#[cfg(test)]\nmod tests { use std::fs; }\n",
            ),
            ("crates/seal/tests/it/main.rs", "use std::fs;"),
            ("crates/service/src/lib.rs", "use std::fs;"),
        ]);
        assert!(pure_crates(&good).is_empty());
    }

    #[test]
    fn pages_and_engines_stay_apart() {
        let bad = Tree::sample(&[("crates/web/src/a.rs", "use storage::Storage;")]);
        assert_eq!(pages_know_no_storage(&bad).len(), 1);
        let good = Tree::sample(&[("crates/web/src/a.rs", "use service::safe_storage::X;")]);
        assert!(pages_know_no_storage(&good).is_empty());
        let bad = Tree::sample(&[("crates/storage-sqlite/src/a.rs", "use seal::Key;")]);
        assert_eq!(engines_know_no_keys(&bad).len(), 1);
        let good = Tree::sample(&[("crates/storage-sqlite/src/a.rs", "let sealed = row.get(0);")]);
        assert!(engines_know_no_keys(&good).is_empty());
    }
}
