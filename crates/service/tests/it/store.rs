//! The hands of someone who writes in the stores past the program: raw cells and raw files.

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

pub(crate) async fn pool(file: &Path) -> SqlitePool {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(false);
    SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await
        .unwrap()
}

/// The main store of a data folder.
pub(crate) async fn raw(folder: &Path) -> SqlitePool {
    pool(&folder.join("main.db")).await
}

/// Runs statements in the main store of a data folder; each must change something.
pub(crate) async fn edit(folder: &Path, statements: &str) {
    let pool = raw(folder).await;
    let triggers: Vec<(String,)> =
        sqlx::query_as("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            .fetch_all(&pool)
            .await
            .unwrap();
    for (trigger,) in triggers {
        run(&pool, &format!("DROP TRIGGER {trigger}")).await;
    }
    for statement in statements.split(';').filter(|s| !s.trim().is_empty()) {
        let changed = run(&pool, statement).await;
        let made = statement.trim_start().starts_with("CREATE");
        assert!(made || changed > 0, "changed nothing: {statement}");
    }
    pool.close().await;
}

/// Runs one statement; gives how many rows it changed.
pub(crate) async fn run(pool: &SqlitePool, statement: &str) -> u64 {
    sqlx::query(sqlx::AssertSqlSafe(statement.to_owned()))
        .execute(pool)
        .await
        .unwrap_or_else(|e| panic!("{statement}: {e}"))
        .rows_affected()
}

/// An identifier as the store's language writes it.
pub(crate) fn blob(id: impl std::fmt::Display) -> String {
    format!("x'{id}'")
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// Every file under a folder, in order of name.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in files(from) {
        let into = to.join(file.strip_prefix(from).unwrap());
        std::fs::create_dir_all(into.parent().unwrap()).unwrap();
        std::fs::copy(&file, into).unwrap();
    }
}
