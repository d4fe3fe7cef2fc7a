//! Opening a bucket: its address, its keys, how long it is waited for.

use crate::{Credentials, PlaceError, transport::Transport};
use hyper::Uri;
use object_store::{
    BackoffConfig, ClientOptions, ObjectStore, RetryConfig,
    aws::{AmazonS3Builder, Checksum},
    path::Path,
    prefix::PrefixStore,
};
use secrecy::ExposeSecret;
use std::{net::IpAddr, path::PathBuf, sync::Arc, time::Duration};

/// Where Debian and most others keep the authorities that the machine believes.
const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// How long a bucket is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For an answer to begin, and between two pieces of one.
    pub answer: Duration,
    /// From the first try to the last that is begun.
    pub tries: Duration,
    /// How many times a request is tried again.
    pub again: usize,
}

impl Default for Patience {
    /// A request gives up after 45 seconds at most: several of them fit in a page's five minutes.
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(15),
            tries: Duration::from_secs(30),
            again: 6,
        }
    }
}

/// What must be known to reach a bucket.
#[derive(Debug, Clone, Default)]
pub struct BucketSettings {
    /// The server's address: `https://…`, or `http://` on this machine's loopback alone.
    pub endpoint: Option<String>,
    /// Its region; `us-east-1` unless told, which most servers of one's own take.
    pub region: Option<String>,
    /// The authorities whose certificates are believed, in PEM; the machine's unless told.
    pub certificates: Option<PathBuf>,
    /// The file of the keys, where they are not in variables.
    pub credentials: Option<PathBuf>,
    /// How long it is waited for.
    pub patience: Patience,
}

/// Whether that address leaves this machine in the clear.
fn check_endpoint(text: &str) -> Result<(), PlaceError> {
    let uri: Uri = text
        .parse()
        .map_err(|_| PlaceError::Endpoint("it is no address"))?;
    let host = uri.host().ok_or(PlaceError::Endpoint("it names no host"))?;
    if uri.path().len() > 1 || uri.query().is_some() {
        return Err(PlaceError::Endpoint(
            "it ends after the host and port: the bucket is named by `files`",
        ));
    }
    if uri.authority().is_some_and(|a| a.as_str().contains('@')) {
        return Err(PlaceError::Endpoint("keys have no place in it"));
    }
    let host = host.trim_matches(['[', ']']);
    let loopback = host == "localhost"
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback());
    match uri.scheme_str() {
        Some("https") => Ok(()),
        Some("http") if loopback => Ok(()),
        Some("http") => Err(PlaceError::Endpoint(
            "plain http leaves this machine in the clear: give https",
        )),
        _ => Err(PlaceError::Endpoint("it begins with https://")),
    }
}

pub(crate) fn open(
    name: &str,
    prefix: &str,
    settings: &BucketSettings,
) -> Result<Arc<dyn ObjectStore>, PlaceError> {
    let endpoint = settings
        .endpoint
        .as_deref()
        .ok_or(PlaceError::Endpoint("give bucket_endpoint"))?;
    check_endpoint(endpoint)?;
    let keys = Credentials::find(settings.credentials.as_deref())?;
    let patience = settings.patience;
    let transport = if endpoint.starts_with("https") {
        let path = settings
            .certificates
            .clone()
            .unwrap_or_else(|| PathBuf::from(CERTIFICATES));
        Transport::tls(&path, patience)?
    } else {
        Transport::plain(patience)
    };
    let store = AmazonS3Builder::new()
        .with_bucket_name(name)
        .with_endpoint(endpoint.trim_end_matches('/'))
        .with_region(settings.region.as_deref().unwrap_or("us-east-1"))
        .with_access_key_id(keys.access_key)
        .with_secret_access_key(keys.secret_key.expose_secret())
        // The transport itself goes nowhere but to this endpoint.
        .with_client_options(ClientOptions::new().with_allow_http(true))
        .with_http_connector(transport)
        // The server refuses what arrives otherwise than it was hashed.
        .with_checksum_algorithm(Checksum::SHA256)
        // One file at a time: every server speaks that.
        .with_disable_bulk_delete(true)
        .with_retry(RetryConfig {
            backoff: BackoffConfig {
                init_backoff: Duration::from_millis(100),
                max_backoff: Duration::from_secs(5),
                base: 2.0,
            },
            max_retries: patience.again,
            retry_timeout: patience.tries,
        })
        .build()
        .map_err(PlaceError::Store)?;
    if prefix.is_empty() {
        return Ok(Arc::new(store));
    }
    Ok(Arc::new(PrefixStore::new(store, Path::from(prefix))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_the_machine_in_the_clear() {
        for good in [
            "https://s3.example.org",
            "https://s3.example.org:9000/",
            "http://127.0.0.1:9000",
            "http://127.9.9.9:9000",
            "http://[::1]:9000",
            "http://localhost:9000",
        ] {
            assert!(check_endpoint(good).is_ok(), "{good}");
        }
        for bad in [
            "http://s3.example.org",
            "http://127.0.0.1.example.org",
            "http://localhost.example.org",
            "http://10.0.0.1:9000",
            "ftp://127.0.0.1",
            "s3.example.org",
            "https://key:secret@s3.example.org",
            "https://s3.example.org/bucket",
            "",
        ] {
            assert!(check_endpoint(bad).is_err(), "{bad}");
        }
    }
}
