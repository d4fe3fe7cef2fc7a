//! Everything a change must pass, cheapest refusal first, with the time each stage took.

use crate::run::{self, Done, aloud, cargo};
use crate::{generate, licences, suite, tidy};
use std::time::{Duration, Instant};

type Stage = (&'static str, fn() -> Done);

const STAGES: &[Stage] = &[
    ("format", || aloud(cargo(&["fmt", "--all", "--check"]))),
    ("tidy", tidy::run),
    ("licences and advisories", licences::run),
    ("lints", lints),
    ("fuzz targets", fuzz_targets),
    ("generated files", generated),
    ("documentation", documentation),
    ("tests", || suite::run(suite::Browser::Run)),
];

/// Runs every stage; the first that fails stops the run.
pub(crate) fn run() -> Done {
    let mut times = Vec::new();
    for (name, stage) in STAGES {
        println!("\n=== {name}");
        let started = Instant::now();
        let done = stage();
        times.push((*name, started.elapsed()));
        println!("=== {name}: {}", seconds(started.elapsed()));
        if let Err(reason) = done {
            return Err(format!("stopped at the stage “{name}”: {reason}"));
        }
    }
    println!("\nAll {} stages passed.", times.len());
    for (name, time) in &times {
        println!("  {:>7}  {name}", seconds(*time));
    }
    Ok(())
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f32())
}

fn lints() -> Done {
    aloud(cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ]))
}

/// Running them needs a nightly compiler; that they still compile does not.
fn fuzz_targets() -> Done {
    if !run::works(run::program("c++", &["--version"])) {
        println!("skipped: the fuzz targets, because libFuzzer's runtime needs a C++ compiler");
        return Ok(());
    }
    aloud(cargo(&[
        "check",
        "--manifest-path",
        "fuzz/Cargo.toml",
        "--locked",
        "--target-dir",
        "target",
    ]))
}

fn documentation() -> Done {
    let mut doc = cargo(&["doc", "--workspace", "--no-deps", "--locked"]);
    doc.env("RUSTDOCFLAGS", "-D warnings");
    aloud(doc)
}

/// Generated files must be as they are checked in: what the generator writes leaves no difference.
fn generated() -> Done {
    let before = changes()?;
    generate::run()?;
    let after = changes()?;
    if before == after {
        return Ok(());
    }
    Err(format!(
        "generated files differ: run `cargo xtask generate` and commit\n{after}"
    ))
}

fn changes() -> Result<String, String> {
    let status = run::quietly(run::program("git", &["status", "--porcelain"]))?;
    let difference = run::quietly(run::program("git", &["diff"]))?;
    Ok(status + &difference)
}
