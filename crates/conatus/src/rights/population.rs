//! `rights population`: the same compiled rules over a table of people, household by household. The
//! table is read from its beginning to its end once, and nothing of it is kept.

mod table;

use super::LawArguments;
use crate::error::{Failure, Kind, Outcome};
use crate::out::{say, tell};
use clap::Args;
use rights::{
    Absent, Law, Ratio, Right,
    explain::Status,
    period::Period,
    population::{Columns, Found, Population, Row},
};
use serde_json::{Value, json};
use std::{
    io::{self, BufWriter, ErrorKind, Write},
    path::PathBuf,
    process::ExitCode,
};
use table::Table;

/// Households with something wrong that are told one by one; the others are counted.
const TOLD: usize = 20;

/// A table of people.
#[derive(Debug, Args)]
pub(crate) struct PopulationArguments {
    /// A table in CSV or Parquet, one row a person, rows of a household together
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The month asked about, as 2026-01
    #[arg(long, value_name = "MONTH")]
    month: String,
    /// The rights asked about, by their names; all when none is given
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    rights: Vec<String>,
    /// What no cell says is unknown, instead of the variable's default
    #[arg(long)]
    unknown: bool,
    /// Pass over households with something wrong, which are told and counted
    #[arg(long)]
    skip_invalid: bool,
    /// Totals by right, in the place of a line for each household and right
    #[arg(long)]
    summary: bool,
    /// The totals as one object of JSON
    #[arg(long, requires = "summary")]
    json: bool,
    #[command(flatten)]
    laws: LawArguments,
}

pub(super) fn population(arguments: &PopulationArguments) -> Outcome<ExitCode> {
    let law = super::law(&arguments.laws)?;
    let month = month(&arguments.month)?;
    let rights = asked(&law, &arguments.rights)?;
    let table = Table::open(&arguments.file)?;
    let columns = Columns::read(&law, &table.headings, month, table.comma).map_err(|faults| {
        let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let all = all.join("\n");
        Failure::new(
            Kind::Usage,
            format!("the table's columns cannot be used:\n{all}"),
        )
        .hint("docs/RIGHTS.md says what a table's columns are")
    })?;
    let absent = if arguments.unknown {
        Absent::Unknown
    } else {
        Absent::Default
    };
    let mut answering = Answering {
        population: Population::new(&law, &columns, rights.clone(), month, absent),
        columns: &columns,
        skip: arguments.skip_invalid,
        passed: 0,
        households: 0,
    };
    if arguments.summary {
        let mut totals: Vec<Totals> = rights.iter().map(|right| Totals::of(right)).collect();
        answering.all(table, |_, weight, found| {
            for one in found {
                let named = totals.iter_mut().find(|t| t.right == one.right.name);
                if let Some(total) = named {
                    total.take(weight, one);
                }
            }
            Ok(())
        })?;
        say_totals(&answering, &totals, arguments.json)?;
    } else {
        let mut out = BufWriter::new(io::stdout().lock());
        writeln!(out, "menage,entite,nom,droit,indication,montant,manque")
            .map_err(|e| unwritten(&e))?;
        answering.all(table, |household, _, found| {
            for one in found {
                line(&mut out, household, one).map_err(|e| unwritten(&e))?;
            }
            Ok(())
        })?;
        out.flush().map_err(|e| unwritten(&e))?;
    }
    if answering.passed > 0 {
        tell!("{} households were passed over", answering.passed);
        return Ok(ExitCode::from(Kind::Found.code()));
    }
    Ok(ExitCode::SUCCESS)
}

fn month(text: &str) -> Outcome<Period> {
    let parsed = text.split_once('-').and_then(|(year, month)| {
        let (year, month) = (year.parse().ok()?, month.parse().ok()?);
        (1..=12)
            .contains(&month)
            .then(|| Period::month(year, month))
    });
    parsed.ok_or_else(|| Failure::new(Kind::Usage, "a month is written as 2026-01"))
}

fn asked<'a>(law: &'a Law, names: &[String]) -> Outcome<Vec<&'a Right>> {
    if names.is_empty() {
        return Ok(law.rights().iter().collect());
    }
    let find = |name: &String| {
        let found = law.rights().iter().find(|right| right.name == *name);
        found.ok_or_else(|| {
            let all: Vec<&str> = law.rights().iter().map(|r| r.name.as_str()).collect();
            let all = all.join(", ");
            Failure::new(
                Kind::Usage,
                format!("there is no right {name}; there are: {all}"),
            )
        })
    };
    names.iter().map(find).collect()
}

fn unwritten(error: &io::Error) -> Failure {
    match error.kind() {
        ErrorKind::BrokenPipe => Failure::new(Kind::Closed, "the reader went away"),
        _ => Failure::io("the answers cannot be written", error),
    }
}

/// A table being answered.
struct Answering<'a> {
    population: Population<'a>,
    columns: &'a Columns,
    skip: bool,
    passed: usize,
    households: usize,
}

impl<'a> Answering<'a> {
    /// Gives each household's name, weight and answers to `each`, in the table's order.
    fn all(
        &mut self,
        table: Table,
        mut each: impl FnMut(&str, f64, &[Found<'a>]) -> Outcome<()>,
    ) -> Outcome<()> {
        let mut held: Vec<Row> = Vec::new();
        let mut name = String::new();
        // Rows of a household that come back after another's would be two halves of one: refused.
        let mut seen = std::collections::HashSet::new();
        let mut number = 0;
        for row in table.rows() {
            let row = row?;
            number += 1;
            let of = self.columns.household(&row).ok_or_else(|| {
                Failure::new(Kind::Found, format!("row {number} says no household"))
            })?;
            if of != name {
                if !seen.insert(hash(&of)) {
                    let what = format!("row {number}: its household came before, apart");
                    return Err(Failure::new(Kind::Found, what)
                        .hint("put the rows of each household together"));
                }
                self.one(&name, number - held.len(), &held, &mut each)?;
                held.clear();
                name = of;
            }
            held.push(row);
        }
        self.one(&name, number + 1 - held.len(), &held, &mut each)
    }

    fn one(
        &mut self,
        name: &str,
        first: usize,
        rows: &[Row],
        each: &mut impl FnMut(&str, f64, &[Found<'a>]) -> Outcome<()>,
    ) -> Outcome<()> {
        let Some(weight) = rows.first().map(|row| self.columns.weight(row)) else {
            return Ok(());
        };
        let answered = match weight {
            Some(weight) => {
                let found = self.population.answer(first, rows);
                found
                    .map(|found| (weight, found))
                    .map_err(|e| e.to_string())
            }
            None => Err(format!(
                "row {first}, column poids: no number, or below zero"
            )),
        };
        match answered {
            Ok((weight, found)) => {
                self.households += 1;
                each(name, weight, &found)
            }
            Err(fault) if self.skip => {
                self.passed += 1;
                if self.passed <= TOLD {
                    tell!("{fault}");
                }
                Ok(())
            }
            Err(fault) => Err(Failure::new(Kind::Found, fault)
                .hint("--skip-invalid passes over households with something wrong")),
        }
    }
}

/// What tells households apart in few bytes, however many there are.
fn hash(name: &str) -> u128 {
    u128::from_le_bytes(
        blake3::hash(name.as_bytes()).as_bytes()[..16]
            .try_into()
            .unwrap_or_default(),
    )
}

/// The word of what can be said of a right.
const fn word(status: &Status) -> &'static str {
    match status {
        Status::Likely => "probable",
        Status::Unlikely => "peu_probable",
        Status::Unknown => "inconnu",
        Status::NotModelled(_) => "non_modelise",
        Status::Assessed(_) => "a_apprecier",
    }
}

fn line(out: &mut impl Write, household: &str, found: &Found<'_>) -> io::Result<()> {
    write!(
        out,
        "{},{},{},{},{},",
        cell(household),
        found.right.entity.name(),
        cell(&found.name),
        found.right.name,
        word(&found.status),
    )?;
    if let Some(amount) = found.amount {
        write!(out, "{}", euros(amount))?;
    }
    writeln!(out, ",{}", found.missing.join(" "))
}

/// A cell as RFC 4180 writes it.
fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text.to_owned()
}

fn euros(cents: Ratio) -> String {
    format!("{:.2}", cents.to_f64() / 100.0)
}

/// What a right gives over all households.
struct Totals {
    right: String,
    label: String,
    /// Weighted counts, in the order of the words above.
    counts: [f64; 5],
    euros: f64,
}

impl Totals {
    fn of(right: &Right) -> Self {
        Self {
            right: right.name.clone(),
            label: right.label.clone(),
            counts: [0.0; 5],
            euros: 0.0,
        }
    }

    fn take(&mut self, weight: f64, found: &Found<'_>) {
        let at = match found.status {
            Status::Likely => 0,
            Status::Unlikely => 1,
            Status::Unknown => 2,
            Status::NotModelled(_) => 3,
            Status::Assessed(_) => 4,
        };
        self.counts[at] += weight;
        if let Some(amount) = found.amount.filter(|_| at == 0) {
            self.euros += weight * amount.to_f64() / 100.0;
        }
    }
}

fn say_totals(answering: &Answering<'_>, totals: &[Totals], as_json: bool) -> Outcome<()> {
    if as_json {
        let rights: Vec<Value> = totals
            .iter()
            .map(|t| {
                json!({
                    "right": t.right, "label": t.label, "probable": t.counts[0],
                    "peu_probable": t.counts[1], "inconnu": t.counts[2], "non_modelise": t.counts[3],
                    "a_apprecier": t.counts[4], "euros": t.euros,
                })
            })
            .collect();
        let (households, passed) = (answering.households, answering.passed);
        let all = json!({ "households": households, "passed_over": passed, "rights": rights });
        return say!("{all}");
    }
    say!("{} households\n", answering.households)?;
    say!(
        "{:<28} {:>12} {:>12} {:>12} {:>12} {:>12} {:>16}",
        "right",
        "likely",
        "unlikely",
        "unknown",
        "not modelled",
        "to assess",
        "euros, likely"
    )?;
    for t in totals {
        let [likely, unlikely, unknown, not_modelled, assessed] = t.counts;
        say!(
            "{:<28} {likely:>12.0} {unlikely:>12.0} {unknown:>12.0} {not_modelled:>12.0} {assessed:>12.0} {:>16.2}",
            t.right,
            t.euros
        )?;
    }
    Ok(())
}
