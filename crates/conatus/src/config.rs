//! Configuration: defaults, then a TOML file, then `CONATUS_…` variables.

use crate::error::{Failure, Kind, Outcome};
use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use files::{BucketSettings, Place};
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
    /// Where documents lie: a folder, `files` in the data folder unless told, or
    /// `s3://bucket/prefix`.
    pub(crate) files: Option<String>,
    /// The bucket's server.
    pub(crate) bucket_endpoint: Option<String>,
    /// Its region.
    pub(crate) bucket_region: Option<String>,
    /// The authorities whose certificates are believed when speaking to it, in PEM.
    pub(crate) bucket_certificates: Option<PathBuf>,
    /// The file of its keys, which only its owner may read.
    pub(crate) bucket_credentials: Option<PathBuf>,
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
            files: None,
            bucket_endpoint: None,
            bucket_region: None,
            bucket_certificates: None,
            bucket_credentials: None,
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
            // Keys are read where they are used, and never kept in what may be printed.
            "bucket_access_key",
            "bucket_secret_key",
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

    /// Where documents lie.
    pub(crate) fn place(&self) -> Outcome<Place> {
        let text = self.files.as_deref().unwrap_or("files");
        Ok(Place::parse(text, &self.data)?)
    }

    /// What must be known to reach the bucket, if documents lie in one.
    pub(crate) fn bucket(&self) -> BucketSettings {
        BucketSettings {
            endpoint: self.bucket_endpoint.clone(),
            region: self.bucket_region.clone(),
            certificates: self.bucket_certificates.clone(),
            credentials: self.bucket_credentials.clone(),
            ..BucketSettings::default()
        }
    }

    /// The lines that say where documents lie, as a file holds them; none where it is the default.
    pub(crate) fn files_lines(&self) -> String {
        let path = |p: &Option<PathBuf>| p.as_ref().map(|p| p.display().to_string());
        let keys = [
            ("files", self.files.clone()),
            ("bucket_endpoint", self.bucket_endpoint.clone()),
            ("bucket_region", self.bucket_region.clone()),
            ("bucket_certificates", path(&self.bucket_certificates)),
            ("bucket_credentials", path(&self.bucket_credentials)),
        ];
        keys.into_iter()
            .filter_map(|(key, value)| Some(format!("{key} = {}\n", toml::Value::String(value?))))
            .collect()
    }
}
