//! How connections are made and how long anything may take. Nothing is kept in a connection between
//! transactions: limits of time are set inside each, so that a pooler may stand between.

use crate::{patience::patience, row::engine};
use sqlx::{
    ConnectOptions, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{str::FromStr, sync::Arc, time::Duration};
use storage::StorageError;

/// How a transaction begins, and how long one of its statements is waited for.
#[derive(Debug, Clone)]
pub(crate) struct Begin {
    pub(crate) said: Arc<str>,
    pub(crate) patience: Option<Duration>,
    /// Whether statements are prepared once a connection, and not each time.
    pub(crate) prepared: bool,
}

impl Begin {
    /// The same on the server of that URL.
    pub(crate) fn at(mut self, url: &str) -> Self {
        self.prepared = prepares(url);
        self
    }
}

/// Limits of one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The most connections that write at the same time.
    pub writers: u32,
    /// The most connections that read at the same time.
    pub readers: u32,
    /// How long to wait for a free connection.
    pub acquire: Duration,
    /// How long one statement may take.
    pub statement: Duration,
    /// How long a transaction may do nothing before the server ends it.
    pub idle: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            writers: 8,
            readers: 12,
            acquire: Duration::from_secs(5),
            statement: Duration::from_secs(10),
            idle: Duration::from_mins(1),
        }
    }
}

impl Settings {
    pub(crate) fn pool(&self, most: u32, options: PgConnectOptions) -> PgPool {
        PgPoolOptions::new()
            .max_connections(most.max(1))
            .acquire_timeout(self.acquire)
            // Beginning a transaction tells as well whether the connection lives.
            .test_before_acquire(false)
            .connect_lazy_with(options)
    }

    /// What begins a transaction, in one exchange: how it sees others, and its limits of time; `more`
    /// is said with it.
    pub(crate) fn begin(&self, how: &str, more: &str) -> Begin {
        let said = format!(
            "BEGIN {how}; SET LOCAL statement_timeout = {}; \
             SET LOCAL idle_in_transaction_session_timeout = {}{more}",
            self.statement.as_millis(),
            self.idle.as_millis()
        );
        Begin {
            said: said.into(),
            patience: patience(self.statement),
            prepared: true,
        }
    }
}

/// What a URL says where a pooler stands between that cannot tell prepared statements apart.
const UNPREPARED: &str = "statement-cache-capacity=0";

fn prepares(url: &str) -> bool {
    let settings = url.split_once('?').map_or("", |(_, settings)| settings);
    !settings.split('&').any(|setting| setting == UNPREPARED)
}

/// Reads a URL. Its errors hold none of it, since it may hold a password.
pub(crate) fn options(url: &str) -> Result<PgConnectOptions, StorageError> {
    Ok(PgConnectOptions::from_str(url)
        .map_err(engine)?
        .application_name("conatus")
        // Poolers refuse parameters they do not know, and nothing here is a fraction.
        .extra_float_digits(None)
        // Bounded: each is kept by every connection of the server. Above the number of queries.
        .statement_cache_capacity(if prepares(url) { 200 } else { 0 })
        // Statements hold no values, but their log would say who does what and when.
        .disable_statement_logging())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_and_settings_hold_no_password() {
        for url in [
            "postgres://someone:hunter2@host:notaport/db",
            "postgres://someone:hunter2@host/db?sslmode=hunter2sure",
            "someone:hunter2@host",
        ] {
            if let Err(error) = options(url) {
                let said = format!("{error} {error:?}");
                assert!(!said.contains("hunter2@"), "{said}");
            }
        }
    }

    #[test]
    fn limits_are_set_inside_each_transaction() {
        let begin = Settings::default().begin("READ ONLY", "").said;
        assert!(begin.starts_with("BEGIN READ ONLY;"), "{begin}");
        assert!(begin.contains("statement_timeout = 10000"), "{begin}");
    }
}
