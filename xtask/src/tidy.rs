//! What the design forbids, as far as a check can see it, with file, line and rule.
//!
//! Each rule reads a [`Tree`] and gives findings; each has a sample it refuses and one it lets
//! through. What a rule lets through on purpose stands in `xtask/tidy.toml` with its reason, and an
//! exception that no longer excuses anything is itself a finding.

mod boundaries;
mod exceptions;
mod files;
mod links;
mod locales;
mod migrations;
mod pages;
mod people;
mod queries;
mod rust;
mod scan;
mod tree;
mod writes;

use crate::run::Done;
use exceptions::Exceptions;
use tree::{Finding, Tree};

type Rule = fn(&Tree) -> Vec<Finding>;

const RULES: &[Rule] = &[
    boundaries::arrows,
    boundaries::pure_crates,
    boundaries::pages_know_no_storage,
    boundaries::engines_know_no_keys,
    people::no_scores,
    rust::attributes,
    rust::modules_open_with_a_paragraph,
    rust::names,
    pages::nothing_from_elsewhere,
    pages::nothing_inline,
    locales::same_keys,
    locales::keys_exist,
    locales::keys_are_used,
    migrations::person_comes_first,
    migrations::no_person_is_added_later,
    queries::name_the_person,
    writes::are_tried_again,
    links::resolve,
    files::sizes,
    files::machine_paths,
    files::unfinished,
    files::lock_files,
];

/// Checks the tree; every finding is printed.
pub(crate) fn run() -> Done {
    let tree = Tree::of_the_workspace()?;
    let exceptions = Exceptions::read()?;
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    findings.extend(boundaries::resolved()?);
    let mut findings = exceptions.apply(findings);
    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    if findings.is_empty() {
        println!(
            "tidy: {} files, {} rules, nothing to mend",
            tree.files.len(),
            RULES.len() + 1
        );
        return Ok(());
    }
    Err(format!("tidy: {} to mend", findings.len()))
}
