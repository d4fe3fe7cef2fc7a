//! Making tables and bringing them up to date: one node does it, with the role that owns them, while
//! the others wait or are told. Migrations add first and remove a version later, so that a program
//! one version behind goes on working beside them.

use crate::{row::engine, settings::options};
use sqlx::{ConnectOptions, Connection, PgConnection, Row, migrate::Migrator};
use std::time::Duration;
use storage::StorageError;
use tokio::time::Instant;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// Any number would do, the same for every node: it is the lock of those that migrate.
const LOCK: i64 = 0x636f_6e61_7475_7301;

/// Where a database's tables stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    /// The last migration made, if any was.
    pub applied: Option<i64>,
    /// The last one this program knows.
    pub known: i64,
    /// The one that a program must know to work with these tables: what came since takes nothing
    /// away that it uses.
    pub needed: i64,
}

/// Why a database cannot be used as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// Nothing is there.
    #[error("the database holds no tables: run `conatus migrate` with the role that owns it")]
    Missing,
    /// Another version's.
    #[error(
        "the tables are at version {applied} and this program needs {known}: run `conatus migrate` \
         with the role that owns them"
    )]
    Older {
        /// Where they stand.
        applied: i64,
        /// Where they should.
        known: i64,
    },
    /// A later version's, which took away what this program uses.
    #[error(
        "the tables were made for a later version of this program (it must know {needed}, and knows \
         {known})"
    )]
    Newer {
        /// What it must know.
        needed: i64,
        /// What it knows.
        known: i64,
    },
    /// Another node is at it.
    #[error("another node is migrating this database and had not finished after {0} seconds")]
    Underway(u64),
    /// What [`crate::distribute`] needs.
    #[error("the extension citus is not in this database: CREATE EXTENSION citus")]
    NoCitus,
}

impl From<SchemaError> for StorageError {
    fn from(error: SchemaError) -> Self {
        Self::Engine(Box::new(error))
    }
}

impl Schema {
    /// Refuses tables older than this program; newer ones are there to be worked with, unless they
    /// lack what it uses.
    pub(crate) fn suffices(self) -> Result<(), SchemaError> {
        match self.applied {
            None => Err(SchemaError::Missing),
            Some(applied) if applied < self.known => Err(SchemaError::Older {
                applied,
                known: self.known,
            }),
            Some(_) if self.needed > self.known => Err(SchemaError::Newer {
                needed: self.needed,
                known: self.known,
            }),
            Some(_) => Ok(()),
        }
    }
}

/// A connection of one's own; what the engine says of it is told as it is said.
pub(crate) async fn connect(url: &str) -> Result<PgConnection, StorageError> {
    let connection = options(url)?.connect().await;
    connection.map_err(|error| StorageError::Engine(Box::new(error)))
}

/// Where the tables of that database stand.
///
/// # Errors
/// [`StorageError::Engine`] where it cannot be reached.
pub async fn schema(url: &str) -> Result<Schema, StorageError> {
    let mut connection = connect(url).await?;
    let found = schema_on(&mut connection).await;
    let _ = connection.close().await;
    found
}

pub(crate) async fn schema_on(connection: &mut PgConnection) -> Result<Schema, StorageError> {
    let known = MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0);
    // Said at once, not prepared: outside a transaction a pooler may change the server between.
    let there: bool = sqlx::raw_sql("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await
        .and_then(|row| row.try_get(0))
        .map_err(engine)?;
    if !there {
        return Ok(Schema {
            applied: None,
            known,
            needed: 0,
        });
    }
    let rows = sqlx::raw_sql(
        "SELECT version, description FROM _sqlx_migrations WHERE success ORDER BY version",
    )
    .fetch_all(connection)
    .await
    .map_err(engine)?;
    let made: Vec<(i64, String)> = rows
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect::<Result<_, _>>()
        .map_err(engine)?;
    Ok(Schema {
        applied: made.last().map(|(version, _)| *version),
        known,
        needed: made
            .iter()
            .filter_map(|(_, d)| needed(d))
            .max()
            .unwrap_or(0),
    })
}

/// What a program must know beside that migration, as its name says: one that takes something away is
/// `NNNN_contract_MMMM_….sql`, where programs that know MMMM no longer use what it takes.
fn needed(description: &str) -> Option<i64> {
    let mut words = description.split(' ');
    (words.next()? == "contract").then_some(())?;
    words.next()?.parse().ok()
}

/// Makes the tables or brings them up to date, with the role that owns them and straight to the
/// server: the lock that keeps other nodes away lives in the connection, which a pooler would share.
///
/// # Errors
/// [`SchemaError::Underway`] inside [`StorageError::Engine`] where another node still migrates after
/// `patience`; what the engine says of a migration that fails, which is then undone.
pub async fn migrate(url: &str, patience: Duration) -> Result<Schema, StorageError> {
    let mut connection = connect(url).await?;
    let done = migrate_on(&mut connection, patience).await;
    // The lock leaves with the connection.
    let _ = connection.close().await;
    done
}

async fn migrate_on(
    connection: &mut PgConnection,
    patience: Duration,
) -> Result<Schema, StorageError> {
    take_lock(connection, patience).await?;
    // A table in use is waited for a little, and never with everyone waiting behind it.
    sqlx::query("SET lock_timeout = '10s'")
        .execute(&mut *connection)
        .await
        .map_err(engine)?;
    let mut migrations = Migrator {
        migrations: MIGRATIONS.migrations.clone(),
        ..Migrator::DEFAULT
    };
    migrations.set_locking(false).set_ignore_missing(true);
    migrations
        .run_direct(None, &mut *connection, false)
        .await
        .map_err(|error| StorageError::Engine(Box::new(error)))?;
    schema_on(connection).await
}

async fn take_lock(connection: &mut PgConnection, patience: Duration) -> Result<(), StorageError> {
    let deadline = Instant::now() + patience;
    loop {
        let taken: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)")
            .bind(LOCK)
            .fetch_one(&mut *connection)
            .await
            .map_err(engine)?;
        if taken {
            return Ok(());
        }
        if Instant::now() >= deadline {
            return Err(SchemaError::Underway(patience.as_secs()).into());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Gives a role what the running program needs, as the role that owns the tables: journals can then
/// be read and added to, and neither changed nor removed.
///
/// # Errors
/// [`StorageError::Engine`] where the role is not there or is not ours to grant to.
pub async fn allow_runtime(url: &str, role: &str) -> Result<(), StorageError> {
    let mut connection = connect(url).await?;
    let done = sqlx::query("SELECT runtime_may($1)")
        .bind(role)
        .execute(&mut connection)
        .await;
    let _ = connection.close().await;
    done.map(drop).map_err(engine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_that_takes_away_says_who_may_go_on() {
        assert_eq!(needed("first light"), None);
        assert_eq!(needed("contract 4 drop old names"), Some(4));
        let stands = |applied, known, needed| {
            let schema = Schema {
                applied: Some(applied),
                known,
                needed,
            };
            schema.suffices()
        };
        assert_eq!(stands(5, 4, 4), Ok(()));
        assert_eq!(stands(5, 4, 0), Ok(()));
        let refused = SchemaError::Newer {
            needed: 5,
            known: 4,
        };
        assert_eq!(stands(6, 4, 5), Err(refused));
    }
}
