//! Writes again the generated files that are checked in, the same from the same sources.
//!
//! Today: the descriptions of the engines' checked queries (`.sqlx`), made as `cargo sqlx prepare`
//! makes them, from a database that each engine's migrations just built.

use crate::postgres;
use crate::run::{Done, aloud, cargo, install_missing, program};
use std::fs;
use std::path::{Path, PathBuf};

const SQLITE: &str = "storage-sqlite";
const POSTGRES: &str = "storage-postgres";

/// Generates everything.
pub(crate) fn run() -> Done {
    for (engine, describe) in [
        (SQLITE, sqlite as fn(&Path) -> Done),
        (POSTGRES, postgresql),
    ] {
        let folder = folder(engine);
        let kept = folder.join(".sqlx");
        let sources = rust_sources(&folder.join("src"))?;
        if sources.iter().any(|text| has_checked_query(text)) {
            describe(&kept)?;
        } else {
            println!("{engine} has no query checked at build time: nothing to generate");
            if kept.exists() {
                remove(&kept)?;
            }
        }
    }
    Ok(())
}

fn folder(engine: &str) -> PathBuf {
    Path::new("crates").join(engine)
}

fn sqlite(kept: &Path) -> Done {
    install_missing(&[("sqlite3", "sqlite3")])?;
    let work = work()?;
    let database = work.join("schema.db");
    for step in migrations(SQLITE)? {
        let read = format!(".read {}", step.display());
        let into = database.to_string_lossy();
        aloud(program("sqlite3", &["-bail", &into, &read]))?;
    }
    let url = format!("sqlite://{}", database.display());
    describe_queries(SQLITE, &url, &work, kept)
}

/// On a server that starts and stops with this, unless this machine has none.
fn postgresql(kept: &Path) -> Done {
    if let Err(reason) = postgres::present() {
        println!("skipped: the queries of {POSTGRES}, because {reason}");
        return Ok(());
    }
    let Some(server) = postgres_fixture::start()? else {
        println!(
            "skipped: the queries of {POSTGRES}, because its binaries are not where Debian has them"
        );
        return Ok(());
    };
    let name = format!("generate_{}", std::process::id());
    server.run("postgres", &format!("CREATE DATABASE {name}"))?;
    let done = describe_postgresql(&server, &name, kept);
    server.run("postgres", &format!("DROP DATABASE {name} WITH (FORCE)"))?;
    done
}

fn describe_postgresql(server: &postgres_fixture::Started, name: &str, kept: &Path) -> Done {
    for step in migrations(POSTGRES)? {
        server.run_file(name, &step)?;
    }
    describe_queries(POSTGRES, &server.url(name), &work()?, kept)
}

/// A new folder to work in.
fn work() -> Result<PathBuf, String> {
    let work = std::env::current_dir()
        .map_err(said)?
        .join("target/xtask-sqlx");
    if work.exists() {
        remove(&work)?;
    }
    fs::create_dir_all(&work).map_err(said)?;
    Ok(work)
}

/// The macros of sqlx ask the database of `DATABASE_URL` and write what it said in
/// `SQLX_OFFLINE_DIR`; they run only if the crate is compiled, hence the touch.
fn describe_queries(engine: &str, url: &str, work: &Path, kept: &Path) -> Done {
    let fresh = work.join("queries");
    fs::create_dir_all(&fresh).map_err(said)?;
    let root = folder(engine).join("src/lib.rs");
    aloud(program("touch", &["-c", &root.to_string_lossy()]))?;
    let mut check = cargo(&["check", "-p", engine, "--locked"]);
    check
        .env("DATABASE_URL", url)
        .env("SQLX_OFFLINE", "false")
        .env("SQLX_OFFLINE_DIR", &fresh);
    aloud(check)?;
    if kept.exists() {
        remove(kept)?;
    }
    fs::create_dir_all(kept).map_err(said)?;
    for file in fs::read_dir(&fresh).map_err(said)? {
        let file = file.map_err(said)?.path();
        if let Some(name) = file.file_name() {
            fs::copy(&file, kept.join(name)).map_err(said)?;
        }
    }
    remove(work)
}

fn migrations(engine: &str) -> Result<Vec<PathBuf>, String> {
    let mut steps: Vec<PathBuf> = Vec::new();
    for file in fs::read_dir(folder(engine).join("migrations")).map_err(said)? {
        let path = file.map_err(said)?.path();
        if path.extension().is_some_and(|e| e == "sql") {
            steps.push(path);
        }
    }
    steps.sort();
    Ok(steps)
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
