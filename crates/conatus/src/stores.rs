//! The one place where stores are opened: which engine keeps the records, and which the erasure
//! shares, is said by the configuration, and nothing above here asks.

use crate::{
    address::{self, Address, Server, Told},
    config::Config,
    error::{Failure, Kind, Outcome},
    installation::Folder,
};
use clap::Args;
use std::{fs, path::PathBuf, sync::Arc, time::Duration};
use storage::{ShareStore, Storage, StorageError};
use storage_postgres::{PostgresShares, PostgresStorage, SchemaError, Settings};
use storage_sqlite::{SqliteShares, SqliteStorage};

/// How long a command that makes tables waits for another that is at it.
const PATIENCE: Duration = Duration::from_mins(1);

/// Both stores, open.
pub(crate) type Opened = (Arc<dyn Storage>, Arc<dyn ShareStore>);

/// Which stores a command works on, instead of what the configuration says. A password goes in a
/// variable (`CONATUS_STORE_PASSWORD`, `CONATUS_SHARES_PASSWORD`).
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct StoreArguments {
    /// Where records go: a file, or `postgres://role@host/database`
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) store: Option<Told>,
    /// Where erasure shares go: a file, or another database
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) shares_store: Option<Told>,
}

impl StoreArguments {
    /// Has the configuration say so; an argument that holds a password is refused.
    pub(crate) fn tell(&self, config: &mut Config) -> Outcome<()> {
        for told in [&self.store, &self.shares_store].into_iter().flatten() {
            address::unseen(told)?;
        }
        if let Some(store) = &self.store {
            config.store = Some(store.clone());
            config.store_url_file = None;
        }
        if let Some(shares) = &self.shares_store {
            config.shares = Some(shares.clone());
            config.shares_url_file = None;
        }
        Ok(())
    }
}

/// Where both stores are, and how to reach them.
#[derive(Debug, Clone)]
pub(crate) struct Stores {
    folder: Folder,
    pub(crate) main: Address,
    pub(crate) shares: Address,
    settings: Settings,
}

fn missing(folder: &Folder) -> Failure {
    Failure::new(
        Kind::NotFound,
        format!("no installation in {}", folder.0.display()),
    )
    .hint("run `conatus init`, or give its folder with --data")
}

impl Stores {
    /// As the configuration says.
    pub(crate) fn of(config: &Config) -> Outcome<Self> {
        let folder = Folder(config.data.clone());
        let main = config.store_said().address(&folder.0)?;
        let shares = config.shares_said().address(&folder.0)?;
        let mut settings = Settings::default();
        settings.writers = config.store_writers.unwrap_or(settings.writers);
        settings.readers = config.store_readers.unwrap_or(settings.readers);
        Ok(Self {
            main: main.unwrap_or_else(|| Address::File(folder.main())),
            shares: shares.unwrap_or_else(|| Address::File(folder.shares())),
            folder,
            settings,
        })
    }

    /// Whether an installation is there already, as far as this machine can tell.
    pub(crate) fn installed(&self) -> bool {
        let file = match &self.main {
            Address::File(path) => path.exists(),
            Address::Server(_) => false,
        };
        file || self.folder.has_server()
    }

    /// The main store, which must be there.
    pub(crate) async fn main(&self) -> Outcome<Arc<dyn Storage>> {
        match &self.main {
            Address::File(path) if !path.exists() => Err(missing(&self.folder)),
            Address::File(path) => Ok(Arc::new(SqliteStorage::open_existing(path).await?)),
            Address::Server(server) => Ok(Arc::new(self.server(server).await?)),
        }
    }

    async fn server(&self, server: &Server) -> Outcome<PostgresStorage> {
        let opened = PostgresStorage::open(server.url(), &self.settings).await;
        opened.map_err(|error| unreachable_store(error, "the database of records"))
    }

    /// The store of erasure shares.
    pub(crate) async fn shares(&self) -> Outcome<Arc<dyn ShareStore>> {
        match &self.shares {
            Address::File(path) => Ok(Arc::new(SqliteShares::open(path).await?)),
            Address::Server(server) => Ok(Arc::new(self.shares_server(server).await?)),
        }
    }

    async fn shares_server(&self, server: &Server) -> Outcome<PostgresShares> {
        let opened = PostgresShares::open(server.url(), &self.settings).await;
        opened.map_err(|error| unreachable_store(error, "the database of erasure shares"))
    }

    /// Both, which must be there.
    pub(crate) async fn open(&self) -> Outcome<Opened> {
        Ok((self.main().await?, self.shares().await?))
    }

    /// Both, for a new installation: what is missing is made.
    pub(crate) async fn begin(&self) -> Outcome<Opened> {
        let main: Arc<dyn Storage> = match &self.main {
            Address::File(path) => Arc::new(SqliteStorage::open(path).await?),
            Address::Server(server) => {
                make_tables(server).await?;
                Arc::new(self.server(server).await?)
            }
        };
        Ok((main, self.shares().await?))
    }

    /// Fills both, which must be empty, from what a backup left in the folder.
    pub(crate) async fn restore(&self) -> Outcome<()> {
        // Shares first: without them nothing restored is read, and records are looked at before.
        self.must_be_empty().await?;
        self.restore_shares().await?;
        self.restore_main().await
    }

    /// Refuses a main store that holds something, and a backup of the other engine.
    pub(crate) async fn must_be_empty(&self) -> Outcome<()> {
        for (address, file, server) in [
            (&self.main, "main.db", "main.copy"),
            (&self.shares, "shares.db", "shares.copy"),
        ] {
            let (there, not) = match address {
                Address::File(_) => (file, server),
                Address::Server(_) => (server, file),
            };
            if !self.copy(there).exists() && self.copy(not).exists() {
                return Err(Failure::new(
                    Kind::Usage,
                    format!("{address} cannot take {not}: this backup is of the other engine"),
                )
                .hint("give a store of that engine with --store and --shares-store"));
            }
        }
        let Address::Server(server) = &self.main else {
            return Ok(());
        };
        make_tables(server).await?;
        let storage = self.server(server).await?;
        let mut tx = storage.read().await?;
        let first = tx.statements_after(0, 1).await?;
        drop(tx);
        storage.close().await;
        if first.is_empty() {
            Ok(())
        } else {
            Err(not_empty("the database of records"))
        }
    }

    fn copy(&self, name: &str) -> PathBuf {
        self.folder.0.join(name)
    }

    async fn restore_main(&self) -> Outcome<()> {
        match &self.main {
            Address::File(path) => settle(&self.copy("main.db"), path),
            Address::Server(server) => {
                let copy = self.copy("main.copy");
                let storage = self.server(server).await?;
                let filled = storage.restore_from(&copy).await;
                storage.close().await;
                filled.map_err(|error| refused(error, "the database of records"))?;
                remove(&copy)
            }
        }
    }

    async fn restore_shares(&self) -> Outcome<()> {
        match &self.shares {
            Address::File(path) => settle(&self.copy("shares.db"), path),
            Address::Server(server) => {
                let copy = self.copy("shares.copy");
                let shares = self.shares_server(server).await?;
                let filled = shares.restore_from(&copy).await;
                shares.close().await;
                filled.map_err(|error| refused(error, "the database of erasure shares"))?;
                remove(&copy)
            }
        }
    }
}

/// Makes the tables of a database that has none; one that has is left to `conatus migrate`.
async fn make_tables(server: &Server) -> Outcome<()> {
    let told = |error| unreachable_store(error, "the database of records");
    let found = storage_postgres::schema(server.url()).await.map_err(told)?;
    if found.applied.is_none() {
        storage_postgres::migrate(server.url(), PATIENCE)
            .await
            .map_err(|error| {
                told(error).hint_unless(
                    "where this role may not make tables, run `conatus migrate` as the one that may",
                )
            })?;
    }
    Ok(())
}

/// What an engine said when it was opened, and of which store.
fn unreachable_store(error: StorageError, which: &str) -> Failure {
    if let StorageError::Engine(cause) = &error
        && !cause.is::<SchemaError>()
    {
        return Failure::new(Kind::Store, format!("{which} cannot be used"))
            .cause(&**cause)
            .hint("does its server answer, and do store, shares and their passwords name it?");
    }
    error.into()
}

fn refused(error: StorageError, which: &str) -> Failure {
    match error {
        StorageError::Conflict(_) => not_empty(which),
        other => other.into(),
    }
}

fn not_empty(which: &str) -> Failure {
    Failure::new(Kind::Usage, format!("{which} is not empty"))
        .hint("restore into a new database: give it with --store and --shares-store")
}

/// Moves a restored file to where the configuration has it.
fn settle(from: &std::path::Path, to: &std::path::Path) -> Outcome<()> {
    if from == to {
        return Ok(());
    }
    let failed = |e: std::io::Error| Failure::io(format!("{} cannot be made", to.display()), &e);
    if to.exists() {
        return Err(Failure::new(
            Kind::Usage,
            format!("{} exists", to.display()),
        ));
    }
    fs::copy(from, to).map_err(failed)?;
    fs::File::open(to)
        .and_then(|file| file.sync_all())
        .map_err(failed)?;
    remove(from)
}

fn remove(path: &std::path::Path) -> Outcome<()> {
    fs::remove_file(path)
        .map_err(|e| Failure::io(format!("{} cannot be removed", path.display()), &e))
}
