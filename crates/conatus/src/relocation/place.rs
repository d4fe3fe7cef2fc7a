//! The places that a move goes between, as their configurations tell them. Variables say no place
//! here: they would say the same of both. They give a password where an address holds none.

use crate::{
    address::Address,
    config::{self, Config},
    error::{Failure, Kind, Outcome},
    stores::Stores,
};
use figment::{
    Figment,
    providers::{Format, Serialized, Toml},
};
use std::{
    fs,
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
    stores: Stores,
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
        let said = Figment::from(Toml::string(&rest.to_string()));
        config::tells_no_password(&said, &file)?;
        let config: Config = Figment::from(Serialized::defaults(Config::default()))
            .merge(said)
            .extract()
            .map_err(|e| wrong(&file).cause(&e))?;
        let stores = Stores::of(&config)?;
        Ok(Self {
            config,
            file,
            told,
            stores,
            table,
        })
    }

    /// What the configuration says besides where things are, as a file holds it.
    pub(super) fn what_is_not_a_place(&self) -> String {
        let mut rest = self.table.clone();
        rest.retain(|key, _| !PLACES.contains(&key) && !key.starts_with("owner"));
        rest.to_string()
    }

    fn store(&self, which: Which) -> &Address {
        match which {
            Which::Main => &self.stores.main,
            Which::Shares => &self.stores.shares,
        }
    }

    /// Whether both places name the same store.
    pub(super) fn shares_with(&self, other: &Self, which: Which) -> bool {
        match (self.store(which), other.store(which)) {
            (Address::File(here), Address::File(there)) => real(here) == real(there),
            (Address::Server(here), Address::Server(there)) => here.is_where(there),
            _ => false,
        }
    }

    /// A store to read from, which nobody uses and which is never changed.
    pub(super) async fn source(&self, which: Which) -> Outcome<Box<dyn Carrier>> {
        match self.store(which) {
            Address::File(path) => {
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
            Address::Server(server) => {
                let carrier = on_server(server.url(), which).await?;
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
            Address::File(path) => {
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
            Address::Server(server) => {
                if which == Which::Shares {
                    let shares = PostgresShares::open(server.url(), &Settings::default()).await?;
                    shares.close().await;
                }
                Ok(Box::new(on_server(server.url(), which).await?))
            }
        }
    }
}

/// A file as the system finds it, however it was named.
fn real(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
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
