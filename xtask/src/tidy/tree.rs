//! The files a rule reads, and what it finds in them.

use crate::run::{program, quietly};
use std::fmt;

/// A text file of the project.
#[derive(Debug)]
pub(super) struct File {
    /// From the workspace's root, with `/`.
    pub(super) path: String,
    /// Its whole text.
    pub(super) text: String,
}

impl File {
    pub(super) fn has_extension(&self, extensions: &[&str]) -> bool {
        self.path
            .rsplit_once('.')
            .is_some_and(|(_, e)| extensions.contains(&e))
    }

    /// The crate it belongs to: `domain` for `crates/domain/src/id.rs`.
    pub(super) fn in_crate(&self, name: &str) -> bool {
        self.path
            .strip_prefix("crates/")
            .and_then(|p| p.split('/').next())
            == Some(name)
    }

    /// Whether it is compiled only for tests: integration tests and benches.
    pub(super) fn is_test(&self) -> bool {
        self.path
            .split('/')
            .any(|part| matches!(part, "tests" | "benches" | "tests.rs"))
    }

    /// Its lines, numbered from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(i, line)| (i + 1, line))
    }
}

/// Every text file that is in the repository or about to be.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) files: Vec<File>,
}

impl Tree {
    /// What git knows or would add; files that are not text are left out.
    pub(super) fn of_the_workspace() -> Result<Self, String> {
        let listing = [
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ];
        let listed = quietly(program("git", &listing))?;
        let mut paths: Vec<&str> = listed.split('\0').filter(|path| !path.is_empty()).collect();
        paths.sort_unstable();
        paths.dedup();
        let files = paths
            .into_iter()
            .filter_map(|path| {
                let text = std::fs::read_to_string(path).ok()?;
                Some(File {
                    path: path.to_owned(),
                    text,
                })
            })
            .collect();
        Ok(Self { files })
    }

    /// The files with one of these extensions under that folder.
    pub(super) fn under(&self, folder: &str, extensions: &[&str]) -> impl Iterator<Item = &File> {
        self.files
            .iter()
            .filter(move |file| file.path.starts_with(folder) && file.has_extension(extensions))
    }

    /// The Rust sources of the workspace.
    pub(super) fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.has_extension(&["rs"]))
    }

    #[cfg(test)]
    pub(super) fn sample(files: &[(&str, &str)]) -> Self {
        let files = files
            .iter()
            .map(|(path, text)| File {
                path: (*path).to_owned(),
                text: (*text).to_owned(),
            })
            .collect();
        Self { files }
    }
}

/// Something that a rule refuses.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Finding {
    pub(super) path: String,
    pub(super) line: usize,
    /// The rule's name, as an exception writes it.
    pub(super) rule: &'static str,
    /// What is wrong and what to do.
    pub(super) what: String,
}

impl Finding {
    pub(super) fn new(
        path: &str,
        line: usize,
        rule: &'static str,
        what: impl Into<String>,
    ) -> Self {
        Self {
            path: path.to_owned(),
            line,
            rule,
            what: what.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {} [{}]",
            self.path, self.line, self.what, self.rule
        )
    }
}
