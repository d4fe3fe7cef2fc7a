//! The reference as an oracle, in development only: its tests, and households drawn from a seed, are
//! asked of it and of our law files, and what differs is counted. Nothing of the reference is kept:
//! it is installed under `target/`, read, compared.

mod cases;
mod draw;
mod households;
mod install;

use crate::run::Done;
use rights::Law;
use std::path::Path;

/// Where the ledger of differences stands.
const LEDGER: &str = "crates/rights/ledger.toml";

/// What was asked of the command.
struct Options {
    seed: u64,
    households: usize,
    tests: bool,
    verbose: bool,
    only: Option<String>,
}

/// Installs the reference where it is not, runs its tests against ours, then draws households.
pub(crate) fn run(arguments: &[&str]) -> Done {
    let options = read(arguments)?;
    let place = install::installed()?;
    let law = rights::compile_layers(&[rights::embedded()]).map_err(|faults| {
        let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
        all.join("\n")
    })?;
    let ledger = ledger(Path::new(LEDGER))?;
    if options.tests {
        cases::run(
            &law,
            &place,
            &ledger,
            options.verbose,
            options.only.as_deref(),
        )?;
    }
    if options.households > 0 {
        let drawn = (options.seed, options.households);
        households::run(
            &law,
            &place,
            &ledger,
            drawn,
            options.only.as_deref(),
            options.verbose,
        )?;
    }
    Ok(())
}

/// One difference that the law decides.
#[derive(Debug, serde::Deserialize)]
struct Difference {
    /// The file of tests, or `households`.
    #[serde(rename = "where")]
    place: String,
    /// The number of the test in its file; all of them when none is said.
    test: Option<u64>,
    /// The variable.
    what: String,
    /// The text that decides.
    law: String,
}

#[derive(Debug, Default, serde::Deserialize)]
struct Ledger {
    #[serde(default)]
    difference: Vec<Difference>,
}

impl Ledger {
    fn explains(&self, place: &str, test: u64, what: &str) -> Option<&str> {
        let found = self.difference.iter().find(|d| {
            d.place == place && d.what == what && d.test.is_none_or(|number| number == test)
        });
        found.map(|d| d.law.as_str())
    }
}

fn ledger(path: &Path) -> Result<Ledger, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    toml::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))
}

fn read(arguments: &[&str]) -> Result<Options, String> {
    let mut options = Options {
        seed: 1,
        households: 2000,
        tests: true,
        verbose: false,
        only: None,
    };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut number = || -> Result<u64, String> {
            let value = rest
                .next()
                .ok_or_else(|| format!("{argument} takes a number"))?;
            value.parse().map_err(|_| format!("{value} is no number"))
        };
        match *argument {
            "--seed" => options.seed = number()?,
            "--households" => {
                options.households = usize::try_from(number()?).map_err(|e| e.to_string())?;
            }
            "--no-tests" => options.tests = false,
            "--verbose" => options.verbose = true,
            "--only" => {
                let name = rest.next().ok_or("--only takes a variable's name")?;
                options.only = Some((*name).to_owned());
            }
            other => return Err(format!("{other} is no option of oracle")),
        }
    }
    Ok(options)
}

/// Whether two values are the same within `margin`.
fn near(ours: f64, theirs: f64, margin: f64) -> bool {
    (ours - theirs).abs() <= margin
}

/// Whether the law models a variable as a rule.
fn modelled(law: &Law, name: &str) -> bool {
    law.variable(name).is_some_and(|(_, v)| v.is_rule())
}
