//! Rights that may be due, from the command line: checking law files, calculating situations.
//!
//! Nothing is kept of what is calculated, and no installation is needed.

pub(crate) mod key;
mod population;

use crate::config::Config;
use crate::error::{Failure, Kind, Outcome};
use crate::out::{self, say};
use clap::{Args, Subcommand};
use rights::{Law, Source};
use serde_json::Value;
use std::{
    fs,
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// What a trace may weigh, in bytes.
const TRACE: usize = 50_000;

/// A situation longer than this is refused rather than held in memory.
const LONGEST: u64 = 64 << 20;

/// What to do with the law files.
#[derive(Debug, Subcommand)]
pub(crate) enum RightsCommand {
    /// Read the law files, and say everything that is wrong in them
    Check(LawArguments),
    /// Calculate what is null in a situation, as the `OpenFisca` Web API writes it
    Calculate(CalculateArguments),
    /// Ask the same rules of a table of people, for studies of rights that are not asked for
    Population(population::PopulationArguments),
    /// Keys of POST /calculate and /trace, where they are served
    #[command(subcommand)]
    Key(KeyCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a key, and show it once
    New(key::NewKey),
    /// Say which keys there are
    List,
    /// Take a key back
    Revoke {
        /// The key's name
        name: String,
    },
}

/// Which law files.
#[derive(Debug, Default, Args)]
pub(crate) struct LawArguments {
    /// A folder of law files (.droit) that replace those of the same names, and add others; may be repeated
    #[arg(long, value_name = "FOLDER")]
    law: Vec<PathBuf>,
    /// Only the folders given, without the law files of the program
    #[arg(long, requires = "law")]
    alone: bool,
}

/// A situation to calculate.
#[derive(Debug, Args)]
pub(crate) struct CalculateArguments {
    /// A file, or - for the input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// One situation a line in, one answer a line out; a line that is wrong is answered by its error
    #[arg(long)]
    lines: bool,
    /// Where each value comes from, in at most 50 kB, in the place of the values
    #[arg(long, conflicts_with = "lines")]
    trace: bool,
    #[command(flatten)]
    laws: LawArguments,
}

pub(crate) fn rights(
    load: impl FnOnce() -> Outcome<Config>,
    command: RightsCommand,
) -> Outcome<ExitCode> {
    match command {
        RightsCommand::Check(arguments) => check(&arguments),
        RightsCommand::Calculate(arguments) => calculate(&arguments),
        RightsCommand::Population(arguments) => population::population(&arguments),
        RightsCommand::Key(command) => key::key(&load()?, command),
    }
}

fn check(arguments: &LawArguments) -> Outcome<ExitCode> {
    match rights::compile_layers(&layers(arguments)?) {
        Ok(law) => {
            let rules = law.variables().iter().filter(|v| v.is_rule()).count();
            let facts = law.variables().len() - rules;
            let (figures, all) = (law.figures().len(), law.rights().len());
            say!("{all} rights, {rules} rules, {facts} facts, {figures} figures: nothing wrong")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(faults) => {
            for fault in &faults {
                say!("{fault}\n")?;
            }
            let count = faults.len();
            Err(Failure::new(
                Kind::Found,
                format!("{count} things are wrong in the law files"),
            ))
        }
    }
}

fn layers(arguments: &LawArguments) -> Outcome<Vec<Vec<Source>>> {
    let mut layers = Vec::new();
    if !arguments.alone {
        layers.push(rights::embedded());
    }
    for folder in &arguments.law {
        layers.push(folder_of(folder)?);
    }
    Ok(layers)
}

fn folder_of(folder: &Path) -> Outcome<Vec<Source>> {
    let unread = |e: &io::Error| Failure::io("a folder of law files cannot be read", e);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|e| unread(&e))? {
        let path = entry.map_err(|e| unread(&e))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "droit")
        {
            files.push(path);
        }
    }
    files.sort();
    let mut sources = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).map_err(|e| unread(&e))?;
        sources.push(Source {
            name: path.display().to_string(),
            text,
        });
    }
    if sources.is_empty() {
        return Err(Failure::new(
            Kind::Usage,
            format!("{} holds no .droit file", folder.display()),
        ));
    }
    Ok(sources)
}

/// The law of an installation: the program's files, and its own folder's above them.
pub(crate) fn installed(config: &Config) -> Outcome<Law> {
    law(&LawArguments {
        law: config.law().into_iter().collect(),
        alone: false,
    })
}

fn law(arguments: &LawArguments) -> Outcome<Law> {
    rights::compile_layers(&layers(arguments)?).map_err(|faults| {
        let first = faults.first().map(ToString::to_string).unwrap_or_default();
        Failure::new(Kind::Found, format!("the law files are wrong:\n{first}"))
            .hint("conatus rights check says everything that is wrong")
    })
}

fn calculate(arguments: &CalculateArguments) -> Outcome<ExitCode> {
    let law = law(&arguments.laws)?;
    let input: Box<dyn Read> = if arguments.file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        let opened = fs::File::open(&arguments.file);
        Box::new(opened.map_err(|e| Failure::io("the situation cannot be read", &e))?)
    };
    if arguments.lines {
        return lines(&law, BufReader::new(input));
    }
    let mut text = String::new();
    let read = input.take(LONGEST).read_to_string(&mut text);
    read.map_err(|e| Failure::io("the situation cannot be read", &e))?;
    let answer = match serde_json::from_str::<Value>(&text) {
        Err(e) => return Err(Failure::new(Kind::Usage, "the situation is no JSON").cause(&e)),
        Ok(sent) if arguments.trace => rights::json::trace(&law, &sent, TRACE),
        Ok(sent) => rights::json::calculate(&law, &sent),
    };
    match answer {
        Ok(answer) => {
            let shown = serde_json::to_string_pretty(&answer).unwrap_or_default();
            say!("{shown}")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(fault) => Err(Failure::new(Kind::Usage, fault.to_string())),
    }
}

/// Answers line by line; the exit code says whether a line was wrong.
fn lines(law: &Law, input: impl BufRead) -> Outcome<ExitCode> {
    let unwritten = |e: &io::Error| match e.kind() {
        io::ErrorKind::BrokenPipe => Failure::new(Kind::Closed, "the reader went away"),
        _ => Failure::io("the answer cannot be written", e),
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let mut wrong = 0_usize;
    for line in input.lines() {
        let line = line.map_err(|e| Failure::io("a situation cannot be read", &e))?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = match serde_json::from_str::<Value>(&line) {
            Err(e) => Err(serde_json::json!({ "error": format!("no JSON: {e}") })),
            Ok(sent) => rights::json::calculate(law, &sent)
                .map_err(|fault| serde_json::json!({ "error": fault.to_json() })),
        };
        let answer = answer.unwrap_or_else(|error| {
            wrong += 1;
            error
        });
        serde_json::to_writer(&mut out, &answer).map_err(|e| unwritten(&e.into()))?;
        out.write_all(b"\n").map_err(|e| unwritten(&e))?;
    }
    out.flush().map_err(|e| unwritten(&e))?;
    drop(out);
    if wrong > 0 {
        out::aside(format_args!("{wrong} lines could not be answered"));
        return Ok(ExitCode::from(1));
    }
    Ok(ExitCode::SUCCESS)
}
