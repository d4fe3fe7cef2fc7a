//! Bringing people in from the command line.

use crate::{
    config::Config,
    device::{As, sign_in},
    error::{Failure, Kind, Outcome},
    installation::{self, SystemClock},
    out::{say, tell},
    progress,
};
use clap::Args;
use domain::id::TeamId;
use service::{Clock, ImportFault, ImportPlan, Mapping};
use std::{fs, path::PathBuf, process::ExitCode, sync::Arc};

/// Brings people in.
#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// The spreadsheet
    file: PathBuf,
    /// The team that will accompany them
    #[arg(long, value_name = "NAME", required_unless_present = "dry_run")]
    team: Option<String>,
    /// What the columns of another tool are: a TOML file of heading = field
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Say what would happen, with no one's keys
    #[arg(long)]
    dry_run: bool,
    /// Leave faulty rows out and bring the others in
    #[arg(long)]
    skip_invalid: bool,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
    /// The name to sign in with
    #[arg(long = "as", value_name = "NAME", required_unless_present = "dry_run")]
    name: Option<String>,
    /// The file that holds this device's secret
    #[arg(long, value_name = "FILE", default_value = "conatus-device")]
    device_file: PathBuf,
    /// Read the passphrase from this file descriptor instead of asking
    #[arg(long, value_name = "N")]
    passphrase_fd: Option<u32>,
}

/// A fault in words: where, what, how to mend.
fn words(fault: &ImportFault) -> String {
    let (what, mend) = match fault.kind {
        "missing" => ("is empty", "fill it in"),
        "date" => (
            "is not a day that exists",
            "write day/month/year, such as 28/02/2018",
        ),
        "date-future" => ("is in the future", "check the year"),
        "date-order" => ("ends before it begins", "check both dates"),
        "value" => ("is not in the list", "choose a value of the sheet's list"),
        "phone" => (
            "is no telephone number",
            "write ten digits, or + and the country code",
        ),
        "email" => ("is no address", "check it, or leave the cell empty"),
        "duplicate" => ("is there twice", "keep one row"),
        "column-missing" => (
            "is missing from the sheet",
            "add the column, or give a --mapping",
        ),
        _ => ("is not right", "check it"),
    };
    let value = if fault.value.is_empty() {
        String::new()
    } else {
        format!(" “{}”", fault.value)
    };
    if fault.row == 0 {
        format!("column {}: {what}; {mend}", fault.column)
    } else {
        format!(
            "row {}, column {}:{value} {what}; {mend}",
            fault.row, fault.column
        )
    }
}

fn say_plan(plan: &ImportPlan, json: bool) -> Outcome<()> {
    let new = plan.rows.iter().filter(|r| !r.there).count();
    if json {
        let faults: Vec<_> = plan
            .faults
            .iter()
            .map(|f| {
                serde_json::json!({
                    "row": f.row, "column": f.column, "kind": f.kind, "value": f.value,
                    "words": words(f),
                })
            })
            .collect();
        let line = serde_json::json!({
            "rows": plan.rows.len(), "new": new, "there": plan.rows.len() - new, "faults": faults,
        });
        return say!("{line}");
    }
    for column in plan.columns.iter().filter(|c| c.field.is_none()) {
        say!("kept as it is: {}", column.heading)?;
    }
    say!(
        "{} rows understood: {new} new, {} already there",
        plan.rows.len(),
        plan.rows.len() - new
    )?;
    for fault in &plan.faults {
        say!("{}", words(fault))?;
    }
    Ok(())
}

fn faulty(count: usize) -> Failure {
    Failure::new(
        Kind::Found,
        format!("{count} things to mend; nothing was brought in"),
    )
    .hint("mend the sheet, or leave faulty rows out with --skip-invalid")
}

pub(crate) async fn import(config: Config, arguments: ImportArguments) -> Outcome<ExitCode> {
    let bytes = fs::read(&arguments.file)
        .map_err(|e| Failure::io(format!("{} cannot be read", arguments.file.display()), &e))?;
    let name = arguments.file.to_string_lossy().into_owned();
    let mapping = match &arguments.mapping {
        Some(path) => {
            let text = fs::read_to_string(path)
                .map_err(|e| Failure::io(format!("{} cannot be read", path.display()), &e))?;
            let mapping = Mapping::parse(&text)
                .map_err(|why| Failure::new(Kind::Usage, format!("{}: {why}", path.display())))?;
            Some(mapping)
        }
        None => None,
    };
    if arguments.dry_run {
        let zone = jiff::tz::TimeZone::get(&config.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let today = zone.to_datetime(SystemClock.now()).date();
        let team = TeamId::from_bytes([0; 16]);
        let plan = service::understand(&name, &bytes, mapping.as_ref(), today, team)
            .map_err(|e| Failure::new(Kind::Usage, e.to_string()))?;
        let said = say_plan(&plan, arguments.json);
        return if plan.faults.is_empty() {
            said.map(|()| ExitCode::SUCCESS)
        } else {
            Err(faulty(plan.faults.len()))
        };
    }
    let service = installation::open(&config, Arc::new(SystemClock)).await?;
    let who = As {
        name: arguments.name.unwrap_or_default(),
        device_file: arguments.device_file,
        passphrase_fd: arguments.passphrase_fd,
    };
    let (session, token) = sign_in(&service, &who).await?;
    let wanted = arguments.team.unwrap_or_default();
    let team = session
        .teams
        .iter()
        .find(|t| domain::search::plain(&t.team.name) == domain::search::plain(&wanted));
    let team = team.map(|t| t.team.id).ok_or_else(|| {
        Failure::new(
            Kind::NotFound,
            format!("{} is in no team called {wanted}", session.name),
        )
    })?;
    let plan = service
        .check_import(&session, team, &name, &bytes, mapping.as_ref())
        .await?;
    say_plan(&plan, arguments.json).or_else(Failure::unheard)?;
    if !plan.faults.is_empty() && !arguments.skip_invalid {
        service.sign_out(&token).await?;
        return Err(faulty(plan.faults.len()));
    }
    let bar = progress::bar("People", plan.rows.len() as u64);
    let done = service
        .run_import(&session, &plan, arguments.skip_invalid, &|done, all| {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
        })
        .await?;
    bar.finish_and_clear();
    service.sign_out(&token).await?;
    service.close().await;
    tell!(
        "{} brought in, {} already there, {} left out",
        done.created,
        done.already,
        done.skipped
    );
    Ok(ExitCode::SUCCESS)
}
