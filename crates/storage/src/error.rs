//! What can go wrong in an engine. Absence is no error: look-ups give an `Option`.

/// A failure of the engine or of what it holds.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// A row exists that should not (or the other way round): someone else was first.
    #[error("{0} changed meanwhile")]
    Conflict(&'static str),
    /// A row cannot be understood.
    #[error("broken row in {table}.{column}: {what}")]
    Broken {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// What is wrong with it, without its value.
        what: String,
    },
    /// No room left on the disk.
    #[error("no room left on the disk")]
    Full,
    /// The engine did not answer in time.
    #[error("the database is busy")]
    Busy,
    /// Anything else the engine said, which holds no sealed value.
    #[error("the database failed: {0}")]
    Engine(#[source] Box<dyn std::error::Error + Send + Sync>),
}
