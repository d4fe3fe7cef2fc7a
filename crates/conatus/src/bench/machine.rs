//! What a measure needs of the machine it runs on, and how results are told.

use crate::{error::Outcome, out::say};
use serde_json::{Value, json};
use std::{fs, time::Duration};

/// Processor time used by this program so far.
pub(super) fn cpu() -> Duration {
    cpu_of("self")
}

/// Resident memory of this program now, in bytes.
pub(super) fn memory() -> u64 {
    memory_of("self")
}

/// Processor time that a process used so far; none where it is not there.
pub(super) fn cpu_of(process: &str) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    // Fields 14 and 15, in hundredths of a second, counted from the third, the state; some between
    // may be negative.
    let mut fields = after.split_whitespace().skip(11);
    let mut next = || {
        fields
            .next()
            .and_then(|f| f.parse::<u64>().ok())
            .unwrap_or(0)
    };
    let ticks = next() + next();
    Duration::from_millis(ticks * 10)
}

/// Resident memory of a process now, in bytes; none where it is not there.
pub(super) fn memory_of(process: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = text
        .lines()
        .find(|l| l.starts_with("VmRSS:"))
        .unwrap_or_default();
    line.split_whitespace()
        .nth(1)
        .and_then(|k| k.parse::<u64>().ok())
        .unwrap_or(0)
        * 1024
}

pub(super) fn machine() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find(|l| l.starts_with("model name"));
    let model = model
        .and_then(|l| l.split(": ").nth(1))
        .unwrap_or("unknown");
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{model}, {cores} cores")
}

pub(super) fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(0.0, |d| d.as_secs_f64() * 1000.0)
}

pub(super) fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

pub(super) fn say_results(name: &str, engine: &str, results: &[Value], json: bool) -> Outcome<()> {
    let whole =
        json!({ "bench": name, "engine": engine, "machine": machine(), "results": results });
    if json {
        say!("{whole}")?;
    } else {
        say!("{name}, {engine}, {}", machine())?;
        for result in results {
            say!("  {result}")?;
        }
    }
    Ok(())
}
