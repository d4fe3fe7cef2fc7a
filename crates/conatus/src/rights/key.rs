//! Keys of `POST /calculate` and `/trace`: made, listed, taken back in one file, which holds their
//! hashes. Nodes that share the file, or hold copies of it, agree.

use super::KeyCommand;
use crate::{
    config::Config,
    error::{Failure, Kind, Outcome},
    installation::{SystemClock, hex, seed, unhex},
    out::{say, tell},
};
use clap::Args;
use rights::Law;
use serde::{Deserialize, Serialize};
use service::Clock;
use std::{
    fs,
    io::{self, Write},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};
use web::{ApiKey, Calculator};

/// How often a node looks whether keys were made or taken back.
const LOOK: Duration = Duration::from_secs(5);
/// The most keys that are looked through for each request.
const MOST: usize = 200;
/// A file of keys is never longer, in bytes.
const LONGEST: u64 = 1 << 20;
/// What every key begins with, so that one left lying about is known for what it is.
const PREFIX: &str = "conatus-rights-";

/// A key to make.
#[derive(Debug, Args)]
pub(crate) struct NewKey {
    /// What its holder is called here: letters without accents, digits, . - _
    name: String,
    /// The most requests a second, on each node
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rate: u32,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    #[serde(default)]
    key: Vec<Kept>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    name: String,
    created: jiff::civil::Date,
    rate: u32,
    hash: String,
}

pub(super) fn key(config: &Config, command: KeyCommand) -> Outcome<ExitCode> {
    let path = config.calculate_keys();
    match command {
        KeyCommand::New(new) => make(config, &path, &new),
        KeyCommand::List => list(&path),
        KeyCommand::Revoke { name } => revoke(&path, &name),
    }
}

fn make(config: &Config, path: &Path, new: &NewKey) -> Outcome<ExitCode> {
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    if new.name.is_empty() || new.name.len() > 60 || !new.name.chars().all(plain) {
        return Err(Failure::new(
            Kind::Usage,
            "a key's name has 1 to 60 letters without accents, digits, or . - _",
        ));
    }
    let _turn = turn(path)?;
    let mut keys = read(path)?;
    if keys.key.iter().any(|k| k.name == new.name) {
        let what = format!("a key is called {} already", new.name);
        return Err(Failure::new(Kind::Usage, what)
            .hint("give another name, or take the former back: conatus rights key revoke NAME"));
    }
    if keys.key.len() >= MOST {
        let what = format!("there are {MOST} keys: take one back first");
        return Err(Failure::new(Kind::Usage, what));
    }
    let secret = format!("{PREFIX}{}", hex(&seed()?));
    let zone = jiff::tz::TimeZone::get(&config.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    keys.key.push(Kept {
        name: new.name.clone(),
        created: SystemClock.now().to_zoned_datetime(zone).date(),
        rate: new.rate,
        hash: hex(&ApiKey::hash_of(&secret)),
    });
    write(path, &keys)?;
    if !config.calculate {
        tell!("The interface is off: write calculate = true in conatus.toml, and serve again.");
    }
    tell!("Shown once, and kept nowhere. It goes in the header Authorization: Bearer KEY.");
    if let Err(failure) = say!("{secret}") {
        return Err(failure.unread("the key was not read: take it back, and make another"));
    }
    Ok(ExitCode::SUCCESS)
}

fn list(path: &Path) -> Outcome<ExitCode> {
    let keys = read(path)?;
    for key in &keys.key {
        say!("{}\t{}\t{} a second", key.name, key.created, key.rate)?;
    }
    tell!("{} keys in {}", keys.key.len(), path.display());
    Ok(ExitCode::SUCCESS)
}

fn revoke(path: &Path, name: &str) -> Outcome<ExitCode> {
    let _turn = turn(path)?;
    let mut keys = read(path)?;
    let before = keys.key.len();
    keys.key.retain(|k| k.name != name);
    if keys.key.len() == before {
        return Err(Failure::new(
            Kind::NotFound,
            "no key is called so: conatus rights key list says which there are",
        ));
    }
    write(path, &keys)?;
    tell!(
        "Taken back. A node that reads {} refuses it within {} seconds.",
        path.display(),
        LOOK.as_secs()
    );
    Ok(ExitCode::SUCCESS)
}

fn folder(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty());
    folder.unwrap_or(Path::new(".")).to_owned()
}

/// One writer at a time, by a lock on the folder: the file itself is replaced whole.
fn turn(path: &Path) -> Outcome<fs::File> {
    let folder = folder(path);
    let locked = fs::File::open(&folder).and_then(|f| f.lock().map(|()| f));
    locked.map_err(|e| {
        Failure::io(
            format!("the folder of keys, {}, cannot be used", folder.display()),
            &e,
        )
        .hint("give the data folder with --data")
    })
}

fn read(path: &Path) -> Outcome<Keys> {
    let unread = |e: &io::Error| Failure::io(format!("{} cannot be read", path.display()), e);
    let meta = match fs::metadata(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Keys::default()),
        other => other.map_err(|e| unread(&e))?,
    };
    let wrong = |what: &str| {
        let what = format!("{} is no file of keys: {what}", path.display());
        Failure::new(Kind::Usage, what)
    };
    if meta.len() > LONGEST {
        return Err(wrong("it is too long"));
    }
    let text = fs::read_to_string(path).map_err(|e| unread(&e))?;
    let keys: Keys = toml::from_str(&text).map_err(|e| wrong(e.message()))?;
    if keys.key.len() > MOST {
        return Err(wrong("it holds too many"));
    }
    Ok(keys)
}

/// Replaces the file whole: a node never reads half of it.
fn write(path: &Path, keys: &Keys) -> Outcome<()> {
    let text = toml::to_string(keys)
        .map_err(|e| Failure::io("the keys cannot be written", &e))
        .map(|text| {
            format!("# Keys of POST /calculate and /trace, by their hashes. Written by `conatus rights key`.\n{text}")
        })?;
    let unwritten = |e: &io::Error| Failure::io(format!("{} cannot be written", path.display()), e);
    let folder = folder(path);
    let file = tempfile::Builder::new()
        .permissions(fs::Permissions::from_mode(0o600))
        .tempfile_in(&folder);
    let mut file = file.map_err(|e| unwritten(&e))?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.as_file().sync_all())
        .map_err(|e| unwritten(&e))?;
    file.persist(path).map_err(|e| unwritten(&e.error))?;
    let synced = fs::File::open(&folder).and_then(|f| f.sync_all());
    synced.map_err(|e| unwritten(&e))
}

fn known(path: &Path) -> Outcome<Vec<ApiKey>> {
    let keys = read(path)?.key.into_iter().map(|kept| {
        let hash = unhex(&kept.hash).ok_or_else(|| {
            let what = format!("{}: the hash of a key is not one", path.display());
            Failure::new(Kind::Usage, what)
        })?;
        Ok(ApiKey {
            name: kept.name,
            hash,
            rate: kept.rate,
        })
    });
    keys.collect()
}

/// The interface, where the configuration turns it on.
pub(crate) fn calculator(config: &Config, law: &Arc<Law>) -> Outcome<Option<Arc<Calculator>>> {
    if !config.calculate {
        return Ok(None);
    }
    let keys = known(&config.calculate_keys())?;
    if keys.is_empty() {
        tracing::warn!("the interface for calculating rights is on, and nobody has a key");
    }
    Ok(Some(Arc::new(Calculator::new(Arc::clone(law), keys))))
}

type Seen = Option<(u64, u64, i64, i64)>;

fn seen(path: &Path) -> Seen {
    let meta = fs::metadata(path).ok()?;
    Some((meta.ino(), meta.len(), meta.mtime(), meta.mtime_nsec()))
}

/// Looks now and then whether keys were made or taken back, without stopping. A file that cannot be
/// read changes nothing, and is told.
pub(crate) async fn look(calculator: Arc<Calculator>, path: PathBuf) {
    // What `calculator` read may be older than this: the first look reads again.
    let mut last: Option<Seen> = None;
    let mut every = tokio::time::interval(LOOK);
    loop {
        every.tick().await;
        let now = Some(seen(&path));
        if now == last {
            continue;
        }
        last = now;
        match known(&path) {
            Ok(keys) => calculator.set_keys(keys),
            Err(failure) => {
                let error = failure.what();
                tracing::error!(%error, "the keys for calculating rights stay as they were");
            }
        }
    }
}
