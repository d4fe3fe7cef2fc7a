//! Backups and restoring them.

use crate::{
    config::Config,
    doctor::check,
    error::{Failure, Kind, Outcome},
    installation::{self, Folder, SystemClock, write_private},
    keepers::sheets,
    out::{say, tell},
};
use clap::Args;
use service::BackupPart;
use std::{path::PathBuf, process::ExitCode, sync::Arc};

/// Writes a backup.
#[derive(Debug, Args)]
pub(crate) struct BackupArguments {
    /// The new file
    file: PathBuf,
    /// Write the erasure shares alone: keep these 30 days at most
    #[arg(long)]
    shares: bool,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// Restores a backup.
#[derive(Debug, Args)]
pub(crate) struct RestoreArguments {
    /// The backup
    file: PathBuf,
    /// The backup of the erasure shares; without it nothing restored can be read
    #[arg(long, value_name = "FILE")]
    shares: PathBuf,
    /// Read the sheets' codes from this file descriptor, one a line, instead of asking
    #[arg(long, value_name = "N")]
    sheets_fd: Option<u32>,
}

pub(crate) async fn backup(config: Config, arguments: BackupArguments) -> Outcome<ExitCode> {
    if arguments.file.exists() {
        return Err(Failure::new(
            Kind::Usage,
            format!("{} exists", arguments.file.display()),
        ));
    }
    let service = installation::open(&config, Arc::new(SystemClock)).await?;
    let scratch = tempfile::Builder::new()
        .prefix(".backup-")
        .tempdir_in(&config.data)
        .map_err(|e| Failure::io("no room beside the data", &e))?;
    let part = if arguments.shares {
        BackupPart::Shares
    } else {
        BackupPart::Main
    };
    let done = service
        .backup(part, &config.data, scratch.path(), &arguments.file)
        .await?;
    service.close().await;
    if arguments.json {
        say!(
            "{}",
            serde_json::json!({ "files": done.files, "bytes": done.length })
        )?;
    } else {
        tell!("{} files, {} bytes", done.files, done.length);
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn restore(
    data: Option<PathBuf>,
    arguments: RestoreArguments,
) -> Outcome<ExitCode> {
    let data = data.ok_or_else(|| {
        Failure::new(Kind::Usage, "say where to restore").hint("give a new folder with --data")
    })?;
    if data.exists() {
        return Err(
            Failure::new(Kind::Usage, format!("{} exists", data.display()))
                .hint("restore into a new folder, then serve from there"),
        );
    }
    let sheets = sheets(arguments.sheets_fd)?;
    let folder = Folder(data.clone());
    folder.make()?;
    let (main, shares, into) = (arguments.file, arguments.shares, data.clone());
    let unpacked = tokio::task::spawn_blocking(move || {
        let count = service::restore(&main, &sheets, &into)?;
        Ok::<_, service::ServiceError>(count + service::restore(&shares, &sheets, &into)?)
    })
    .await
    .map_err(|e| Failure::io("restoring stopped", &e))?;
    if unpacked.is_err() {
        // Nothing half restored may be taken for an installation.
        let _ = std::fs::remove_dir_all(&data);
    }
    let count = unpacked?;
    let storage = folder.open_main().await?;
    if !folder.config().exists() {
        let root = service::root_of(&storage).await?;
        write_private(
            &folder.config(),
            format!("root_fingerprint = \"{root}\"\n").as_bytes(),
        )?;
    }
    storage::Storage::close(&storage).await;
    tell!("{count} files restored; verifying");
    let config = Config::load(Some(&data), None)?;
    let report = check(&config).await?;
    if report.wrong > 0 {
        return Err(Failure::new(
            Kind::Found,
            format!("{} things wrong in what was restored", report.wrong),
        )
        .hint("run `conatus verify` on it to see them"));
    }
    tell!("All that was restored is as it was signed.");
    Ok(ExitCode::SUCCESS)
}
