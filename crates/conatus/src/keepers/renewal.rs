//! New keepers in place of the old, with the root key in hand.

use crate::{
    administrator::root_key,
    config::Config,
    error::{Failure, Kind, Outcome},
    init::say_sheets,
    installation::{self, SystemClock},
    keepers::sheets,
    out::{say, tell},
    progress,
};
use clap::Args;
use service::{RecoverySheet, Service, WrappedAgain};
use std::{process::ExitCode, sync::Arc};

/// Makes new recovery sheets.
#[derive(Debug, Args)]
pub(crate) struct RenewArguments {
    /// How many keepers there are (1 to 9)
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=9))]
    keepers: u8,
    /// How many of them open together
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=9))]
    threshold: u8,
    /// Read the root key from this file descriptor instead of asking
    #[arg(long, value_name = "N")]
    root_key_fd: Option<u32>,
    /// Read the old sheets' codes from this file descriptor, one a line, instead of asking
    #[arg(long, value_name = "N", conflicts_with = "without_old_sheets")]
    sheets_fd: Option<u32>,
    /// Too few old sheets are left: the new ones open only what begins from now on
    #[arg(long)]
    without_old_sheets: bool,
    /// Make no new sheets: go on wrapping, to the keepers of now, what old sheets open
    #[arg(
        long = "continue",
        conflicts_with_all = ["without_old_sheets", "root_key_fd", "keepers", "threshold"]
    )]
    go_on: bool,
    /// Print the sheets, then what was done, each as one line of JSON
    #[arg(long)]
    json: bool,
}

async fn wrap_again(service: &Service, old: &[RecoverySheet], json: bool) -> Outcome<()> {
    let bar = progress::bar("Records", 0);
    let done = service
        .wrap_to_keepers_again(old, &|done, all| {
            bar.set_length(all);
            bar.set_position(done);
        })
        .await;
    bar.finish_and_clear();
    let done = done.map_err(|e| {
        Failure::from(e).hint("run `conatus keepers renew --continue` with the old sheets")
    })?;
    say_done(&done, json)?;
    if done.unproved > 0 {
        return Err(Failure::new(
            Kind::Found,
            format!(
                "{} keys rest on a grant that does not prove itself",
                done.unproved
            ),
        )
        .hint("they were left as they are: run `conatus verify`"));
    }
    Ok(())
}

fn say_done(done: &WrappedAgain, json: bool) -> Outcome<()> {
    if json {
        let line = serde_json::json!({
            "people": done.people, "wrapped_again": done.moved, "others": done.others,
            "unproved": done.unproved,
        });
        return say!("{line}");
    }
    tell!(
        "{} records: {} keys wrapped again to the new sheets, {} that these old sheets do not open",
        done.people,
        done.moved,
        done.others
    );
    tell!("The old sheets open nothing here any more, but still open the backups made before:");
    tell!("make new backups, then destroy old backups and old sheets together.");
    Ok(())
}

pub(crate) async fn renew(config: Config, arguments: RenewArguments) -> Outcome<ExitCode> {
    if arguments.threshold > arguments.keepers {
        return Err(Failure::new(
            Kind::Usage,
            "more keepers must open together than there are",
        ));
    }
    let service = installation::open(&config, Arc::new(SystemClock)).await?;
    if arguments.go_on {
        let old = sheets(arguments.sheets_fd)?;
        wrap_again(&service, &old, arguments.json).await?;
        service.close().await;
        return Ok(ExitCode::SUCCESS);
    }
    let root = root_key(&service, arguments.root_key_fd).await?;
    // Asked for before anything changes: a slip must not leave keepers half renewed.
    let old = if arguments.without_old_sheets {
        None
    } else {
        let old = sheets(arguments.sheets_fd)?;
        service.keepers_of_now(&old).await?;
        Some(old)
    };
    let new = service
        .renew_keepers(&root, arguments.threshold, arguments.keepers)
        .await?;
    // Shown before anything is wrapped to them: a stop in between must not lose what they open.
    let codes: Vec<String> = new.iter().map(RecoverySheet::to_code).collect();
    let shown = if arguments.json {
        say!("{}", serde_json::json!({ "sheets": codes }))
    } else {
        say_sheets(&codes, arguments.threshold)
    };
    shown.map_err(|e| {
        e.unread(
            "the new sheets were not read and nothing was wrapped to them: run the command again",
        )
    })?;
    match old {
        Some(old) => wrap_again(&service, &old, arguments.json).await?,
        None => {
            tell!(
                "What begins from now on opens with the new sheets. Records that were there do not,"
            );
            tell!("until `conatus keepers renew --continue` is run with enough old sheets.");
        }
    }
    service.close().await;
    Ok(ExitCode::SUCCESS)
}
