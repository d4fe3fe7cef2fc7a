//! The ledger: where our answers differ from the reference's, and the text that decides. A reading is
//! executable: a small law file beside the ledger says what the reference reads instead, so that a
//! difference is explained only when it goes away with that file.

use rights::{Law, Source};
use std::collections::BTreeSet;
use std::path::Path;

/// Where the ledger of differences stands.
const LEDGER: &str = "crates/rights/ledger.toml";
/// Where the reference's readings stand, one file each.
const FOLDER: &str = "crates/rights/ledger/reference";

/// A point of law read otherwise by the reference.
#[derive(Debug, serde::Deserialize)]
struct Reading {
    /// The name of its file, without `.droit`.
    id: String,
    /// The variables it is for; all of them when none is said.
    #[serde(default)]
    what: Vec<String>,
    /// The text that decides.
    #[serde(rename = "law")]
    _law: String,
}

/// One test of the reference whose case says too little, or is decided by the law.
#[derive(Debug, serde::Deserialize)]
struct Difference {
    /// The file of tests.
    #[serde(rename = "where")]
    place: String,
    /// The number of the test in its file.
    test: u64,
    /// The variable.
    what: String,
    /// The text that decides.
    #[serde(rename = "law")]
    _law: String,
}

/// An input that we do not model.
#[derive(Debug, serde::Deserialize)]
struct Left {
    /// The variables, or how our refusal begins.
    input: Vec<String>,
    /// Why.
    #[serde(rename = "why")]
    _why: String,
}

#[derive(Debug, Default, serde::Deserialize)]
struct Written {
    #[serde(default)]
    reading: Vec<Reading>,
    #[serde(default)]
    difference: Vec<Difference>,
    #[serde(default)]
    left: Vec<Left>,
}

/// The ledger, ready to be asked.
pub(super) struct Ledger {
    differences: Vec<Difference>,
    left: Vec<Left>,
    /// The reference's readings at once, those for all variables.
    whole: Law,
    /// The same with those for some variables, and these variables.
    special: Vec<(Vec<String>, Law)>,
    /// Each of them alone, by its name, with its variables.
    alone: Vec<(String, Vec<String>, Law)>,
}

impl Ledger {
    /// Whether a test is decided by the law, by itself.
    pub(super) fn explains(&self, place: &str, test: u64, what: &str) -> bool {
        let mut all = self.differences.iter();
        all.any(|d| d.place == place && d.what == what && d.test == test)
    }

    /// Whether what keeps us from answering, an input or our own refusal, is left out with why.
    pub(super) fn leaves(&self, blocker: &str) -> bool {
        let mut all = self.left.iter().flat_map(|left| &left.input);
        all.any(|left| blocker.starts_with(left.as_str()))
    }

    /// The law with all of the reference's readings, for one variable.
    pub(super) fn whole(&self, what: &str) -> &Law {
        let special = self
            .special
            .iter()
            .find(|(names, _)| names.iter().any(|n| n == what));
        special.map_or(&self.whole, |(_, law)| law)
    }

    /// Those laws: the first for all variables, the others for some.
    pub(super) fn laws(&self) -> impl Iterator<Item = &Law> {
        std::iter::once(&self.whole).chain(self.special.iter().map(|(_, law)| law))
    }

    /// Which reading explains a difference about `what`, when `same` says whether a law agrees with
    /// the reference: the one that is enough alone, or several together.
    pub(super) fn reading(
        &self,
        what: &str,
        same: impl Fn(&Law) -> Result<bool, String>,
    ) -> Result<Option<&str>, String> {
        if !same(self.whole(what))? {
            return Ok(None);
        }
        for (id, names, law) in &self.alone {
            if (names.is_empty() || names.iter().any(|n| n == what)) && same(law)? {
                return Ok(Some(id));
            }
        }
        Ok(Some("several together"))
    }
}

/// Reads the ledger and compiles the readings.
pub(super) fn ledger() -> Result<Ledger, String> {
    let text = std::fs::read_to_string(LEDGER).map_err(|e| format!("{LEDGER}: {e}"))?;
    let written: Written = toml::from_str(&text).map_err(|e| format!("{LEDGER}: {e}"))?;
    let sources = sources(Path::new(FOLDER))?;
    let files: BTreeSet<&str> = sources
        .iter()
        .filter_map(|s| s.name.strip_suffix(".droit"))
        .collect();
    let said: BTreeSet<&str> = written.reading.iter().map(|r| r.id.as_str()).collect();
    if let Some(odd) = files.symmetric_difference(&said).next() {
        return Err(format!(
            "{odd}: a reading stands both in {LEDGER} and in {FOLDER}"
        ));
    }
    let names_of = |source: &Source| {
        let id = source.name.trim_end_matches(".droit");
        let found = written.reading.iter().find(|r| r.id == id);
        found.map(|r| r.what.clone()).unwrap_or_default()
    };
    let general: Vec<Source> = sources
        .iter()
        .filter(|s| names_of(s).is_empty())
        .cloned()
        .collect();
    let whole = compiled(general.clone())?;
    let mut alone = Vec::new();
    let mut special = Vec::new();
    for source in sources {
        let id = source.name.trim_end_matches(".droit").to_owned();
        let names = names_of(&source);
        if !names.is_empty() {
            let mut with = general.clone();
            with.push(source.clone());
            special.push((names.clone(), compiled(with)?));
        }
        alone.push((id, names, compiled(vec![source])?));
    }
    Ok(Ledger {
        differences: written.difference,
        left: written.left,
        whole,
        special,
        alone,
    })
}

fn sources(folder: &Path) -> Result<Vec<Source>, String> {
    let failed = |e: std::io::Error| format!("{}: {e}", folder.display());
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|e| e == "droit") {
            let name = path.file_name().unwrap_or_default();
            all.push(Source {
                name: name.to_string_lossy().into_owned(),
                text: std::fs::read_to_string(&path).map_err(failed)?,
            });
        }
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(all)
}

/// Our law, with what replaces parts of it.
pub(super) fn compiled(over: Vec<Source>) -> Result<Law, String> {
    rights::compile_layers(&[rights::embedded(), over]).map_err(|faults| {
        let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
        all.join("\n")
    })
}
