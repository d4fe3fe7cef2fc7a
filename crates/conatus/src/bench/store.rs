//! The one place where a measure chooses its engine.

use crate::{
    address::Told,
    config::Config,
    error::Outcome,
    installation::{self, Folder},
    stores::{Opened, Stores},
};
use service::{Clock, Service};
use std::sync::Arc;

/// What the configuration says, or both stores in that database: the shares of an invented
/// installation may lie beside its records.
fn stores(config: &Config, url: Option<&str>) -> Outcome<Stores> {
    let mut config = config.clone();
    if let Some(url) = url {
        config.store = Some(Told(url.into()));
        config.shares = Some(Told(url.into()));
    }
    Stores::of(&config)
}

/// Opens both stores, making their tables.
pub(super) async fn open(config: &Config, url: Option<&str>) -> Outcome<Opened> {
    Folder(config.data.clone()).make()?;
    stores(config, url)?.begin().await
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

/// How many bytes the records take.
pub(super) async fn bytes(config: &Config, url: Option<&str>) -> Outcome<u64> {
    let storage = stores(config, url)?.main().await?;
    let bytes = storage.size().await?;
    storage.close().await;
    Ok(bytes)
}
