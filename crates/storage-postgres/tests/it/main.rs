//! The stories of the contract, and what is true of this engine alone, on a server that the tests
//! start, or in the database that `CONATUS_TEST_POSTGRES_URL` names.
#![expect(
    clippy::unwrap_used,
    reason = "what a test prepares either works or fails the test"
)]

mod carry;
mod damage;
mod durable;
mod limits;
mod plain;
mod plans;
mod pooler;
mod private;
mod roles;
mod rows;
mod tls;
mod turns;

use postgres_fixture::Database;
use std::time::Duration;
use storage::contract::Kept;
use storage_postgres::{PostgresShares, PostgresStorage, Settings, migrate};

/// Runs something asynchronous where nothing is: the template is prepared between two tests.
fn apart<T: Send>(work: impl Future<Output = T> + Send) -> T {
    std::thread::scope(|scope| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        scope.spawn(move || runtime.block_on(work)).join().unwrap()
    })
}

fn prepare(url: &str) -> Result<(), String> {
    let done = apart(migrate(url, Duration::from_secs(30)));
    done.map(drop).map_err(|error| error.to_string())
}

/// A database with tables, for this test alone or, in a shared one, for its turn.
fn database() -> Option<Database> {
    postgres_fixture::database("storage_postgres", prepare)
}

/// The same, left out of a shared database: for what would disturb whoever comes next.
fn own_database() -> Option<Database> {
    if postgres_fixture::is_shared() {
        eprintln!("skipped: needs a database of its own");
        return None;
    }
    database()
}

async fn opened(database: &Database) -> PostgresStorage {
    PostgresStorage::open(database.url(), &Settings::default())
        .await
        .unwrap()
}

async fn open() -> Option<(Kept, PostgresStorage)> {
    let database = database()?;
    let storage = opened(&database).await;
    Some((Box::new(database), storage))
}

async fn open_shares() -> Option<(Kept, PostgresShares)> {
    let database = database()?;
    let shares = PostgresShares::open(database.url(), &Settings::default()).await;
    Some((Box::new(database), shares.unwrap()))
}

/// Tells runs in a shared database apart.
fn run() -> String {
    if postgres_fixture::is_shared() {
        let mut bytes = [0; 8];
        let source = std::fs::File::open("/dev/urandom");
        std::io::Read::read_exact(&mut source.unwrap(), &mut bytes).unwrap();
        return format!("{bytes:?}");
    }
    String::new()
}

storage::stories!(optional open, open_shares, run);
