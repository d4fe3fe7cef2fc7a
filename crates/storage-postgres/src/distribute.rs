//! Spreading tables over a Citus cluster: those about people by person, the others to every node.
//! Done once as the role that owns them, on the coordinator; done again it does what is left.

use crate::{
    SchemaError,
    migrate::{connect, schema_on},
    row::engine,
};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use storage::StorageError;

/// Tables copied whole to every node, each after those it names.
pub const REFERENCE: [&str; 16] = [
    "organisations",
    "teams",
    "statements",
    "accounts",
    "memberships",
    "team_wraps",
    "devices",
    "enrolments",
    "sessions",
    "short_codes",
    "leases",
    "reminders",
    "brake_counts",
    "calendars",
    "letters",
    "checkpoints",
];

/// Tables distributed by `person_id`, each after those it names; one person's rows of all of them lie
/// on one node.
pub const DISTRIBUTED: [&str; 10] = [
    "persons",
    "cards",
    "person_statements",
    "person_marks",
    "entries",
    "readings",
    "files",
    "grants",
    "wraps",
    "checkpoint_heads",
];

/// Spreads every table that is not yet; gives the names of those it spread.
///
/// # Errors
/// [`SchemaError`] inside [`StorageError::Engine`] where the tables or the extension are missing;
/// what the engine says otherwise.
pub async fn distribute(url: &str) -> Result<Vec<&'static str>, StorageError> {
    let mut connection = connect(url).await?;
    let done = distribute_on(&mut connection).await;
    let _ = connection.close().await;
    done
}

async fn distribute_on(connection: &mut PgConnection) -> Result<Vec<&'static str>, StorageError> {
    schema_on(connection).await?.suffices()?;
    let citus: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus')")
            .fetch_one(&mut *connection)
            .await
            .map_err(engine)?;
    if !citus {
        return Err(SchemaError::NoCitus.into());
    }
    let mut spread = Vec::new();
    for table in REFERENCE {
        let how = format!("SELECT create_reference_table('{table}')");
        spread.extend(spread_one(connection, table, how).await?);
    }
    for table in DISTRIBUTED {
        let with = if table == DISTRIBUTED[0] {
            "none"
        } else {
            DISTRIBUTED[0]
        };
        let how = format!(
            "SELECT create_distributed_table('{table}', 'person_id', colocate_with => '{with}')"
        );
        spread.extend(spread_one(connection, table, how).await?);
    }
    Ok(spread)
}

async fn spread_one(
    connection: &mut PgConnection,
    table: &'static str,
    how: String,
) -> Result<Option<&'static str>, StorageError> {
    let known: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM pg_dist_partition WHERE logicalrelid = to_regclass($1)
             AND NOT (partmethod = 'n' AND repmodel = 's'))",
    )
    .bind(table)
    .fetch_one(&mut *connection)
    .await
    .map_err(engine)?;
    if known {
        return Ok(None);
    }
    // Citus refuses tables with triggers: a journal is then guarded by what roles may do alone.
    let mut tx = connection.begin().await.map_err(engine)?;
    for statement in [
        "SET LOCAL citus.multi_shard_modify_mode = 'sequential'".to_owned(),
        format!("DROP TRIGGER IF EXISTS {table}_stay ON {table}"),
        format!("DROP TRIGGER IF EXISTS {table}_remain ON {table}"),
        how,
    ] {
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut *tx)
            .await
            .map_err(engine)?;
    }
    tx.commit().await.map_err(engine)?;
    Ok(Some(table))
}
