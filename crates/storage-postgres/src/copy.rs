//! Copies of a store as one new file, and filling empty tables from one. What a file holds is what
//! the tables hold: sealed values, and the shares in theirs.
//!
//! A line that names the format and the version of the tables; for each table its name, then what
//! the engine gives of it in pieces, each after its length, until a length of zero; a last name of
//! no letters. Lengths are four bytes, the lowest first.

use crate::{
    DISTRIBUTED, PostgresTransaction, REFERENCE,
    migrate::schema_on,
    row::{engine, saving, unwritable},
};
use futures_util::StreamExt;
use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use std::{io, os::unix::fs::OpenOptionsExt, path::Path};
use storage::StorageError;
use tokio::{
    fs::{File, OpenOptions},
    io::{AsyncReadExt, AsyncWriteExt, BufReader, BufWriter},
};

/// Tables whose rows are never rewritten.
pub(crate) const JOURNALS: [&str; 6] = [
    "statements",
    "person_statements",
    "entries",
    "readings",
    "checkpoints",
    "checkpoint_heads",
];

/// Which tables a copy holds.
pub(crate) type Tables = &'static [&'static [&'static str]];

/// Those of the main store, each after those it names.
pub(crate) const MAIN: Tables = &[&REFERENCE, &DISTRIBUTED];

const FORMAT: &str = "conatus-postgres-copy 1";

/// Larger than what the engine gives at once; a larger length is no copy's.
const LARGEST_PIECE: u32 = 1 << 28;

/// Writes everything one state holds to a new file that its owner alone reads.
pub(crate) async fn write(
    tx: &mut PostgresTransaction,
    file: &Path,
    tables: Tables,
) -> Result<(), StorageError> {
    let version = schema_on(tx.on()).await?.applied.unwrap_or(0);
    let opened = OpenOptions::from(private()).open(file).await;
    let mut out = BufWriter::new(opened.map_err(unwritable)?);
    let first = format!("{FORMAT} {version}\n");
    out.write_all(first.as_bytes()).await.map_err(unwritable)?;
    for table in tables.concat() {
        name(&mut out, table).await.map_err(unwritable)?;
        let query = format!("COPY (SELECT * FROM {table}) TO STDOUT (FORMAT binary)");
        let mut pieces = tx.on().copy_out_raw(&query).await.map_err(engine)?;
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(engine)?;
            if !piece.is_empty() {
                let length = u32::try_from(piece.len()).map_err(|_| damaged())?;
                out.write_u32_le(length).await.map_err(unwritable)?;
                out.write_all(&piece).await.map_err(unwritable)?;
            }
        }
        out.write_u32_le(0).await.map_err(unwritable)?;
    }
    name(&mut out, "").await.map_err(unwritable)?;
    out.flush().await.map_err(unwritable)?;
    out.get_ref().sync_all().await.map_err(unwritable)?;
    let folder = file.parent().filter(|f| !f.as_os_str().is_empty());
    let folder = File::open(folder.unwrap_or(Path::new("."))).await;
    let folder = folder.map_err(unwritable)?;
    folder.sync_all().await.map_err(unwritable)
}

fn private() -> std::fs::OpenOptions {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options
}

async fn name(out: &mut BufWriter<File>, name: &str) -> io::Result<()> {
    let length = u32::try_from(name.len()).unwrap_or_default();
    out.write_u32_le(length).await?;
    out.write_all(name.as_bytes()).await
}

/// Fills empty tables, all or nothing.
pub(crate) async fn restore(
    pool: &PgPool,
    file: &Path,
    tables: Tables,
) -> Result<(), StorageError> {
    let file = File::open(file).await.map_err(unwritable)?;
    let mut from = BufReader::new(file);
    let begin = "BEGIN; SET LOCAL statement_timeout = 0; \
                 SET LOCAL citus.multi_shard_modify_mode = 'sequential'";
    let mut tx = pool.begin_with(begin).await.map_err(engine)?;
    let version = schema_on(&mut tx).await?.applied.unwrap_or(0);
    let first = format!("{FORMAT} {version}\n");
    let mut found = vec![0; first.len()];
    from.read_exact(&mut found).await.map_err(unwritable)?;
    if found != first.as_bytes() {
        return Err(damaged());
    }
    for table in tables.concat() {
        expect_name(&mut from, table).await?;
        fill(&mut tx, &mut from, table).await?;
    }
    expect_name(&mut from, "").await?;
    tx.commit().await.map_err(saving)
}

async fn expect_name(from: &mut BufReader<File>, name: &str) -> Result<(), StorageError> {
    let length = from.read_u32_le().await.map_err(unwritable)?;
    if usize::try_from(length).ok() != Some(name.len()) {
        return Err(damaged());
    }
    let mut found = vec![0; name.len()];
    from.read_exact(&mut found).await.map_err(unwritable)?;
    if found == name.as_bytes() {
        Ok(())
    } else {
        Err(damaged())
    }
}

async fn fill(
    connection: &mut PgConnection,
    from: &mut BufReader<File>,
    table: &'static str,
) -> Result<(), StorageError> {
    let some = format!("SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT 1) AS one");
    let some: i64 = sqlx::query_scalar(AssertSqlSafe(some))
        .fetch_one(&mut *connection)
        .await
        .map_err(engine)?;
    if some > 0 {
        return Err(StorageError::Conflict(table));
    }
    let query = format!("COPY {table} FROM STDIN (FORMAT binary)");
    let mut into = connection.copy_in_raw(&query).await.map_err(engine)?;
    loop {
        let length = from.read_u32_le().await.map_err(unwritable)?;
        if length == 0 {
            break;
        }
        if length > LARGEST_PIECE {
            return Err(damaged());
        }
        let mut piece = vec![0; usize::try_from(length).map_err(|_| damaged())?];
        from.read_exact(&mut piece).await.map_err(unwritable)?;
        into.send(piece).await.map_err(engine)?;
    }
    into.finish().await.map_err(engine)?;
    Ok(())
}

fn damaged() -> StorageError {
    unwritable(io::Error::new(
        io::ErrorKind::InvalidData,
        "the file is no whole copy of a store of this version",
    ))
}
