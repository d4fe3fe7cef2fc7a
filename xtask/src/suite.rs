//! The tests: the workspace's, its documentation's examples, then the pages in a real browser.
//!
//! What cannot run on this machine is said in a line that starts with `skipped:`.

use crate::postgres;
use crate::run::{self, Done, aloud, cargo, program, works};
use std::path::Path;

const CHROMIUM: &str = "/usr/bin/chromium";
const BROWSER: &str = "tests/browser";

/// Whether the pages are tried in a browser.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Browser {
    /// They are.
    Run,
    /// They are not: asked on the command line.
    LeaveOut,
}

/// Runs every test.
pub(crate) fn run(browser: Browser) -> Done {
    if !Path::new("../shared/data").is_dir() {
        println!("skipped: tries on the data beside the project, which is not on this machine");
    }
    if std::env::var_os(postgres_fixture::URL).is_none()
        && let Err(reason) = postgres::present()
    {
        println!("skipped: tries on PostgreSQL, because {reason}");
    }
    workspace()?;
    on_a_server()?;
    aloud(cargo(&["test", "--workspace", "--doc", "--locked"]))?;
    match browser {
        Browser::Run => pages(),
        Browser::LeaveOut => {
            println!("skipped: the pages in a browser, left out by --no-browser");
            Ok(())
        }
    }
}

fn workspace() -> Done {
    if works(cargo(&["nextest", "--version"])) {
        let profile = if std::env::var_os("CI").is_some() {
            "ci"
        } else {
            "default"
        };
        return aloud(cargo(&[
            "nextest",
            "run",
            "--workspace",
            "--locked",
            "--profile",
            profile,
        ]));
    }
    aloud(cargo(&["test", "--workspace", "--all-targets", "--locked"]))
}

/// The use cases' stories once more, over a server: the same, each in a database of its own.
fn on_a_server() -> Done {
    if postgres_fixture::is_shared() {
        println!("skipped: use cases on PostgreSQL, since one database is shared by all tests");
        return Ok(());
    }
    if std::env::var_os(postgres_fixture::URL).is_none() && postgres_fixture::binaries().is_none() {
        println!("skipped: use cases on PostgreSQL, which is not on this machine");
        return Ok(());
    }
    let suite = ["--package", "service", "--test", "it", "--locked"];
    let mut tests = if works(cargo(&["nextest", "--version"])) {
        cargo(&["nextest", "run"])
    } else {
        cargo(&["test"])
    };
    tests.args(suite).env("CONATUS_TEST_ENGINE", "postgres");
    aloud(tests)
}

fn pages() -> Done {
    let wanted = [("chromium", CHROMIUM), ("nodejs", "node"), ("npm", "npm")];
    if let Err(reason) = run::install_missing(&wanted) {
        println!("skipped: the pages in a browser, because {reason}");
        return Ok(());
    }
    aloud(cargo(&["build", "-p", "conatus", "--locked"]))?;
    let mut install = program("npm", &["ci", "--no-audit", "--no-fund"]);
    install.current_dir(BROWSER);
    aloud(install)?;
    let mut suite = program("npm", &["test", "--silent"]);
    suite.current_dir(BROWSER);
    aloud(suite)
}
