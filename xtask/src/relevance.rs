//! How well searches of the catalogue answer: hit@1, hit@3, hit@10 and MRR@10, over all and by kind of
//! search, for a file of `query TAB kind TAB acceptable,ids`.

use catalogue::{
    Edition, Limits,
    relevance::{Measure, cases, measure},
};
use std::{fs, fs::File, path::Path};

/// Where an edition lies beside the project, when it does.
const BESIDE: &str = "../shared/data/catalogue/vosdroits-particuliers-2020-10-30.zip";

pub(crate) fn run(file: &str, rest: &[&str]) -> Result<(), String> {
    let (archive, each) = match rest {
        [] => (BESIDE, false),
        ["--each"] => (BESIDE, true),
        ["--catalogue", archive] => (*archive, false),
        ["--catalogue", archive, "--each"] | ["--each", "--catalogue", archive] => (*archive, true),
        _ => {
            return Err("usage: cargo xtask relevance FILE.tsv [--catalogue FILE] [--each]".into());
        }
    };
    let text = fs::read_to_string(file).map_err(|e| format!("{file}: {e}"))?;
    let cases = cases(&text).map_err(|line| format!("{file}:{line}: query TAB kind TAB ids"))?;
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let edition = edition(Path::new(archive), folder.path())?;
    let (all, kinds, placed) = measure(&edition, &cases);
    if each {
        for (case, place) in placed.iter().filter(|(_, place)| *place != Some(1)) {
            let place = place.map_or_else(|| "-".to_owned(), |r| r.to_string());
            println!("{place:>3} {:<11} {}", case.kind, case.query);
            for found in edition.search(&case.query, 4) {
                println!(
                    "      {:<7} {:>6.2} {}",
                    found.page.id, found.closeness, found.page.title
                );
            }
        }
    }
    println!(
        "{:<11} {:>8} {:>6} {:>6} {:>6} {:>6}",
        "kind", "searches", "hit@1", "hit@3", "hit@10", "MRR@10"
    );
    for (kind, measured) in &kinds {
        line(kind, measured);
    }
    line("all", &all);
    Ok(())
}

fn line(kind: &str, m: &Measure) {
    println!(
        "{kind:<11} {:>8} {:>6.2} {:>6.2} {:>6.2} {:>6.2}",
        m.searches,
        m.share(m.first),
        m.share(m.three),
        m.share(m.ten),
        m.mean_reciprocal()
    );
}

/// An edition at rest, or one imported for the purpose.
fn edition(path: &Path, folder: &Path) -> Result<Edition, String> {
    let told = |e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
    if path.extension().is_some_and(|e| e == "cat") {
        return Edition::open(path).map_err(|e| told(&e));
    }
    let file = File::open(path).map_err(|e| told(&e))?;
    let imported = catalogue::import(file, folder, None, &Limits::default(), &mut |_| {});
    imported.map(|(edition, _)| edition).map_err(|e| told(&e))
}
