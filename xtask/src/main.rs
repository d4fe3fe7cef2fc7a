//! The chores of the project, as one program: `cargo xtask ci | test | tidy | generate`.
//!
//! What lives here: what a check runs and in what order. What never does: anything a running
//! Conatus needs.
#![expect(
    clippy::print_stdout,
    reason = "a command-line tool speaks on standard output"
)]

mod ci;
mod generate;
mod licences;
mod oracle;
mod postgres;
mod relevance;
mod run;
mod suite;
mod tidy;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <task>

  ci                   everything a change must pass, in the order of what fails soonest
  test [--no-browser]  the workspace's tests, then the pages in a real browser
  tidy                 what the design forbids, as far as a check can see it
  licences             licences, refused crates, sources and known vulnerabilities
  relevance FILE.tsv [--catalogue FILE] [--each]
                       how well the catalogue's search answers the searches of a file
  generate             write again the checked-in generated files
  oracle [--seed N] [--households N] [--no-tests] [--only VARIABLE] [--verbose]
                       compare the law files with OpenFisca-France (installed under target/)";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = run::go_to_root().and_then(|()| match arguments.as_slice() {
        ["ci"] => ci::run(),
        ["test"] => suite::run(suite::Browser::Run),
        ["test", "--no-browser"] => suite::run(suite::Browser::LeaveOut),
        ["tidy"] => tidy::run(),
        ["licences"] => licences::run(),
        ["relevance", file, rest @ ..] => relevance::run(file, rest),
        ["generate"] => generate::run(),
        ["oracle", options @ ..] => oracle::run(options),
        _ => Err(USAGE.to_owned()),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("\nxtask: {reason}");
            ExitCode::FAILURE
        }
    }
}
