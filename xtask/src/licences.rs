//! Licences, refused crates, sources and known vulnerabilities, by `cargo deny` and `deny.toml`.
//!
//! The list of vulnerabilities is a repository elsewhere: where it cannot be reached this is said,
//! and everything that needs no network is still checked.

use crate::run::{Done, aloud, cargo, works};

/// The version every machine checks with: built from source in about two minutes on two cores.
const CARGO_DENY: &str = "0.20.2";

/// Checks the workspace against `deny.toml`.
pub(crate) fn run() -> Done {
    if !works(cargo(&["deny", "--version"])) {
        println!("cargo-deny is not here: installing {CARGO_DENY}");
        aloud(cargo(&[
            "install",
            "cargo-deny",
            "--locked",
            "--version",
            CARGO_DENY,
        ]))?;
    }
    aloud(cargo(&[
        "deny",
        "--workspace",
        "check",
        "licenses",
        "bans",
        "sources",
    ]))?;
    if works(cargo(&["deny", "fetch", "db"])) {
        aloud(cargo(&[
            "deny",
            "--workspace",
            "check",
            "--disable-fetch",
            "advisories",
        ]))
    } else {
        println!(
            "skipped: known vulnerabilities, because the advisory database cannot be reached from \
             here. Licences, refused crates and sources were checked."
        );
        Ok(())
    }
}
