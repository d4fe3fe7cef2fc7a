//! Configuration: defaults, then a TOML file, then `CONATUS_…` variables.

use crate::{
    address::{Saying, Told},
    error::{Failure, Kind, Outcome},
};
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
    /// Where records are kept: a file, `main.db` in the data folder unless told, or
    /// `postgres://role@host/database`.
    pub(crate) store: Option<Told>,
    /// A file of one line that only its owner may read: the same, with its password.
    pub(crate) store_url_file: Option<PathBuf>,
    /// Where erasure shares are kept: a file, `shares.db` in the data folder unless told, or another
    /// database.
    pub(crate) shares: Option<Told>,
    /// A file of one line that only its owner may read: the same, with its password.
    pub(crate) shares_url_file: Option<PathBuf>,
    /// The database of records as the role that owns its tables, for `migrate` alone.
    pub(crate) owner: Option<Told>,
    /// A file of one line that only its owner may read: the same, with its password.
    pub(crate) owner_url_file: Option<PathBuf>,
    /// The most connections of this node that write to a server at once.
    pub(crate) store_writers: Option<u32>,
    /// The most that read.
    pub(crate) store_readers: Option<u32>,
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
    /// The folder of blank forms, `forms` in the data folder unless told.
    pub(crate) forms: Option<PathBuf>,
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
    /// Where `catalogue fetch` takes editions of the official catalogue, and nothing else does.
    pub(crate) catalogue_url: Option<String>,
    /// A folder of law files that replace those of the program of the same names, and add others.
    pub(crate) law: Option<PathBuf>,
    /// Whether `POST /calculate` and `/trace` are served, to API keys.
    pub(crate) calculate: bool,
    /// The file of those keys, `calculate.keys` in the data folder unless told.
    pub(crate) calculate_keys: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("conatus-data"),
            store: None,
            store_url_file: None,
            shares: None,
            shares_url_file: None,
            owner: None,
            owner_url_file: None,
            store_writers: None,
            store_readers: None,
            files: None,
            bucket_endpoint: None,
            bucket_region: None,
            bucket_certificates: None,
            bucket_credentials: None,
            forms: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: "http://127.0.0.1:8080".into(),
            tls_certificate: None,
            tls_key: None,
            trusted_hops: 0,
            root_fingerprint: None,
            time_zone: "Europe/Paris".into(),
            catalogue_url: None,
            law: None,
            calculate: false,
            calculate_keys: None,
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
            let file = Figment::from(Toml::file_exact(&path));
            tells_no_password(&file, &path)?;
            figment = figment.merge(file);
        }
        figment = figment.merge(Env::prefixed("CONATUS_").ignore(&[
            "config",
            "log",
            // Keys are read where they are used, and never kept in what may be printed.
            "bucket_access_key",
            "bucket_secret_key",
            "store_password",
            "shares_password",
            "owner_password",
            "test_postgres_url",
            "test_postgres_shared",
            "test_engine",
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

    pub(crate) fn store_said(&self) -> Saying<'_> {
        Saying {
            key: "store",
            told: self.store.as_ref(),
            file: self.store_url_file.as_deref(),
        }
    }

    pub(crate) fn shares_said(&self) -> Saying<'_> {
        Saying {
            key: "shares",
            told: self.shares.as_ref(),
            file: self.shares_url_file.as_deref(),
        }
    }

    pub(crate) fn owner_said(&self) -> Saying<'_> {
        Saying {
            key: "owner",
            told: self.owner.as_ref(),
            file: self.owner_url_file.as_deref(),
        }
    }

    /// The folder of blank forms.
    pub(crate) fn forms(&self) -> PathBuf {
        let told = self.forms.as_deref();
        self.data.join(told.unwrap_or(Path::new("forms")))
    }

    /// The folder of law files, where one is told.
    pub(crate) fn law(&self) -> Option<PathBuf> {
        self.law.as_deref().map(|told| self.data.join(told))
    }

    /// The file of keys of the interface for calculating rights.
    pub(crate) fn calculate_keys(&self) -> PathBuf {
        let told = self.calculate_keys.as_deref();
        self.data.join(told.unwrap_or(Path::new("calculate.keys")))
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

    /// The lines that say where records and documents lie, as a file holds them: without passwords,
    /// and none where it is the default.
    pub(crate) fn places_lines(&self) -> String {
        let path = |p: &Option<PathBuf>| p.as_ref().map(|p| p.display().to_string());
        let told = |t: &Option<Told>| t.as_ref().map(Told::without_password);
        let keys = [
            ("store", told(&self.store)),
            ("store_url_file", path(&self.store_url_file)),
            ("shares", told(&self.shares)),
            ("shares_url_file", path(&self.shares_url_file)),
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

/// Refuses a file that holds a password: backups hold the file.
pub(crate) fn tells_no_password(file: &Figment, path: &Path) -> Outcome<()> {
    let told = |key: &&str| {
        file.extract_inner::<Told>(key)
            .is_ok_and(|told| told.has_password())
    };
    let Some(key) = ["store", "shares", "owner"].into_iter().find(told) else {
        return Ok(());
    };
    Err(Failure::new(
        Kind::Usage,
        format!(
            "{} holds a password in {key}, which backups would hold",
            path.display()
        ),
    )
    .hint("put the whole address in a file of its own, and name it: store_url_file = \"…\""))
}
