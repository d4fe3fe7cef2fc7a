//! Tables of a person's data can be distributed by person without change.

use super::tree::{Finding, Tree};
use regex_lite::Regex;

/// A table with a `person_id` has it first in its primary key.
pub(super) fn person_comes_first(tree: &Tree) -> Vec<Finding> {
    let Ok(table) = Regex::new(r"(?is)CREATE TABLE (?:IF NOT EXISTS )?(\w+)\s*\((.*?)\n\)") else {
        return Vec::new();
    };
    let Ok(first) = Regex::new(r"(?i)person_id\s+\w+\s+PRIMARY KEY|PRIMARY KEY\s*\(\s*person_id\b")
    else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for file in tree.under("crates/storage-", &["sql"]) {
        for hit in table.captures_iter(&file.text) {
            let (name, columns) = (&hit[1], &hit[2]);
            if columns.contains("person_id") && !first.is_match(columns) {
                let start = hit.get(0).map_or(0, |whole| whole.start());
                let line = file.text[..start].matches('\n').count() + 1;
                let what = format!("`{name}` does not have person_id first in its primary key");
                found.push(Finding::new(&file.path, line, "person-first", what));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_person_is_first_in_the_key() {
        let path = "crates/storage-sqlite/migrations/1.sql";
        let bad = "CREATE TABLE a (\n  id BLOB PRIMARY KEY,\n  person_id BLOB NOT NULL\n) STRICT;";
        assert_eq!(person_comes_first(&Tree::sample(&[(path, bad)])).len(), 1);
        let good = "CREATE TABLE a (\n  person_id BLOB NOT NULL,\n  id BLOB,\n  PRIMARY KEY (person_id, id)\n) STRICT;\nCREATE TABLE b (\n  id BLOB PRIMARY KEY\n) STRICT;";
        assert!(person_comes_first(&Tree::sample(&[(path, good)])).is_empty());
    }
}
