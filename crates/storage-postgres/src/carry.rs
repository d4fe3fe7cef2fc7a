//! Reading every row and filling empty tables. Rows go in as the engine's own binary copies, a page
//! in one transaction, with the role that serves: journals are added to and never rewritten.

use crate::{
    Settings,
    row::{engine, saving},
    settings::options,
};
use async_trait::async_trait;
use futures_util::TryStreamExt;
use sqlx::{
    AssertSqlSafe, PgPool, Postgres, Row,
    postgres::{PgArguments, PgRow},
    query::Query,
};
use std::{fmt, sync::Arc, time::Duration};
use storage::{CarriedRow, CarriedTable, Carrier, Holds, SHARES, StorageError, Value};

/// What connections of nodes call themselves, and what these do.
const NODES: &str = "conatus";
const CARRYING: &str = "conatus move";
/// A page ends once it holds this many bytes.
const LONG_PAGE: usize = 8 << 20;

/// One database of this engine, for as long as it is carried.
pub struct PostgresCarrier {
    pool: PgPool,
    begin: Arc<str>,
}

impl fmt::Debug for PostgresCarrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresCarrier").finish_non_exhaustive()
    }
}

impl PostgresCarrier {
    /// A database of either store, whose tables are there.
    ///
    /// # Errors
    /// [`StorageError::Engine`] where the URL is none.
    pub fn open(url: &str) -> Result<Self, StorageError> {
        let settings = Settings {
            statement: Duration::ZERO,
            idle: Duration::ZERO,
            ..Settings::default()
        };
        let begin = settings.begin(
            "ISOLATION LEVEL READ COMMITTED",
            "; SET LOCAL citus.multi_shard_modify_mode = 'sequential'",
        );
        Ok(Self {
            pool: settings.pool(2, options(url)?.application_name(CARRYING)),
            begin: begin.said,
        })
    }

    async fn begun(&self) -> Result<sqlx::Transaction<'static, Postgres>, StorageError> {
        let begun = self.pool.begin_with(AssertSqlSafe(self.begin.clone()));
        begun.await.map_err(engine)
    }
}

/// What the table is called here.
fn called(table: &CarriedTable) -> &'static str {
    if table.name == SHARES.name {
        "erasure_shares"
    } else {
        table.name
    }
}

fn names(columns: &[storage::CarriedColumn]) -> String {
    let names: Vec<&str> = columns.iter().map(|c| c.name).collect();
    names.join(", ")
}

/// The key to order by: words as their bytes, which is what other engines do.
fn ordered(table: &CarriedTable, descending: bool) -> String {
    let by = |column: &storage::CarriedColumn| {
        let letters = if column.holds == Holds::Text {
            " COLLATE \"C\""
        } else {
            ""
        };
        let down = if descending { " DESC" } else { "" };
        format!("{}{letters}{down}", column.name)
    };
    let by: Vec<String> = table.key_columns().iter().map(by).collect();
    by.join(", ")
}

fn broken(table: &CarriedTable, column: &'static str, what: &str) -> StorageError {
    StorageError::Broken {
        table: table.name,
        column,
        what: what.into(),
    }
}

type Asked = Query<'static, Postgres, PgArguments>;

/// Keys hold no nothing.
fn bind(query: Asked, value: Value, holds: Holds) -> Option<Asked> {
    Some(match (value, holds) {
        (Value::Number(number), Holds::Number) => query.bind(number),
        (Value::Number(number), Holds::Small) => query.bind(i16::try_from(number).ok()?),
        (Value::Number(number), Holds::Flag) => query.bind(number != 0),
        (Value::Text(text), Holds::Text) => query.bind(text),
        (Value::Bytes(bytes), Holds::Bytes) => query.bind(bytes),
        _ => return None,
    })
}

fn value(row: &PgRow, index: usize, holds: Holds) -> Result<Value, StorageError> {
    let value = match holds {
        Holds::Number => row
            .try_get::<Option<i64>, _>(index)
            .map(|v| v.map(Value::Number)),
        Holds::Small => row
            .try_get::<Option<i16>, _>(index)
            .map(|v| v.map(|v| Value::Number(v.into()))),
        Holds::Flag => row
            .try_get::<Option<bool>, _>(index)
            .map(|v| v.map(|v| Value::Number(v.into()))),
        Holds::Text => row
            .try_get::<Option<String>, _>(index)
            .map(|v| v.map(Value::Text)),
        Holds::Bytes => row
            .try_get::<Option<Vec<u8>>, _>(index)
            .map(|v| v.map(Value::Bytes)),
    };
    Ok(value.map_err(engine)?.unwrap_or(Value::Nothing))
}

fn length(row: &[Value]) -> usize {
    let length = |value: &Value| match value {
        Value::Bytes(bytes) => bytes.len(),
        Value::Text(text) => text.len(),
        Value::Number(_) | Value::Nothing => 8,
    };
    row.iter().map(length).sum()
}

// https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format"
const COPY_BEGINS: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const COPY_ENDS: [u8; 2] = (-1_i16).to_be_bytes();
const NOTHING: [u8; 4] = (-1_i32).to_be_bytes();

/// A value in that form; says what is wrong with it otherwise.
fn put(out: &mut Vec<u8>, value: &Value, holds: Holds) -> Result<(), &'static str> {
    let number;
    let bytes = match (value, holds) {
        (Value::Nothing, _) => {
            out.extend(NOTHING);
            return Ok(());
        }
        (Value::Number(n), Holds::Number) => {
            number = n.to_be_bytes();
            &number[..]
        }
        (Value::Number(n), Holds::Small) => {
            i16::try_from(*n).map_err(|_| "out of range")?;
            number = n.to_be_bytes();
            &number[6..]
        }
        (Value::Number(n), Holds::Flag) => &[u8::from(*n != 0)],
        (Value::Text(text), Holds::Text) => text.as_bytes(),
        (Value::Bytes(bytes), Holds::Bytes) => bytes,
        _ => return Err("another kind of value"),
    };
    let length = i32::try_from(bytes.len()).map_err(|_| "too long")?;
    out.extend(length.to_be_bytes());
    out.extend(bytes);
    Ok(())
}

/// Rows in the engine's binary form.
fn copied(table: &CarriedTable, rows: &[CarriedRow]) -> Result<Vec<u8>, StorageError> {
    let mut out = COPY_BEGINS.to_vec();
    let columns =
        i16::try_from(table.columns.len()).map_err(|_| broken(table, "columns", "too many"))?;
    for row in rows {
        out.extend(columns.to_be_bytes());
        for (value, column) in row.iter().zip(table.columns) {
            put(&mut out, value, column.holds).map_err(|what| broken(table, column.name, what))?;
        }
    }
    out.extend(COPY_ENDS);
    Ok(out)
}

#[async_trait]
impl Carrier for PostgresCarrier {
    async fn count(&self, table: &CarriedTable) -> Result<u64, StorageError> {
        let query = format!("SELECT count(*) FROM {}", called(table));
        let mut tx = self.begun().await?;
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(query))
            .fetch_one(&mut *tx)
            .await
            .map_err(engine)?;
        Ok(count.unsigned_abs())
    }

    async fn last(&self, table: &CarriedTable) -> Result<Option<CarriedRow>, StorageError> {
        let key = table.key_columns();
        let query = format!(
            "SELECT {} FROM {} ORDER BY {} LIMIT 1",
            names(key),
            called(table),
            ordered(table, true)
        );
        let mut tx = self.begun().await?;
        let row = sqlx::query(AssertSqlSafe(query))
            .fetch_optional(&mut *tx)
            .await
            .map_err(engine)?;
        let read = |row: PgRow| {
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
            let places: Vec<String> = (1..=key.len()).map(|i| format!("${i}")).collect();
            let by = ordered(table, false);
            format!(" WHERE ({by}) > ({})", places.join(", "))
        });
        let text = format!(
            "SELECT {} FROM {}{condition} ORDER BY {} LIMIT {most}",
            names(table.columns),
            called(table),
            ordered(table, false)
        );
        let mut query = sqlx::query(AssertSqlSafe(text));
        for (value, column) in after.unwrap_or_default().iter().zip(key) {
            query = bind(query, value.clone(), column.holds)
                .ok_or_else(|| broken(table, column.name, "no key"))?;
        }
        let mut tx = self.begun().await?;
        let mut found = query.fetch(&mut *tx);
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
        let copy = copied(table, &rows)?;
        let mut tx = self.begun().await?;
        let query = format!(
            "COPY {} ({}) FROM STDIN (FORMAT binary)",
            called(table),
            names(table.columns)
        );
        let mut into = tx.copy_in_raw(&query).await.map_err(engine)?;
        into.send(copy).await.map_err(engine)?;
        into.finish().await.map_err(engine)?;
        tx.commit().await.map_err(saving)
    }

    async fn is_used_by_others(&self) -> Result<bool, StorageError> {
        sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity
                 WHERE datname = current_database() AND application_name = $1)",
        )
        .bind(NODES)
        .fetch_one(&self.pool)
        .await
        .map_err(engine)
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}
