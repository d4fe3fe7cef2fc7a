//! A `PostgreSQL` to test with: Debian's binaries, run as an unprivileged user on a free port of this
//! machine, in a folder of its own, shared by every process of a test run and gone a moment after
//! the last of them, however it ended. Or the server that `CONATUS_TEST_POSTGRES_URL` names.
//!
//! What lives here knows nothing of this project's tables. What never does: anything a running
//! Conatus needs.

mod account;
mod alone;
mod lock;
mod pooler;
mod psql;
mod server;

pub use alone::Alone;
pub use pooler::Pooler;
pub use server::binaries;

use lock::Turn;
use std::{env, fmt};

/// Names a server to use instead of starting one: a role that may make databases.
pub const URL: &str = "CONATUS_TEST_POSTGRES_URL";
/// Where it is 1, the database that the URL names is the only one, prepared, for all tests in turn.
pub const SHARED: &str = "CONATUS_TEST_POSTGRES_SHARED";

/// A database for one test. It is removed when dropped, unless it is everyone's.
pub struct Database {
    url: String,
    server: Server,
}

enum Server {
    /// Whoever holds the lock has the one database to itself.
    Shared {
        _turn: Turn,
    },
    Named {
        maintenance: String,
        name: String,
    },
    Ours {
        running: server::Running,
        name: String,
    },
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").finish_non_exhaustive()
    }
}

/// Whether all tests share one prepared database.
#[must_use]
pub fn is_shared() -> bool {
    env::var_os(URL).is_some() && env::var(SHARED).is_ok_and(|value| value == "1")
}

/// A database as `prepare` leaves it: made once a run under the name `template`, then copied. `None`
/// where this machine has no `PostgreSQL` and no URL is given; that is said on standard error.
///
/// A shared database is prepared too, each time: preparing must bear that.
///
/// # Panics
/// Where the server cannot be started or asked: a test that asks for it has failed.
#[must_use]
pub fn database(
    template: &str,
    prepare: impl FnOnce(&str) -> Result<(), String>,
) -> Option<Database> {
    match find(template, prepare) {
        Ok(Some(database)) => Some(database),
        Ok(None) => {
            eprintln!(
                "skipped: PostgreSQL is not on this machine (Debian's package is postgresql) \
                 and {URL} names none"
            );
            None
        }
        Err(reason) => panic!("PostgreSQL for the tests: {reason}"),
    }
}

fn find(
    template: &str,
    prepare: impl FnOnce(&str) -> Result<(), String>,
) -> Result<Option<Database>, String> {
    if let Ok(url) = env::var(URL) {
        if is_shared() {
            let path = env::temp_dir().join(format!("conatus-postgres-turn-{}", account::user()?));
            let turn = Turn::wait(path)?;
            prepare(&url)?;
            let server = Server::Shared { _turn: turn };
            return Ok(Some(Database { url, server }));
        }
        let name = unique_name()?;
        psql::run(&url, &format!("CREATE DATABASE {name}"))?;
        let database = Database {
            url: psql::with_database(&url, &name)?,
            server: Server::Named {
                maintenance: url,
                name,
            },
        };
        prepare(&database.url)?;
        return Ok(Some(database));
    }
    let Some(binaries) = binaries() else {
        return Ok(None);
    };
    let running = server::join(&binaries)?;
    let name = unique_name()?;
    running.template(template, prepare)?;
    psql::run(
        &running.url("postgres"),
        &format!("CREATE DATABASE {name} TEMPLATE {template}"),
    )?;
    Ok(Some(Database {
        url: running.url(&name),
        server: Server::Ours { running, name },
    }))
}

fn unique_name() -> Result<String, String> {
    Ok(format!("story_{}", account::random_hex()?))
}

impl Database {
    /// Its URL, with a role that may do everything in it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where the server keeps its files, if it is ours.
    #[must_use]
    pub fn files(&self) -> Option<&std::path::Path> {
        match &self.server {
            Server::Ours { running, .. } => Some(running.files()),
            _ => None,
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (url, name) = match &self.server {
            Server::Shared { .. } => return,
            Server::Named { maintenance, name } => (maintenance.clone(), name),
            Server::Ours { running, name } => (running.url("postgres"), name),
        };
        if let Err(reason) = psql::run(&url, &format!("DROP DATABASE {name} WITH (FORCE)")) {
            eprintln!("the database of a test stays: {reason}");
        }
    }
}

/// A server for as long as this is kept, without a database of one's own: its URL, with a role that
/// may do everything. `None` where this machine has no `PostgreSQL`.
///
/// # Errors
/// The sentence that says why it did not start.
pub fn start() -> Result<Option<Started>, String> {
    let Some(binaries) = binaries() else {
        return Ok(None);
    };
    Ok(Some(Started(server::join(&binaries)?)))
}

/// A server that [`start`] gave.
#[derive(Debug)]
pub struct Started(server::Running);

impl Started {
    /// The URL of one of its databases; `postgres` is there.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        self.0.url(database)
    }

    /// Asks `psql` to run statements from a file, stopping at the first that fails.
    ///
    /// # Errors
    /// What it said.
    pub fn run_file(&self, database: &str, file: &std::path::Path) -> Result<(), String> {
        psql::run_file(&self.url(database), file)
    }

    /// Asks `psql` to run one statement.
    ///
    /// # Errors
    /// What it said.
    pub fn run(&self, database: &str, statement: &str) -> Result<String, String> {
        psql::run(&self.url(database), statement)
    }
}
