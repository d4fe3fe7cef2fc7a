//! The one place where a measure chooses its engine.

use crate::{
    config::Config,
    error::{Failure, Outcome},
    installation::{self, Folder},
};
use service::{Clock, Service};
use std::{sync::Arc, time::Duration};
use storage::{ShareStore, Storage};
use storage_postgres::{PostgresShares, PostgresStorage, Settings};
use storage_sqlite::{SqliteShares, SqliteStorage};

/// How long another node may be making the tables.
const PATIENCE: Duration = Duration::from_secs(30);

/// Both stores of an installation.
pub(super) type Stores = (Arc<dyn Storage>, Arc<dyn ShareStore>);

/// Opens both stores, making their tables: in the data folder, or in that `PostgreSQL` database,
/// where the shares of an invented installation may lie beside the records.
pub(super) async fn open(config: &Config, url: Option<&str>) -> Outcome<Stores> {
    let folder = Folder(config.data.clone());
    folder.make()?;
    let Some(url) = url else {
        let storage = SqliteStorage::open(&folder.main()).await?;
        let shares = SqliteShares::open(&folder.shares()).await?;
        return Ok((Arc::new(storage), Arc::new(shares)));
    };
    let settings = Settings::default();
    storage_postgres::migrate(url, PATIENCE).await?;
    let storage = PostgresStorage::open(url, &settings).await?;
    let shares = PostgresShares::open(url, &settings).await?;
    Ok((Arc::new(storage), Arc::new(shares)))
}

/// The use cases over those stores.
pub(super) async fn service(
    config: &Config,
    url: Option<&str>,
    clock: Arc<dyn Clock>,
) -> Outcome<Service> {
    let stores = open(config, url).await?;
    installation::over(config, stores, clock).await
}

/// How many bytes both stores take.
pub(super) async fn bytes(config: &Config, url: Option<&str>) -> Outcome<u64> {
    let Some(url) = url else {
        let folder = Folder(config.data.clone());
        let size = |path: &std::path::Path| std::fs::metadata(path).map_or(0, |m| m.len());
        return Ok([folder.main(), folder.shares()]
            .iter()
            .map(|path| size(path))
            .sum());
    };
    let storage = PostgresStorage::open(url, &Settings::default()).await?;
    let bytes = storage.bytes().await.map_err(Failure::from)?;
    storage.close().await;
    Ok(bytes)
}
