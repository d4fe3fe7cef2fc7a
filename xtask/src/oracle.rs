//! The reference as an oracle, in development only: its tests, and households drawn from a seed, are
//! asked of it and of our law files, and what differs is counted. Nothing of the reference is kept:
//! it is installed under `target/`, read, compared.

mod cases;
mod coverage;
mod draw;
mod households;
mod install;
mod readings;
mod reference;

use crate::run::Done;
use rights::Law;

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
    let law = readings::compiled(Vec::new())?;
    let ledger = readings::ledger()?;
    let asking = households::Asking {
        law: &law,
        place: &place,
        ledger: &ledger,
        only: options.only.as_deref(),
        verbose: options.verbose,
    };
    if options.tests {
        cases::run(&asking)?;
    }
    if options.households > 0 {
        households::run(&asking, (options.seed, options.households))?;
    }
    Ok(())
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
