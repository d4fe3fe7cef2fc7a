//! Every query of a table about a person names the person: it asks the one shard where they are.
//!
//! What lives across people (a job, a look-up before the person is known) stands in `tidy.toml`, each
//! with its reason.

use super::scan::Scan;
use super::tree::{File, Finding, Tree};
use regex_lite::Regex;
use std::collections::BTreeSet;

const RULE: &str = "person-queries";
const ENGINES: [&str; 2] = ["crates/storage-postgres/", "crates/storage-sqlite/"];

/// What a query is read with.
struct Words {
    table: Regex,
    used: Regex,
    added: Regex,
    compared: Regex,
    given: Regex,
}

impl Words {
    fn new() -> Option<Self> {
        let regex = |text| Regex::new(text).ok();
        Some(Self {
            table: regex(r"(?is)CREATE TABLE (?:IF NOT EXISTS )?(\w+)\s*\((.*?)\n\)")?,
            used: regex(r"(?i)\b(?:FROM|JOIN|INTO|UPDATE)\s+(\w+)")?,
            added: regex(r"(?is)\bINTO\s+(\w+)\s*\(\s*person_id\b")?,
            compared: regex(
                r"(?i)(?:([\w.?$]+)\s*=\s*(?:\w+\.)?person_id\b)|(?:\bperson_id\s*(?:=|IN)\s*([\w.?$(]+))",
            )?,
            // Rows of people whom whoever asks names, many at a time.
            given: regex(r"(?i)\b(?:unnest|json_each)\s*\(")?,
        })
    }

    /// The tables about a person that this engine's migrations make.
    fn tables(&self, tree: &Tree, engine: &str) -> BTreeSet<String> {
        tree.under(engine, &["sql"])
            .flat_map(|file| self.table.captures_iter(&file.text))
            .filter(|made| made[2].contains("person_id"))
            .map(|made| made[1].to_lowercase())
            .collect()
    }

    fn names_the_person(&self, query: &str) -> bool {
        let asked = self.given.is_match(query);
        let known = |operand: &str| asked || !operand.to_lowercase().ends_with("person_id");
        self.added.is_match(query)
            || self.compared.captures_iter(query).any(|found| {
                let operand = found.get(1).or_else(|| found.get(2));
                operand.is_some_and(|operand| known(operand.as_str()))
            })
    }

    fn in_file(&self, file: &File, tables: &BTreeSet<String>) -> Vec<Finding> {
        let scan = Scan::of(&file.text);
        let mut found = Vec::new();
        for (line, text) in &scan.literals {
            let begins = text.trim_start().to_uppercase();
            let is_query = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "]
                .iter()
                .any(|word| begins.starts_with(word));
            if !is_query || scan.in_test(*line) {
                continue;
            }
            let used = self.used.captures_iter(text);
            let used = used
                .map(|word| word[1].to_lowercase())
                .find(|table| tables.contains(table));
            if let Some(table) = used
                && !self.names_the_person(text)
            {
                let said: Vec<&str> = text.split_whitespace().collect();
                let what = format!("a query of `{table}` names no person: {}", said.join(" "));
                found.push(Finding::new(&file.path, *line, RULE, what));
            }
        }
        found
    }
}

/// Reads what both engines ask, tests apart.
pub(super) fn name_the_person(tree: &Tree) -> Vec<Finding> {
    let Some(words) = Words::new() else {
        return vec![Finding::new(ENGINES[0], 1, RULE, "the rule cannot be read")];
    };
    let mut found = Vec::new();
    for engine in ENGINES {
        let tables = words.tables(tree, engine);
        if tables.is_empty() {
            let what = "no table about a person was found: the rule checks nothing";
            found.push(Finding::new(engine, 1, RULE, what));
        }
        let read = tree.under(engine, &["rs"]).filter(|file| !file.is_test());
        found.extend(read.flat_map(|file| words.in_file(file, &tables)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "CREATE TABLE notes (\n  person_id BYTEA,\n  PRIMARY KEY (person_id)\n);";

    fn findings(engine: &str, query: &str) -> usize {
        let other = if engine == "sqlite" {
            "postgres"
        } else {
            "sqlite"
        };
        let [one, two] = [engine, other].map(|e| format!("crates/storage-{e}/migrations/1.sql"));
        let source = format!("crates/storage-{engine}/src/a.rs");
        let code = format!("fn a() {{ ask(\"{query}\"); }}");
        let tree = Tree::sample(&[(&one, TABLE), (&two, TABLE), (&source, &code)]);
        name_the_person(&tree).len()
    }

    #[test]
    fn a_query_that_names_no_person_is_refused_on_both_engines() {
        for engine in ["postgres", "sqlite"] {
            for query in [
                "SELECT 1 FROM notes",
                "SELECT person_id FROM notes WHERE lookup = $1",
                "SELECT 1 FROM notes WHERE person_id > $1",
                "DELETE FROM notes WHERE at < 3",
                "SELECT 1 FROM teams t JOIN notes n ON n.team = t.id",
                "SELECT 1 FROM notes n JOIN notes m ON n.person_id = m.person_id",
            ] {
                assert_eq!(findings(engine, query), 1, "{engine}: {query}");
            }
        }
    }

    #[test]
    fn a_query_that_names_the_person_passes() {
        for query in [
            "SELECT 1 FROM notes WHERE person_id = $1",
            "SELECT 1 FROM notes WHERE notes.person_id = ?1",
            "SELECT 1 FROM notes n JOIN notes m ON n.person_id = m.person_id WHERE n.person_id = ?",
            "INSERT INTO notes (person_id, a) VALUES ($1, $2)",
            "SELECT 1 FROM unnest($1) r JOIN notes n ON n.person_id = r.person_id",
            "SELECT 1 FROM sessions s JOIN notes n ON n.person_id = s.person",
            "SELECT 1 FROM teams",
        ] {
            assert_eq!(findings("postgres", query), 0, "{query}");
        }
    }

    #[test]
    fn a_rule_without_tables_is_told() {
        assert_eq!(name_the_person(&Tree::sample(&[])).len(), 2);
    }
}
