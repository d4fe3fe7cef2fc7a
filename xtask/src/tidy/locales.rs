//! The words shown to people: the same keys in every language, each written and each used.

use super::scan::Scan;
use super::tree::{File, Finding, Tree};
use regex_lite::Regex;
use std::collections::{BTreeMap, BTreeSet};

const FOLDER: &str = "crates/web/locales/";
const FIRST: &str = "fr";

/// A message of a Fluent file: its line and the variables it takes.
type Messages = BTreeMap<String, (usize, BTreeSet<String>)>;

/// `(language, file name)` of a Fluent file.
fn place(file: &File) -> Option<(&str, &str)> {
    file.path.strip_prefix(FOLDER)?.split_once('/')
}

fn messages(file: &File) -> Messages {
    let (Ok(key), Ok(variable)) = (
        Regex::new(r"^([a-zA-Z][\w-]*)\s*="),
        Regex::new(r"\{[^}]*?\$([\w-]+)"),
    ) else {
        return Messages::new();
    };
    let mut found = Messages::new();
    let mut current = None;
    for (number, line) in file.lines().filter(|(_, line)| !line.starts_with('#')) {
        if let Some(name) = key.captures(line).and_then(|c| c.get(1)) {
            current = Some(name.as_str().to_owned());
            found.insert(name.as_str().to_owned(), (number, BTreeSet::new()));
        }
        let Some((_, taken)) = current.as_ref().and_then(|name| found.get_mut(name)) else {
            continue;
        };
        taken.extend(variable.captures_iter(line).map(|c| c[1].to_owned()));
    }
    found
}

/// A file that two languages have holds the same keys, with the same variables, in both.
pub(super) fn same_keys(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.under(FOLDER, &["ftl"]) {
        let Some((language, name)) = place(file) else {
            continue;
        };
        found.extend(twice(file));
        if language == FIRST {
            continue;
        }
        let first = format!("{FOLDER}{FIRST}/{name}");
        let Some(first) = tree.files.iter().find(|f| f.path == first) else {
            found.push(Finding::new(
                &file.path,
                1,
                "same-keys",
                "French does not have this file",
            ));
            continue;
        };
        let (ours, theirs) = (messages(file), messages(first));
        for (key, (_, variables)) in &theirs {
            match ours.get(key) {
                None => found.push(differs(file, 1, format!("`{key}` is missing"))),
                Some((line, own)) if own != variables => {
                    found.push(differs(
                        file,
                        *line,
                        format!("`{key}` takes other values than in French"),
                    ));
                }
                Some(_) => {}
            }
        }
        for (key, (line, _)) in ours.iter().filter(|(key, _)| !theirs.contains_key(*key)) {
            found.push(differs(file, *line, format!("`{key}` is not in French")));
        }
    }
    found
}

fn differs(file: &File, line: usize, what: String) -> Finding {
    Finding::new(&file.path, line, "same-keys", what)
}

/// A key written twice in one file: the second hides the first.
fn twice(file: &File) -> Vec<Finding> {
    let Ok(key) = Regex::new(r"^([a-zA-Z][\w-]*)\s*=") else {
        return Vec::new();
    };
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for (number, line) in file.lines() {
        if let Some(name) = key.captures(line).map(|c| c[1].to_owned())
            && !seen.insert(name.clone())
        {
            found.push(differs(file, number, format!("`{name}` is written twice")));
        }
    }
    found
}

fn french(tree: &Tree) -> BTreeMap<String, (String, usize)> {
    let mut keys = BTreeMap::new();
    for file in tree.under(&format!("{FOLDER}{FIRST}/"), &["ftl"]) {
        for (key, (line, _)) in messages(file) {
            keys.insert(key, (file.path.clone(), line));
        }
    }
    keys
}

/// A key that a page or the code asks for by name is written.
pub(super) fn keys_exist(tree: &Tree) -> Vec<Finding> {
    let Ok(asked) = Regex::new(r#"\.(?:t|t1|t2|ta)\(\s*"([a-zA-Z][\w-]*)"\s*[,)]"#) else {
        return Vec::new();
    };
    let keys = french(tree);
    let mut found = Vec::new();
    for file in pages_and_code(tree) {
        let scan = file.has_extension(&["rs"]).then(|| Scan::of(&file.text));
        for hit in asked.captures_iter(&file.text) {
            let Some(key) = hit.get(1) else { continue };
            let line = file.text[..key.start()].matches('\n').count() + 1;
            let in_test = scan.as_ref().is_some_and(|scan| scan.in_test(line));
            if !in_test && !keys.contains_key(key.as_str()) {
                let what = format!("`{}` is written in no file of words", key.as_str());
                found.push(Finding::new(&file.path, line, "keys-exist", what));
            }
        }
    }
    found
}

/// A key that is written is asked for somewhere, by name or by a name built from its beginning.
pub(super) fn keys_are_used(tree: &Tree) -> Vec<Finding> {
    let mut used = Used::default();
    for file in pages_and_code(tree) {
        if file.has_extension(&["rs"]) {
            Scan::of(&file.text)
                .literals
                .iter()
                .for_each(|(_, literal)| used.read(literal));
        } else {
            used.read_template(&file.text);
        }
    }
    let other_messages = tree.under(FOLDER, &["ftl"]);
    other_messages.for_each(|file| used.read_references(&file.text));
    french(tree)
        .into_iter()
        .filter(|(key, _)| !used.has(key))
        .map(|(key, (path, line))| {
            Finding::new(
                &path,
                line,
                "keys-used",
                format!("`{key}` is asked for nowhere"),
            )
        })
        .collect()
}

fn pages_and_code(tree: &Tree) -> impl Iterator<Item = &File> {
    tree.under("crates/", &["html", "svg", "txt", "rs"])
        .filter(|file| !file.is_test())
}

#[derive(Default)]
struct Used {
    whole: BTreeSet<String>,
    beginnings: BTreeSet<String>,
    ends: BTreeSet<String>,
}

impl Used {
    /// A literal is a key, or what stands before and after the word put into it.
    fn read(&mut self, literal: &str) {
        if let Some((before, after)) = literal.split_once('{') {
            if before.ends_with('-') {
                self.beginnings.insert(before.to_owned());
            }
            if let Some((_, after)) = after.split_once('}')
                && after.starts_with('-')
                && before.is_empty()
            {
                self.ends.insert(after.to_owned());
            }
        }
        if !literal.is_empty()
            && literal
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
        {
            self.whole.insert(literal.to_owned());
        }
    }

    fn read_template(&mut self, text: &str) {
        let (Ok(literal), Ok(word)) = (
            Regex::new(r#""([\w{}-]+)""#),
            Regex::new(r#"\.word\(\s*"([\w-]+)""#),
        ) else {
            return;
        };
        literal.captures_iter(text).for_each(|c| self.read(&c[1]));
        for kind in word.captures_iter(text) {
            self.beginnings.insert(format!("{}-", &kind[1]));
        }
    }

    fn read_references(&mut self, text: &str) {
        let Ok(reference) = Regex::new(r"\{\s*([a-z][\w-]*)\s*\}") else {
            return;
        };
        self.whole
            .extend(reference.captures_iter(text).map(|c| c[1].to_owned()));
    }

    /// A literal `compartment` given to `word` makes every `compartment-…`.
    fn has(&self, key: &str) -> bool {
        self.whole.contains(key)
            || self
                .beginnings
                .iter()
                .any(|beginning| key.starts_with(beginning))
            || self.ends.iter().any(|end| key.ends_with(end.as_str()))
            || key
                .match_indices('-')
                .any(|(at, _)| self.whole.contains(&key[..at]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FR: (&str, &str) = (
        "crates/web/locales/fr/person.ftl",
        "hello = Bonjour { $name }\nbye = Au revoir\n",
    );

    fn with(path: &str, text: &str) -> Tree {
        Tree::sample(&[FR, (path, text)])
    }

    #[test]
    fn languages_hold_the_same_keys_and_values() {
        let good = with(
            "crates/web/locales/en/person.ftl",
            "bye = Bye\nhello = Hello { $name }\n",
        );
        assert!(same_keys(&good).is_empty());
        let bad = with(
            "crates/web/locales/en/person.ftl",
            "hello = Hello\nmore = More\n",
        );
        let said: Vec<String> = same_keys(&bad).into_iter().map(|f| f.what).collect();
        assert_eq!(said.len(), 3, "{said:?}");
        let bad = with("crates/web/locales/en/alone.ftl", "a = b\n");
        assert_eq!(same_keys(&bad).len(), 1);
        let bad = with("crates/web/locales/fr/worker.ftl", "a = b\na = c\n");
        assert_eq!(same_keys(&bad).len(), 1);
    }

    #[test]
    fn keys_asked_for_are_written() {
        let good = with(
            "crates/web/templates/a.html",
            "{{ s.t(\"hello\") }} {{ s.t1(\"bye\", \"a\", b) }}",
        );
        assert!(keys_exist(&good).is_empty());
        let bad = with("crates/web/templates/a.html", "\n{{ s.t(\"nobody\") }}");
        assert_eq!(keys_exist(&bad)[0].line, 2);
    }

    #[test]
    fn keys_written_are_asked_for() {
        let good = with(
            "crates/web/src/a.rs",
            "fn a() { t(\"hello\"); f(&[\"bye\"]) }",
        );
        assert!(keys_are_used(&good).is_empty());
        let bad = with("crates/web/src/a.rs", "fn a() { t(\"hello\") } // \"bye\"");
        assert_eq!(keys_are_used(&bad).len(), 1);
        let nested = with(
            "crates/web/templates/a.html",
            "<p title=\"{{ s.t(\"hello\") }}\">{{ f(a, \"bye\") }}",
        );
        assert!(keys_are_used(&nested).is_empty());
        let built = with(
            "crates/web/src/a.rs",
            "fn a() { format!(\"hel-{a}\"); t(\"hello\") } const B: &str = \"bye\";",
        );
        assert!(keys_are_used(&built).is_empty());
        let words = Tree::sample(&[
            (
                "crates/web/locales/fr/a.ftl",
                "kind-one = Un\nkind-two = Deux\n",
            ),
            ("crates/web/src/a.rs", "fn a() { l.word(\"kind\", word) }"),
        ]);
        assert!(keys_are_used(&words).is_empty());
    }
}
