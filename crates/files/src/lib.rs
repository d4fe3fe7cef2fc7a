//! Where sealed files lie: a folder of this machine or a bucket that speaks S3, and the one way a
//! file is written there. What never lives here: what files are about, who may read them, keys.

mod bucket;
mod credentials;
mod place;
mod tag;
mod transport;
mod writer;

pub use bucket::{BucketSettings, Patience};
pub use credentials::Credentials;
pub use place::{Place, holds_nothing, probe};
pub use writer::{PART, Writer};

use std::io;

/// Why a place cannot be opened. Never says a key.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// It is not written as a place is.
    #[error("`{0}` is no folder and no s3://bucket/prefix")]
    Malformed(String),
    /// The bucket's address is missing or cannot be taken.
    #[error("the bucket's address: {0}")]
    Endpoint(&'static str),
    /// The bucket's keys are missing or lie where others can read them.
    #[error("the bucket's keys: {0}")]
    Credentials(&'static str),
    /// The authorities whose certificates are believed cannot be read.
    #[error("the certificates of {path}: {why}")]
    Certificates {
        /// The file.
        path: String,
        /// Why.
        why: &'static str,
    },
    /// The folder cannot be used.
    #[error("the folder {path}")]
    Folder {
        /// The folder.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The store refuses what it was told.
    #[error("the store cannot be opened: {}", explain(.0))]
    Store(#[source] object_store::Error),
}

/// What went wrong with a store, in words that say no address, key or answer of the server.
#[must_use]
pub fn explain(error: &object_store::Error) -> &'static str {
    use object_store::Error;
    if is_full(error) {
        return "no room is left";
    }
    if is_unbelieved(error) {
        return "its certificate is not of an authority that is believed here";
    }
    match error {
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => {
            "it refuses these keys, or they may not do this"
        }
        Error::NotFound { .. } => "it is not there",
        _ => "it does not answer, or not as it should",
    }
}

/// Whether it failed because no room is left.
#[must_use]
pub fn is_full(error: &object_store::Error) -> bool {
    any_cause(error, |cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|e| {
            matches!(
                e.kind(),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
            )
        })
    })
}

/// Whether the server's certificate was not believed.
fn is_unbelieved(error: &object_store::Error) -> bool {
    any_cause(error, |cause| {
        let cause = cause.downcast_ref::<rustls::Error>();
        matches!(cause, Some(rustls::Error::InvalidCertificate(_)))
    })
}

fn any_cause(
    error: &(dyn std::error::Error + 'static),
    is: impl Fn(&(dyn std::error::Error + 'static)) -> bool,
) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if is(error) {
            return true;
        }
        // An error of input hides the one that it carries.
        let carried = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        cause = match carried {
            Some(carried) => Some(carried),
            None => error.source(),
        };
    }
    false
}
