//! What the program says when it cannot go on: what happened, why, what to do; and the exit code
//! that scripts read.

use crate::out::tell;
use service::ServiceError;
use std::process::ExitCode;

/// What a command gives.
pub(crate) type Outcome<T> = Result<T, Failure>;

/// Exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// 1: something was found wrong (`verify`, an import's faults).
    Found,
    /// 2: the command line or the configuration.
    Usage,
    /// 3: signing in.
    SignIn,
    /// 4: not there, or not allowed.
    NotFound,
    /// 5: a file, a disk, a port.
    Io,
    /// 6: the stores, or what they hold.
    Store,
    /// 7: the tables of the database: not there, of another version, or being migrated.
    Tables,
    /// 8: what was moved is not as where it comes from.
    Differs,
    /// 0, without a word: whoever read the answer went away.
    Closed,
}

impl Kind {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Closed => 0,
            Self::Found => 1,
            Self::Usage => 2,
            Self::SignIn => 3,
            Self::NotFound => 4,
            Self::Io => 5,
            Self::Store => 6,
            Self::Tables => 7,
            Self::Differs => 8,
        }
    }
}

/// A failure to tell.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    what: String,
    cause: Option<String>,
    hint: Option<&'static str>,
}

impl Failure {
    pub(crate) fn new(kind: Kind, what: impl Into<String>) -> Self {
        Self {
            kind,
            what: what.into(),
            cause: None,
            hint: None,
        }
    }

    pub(crate) fn io(what: impl Into<String>, error: &dyn std::error::Error) -> Self {
        Self::new(Kind::Io, what).cause(error)
    }

    pub(crate) fn cause(mut self, error: &dyn std::error::Error) -> Self {
        self.cause = Some(error.to_string());
        self
    }

    /// What happened.
    pub(crate) fn what(&self) -> &str {
        &self.what
    }

    pub(crate) const fn hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// The same, where nothing says yet what to do.
    pub(crate) fn hint_unless(self, hint: &'static str) -> Self {
        match self.kind {
            Kind::Tables => self,
            _ => self.hint(hint),
        }
    }

    /// Goes on where nobody reads: what is done matters more than what is told of it.
    pub(crate) fn unheard(self) -> Outcome<()> {
        match self.kind {
            Kind::Closed => Ok(()),
            _ => Err(self),
        }
    }

    /// The same, where what was not read is shown once and matters.
    pub(crate) fn unread(self, what: &'static str) -> Self {
        Self::new(Kind::Io, what).cause(&std::io::Error::other(self.what))
    }

    /// Tells it on the error stream and gives its exit code.
    pub(crate) fn report(self) -> ExitCode {
        if self.kind == Kind::Closed {
            return ExitCode::SUCCESS;
        }
        tell!("Error: {}", self.what);
        if let Some(cause) = &self.cause {
            tell!("Cause: {cause}");
        }
        if let Some(hint) = self.hint {
            tell!("Hint: {hint}");
        }
        ExitCode::from(self.kind.code())
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        let (kind, hint) = match &error {
            ServiceError::NotFound | ServiceError::Forbidden => (Kind::NotFound, None),
            ServiceError::Setup(_) => (Kind::Usage, None),
            ServiceError::Full => (Kind::Io, Some("free some room, then run the command again")),
            ServiceError::Busy | ServiceError::Overtaken => {
                (Kind::Store, Some("run the command again in a moment"))
            }
            ServiceError::Files(_) => (
                Kind::Store,
                Some("run `conatus doctor` to see how the place of documents answers"),
            ),
            ServiceError::Integrity { .. } => (
                Kind::Store,
                Some("run `conatus verify` to see everything that is wrong"),
            ),
            _ => (Kind::Store, None),
        };
        Self {
            kind,
            what: error.to_string(),
            cause: None,
            hint,
        }
    }
}

impl From<files::PlaceError> for Failure {
    fn from(error: files::PlaceError) -> Self {
        use files::PlaceError;
        let (kind, hint) = match &error {
            PlaceError::Malformed(_) => (
                Kind::Usage,
                "write files = \"s3://bucket/prefix\", or a folder",
            ),
            PlaceError::Endpoint(_) => (
                Kind::Usage,
                "write bucket_endpoint = \"https://…\", the address of the bucket's server",
            ),
            PlaceError::Credentials(_) => (
                Kind::Usage,
                "bucket_credentials names a file of two lines that only its owner reads; or set \
                 CONATUS_BUCKET_ACCESS_KEY and CONATUS_BUCKET_SECRET_KEY",
            ),
            PlaceError::Certificates { .. } => {
                (Kind::Usage, "bucket_certificates names a PEM file")
            }
            PlaceError::Folder { .. } => (
                Kind::Io,
                "the folder of documents must be there: is its disk mounted?",
            ),
            PlaceError::Store(_) => (Kind::Store, "run `conatus doctor`"),
        };
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        Self {
            kind,
            what: error.to_string(),
            cause,
            hint: Some(hint),
        }
    }
}

impl From<storage::StorageError> for Failure {
    fn from(error: storage::StorageError) -> Self {
        use storage_postgres::SchemaError;
        if let storage::StorageError::Engine(cause) = &error
            && let Some(schema) = cause.downcast_ref::<SchemaError>()
        {
            let hint = match schema {
                SchemaError::Missing | SchemaError::Older { .. } => {
                    "run `conatus migrate` with the role that owns the tables"
                }
                SchemaError::Newer { .. } => "put the newer program in place here as well",
                SchemaError::Underway(_) => "wait until it has finished, or give --wait SECONDS",
                SchemaError::NoCitus => "as an administrator of the server: CREATE EXTENSION citus",
            };
            return Self::new(Kind::Tables, schema.to_string()).hint(hint);
        }
        Self::from(ServiceError::from(error))
    }
}
