//! The places that a move goes between, as their configurations tell them. Variables say nothing
//! here: they would say the same of both.

use crate::{
    config::Config,
    error::{Failure, Kind, Outcome},
};
use figment::{
    Figment,
    providers::{Format, Serialized, Toml},
};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};
use storage::{Carrier, LEASES, ShareStore, Storage, StorageError, Value};
use storage_postgres::{PostgresCarrier, PostgresShares, Settings};
use storage_sqlite::{SqliteCarrier, SqliteShares, SqliteStorage};

/// How often, and how many times, it is looked whether who was there is leaving.
const LOOK: (u32, Duration) = (20, Duration::from_millis(100));

/// Keys that say where something is, which a move changes.
const PLACES: [&str; 10] = [
    "data",
    "store",
    "store_url_file",
    "shares",
    "shares_url_file",
    "files",
    "bucket_endpoint",
    "bucket_region",
    "bucket_certificates",
    "bucket_credentials",
];

/// Where a store is.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Store {
    File(PathBuf),
    /// An address, which may hold a password.
    Server(String),
}

/// Which of the two stores.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Main,
    Shares,
}

/// A place.
pub(super) struct Placed {
    pub(super) config: Config,
    /// The configuration's file, which may not be there yet.
    pub(super) file: PathBuf,
    /// Whether it was there.
    pub(super) told: bool,
    pub(super) main: Store,
    pub(super) shares: Store,
    table: toml::Table,
}

fn wrong(path: &Path) -> Failure {
    Failure::new(Kind::Usage, format!("{} is not right", path.display()))
        .hint("see packaging/conatus.toml for every key")
}

impl Placed {
    /// Reads a data folder's configuration, or that file.
    pub(super) fn read(path: &Path) -> Outcome<Self> {
        let is_file = path.is_file() || path.extension().is_some_and(|e| e == "toml");
        let (folder, file) = if is_file {
            let parent = path.parent().filter(|p| !p.as_os_str().is_empty());
            (parent.unwrap_or(Path::new(".")), path.to_owned())
        } else {
            (path, path.join("conatus.toml"))
        };
        let told = file.exists();
        if is_file && !told {
            let none = format!("no file {}", path.display());
            return Err(Failure::new(Kind::Usage, none));
        }
        let text = if told {
            fs::read_to_string(&file)
                .map_err(|e| Failure::io(format!("{} cannot be read", file.display()), &e))?
        } else {
            String::new()
        };
        let table: toml::Table = text.parse().map_err(|e| wrong(&file).cause(&e))?;
        let mut rest = table.clone();
        let folder = std::path::absolute(folder).map_err(|e| Failure::io("no such folder", &e))?;
        if !is_file || !rest.contains_key("data") {
            let folder = folder.display().to_string();
            rest.insert("data".into(), toml::Value::String(folder));
        }
        let [main, shares] = [("store", "main.db"), ("shares", "shares.db")].map(|(key, usual)| {
            let url = rest.remove(key);
            let url_file = rest.remove(&format!("{key}_url_file"));
            said(key, url, url_file).map(|said| (said, usual))
        });
        let config: Config = Figment::from(Serialized::defaults(Config::default()))
            .merge(Toml::string(&rest.to_string()))
            .extract()
            .map_err(|e| wrong(&file).cause(&e))?;
        let store = |(said, usual): (Option<String>, &str)| match said {
            Some(url) if url.contains("://") => Store::Server(url),
            said => {
                let path = config.data.join(said.as_deref().unwrap_or(usual));
                Store::File(fs::canonicalize(&path).unwrap_or(path))
            }
        };
        let (main, shares) = (store(main?), store(shares?));
        Ok(Self {
            config,
            file,
            told,
            main,
            shares,
            table,
        })
    }

    /// What the configuration says besides where things are, as a file holds it.
    pub(super) fn what_is_not_a_place(&self) -> String {
        let mut rest = self.table.clone();
        rest.retain(|key, _| !PLACES.contains(&key) && !key.starts_with("owner"));
        rest.to_string()
    }

    fn store(&self, which: Which) -> &Store {
        match which {
            Which::Main => &self.main,
            Which::Shares => &self.shares,
        }
    }

    /// A store to read from, which nobody uses and which is never changed.
    pub(super) async fn source(&self, which: Which) -> Outcome<Box<dyn Carrier>> {
        match self.store(which) {
            Store::File(path) => {
                if !path.exists() {
                    let none = format!("{} is not there", path.display());
                    return Err(Failure::new(Kind::NotFound, none));
                }
                let carrier = SqliteCarrier::source(path).await.map_err(in_use)?;
                if which == Which::Main && !carrier.is_up_to_date().await? {
                    return Err(Failure::new(
                        Kind::Store,
                        "what is to be moved is of another version of this program",
                    )
                    .hint("run `conatus doctor` there with this version, then move"));
                }
                Ok(Box::new(carrier))
            }
            Store::Server(url) => {
                let carrier = on_server(url, which).await?;
                if which == Which::Main {
                    no_job_runs(&carrier).await?;
                }
                Ok(Box::new(carrier))
            }
        }
    }

    /// A store to fill, whose tables are made where that can be done.
    pub(super) async fn target(&self, which: Which) -> Outcome<Box<dyn Carrier>> {
        match self.store(which) {
            Store::File(path) => {
                match which {
                    Which::Main => {
                        let made = SqliteStorage::open(path).await.map_err(in_use)?;
                        made.close().await;
                    }
                    Which::Shares => {
                        let made = SqliteShares::open(path).await.map_err(in_use)?;
                        made.close().await;
                    }
                }
                Ok(Box::new(SqliteCarrier::target(path).await.map_err(in_use)?))
            }
            Store::Server(url) => {
                if which == Which::Shares {
                    let shares = PostgresShares::open(url, &Settings::default()).await?;
                    shares.close().await;
                }
                Ok(Box::new(on_server(url, which).await?))
            }
        }
    }
}

/// What the configuration says of one store.
fn said(key: &str, url: Option<toml::Value>, file: Option<toml::Value>) -> Outcome<Option<String>> {
    let malformed = || {
        Failure::new(
            Kind::Usage,
            format!("{key} is neither a file nor an address"),
        )
    };
    let text = |value: toml::Value| value.as_str().map(str::to_owned).ok_or_else(malformed);
    let Some(file) = file else {
        return url.map(text).transpose();
    };
    let file = PathBuf::from(text(file)?);
    let what = format!("{key}_url_file cannot be read");
    let mode = fs::metadata(&file).map_err(|e| Failure::io(&what, &e))?;
    if mode.permissions().mode() & 0o077 != 0 {
        let what = format!("others can read the file that {key}_url_file names");
        return Err(Failure::new(Kind::Usage, what).hint("chmod 600 it"));
    }
    let read = fs::read_to_string(&file).map_err(|e| Failure::io(&what, &e))?;
    Ok(Some(read.trim().to_owned()))
}

fn served() -> Failure {
    Failure::new(Kind::Store, "something uses a store that is to be moved")
        .hint("stop every `conatus serve` on both places, then move")
}

fn in_use(error: StorageError) -> Failure {
    match error {
        StorageError::Busy => served(),
        other => other.into(),
    }
}

async fn on_server(url: &str, which: Which) -> Outcome<PostgresCarrier> {
    if which == Which::Main {
        let schema = storage_postgres::schema(url).await?;
        if schema.applied.is_none_or(|applied| applied < schema.known) {
            return Err(Failure::new(
                Kind::Store,
                "the database of records has no tables of this version",
            )
            .hint("run `conatus migrate` on it with the role that owns it"));
        }
    }
    let carrier = PostgresCarrier::open(url)?;
    let (times, pause) = LOOK;
    for _ in 0..times {
        if !carrier.is_used_by_others().await? {
            return Ok(carrier);
        }
        tokio::time::sleep(pause).await;
    }
    Err(served())
}

/// A node that is seen by its job alone, through a pooler.
async fn no_job_runs(carrier: &PostgresCarrier) -> Outcome<()> {
    use service::Clock;
    let now = crate::installation::SystemClock.now().as_microsecond();
    for lease in carrier.page(&LEASES, None, 1000).await? {
        if matches!(lease.get(2), Some(Value::Number(until)) if *until > now) {
            return Err(served());
        }
    }
    Ok(())
}
