//! Backups and restoring them.

use crate::{
    address::{self, Told},
    config::Config,
    doctor::check,
    error::{Failure, Kind, Outcome},
    installation::{self, Folder, SystemClock, write_private},
    keepers::sheets,
    out::{say, tell},
    stores::{StoreArguments, Stores},
};
use clap::Args;
use object_store::ObjectStore;
use service::{BackupPart, ServiceError};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

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
    /// Where documents go, and lie from then on: an empty folder, or an empty prefix of a bucket
    /// (`s3://bucket/prefix`); where the restored configuration says unless given
    #[arg(long, value_name = "PLACE")]
    files: Option<String>,
    #[command(flatten)]
    stores: StoreArguments,
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

/// The configuration of what is being restored, told otherwise by arguments.
fn told(
    data: &Path,
    config: Option<&Path>,
    files: Option<&str>,
    stores: &StoreArguments,
) -> Outcome<Config> {
    let mut config = Config::load(Some(data), config)?;
    if let Some(files) = files {
        config.files = Some(files.to_owned());
    }
    stores.tell(&mut config)?;
    Ok(config)
}

/// The empty place that restored documents go to; nothing goes there before the stores are known to
/// take what is restored.
fn empty_place(config: &Config) -> Outcome<Arc<dyn ObjectStore>> {
    let stores = Stores::of(config)?;
    tokio::runtime::Handle::current().block_on(stores.must_be_empty())?;
    config.place()?.make()?;
    installation::documents(config)
}

/// A place as it is written for good: a folder does not depend on where the command was typed.
fn lasting(place: String) -> Outcome<String> {
    if place.contains("://") {
        return Ok(place);
    }
    let path = std::path::absolute(&place).map_err(|e| Failure::io("no such folder", &e))?;
    Ok(path.display().to_string())
}

/// Writes in a configuration what holds from now on, instead of what it said.
fn say_anew(file: &Path, key: &str, value: &str) -> Outcome<()> {
    let failed = |e: std::io::Error| Failure::io("the configuration cannot be written", &e);
    let text = std::fs::read_to_string(file).map_err(failed)?;
    let said = |line: &&str| {
        let said = line.split_once('=').map(|(said, _)| said.trim());
        !said.is_some_and(|said| said == key || said == format!("{key}_url_file"))
    };
    let mut kept = format!("{key} = {}\n", toml::Value::String(value.to_owned()));
    for line in text.lines().filter(said) {
        kept.push_str(line);
        kept.push('\n');
    }
    std::fs::write(file, kept).map_err(failed)
}

pub(crate) async fn restore(
    data: Option<PathBuf>,
    config: Option<PathBuf>,
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
    let stores = arguments.stores.clone();
    for told in [&stores.store, &stores.shares_store].into_iter().flatten() {
        address::unseen(told)?;
    }
    let otherwise = [
        ("files", arguments.files.is_some()),
        ("store", stores.store.is_some()),
        ("shares-store", stores.shares_store.is_some()),
    ];
    if let Some((said, _)) = otherwise.iter().find(|(_, said)| *said && config.is_some()) {
        let what = format!("--{said} and --config say the same thing");
        return Err(Failure::new(Kind::Usage, what).hint("write it in that configuration"));
    }
    let files = arguments.files.map(lasting).transpose()?;
    let sheets = sheets(arguments.sheets_fd)?;
    let folder = Folder(data.clone());
    folder.make()?;
    let (main, shares, into) = (arguments.file, arguments.shares, data.clone());
    let (configured, place, kept) = (config.clone(), files.clone(), stores.clone());
    let unpacked = tokio::task::spawn_blocking(move || {
        let mut why = None;
        let mut open = || {
            told(&into, configured.as_deref(), place.as_deref(), &kept)
                .and_then(|config| empty_place(&config))
                .map_err(|failure| {
                    why = Some(failure);
                    ServiceError::Setup("the place for documents cannot be used")
                })
        };
        // Shares first: they hold no document, and nothing is read without them.
        let count = service::restore(&shares, &sheets, &into, &mut open)
            .and_then(|count| Ok(count + service::restore(&main, &sheets, &into, &mut open)?));
        count.map_err(|error| why.unwrap_or_else(|| error.into()))
    })
    .await
    .map_err(|e| Failure::io("restoring stopped", &e))?;
    let done = match unpacked {
        Ok(count) => fill(&data, config.as_deref(), files.as_deref(), &stores)
            .await
            .map(|()| count),
        Err(failure) => Err(failure),
    };
    if done.is_err() {
        // Nothing half restored may be taken for an installation.
        let _ = std::fs::remove_dir_all(&data);
    }
    let count = done?;
    tell!("{count} files restored; verifying");
    let config = Config::load(Some(&data), config.as_deref())?;
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

/// Fills the stores from what was unpacked, and writes down where everything is.
async fn fill(
    data: &Path,
    config: Option<&Path>,
    files: Option<&str>,
    arguments: &StoreArguments,
) -> Outcome<()> {
    let told = told(data, config, files, arguments)?;
    let stores = Stores::of(&told)?;
    stores.restore().await?;
    // Where no document was restored, nothing asked for their place yet.
    told.place()?.make()?;
    let file = Folder(data.to_owned()).config();
    if !file.exists() {
        let storage = stores.main().await?;
        let root = service::root_of(&*storage).await?;
        storage.close().await;
        write_private(&file, format!("root_fingerprint = \"{root}\"\n").as_bytes())?;
    }
    let changed = [
        ("files", files.map(ToOwned::to_owned)),
        (
            "store",
            arguments.store.as_ref().map(Told::without_password),
        ),
        (
            "shares",
            arguments.shares_store.as_ref().map(Told::without_password),
        ),
    ];
    for (key, value) in changed {
        if let Some(value) = value {
            say_anew(&file, key, &value)?;
        }
    }
    Ok(())
}
