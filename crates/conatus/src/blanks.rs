//! Blank forms of the operator's folder: each is read first in a process of its own, held in memory
//! and time, so that a file made to harm ends that process and nothing else; what was read there is
//! read again here. What never lives here: how a form is understood, or filled.

use crate::{
    config::Config,
    error::{Failure, Kind, Outcome},
    out::say,
};
use clap::{Args, Subcommand};
use forms::{LARGEST_FORM, LONGEST_MAPPING, Mapping, Shelf};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::{
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

/// The most memory that reading a form may take, in bytes.
const MEMORY: u64 = 256 * 1024 * 1024;
/// How long it may take.
const TIME: Duration = Duration::from_secs(5);
/// The most files of the folder that are looked at.
const MOST_FILES: usize = 200;

#[derive(Debug, Subcommand)]
pub(crate) enum FormsCommand {
    /// Say which forms of the folder can be filled, and why others cannot
    List,
    /// Say which fields a form has, to write its mapping
    Fields(FieldsArguments),
    /// Read a form from the input, held in memory and time
    #[command(hide = true)]
    Held,
    /// Bind papers from the input, held in memory and time
    #[command(hide = true)]
    Bind,
}

/// A form to look at.
#[derive(Debug, Args)]
pub(crate) struct FieldsArguments {
    /// The PDF
    file: PathBuf,
}

/// Reads a form from the input under limits; whoever asked learns by the exit code whether it holds.
pub(crate) fn held() -> ExitCode {
    let limit = |most| Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    let limited = setrlimit(Resource::Data, limit(MEMORY)).is_ok()
        && setrlimit(Resource::Cpu, limit(TIME.as_secs())).is_ok();
    let mut bytes = Vec::new();
    let most = LARGEST_FORM as u64 + 1;
    let read = io::stdin().lock().take(most).read_to_end(&mut bytes);
    match (limited, read) {
        (true, Ok(_)) => match forms::Blank::read(&bytes) {
            Ok(_) => ExitCode::SUCCESS,
            // Refused with a reason: reading it again gives the same one, within the same limits.
            Err(_) => ExitCode::from(Kind::Found.code()),
        },
        _ => ExitCode::from(Kind::Io.code()),
    }
}

/// Whether reading these bytes stays within limits.
fn holds(bytes: &[u8]) -> io::Result<bool> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["forms", "held"])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    if let Some(mut input) = child.stdin.take() {
        // One that stops reading is judged by how it ends.
        let _ = input.write_all(bytes);
    }
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            let refused = i32::from(Kind::Found.code());
            return Ok(status.success() || status.code() == Some(refused));
        }
        if begun.elapsed() > TIME {
            child.kill()?;
            child.wait()?;
            return Ok(false);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A file of at most that many bytes; longer ones are cut one byte past, to be refused as such.
fn read(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path)?;
    file.take(most as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The files of the folder with that ending, in order of their names.
fn files(folder: &Path, ending: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)?.take(MOST_FILES) {
        let path = entry?.path();
        let ends = path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case(ending));
        if ends && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// A file of the folder and what became of it.
struct Seen {
    name: String,
    told: Result<String, String>,
}

/// The forms of the folder, and what became of each file.
fn look(folder: &Path) -> io::Result<(Shelf, Vec<Seen>)> {
    let mut shelf = Shelf::default();
    let mut seen = Vec::new();
    let name = |path: &Path| {
        let name = path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    };
    for path in files(folder, "toml")? {
        let text = String::from_utf8(read(&path, LONGEST_MAPPING)?);
        let told = match text.map_err(|_| "it is not UTF-8".to_owned()) {
            Ok(text) => Mapping::parse(&text)
                .map_err(|error| error.to_string())
                .map(|mapping| {
                    let told = format!("mapping {}", mapping.id);
                    shelf.learn(mapping);
                    told
                }),
            Err(error) => Err(error),
        };
        seen.push(Seen {
            name: name(&path),
            told,
        });
    }
    for path in files(folder, "pdf")? {
        let bytes = read(&path, LARGEST_FORM)?;
        let told = if bytes.len() > LARGEST_FORM || holds(&bytes)? {
            match shelf.put(&bytes) {
                Ok(sheet) if sheet.known => Ok(sheet.mapping.id.clone()),
                Ok(sheet) => Ok(format!("{} (another edition)", sheet.mapping.id)),
                Err(error) => Err(error.to_string()),
            }
        } else {
            Err("reading it takes more than 256 MB or 5 s".to_owned())
        };
        seen.push(Seen {
            name: name(&path),
            told,
        });
    }
    Ok((shelf, seen))
}

/// The forms that can be filled here; what cannot be is told to the log, by its file's name.
pub(crate) fn shelf(config: &Config) -> Shelf {
    let folder = config.forms();
    match look(&folder) {
        Ok((shelf, seen)) => {
            for file in &seen {
                if let Err(why) = &file.told {
                    tracing::warn!(
                        file = file.name,
                        why,
                        "a file of the folder of forms is left out"
                    );
                }
            }
            shelf
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Shelf::default(),
        Err(error) => {
            tracing::error!(%error, "the folder of forms cannot be read");
            Shelf::default()
        }
    }
}

/// Says what the folder holds, or what a form is made of.
pub(crate) fn forms(config: &Config, command: FormsCommand) -> Outcome<ExitCode> {
    match command {
        FormsCommand::List => list(&config.forms()),
        FormsCommand::Fields(arguments) => fields(&arguments.file),
        FormsCommand::Held => Ok(held()),
        FormsCommand::Bind => Ok(crate::binding::held()),
    }
}

fn list(folder: &Path) -> Outcome<ExitCode> {
    let (shelf, seen) = look(folder)
        .map_err(|e| Failure::io(format!("{} cannot be read", folder.display()), &e))?;
    for file in &seen {
        match &file.told {
            Ok(told) => say!("{}: {told}", file.name)?,
            Err(why) => say!("{}: left out: {why}", file.name)?,
        }
    }
    for mapping in shelf.mappings() {
        if shelf.sheet(&mapping.id).is_none() {
            let number = &mapping.number;
            say!("{}: no file yet ({number}, {})", mapping.id, mapping.source)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn fields(file: &Path) -> Outcome<ExitCode> {
    let unreadable = |e| Failure::io(format!("{} cannot be read", file.display()), &e);
    let bytes = read(file, LARGEST_FORM).map_err(unreadable)?;
    if bytes.len() <= LARGEST_FORM && !holds(&bytes).map_err(unreadable)? {
        let what = "reading this form takes more than 256 MB or 5 s";
        return Err(Failure::new(Kind::Found, what));
    }
    let blank =
        forms::Blank::read(&bytes).map_err(|error| Failure::new(Kind::Found, error.to_string()))?;
    say!("hash {}", blank.hash())?;
    for (name, field) in blank.fields() {
        match &field.kind {
            forms::FieldKind::Text { longest, lines, .. } => {
                let longest = longest.map_or_else(String::new, |n| format!(", at most {n}"));
                let lines = if *lines { ", lines" } else { "" };
                say!("{name}: text{lines}{longest}")?;
            }
            forms::FieldKind::Boxes { states } => {
                let states: Vec<&str> = states.iter().map(String::as_str).collect();
                say!("{name}: boxes {}", states.join(" "))?;
            }
            forms::FieldKind::Other => say!("{name}: not filled")?,
        }
    }
    Ok(ExitCode::SUCCESS)
}
