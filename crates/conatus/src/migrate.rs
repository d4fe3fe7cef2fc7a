//! Making the tables and bringing them up to date, as the role that owns them: one at a time, while
//! other nodes go on serving.

use crate::{
    address::{Address, Server},
    config::Config,
    error::{Failure, Kind, Outcome},
    out::say,
    stores::Stores,
};
use clap::Args;
use std::{process::ExitCode, time::Duration};
use storage::Storage;
use storage_sqlite::SqliteStorage;

/// Makes or updates tables.
#[derive(Debug, Args)]
pub(crate) struct MigrateArguments {
    /// Spread the tables over a Citus cluster, where its extension is in the database
    #[arg(long)]
    distribute: bool,
    /// The role that serves: give it what it needs, and nothing more
    #[arg(long, value_name = "NAME")]
    runtime_role: Option<String>,
    /// How many seconds to wait for another node that migrates
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u64,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// What was done.
#[derive(Debug, Default, serde::Serialize)]
struct Done {
    store: String,
    version: Option<i64>,
    before: Option<i64>,
    distributed: Vec<&'static str>,
}

pub(crate) async fn migrate(config: Config, arguments: MigrateArguments) -> Outcome<ExitCode> {
    let owner = config.owner_said().address(&config.data)?;
    let address = match owner {
        Some(address) => address,
        None => Stores::of(&config)?.main,
    };
    let mut done = match &address {
        Address::Server(server) => on_server(server, &arguments).await?,
        Address::File(path) => {
            if arguments.distribute || arguments.runtime_role.is_some() {
                return Err(Failure::new(
                    Kind::Usage,
                    "a file has neither roles nor other machines",
                )
                .hint("write store = \"postgres://…\" to keep records in PostgreSQL"));
            }
            if !path.exists() {
                return Err(Failure::new(
                    Kind::NotFound,
                    format!("no store in {}", path.display()),
                )
                .hint("run `conatus init`, or write store = \"postgres://…\""));
            }
            let storage = SqliteStorage::open_existing(path).await?;
            storage.close().await;
            Done::default()
        }
    };
    done.store = address.to_string();
    if arguments.json {
        say!("{}", serde_json::to_string(&done).unwrap_or_default())?;
        return Ok(ExitCode::SUCCESS);
    }
    match (done.before, done.version) {
        (before, Some(now)) if before == Some(now) => {
            say!("{}: tables at version {now}, as they were", done.store)?;
        }
        (_, Some(now)) => say!("{}: tables at version {now}", done.store)?,
        (_, None) => say!("{}: tables up to date", done.store)?,
    }
    if let Some(role) = &arguments.runtime_role {
        say!("{role} may serve")?;
    }
    for table in &done.distributed {
        say!("spread: {table}")?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn on_server(server: &Server, arguments: &MigrateArguments) -> Outcome<Done> {
    let url = server.url();
    let before = storage_postgres::schema(url).await?.applied;
    let patience = Duration::from_secs(arguments.wait);
    let version = storage_postgres::migrate(url, patience).await?.applied;
    let mut distributed = Vec::new();
    if arguments.distribute {
        distributed = storage_postgres::distribute(url).await?;
    }
    // After the tables were spread: what a role may do is then told to every node.
    if let Some(role) = &arguments.runtime_role {
        storage_postgres::allow_runtime(url, role).await?;
    }
    Ok(Done {
        store: String::new(),
        version,
        before,
        distributed,
    })
}
