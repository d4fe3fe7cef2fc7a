//! Taking an edition of the catalogue in, and searching it: time, memory, size at rest.

use super::machine::{percentile, rounded, say_results};
use crate::error::{Failure, Kind, Outcome};
use ::catalogue::{Edition, Limits, day_in_name, import, relevance::cases};
use clap::Args;
use serde_json::json;
use std::{
    fs::{self, File},
    io::BufReader,
    path::PathBuf,
    time::Instant,
};

/// Importing and searching.
#[derive(Debug, Args)]
pub(crate) struct CatalogueBench {
    /// An edition as its publisher gives it (zip or tgz)
    file: PathBuf,
    /// Searches, one a line; what follows a tab is passed over
    #[arg(long, value_name = "FILE")]
    queries: Option<PathBuf>,
    /// How often each search is made
    #[arg(long, default_value_t = 20)]
    rounds: usize,
    /// Print one object of JSON
    #[arg(long)]
    json: bool,
}

/// Searches of each kind, where no file is given.
const SEARCHES: &[&str] = &[
    "rsa",
    "carte vitale perdue",
    "mon proprio veut me mettre dehors",
    "alocassion lojement",
    "sans papiers se soigner",
    "Comment faire pour avoir un logement social ?",
    "renouvelement titre de sejour",
    "je touche plus rien depuis la fin du chomage",
    "pansion alimentére pas payé",
    "maison de retraite trop chère",
];

/// The most memory this process ever held, in MB, as the system counts it.
fn peak() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = status
        .lines()
        .find_map(|l| l.strip_prefix("VmHWM:"))
        .and_then(|l| l.split_whitespace().next())
        .and_then(|n| n.parse::<f64>().ok())
        .unwrap_or(0.0);
    kib * 1024.0 / 1e6
}

pub(super) fn catalogue(arguments: &CatalogueBench) -> Outcome<()> {
    let unread =
        |e: &std::io::Error| Failure::io(format!("{} cannot be read", arguments.file.display()), e);
    let folder = tempfile::tempdir().map_err(|e| Failure::io("no temporary folder", &e))?;
    let before = peak();
    let begun = Instant::now();
    let file = BufReader::new(File::open(&arguments.file).map_err(|e| unread(&e))?);
    let day = day_in_name(&arguments.file.to_string_lossy());
    let (edition, report) = import(file, folder.path(), day, &Limits::default(), &mut |_| {})
        .map_err(|e| Failure::new(Kind::Found, e.to_string()))?;
    let imported = begun.elapsed();
    let memory = peak();
    let path = edition.path().map(ToOwned::to_owned).unwrap_or_default();
    let size = path.metadata().map_or(0, |m| m.len());
    let begun = Instant::now();
    let edition = Edition::open(&path).map_err(|e| Failure::new(Kind::Store, e.to_string()))?;
    let opened = begun.elapsed();
    let given = match &arguments.queries {
        None => Vec::new(),
        Some(path) => {
            let text = fs::read_to_string(path)
                .map_err(|e| Failure::io(format!("{} cannot be read", path.display()), &e))?;
            let cases = cases(&text).map_err(|line| {
                Failure::new(
                    Kind::Usage,
                    format!("{}:{line} is no search", path.display()),
                )
            })?;
            cases.into_iter().map(|c| c.query).collect()
        }
    };
    let mut queries: Vec<&str> = given.iter().map(String::as_str).collect();
    if queries.is_empty() {
        queries.extend(SEARCHES);
    }
    let mut times = Vec::new();
    let mut found = 0;
    for _ in 0..arguments.rounds.max(1) {
        for query in &queries {
            let begun = Instant::now();
            found += edition.search(query, 10).len();
            times.push(begun.elapsed());
        }
    }
    times.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "megabytes, told with decimals")]
    let size = size as f64 / 1e6;
    let result = json!({
        "pages": report.pages,
        "broken": report.broken.len(),
        "import_s": rounded(imported.as_secs_f64()),
        "import_peak_mb": rounded(memory),
        "before_mb": rounded(before),
        "rest_mb": rounded(size),
        "open_ms": rounded(opened.as_secs_f64() * 1000.0),
        "searches": times.len(),
        "found": found,
        "search_p50_ms": rounded(percentile(&times, 50)),
        "search_p99_ms": rounded(percentile(&times, 99)),
        "search_worst_ms": rounded(percentile(&times, 100)),
    });
    say_results("catalogue", "own index", &[result], arguments.json)
}
