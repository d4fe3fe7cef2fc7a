//! Where an installation of a test keeps its records: in files of its folder, or in a database of a
//! server of its own where `CONATUS_TEST_ENGINE=postgres`; and the hands of someone who writes there
//! past the program, whose edits are written once, in the words of the embedded engine.

use crate::store;
use postgres_fixture::Database;
use sqlx::{Connection, PgConnection};
use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use storage::{ShareStore, Storage, StorageError};
use storage_postgres::{PostgresShares, PostgresStorage, Settings, migrate};
use storage_sqlite::{SqliteShares, SqliteStorage};

/// Records and shares of one installation.
#[derive(Clone)]
pub(crate) enum Engine {
    Files(PathBuf),
    /// Both in one database: a test has the shares beside at no gain.
    Server(Arc<Database>),
}

/// Whether tests run over a server.
pub(crate) fn on_a_server() -> bool {
    match std::env::var("CONATUS_TEST_ENGINE") {
        Ok(engine) if engine == "postgres" => true,
        Ok(engine) => {
            assert_eq!(
                engine, "sqlite",
                "CONATUS_TEST_ENGINE is sqlite or postgres"
            );
            false
        }
        Err(_) => false,
    }
}

fn prepare(url: &str) -> Result<(), String> {
    std::thread::scope(|scope| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let work = migrate(url, Duration::from_secs(30));
        let done = scope.spawn(move || runtime.block_on(work)).join().unwrap();
        done.map(drop).map_err(|error| error.to_string())
    })
}

fn database() -> Arc<Database> {
    assert!(
        !postgres_fixture::is_shared(),
        "installations begin in databases of their own"
    );
    let made = postgres_fixture::database("service_it", prepare);
    Arc::new(made.unwrap_or_else(|| panic!("CONATUS_TEST_ENGINE asks for a server")))
}

/// Waits less than a node would, and holds fewer connections: many nodes share one server.
fn settings() -> Settings {
    Settings {
        writers: 6,
        readers: 6,
        ..Settings::default()
    }
}

impl Engine {
    pub(crate) fn new(folder: &Path) -> Self {
        if on_a_server() {
            Self::Server(database())
        } else {
            Self::Files(folder.to_owned())
        }
    }

    pub(crate) async fn main(&self) -> Result<Arc<dyn Storage>, StorageError> {
        Ok(match self {
            Self::Files(folder) => Arc::new(SqliteStorage::open(&folder.join("main.db")).await?),
            Self::Server(database) => {
                Arc::new(PostgresStorage::open(database.url(), &settings()).await?)
            }
        })
    }

    pub(crate) async fn shares(&self) -> Result<Arc<dyn ShareStore>, StorageError> {
        Ok(match self {
            Self::Files(folder) => Arc::new(SqliteShares::open(&folder.join("shares.db")).await?),
            Self::Server(database) => {
                Arc::new(PostgresShares::open(database.url(), &settings()).await?)
            }
        })
    }

    /// A copy of both as they stand, in that folder or in another database.
    pub(crate) async fn copied(&self, folder: &Path) -> Self {
        let (main, shares) = (self.main().await.unwrap(), self.shares().await.unwrap());
        let [into, beside] = ["main", "shares"].map(|name| folder.join(format!("{name}.db")));
        main.copy_to(&into).await.unwrap();
        shares.copy_to(&beside).await.unwrap();
        main.close().await;
        shares.close().await;
        if matches!(self, Self::Files(_)) {
            return Self::Files(folder.to_owned());
        }
        let database = database();
        let main = PostgresStorage::open(database.url(), &settings()).await;
        let shares = PostgresShares::open(database.url(), &settings()).await;
        let (main, shares) = (main.unwrap(), shares.unwrap());
        main.restore_from(&into).await.unwrap();
        shares.restore_from(&beside).await.unwrap();
        main.close().await;
        shares.close().await;
        Self::Server(database)
    }

    async fn connected(database: &Database) -> PgConnection {
        PgConnection::connect(database.url()).await.unwrap()
    }

    /// Runs statements past every trigger and rule; each must change something.
    pub(crate) async fn edit(&self, statements: &str) {
        let database = match self {
            Self::Files(folder) => return store::edit(folder, statements).await,
            Self::Server(database) => database,
        };
        let mut connection = Self::connected(database).await;
        let past = "SET session_replication_role = replica";
        sqlx::raw_sql(past).execute(&mut connection).await.unwrap();
        for statement in statements.split(';').filter(|s| !s.trim().is_empty()) {
            let said = on_server(statement);
            let done = sqlx::raw_sql(sqlx::AssertSqlSafe(said.clone()))
                .execute(&mut connection)
                .await
                .unwrap_or_else(|e| panic!("{said}: {e}"));
            assert!(done.rows_affected() > 0, "changed nothing: {said}");
        }
        connection.close().await.unwrap();
    }

    /// The same in the store of shares.
    pub(crate) async fn edit_shares(&self, statement: &str) {
        match self {
            Self::Files(folder) => {
                let pool = store::pool(&folder.join("shares.db")).await;
                assert!(store::run(&pool, statement).await > 0, "{statement}");
                pool.close().await;
            }
            Self::Server(_) => {
                let statement = statement.replace(" shares", " erasure_shares");
                self.edit(&statement).await;
            }
        }
    }

    /// The one column of bytes that a query gives.
    pub(crate) async fn bytes(&self, query: &str) -> Vec<Vec<u8>> {
        match self {
            Self::Files(folder) => {
                let pool = store::raw(folder).await;
                let query = sqlx::query_scalar(sqlx::AssertSqlSafe(query.to_owned()));
                query.fetch_all(&pool).await.unwrap()
            }
            Self::Server(database) => {
                let mut connection = Self::connected(database).await;
                let query = sqlx::query_scalar(sqlx::AssertSqlSafe(on_server(query)));
                query.fetch_all(&mut connection).await.unwrap()
            }
        }
    }

    /// The one column of numbers that a query gives.
    pub(crate) async fn numbers(&self, query: &str) -> Vec<i64> {
        match self {
            Self::Files(folder) => {
                let pool = store::raw(folder).await;
                let query = sqlx::query_scalar(sqlx::AssertSqlSafe(query.to_owned()));
                query.fetch_all(&pool).await.unwrap()
            }
            Self::Server(database) => {
                let mut connection = Self::connected(database).await;
                let query = sqlx::query_scalar(sqlx::AssertSqlSafe(on_server(query)));
                query.fetch_all(&mut connection).await.unwrap()
            }
        }
    }

    /// Has the engine refuse every reading, or take them again.
    pub(crate) async fn refuse_readings(&self, refuse: bool) {
        match self {
            Self::Files(folder) => {
                let pool = store::raw(folder).await;
                let said = if refuse {
                    "CREATE TRIGGER refuse BEFORE INSERT ON readings
                     BEGIN SELECT RAISE(ABORT, 'no'); END"
                } else {
                    "DROP TRIGGER refuse"
                };
                store::run(&pool, said).await;
                pool.close().await;
            }
            Self::Server(database) => {
                let mut connection = Self::connected(database).await;
                let said = if refuse {
                    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
                         AS $$ BEGIN RAISE 'no'; END $$;
                     CREATE TRIGGER refuse BEFORE INSERT ON readings
                         FOR EACH ROW EXECUTE FUNCTION refuse()"
                } else {
                    "DROP TRIGGER refuse ON readings; DROP FUNCTION refuse()"
                };
                sqlx::raw_sql(said).execute(&mut connection).await.unwrap();
            }
        }
    }
}

/// The embedded engine's words, in the server's.
fn on_server(statement: &str) -> String {
    let mut said = String::new();
    let mut rest = statement;
    while let Some((before, after)) = rest.split_once("x'") {
        let (bytes, after) = after.split_once('\'').unwrap();
        write!(said, "{before}'\\x{bytes}'::bytea").unwrap();
        rest = after;
    }
    said.push_str(rest);
    let cut = "unhex(substr(hex(signed), 1, 40) || 'F5' || substr(hex(signed), 43))";
    let same = "decode(substr(encode(signed, 'hex'), 1, 40) || 'f5'
        || substr(encode(signed, 'hex'), 43), 'hex')";
    said = said.replace(cut, same);
    for (made_up, byte) in [("randomblob", "5c"), ("zeroblob", "00")] {
        for length in [16, 32, 64] {
            let bytes = format!("decode(repeat('{byte}', {length}), 'hex')");
            said = said.replace(&format!("{made_up}({length})"), &bytes);
        }
    }
    for truth in ["profile", "lead", "administrator", "kept"] {
        said = said.replace(&format!("{truth} = 1"), &format!("{truth} = true"));
        said = said.replace(&format!("{truth} = 0"), &format!("{truth} = false"));
    }
    said
}

#[test]
fn words_of_one_engine_are_said_to_the_other() {
    assert_eq!(
        on_server("UPDATE a SET b = x'0f', lead = 1 WHERE c = randomblob(16)"),
        "UPDATE a SET b = '\\x0f'::bytea, lead = true \
         WHERE c = decode(repeat('5c', 16), 'hex')"
    );
}
