//! What a use case answers when it cannot do what was asked. Every variant is something a page can
//! say in one sentence; only [`ServiceError::Storage`], [`ServiceError::Files`] and
//! [`ServiceError::Integrity`] are the server's own faults and are logged.

use domain::{Compartment, looked::LookedError, procedure::ProcedureError, step::StepError};
use storage::StorageError;

/// Why a use case refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The reader has no right to it, or it does not exist: the two are never told apart.
    #[error("nothing here for this reader")]
    NotFound,
    /// The role does not allow it (an administrator's page, a lead's act).
    #[error("this role does not allow it")]
    Forbidden,
    /// This compartment is not open to the writer.
    #[error("this compartment is not open to the writer")]
    CompartmentClosed(Compartment),
    /// Something typed cannot be taken; the field and a Fluent key saying why.
    #[error("{field}: {key}")]
    Invalid {
        /// The form field.
        field: &'static str,
        /// The Fluent key of the sentence that says why and what to do.
        key: &'static str,
    },
    /// A rule of conduct forbids the step.
    #[error(transparent)]
    Step(#[from] StepError),
    /// A rule of procedures forbids it.
    #[error(transparent)]
    Procedure(#[from] ProcedureError),
    /// A rule of what is said for rights to look at forbids it.
    #[error(transparent)]
    Looked(#[from] LookedError),
    /// A file cannot be taken.
    #[error(transparent)]
    File(#[from] domain::document::RefusedFile),
    /// Someone else wrote meanwhile; nothing was kept.
    #[error("the record is being written by others; try again")]
    Busy,
    /// Another transaction was first, as often as this one was tried; nothing was kept.
    #[error("others wrote at the same time; try again")]
    Overtaken,
    /// The person's content was erased.
    #[error("the content of this record was erased")]
    Erased,
    /// No room is left on the disk.
    #[error("no room is left on the disk")]
    Full,
    /// A signature, chain, grant or sealed value is not what it should be; `what` names it by ids.
    #[error("integrity: {what}")]
    Integrity {
        /// What is wrong and where, by ids only.
        what: String,
    },
    /// The engine failed.
    #[error(transparent)]
    Storage(StorageError),
    /// The files' store failed.
    #[error("the files' store: {}", files::explain(.0))]
    Files(#[source] object_store::Error),
    /// The state of the installation does not allow it (no root, no recovery key…).
    #[error("{0}")]
    Setup(&'static str),
}

impl From<StorageError> for ServiceError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Full => Self::Full,
            // Nothing was kept: whoever asked may ask again.
            StorageError::Busy => Self::Busy,
            StorageError::Conflict(_) => Self::Overtaken,
            other => Self::Storage(other),
        }
    }
}

impl From<object_store::Error> for ServiceError {
    fn from(error: object_store::Error) -> Self {
        if files::is_full(&error) {
            return Self::Full;
        }
        Self::Files(error)
    }
}

impl From<seal::SealError> for ServiceError {
    fn from(error: seal::SealError) -> Self {
        Self::Integrity {
            what: error.to_string(),
        }
    }
}

/// What every use case returns.
pub type Result<T, E = ServiceError> = std::result::Result<T, E>;
