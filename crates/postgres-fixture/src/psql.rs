//! Asking a server something through `psql`.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

fn program() -> PathBuf {
    match crate::binaries() {
        Some(folder) => folder.join("psql"),
        None => PathBuf::from("psql"),
    }
}

fn command(url: &str) -> Command {
    let mut command = Command::new(program());
    command
        .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d"])
        .arg(url)
        .stdin(Stdio::null());
    command
}

fn answer(mut command: Command) -> Result<String, String> {
    let output = command
        .output()
        .map_err(|e| format!("psql could not start: {e}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}

/// Runs one statement; gives what it answered.
pub(crate) fn run(url: &str, statement: &str) -> Result<String, String> {
    let mut command = command(url);
    command.args(["-c", statement]);
    answer(command)
}

/// Runs the statements of a file, all or none.
pub(crate) fn run_file(url: &str, file: &Path) -> Result<(), String> {
    let mut command = command(url);
    command.args(["-1", "-f"]).arg(file);
    answer(command).map(drop)
}

/// The same URL with another database.
pub(crate) fn with_database(url: &str, name: &str) -> Result<String, String> {
    let (scheme, rest) = url.split_once("://").ok_or("the URL has no scheme")?;
    let (place, query) = match rest.split_once('?') {
        Some((place, query)) => (place, format!("?{query}")),
        None => (rest, String::new()),
    };
    let host = place.split('/').next().unwrap_or(place);
    Ok(format!("{scheme}://{host}/{name}{query}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_of_a_url_changes_alone() {
        let check = |url, expected| assert_eq!(with_database(url, "b").unwrap(), expected);
        check(
            "postgres://u:p@h:5/a?sslmode=require",
            "postgres://u:p@h:5/b?sslmode=require",
        );
        check("postgres://h", "postgres://h/b");
        assert!(with_database("h/a", "b").is_err());
    }
}
