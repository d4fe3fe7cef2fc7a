//! Reading every row and filling empty tables, alone with the file: nobody else can open it
//! meanwhile, and a file that somebody has open is refused.

use crate::{
    engine::{options, pool},
    file::make_private,
    row::{engine, unwritable},
};
use async_trait::async_trait;
use futures_util::TryStreamExt;
use sqlx::{
    AssertSqlSafe, Row, Sqlite, SqlitePool,
    query::Query,
    sqlite::{SqliteArguments, SqliteLockingMode, SqliteRow},
};
use std::{path::Path, time::Duration};
use storage::{CarriedRow, CarriedTable, Carrier, Holds, StorageError, Value};

/// How long to wait for who is just closing the file.
const PATIENCE: Duration = Duration::from_secs(2);
/// A page ends once it holds this many bytes.
const LONG_PAGE: usize = 8 << 20;
/// Values in one statement: the engine takes more, and gains nothing by them.
const VALUES: usize = 900;

/// One file of this engine, for as long as it is carried.
#[derive(Debug)]
pub struct SqliteCarrier(SqlitePool);

impl SqliteCarrier {
    /// A file of either store to read from, which must be there and is never written to.
    ///
    /// # Errors
    /// [`StorageError::Busy`] where somebody has it open.
    pub async fn source(path: &Path) -> Result<Self, StorageError> {
        std::fs::metadata(path).map_err(unwritable)?;
        Self::alone(path, "ON").await
    }

    /// A file to fill, whose tables [`crate::SqliteStorage::open`] or [`crate::SqliteShares::open`]
    /// made.
    ///
    /// # Errors
    /// [`StorageError::Busy`] where somebody has it open.
    pub async fn target(path: &Path) -> Result<Self, StorageError> {
        make_private(path)?;
        Self::alone(path, "OFF").await
    }

    async fn alone(path: &Path, query_only: &'static str) -> Result<Self, StorageError> {
        let options = options(path)
            .locking_mode(SqliteLockingMode::Exclusive)
            .busy_timeout(PATIENCE)
            .pragma("query_only", query_only);
        let pool = pool(1).connect_with(options).await.map_err(engine)?;
        // The lock is taken by whatever reads first.
        sqlx::query("SELECT count(*) FROM sqlite_schema")
            .execute(&pool)
            .await
            .map_err(engine)?;
        Ok(Self(pool))
    }

    /// Whether the main store's tables are those of this program.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn is_up_to_date(&self) -> Result<bool, StorageError> {
        let known = sqlx::migrate!().iter().map(|m| m.version).max();
        let made: Option<i64> = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
            .fetch_one(&self.0)
            .await
            .map_err(engine)?;
        Ok(made == known)
    }
}

type Asked = Query<'static, Sqlite, SqliteArguments>;

fn bind(query: Asked, value: Value, holds: Holds) -> Asked {
    match (value, holds) {
        (Value::Number(number), _) => query.bind(number),
        (Value::Text(text), _) => query.bind(text),
        (Value::Bytes(bytes), _) => query.bind(bytes),
        (Value::Nothing, Holds::Bytes) => query.bind(None::<Vec<u8>>),
        (Value::Nothing, Holds::Text) => query.bind(None::<String>),
        (Value::Nothing, _) => query.bind(None::<i64>),
    }
}

fn value(row: &SqliteRow, index: usize, holds: Holds) -> Result<Value, StorageError> {
    let value = match holds {
        Holds::Number | Holds::Small | Holds::Flag => row
            .try_get::<Option<i64>, _>(index)
            .map(|v| v.map(Value::Number)),
        Holds::Text => row
            .try_get::<Option<String>, _>(index)
            .map(|v| v.map(Value::Text)),
        Holds::Bytes => row
            .try_get::<Option<Vec<u8>>, _>(index)
            .map(|v| v.map(Value::Bytes)),
    };
    Ok(value.map_err(engine)?.unwrap_or(Value::Nothing))
}

fn names(columns: &[storage::CarriedColumn]) -> String {
    let names: Vec<&str> = columns.iter().map(|c| c.name).collect();
    names.join(", ")
}

fn length(row: &[Value]) -> usize {
    let length = |value: &Value| match value {
        Value::Bytes(bytes) => bytes.len(),
        Value::Text(text) => text.len(),
        Value::Number(_) | Value::Nothing => 8,
    };
    row.iter().map(length).sum()
}

#[async_trait]
impl Carrier for SqliteCarrier {
    async fn count(&self, table: &CarriedTable) -> Result<u64, StorageError> {
        let query = format!("SELECT count(*) FROM {}", table.name);
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(query))
            .fetch_one(&self.0)
            .await
            .map_err(engine)?;
        Ok(count.unsigned_abs())
    }

    async fn last(&self, table: &CarriedTable) -> Result<Option<CarriedRow>, StorageError> {
        let key = table.key_columns();
        let descending: Vec<String> = key.iter().map(|c| format!("{} DESC", c.name)).collect();
        let query = format!(
            "SELECT {} FROM {} ORDER BY {} LIMIT 1",
            names(key),
            table.name,
            descending.join(", ")
        );
        let row = sqlx::query(AssertSqlSafe(query))
            .fetch_optional(&self.0)
            .await
            .map_err(engine)?;
        let read = |row: SqliteRow| {
            let columns = key.iter().enumerate();
            columns.map(|(i, c)| value(&row, i, c.holds)).collect()
        };
        row.map(read).transpose()
    }

    async fn page(
        &self,
        table: &CarriedTable,
        after: Option<&[Value]>,
        most: u32,
    ) -> Result<Vec<CarriedRow>, StorageError> {
        let key = table.key_columns();
        let condition = after.map_or_else(String::new, |_| {
            let places = vec!["?"; key.len()].join(", ");
            format!(" WHERE ({}) > ({places})", names(key))
        });
        let text = format!(
            "SELECT {} FROM {}{condition} ORDER BY {} LIMIT {most}",
            names(table.columns),
            table.name,
            names(key)
        );
        let mut query = sqlx::query(AssertSqlSafe(text));
        for (value, column) in after.unwrap_or_default().iter().zip(key) {
            query = bind(query, value.clone(), column.holds);
        }
        let mut found = query.fetch(&self.0);
        let (mut rows, mut bytes) = (Vec::new(), 0);
        while bytes < LONG_PAGE
            && let Some(row) = found.try_next().await.map_err(engine)?
        {
            let columns = table.columns.iter().enumerate();
            let row = columns.map(|(i, c)| value(&row, i, c.holds));
            let row: CarriedRow = row.collect::<Result<_, _>>()?;
            bytes += length(&row);
            rows.push(row);
        }
        Ok(rows)
    }

    async fn append(
        &self,
        table: &CarriedTable,
        rows: Vec<CarriedRow>,
    ) -> Result<(), StorageError> {
        let begun = self.0.begin_with("BEGIN IMMEDIATE").await;
        let mut tx = begun.map_err(engine)?;
        let places = format!("({})", vec!["?"; table.columns.len()].join(", "));
        let at_once = (VALUES / table.columns.len()).max(1);
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let some: Vec<CarriedRow> = rows.by_ref().take(at_once).collect();
            let text = format!(
                "INSERT INTO {} ({}) VALUES {}",
                table.name,
                names(table.columns),
                vec![&places[..]; some.len()].join(", ")
            );
            let mut query = sqlx::query(AssertSqlSafe(text));
            for row in some {
                for (value, column) in row.into_iter().zip(table.columns) {
                    query = bind(query, value, column.holds);
                }
            }
            query.execute(&mut *tx).await.map_err(engine)?;
        }
        tx.commit().await.map_err(engine)
    }

    async fn is_used_by_others(&self) -> Result<bool, StorageError> {
        Ok(false)
    }

    async fn close(&self) {
        let _ = crate::engine::empty_log(&self.0).await;
        self.0.close().await;
    }
}
