//! Writes again the generated files that are checked in, the same from the same sources.
//!
//! Today: the descriptions of `storage-sqlite`'s checked queries (`.sqlx`), made as `cargo sqlx
//! prepare` makes them, from a database that its migrations just built.

use crate::run::{Done, aloud, cargo, install_missing, program};
use std::fs;
use std::path::{Path, PathBuf};

const CRATE: &str = "crates/storage-sqlite";

/// Generates everything.
pub(crate) fn run() -> Done {
    let sources = rust_sources(&Path::new(CRATE).join("src"))?;
    let checked = sources.iter().any(|text| has_checked_query(text));
    let kept = Path::new(CRATE).join(".sqlx");
    if !checked {
        println!("storage-sqlite has no query checked at build time: nothing to generate");
        return if kept.exists() { remove(&kept) } else { Ok(()) };
    }
    install_missing(&[("sqlite3", "sqlite3")])?;
    let work = std::env::current_dir()
        .map_err(said)?
        .join("target/xtask-sqlx");
    if work.exists() {
        remove(&work)?;
    }
    let fresh = work.join("queries");
    fs::create_dir_all(&fresh).map_err(said)?;
    let database = work.join("schema.db");
    migrate(&database)?;
    describe_queries(&database, &fresh)?;
    if kept.exists() {
        remove(&kept)?;
    }
    fs::create_dir_all(&kept).map_err(said)?;
    for file in fs::read_dir(&fresh).map_err(said)? {
        let file = file.map_err(said)?.path();
        if let Some(name) = file.file_name() {
            fs::copy(&file, kept.join(name)).map_err(said)?;
        }
    }
    remove(&work)
}

/// The macros of sqlx ask the database of `DATABASE_URL` and write what it said in
/// `SQLX_OFFLINE_DIR`; they run only if the crate is compiled, hence the touch.
fn describe_queries(database: &Path, into: &Path) -> Done {
    let root = Path::new(CRATE).join("src/lib.rs");
    aloud(program("touch", &["-c", &root.to_string_lossy()]))?;
    let mut check = cargo(&["check", "-p", "storage-sqlite", "--locked"]);
    check
        .env("DATABASE_URL", format!("sqlite://{}", database.display()))
        .env("SQLX_OFFLINE", "false")
        .env("SQLX_OFFLINE_DIR", into);
    aloud(check)
}

fn migrate(database: &Path) -> Done {
    let folder = Path::new(CRATE).join("migrations");
    let mut steps: Vec<PathBuf> = Vec::new();
    for file in fs::read_dir(&folder).map_err(said)? {
        let path = file.map_err(said)?.path();
        if path.extension().is_some_and(|e| e == "sql") {
            steps.push(path);
        }
    }
    steps.sort();
    for step in steps {
        let read = format!(".read {}", step.display());
        aloud(program(
            "sqlite3",
            &["-bail", &database.to_string_lossy(), &read],
        ))?;
    }
    Ok(())
}

fn has_checked_query(text: &str) -> bool {
    ["query!(", "query_as!(", "query_scalar!("]
        .iter()
        .any(|call| text.contains(call))
}

fn rust_sources(folder: &Path) -> Result<Vec<String>, String> {
    let mut texts = Vec::new();
    for file in fs::read_dir(folder).map_err(said)? {
        let path = file.map_err(said)?.path();
        if path.is_dir() {
            texts.extend(rust_sources(&path)?);
        } else if path.extension().is_some_and(|e| e == "rs") {
            texts.push(fs::read_to_string(&path).map_err(said)?);
        }
    }
    Ok(texts)
}

fn remove(folder: &Path) -> Done {
    fs::remove_dir_all(folder).map_err(said)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "given to map_err, which hands over the error"
)]
fn said(error: std::io::Error) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::has_checked_query;

    #[test]
    fn checked_queries_are_recognised() {
        assert!(has_checked_query("sqlx::query_as!(Row, \"SELECT 1\")"));
        assert!(!has_checked_query("sqlx::query_as(\"SELECT 1\")"));
    }
}
