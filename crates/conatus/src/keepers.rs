//! Keepers opening one record together.

pub(crate) mod renewal;

use crate::{
    config::Config,
    error::{Failure, Kind, Outcome},
    installation::{self, SystemClock},
    out::say,
};
use clap::Args;
use domain::{entry::Content, id::PersonId};
use service::RecoverySheet;
use std::{
    fs::File,
    io::{BufRead, BufReader},
    process::ExitCode,
    sync::Arc,
};

/// Opens one record.
#[derive(Debug, Args)]
pub(crate) struct OpenArguments {
    /// The person, by the identifier in the record's address
    #[arg(long, value_name = "ID")]
    person: String,
    /// Why: the record will show it
    #[arg(long, value_name = "WORDS")]
    reason: String,
    /// Read the sheets' codes from this file descriptor, one a line, instead of asking
    #[arg(long, value_name = "N")]
    sheets_fd: Option<u32>,
}

/// The sheets, from a descriptor or asked for until enough were typed.
pub(crate) fn sheets(fd: Option<u32>) -> Outcome<Vec<RecoverySheet>> {
    let parse = |line: &str| {
        RecoverySheet::parse(line.trim())
            .map_err(|e| Failure::new(Kind::Usage, "a sheet was not typed right").cause(&e))
    };
    if let Some(fd) = fd {
        let file = File::open(format!("/proc/self/fd/{fd}"))
            .map_err(|e| Failure::io(format!("descriptor {fd} cannot be read"), &e))?;
        let lines = BufReader::new(file).lines().map_while(Result::ok);
        return lines
            .filter(|l| !l.trim().is_empty())
            .map(|l| parse(&l))
            .collect();
    }
    let mut sheets: Vec<RecoverySheet> = Vec::new();
    loop {
        let needed = sheets.first().map_or(1, |s| usize::from(s.threshold()));
        if sheets.len() >= needed {
            return Ok(sheets);
        }
        let line = rpassword::prompt_password(format!("Sheet {}: ", sheets.len() + 1))
            .map_err(|e| Failure::io("the sheets cannot be asked for", &e))?;
        sheets.push(parse(&line)?);
    }
}

pub(crate) async fn open(config: Config, arguments: OpenArguments) -> Outcome<ExitCode> {
    let person: PersonId = arguments
        .person
        .parse()
        .map_err(|_| Failure::new(Kind::Usage, "a person is named by 32 hexadecimal digits"))?;
    let sheets = sheets(arguments.sheets_fd)?;
    let service = installation::open(&config, Arc::new(SystemClock)).await?;
    let record = service
        .open_by_keepers(&sheets, person, &arguments.reason)
        .await?;
    if let Some(profile) = &record.profile {
        say!("{}", profile.shown_name())?;
    }
    for entry in &record.entries {
        let text = match &entry.body.content {
            Content::Writing(w) => w.text.clone(),
            Content::Step(s) => s.text.clone(),
            other => serde_json::to_string(other).unwrap_or_default(),
        };
        let author = &entry.body.author;
        say!(
            "{} · {} · {} · {text}",
            entry.body.at,
            entry.compartment.word(),
            author.name
        )?;
    }
    service.close().await;
    Ok(ExitCode::SUCCESS)
}
