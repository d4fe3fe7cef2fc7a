//! Configuration: defaults, then a TOML file, then `CONATUS_…` variables.

use crate::error::{Failure, Kind, Outcome};
use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// What an installation is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// The data folder.
    pub(crate) data: PathBuf,
    /// Where pages are served.
    pub(crate) listen: SocketAddr,
    /// The address printed on cards.
    pub(crate) public_url: String,
    /// A certificate chain in PEM, to serve TLS without a proxy.
    pub(crate) tls_certificate: Option<PathBuf>,
    /// Its key in PEM.
    pub(crate) tls_key: Option<PathBuf>,
    /// How many proxies in front are trusted, counted from the right.
    pub(crate) trusted_hops: usize,
    /// The root fingerprint, as `conatus init` printed it.
    pub(crate) root_fingerprint: Option<String>,
    /// The time zone of the place.
    pub(crate) time_zone: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("conatus-data"),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: "http://127.0.0.1:8080".into(),
            tls_certificate: None,
            tls_key: None,
            trusted_hops: 0,
            root_fingerprint: None,
            time_zone: "Europe/Paris".into(),
        }
    }
}

impl Config {
    pub(crate) fn load(data: Option<&Path>, file: Option<&Path>) -> Outcome<Self> {
        let folder = data.map_or_else(|| Self::default().data, Path::to_owned);
        let path = file.map_or_else(|| folder.join("conatus.toml"), Path::to_owned);
        if file.is_some() && !path.exists() {
            return Err(Failure::new(
                Kind::Usage,
                format!("no file {}", path.display()),
            ));
        }
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if path.exists() {
            figment = figment.merge(Toml::file_exact(&path));
        }
        figment = figment.merge(Env::prefixed("CONATUS_").ignore(&[
            "config",
            "log",
            "test_postgres_url",
        ]));
        if data.is_some() || !path.exists() {
            figment = figment.merge(("data", folder));
        }
        figment.extract().map_err(|error| {
            Failure::new(Kind::Usage, "the configuration is not right")
                .cause(&error)
                .hint("see packaging/conatus.toml for every key")
        })
    }
}
