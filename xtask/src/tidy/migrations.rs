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

/// A table is made about a person: a `person_id` that comes later is in no primary key.
pub(super) fn no_person_is_added_later(tree: &Tree) -> Vec<Finding> {
    let Ok(added) =
        Regex::new(r"(?i)ALTER TABLE \w+\s+ADD (?:COLUMN )?(?:IF NOT EXISTS )?person(_id)?\b")
    else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for file in tree.under("crates/storage-", &["sql"]) {
        for hit in added.find_iter(&file.text) {
            let line = file.text[..hit.start()].matches('\n').count() + 1;
            let what = "a person is added to a table that is not about one: make another table";
            found.push(Finding::new(&file.path, line, "person-first", what));
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
        let postgres = "crates/storage-postgres/migrations/1.sql";
        assert_eq!(
            person_comes_first(&Tree::sample(&[(postgres, bad)])).len(),
            1
        );
        let later = "ALTER TABLE a ADD COLUMN person_id BYTEA;";
        for path in [path, postgres] {
            assert_eq!(
                no_person_is_added_later(&Tree::sample(&[(path, later)])).len(),
                1
            );
        }
        let good = "CREATE TABLE a (\n  person_id BLOB NOT NULL,\n  id BLOB,\n  PRIMARY KEY (person_id, id)\n) STRICT;\nCREATE TABLE b (\n  id BLOB PRIMARY KEY\n) STRICT;";
        assert!(person_comes_first(&Tree::sample(&[(path, good)])).is_empty());
    }
}
