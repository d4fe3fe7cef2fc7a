//! A server that stops speaking in the middle of a statement: its own limit of time is of no use
//! then, so what is asked in a transaction is given up here a moment after that limit.

use futures_util::{
    StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use sqlx::{
    Describe, Either, Error, Execute, Executor, PgConnection, Postgres, SqlStr,
    error::BoxDynError,
    postgres::{PgArguments, PgQueryResult, PgRow, PgStatement, PgTypeInfo},
};
use std::{io, time::Duration};
use tokio::time::{Instant, timeout, timeout_at};

/// How much longer than the server's own limit it is waited for the server to say that it was
/// reached.
const GRACE: Duration = Duration::from_secs(2);

/// How long to wait for the answer to a statement that the server itself ends after `limit`; without
/// end where it does not.
pub(crate) fn patience(limit: Duration) -> Option<Duration> {
    (!limit.is_zero()).then(|| limit + GRACE)
}

fn late() -> Error {
    Error::Io(io::Error::new(
        io::ErrorKind::TimedOut,
        "the server stopped answering",
    ))
}

/// Waits for something of the server no longer than that.
pub(crate) async fn within<T>(
    patience: Option<Duration>,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    match patience {
        Some(patience) => timeout(patience, work)
            .await
            .unwrap_or_else(|_| Err(late())),
        None => work.await,
    }
}

/// A connection that is asked one statement.
#[derive(Debug)]
pub(crate) struct Asked<'c> {
    pub(crate) connection: &'c mut PgConnection,
    pub(crate) patience: Option<Duration>,
    /// Whether it is prepared once for the connection, and not for this time alone.
    pub(crate) prepared: bool,
}

/// A query prepared for this time alone, under no name: what a pooler of any age passes on.
struct Unnamed<E>(E);

impl<'q, E: Execute<'q, Postgres>> Execute<'q, Postgres> for Unnamed<E> {
    fn sql(self) -> SqlStr {
        self.0.sql()
    }

    fn statement(&self) -> Option<&PgStatement> {
        None
    }

    fn take_arguments(&mut self) -> Result<Option<PgArguments>, BoxDynError> {
        self.0.take_arguments()
    }

    fn persistent(&self) -> bool {
        false
    }
}

type Step = Result<Either<PgQueryResult, PgRow>, Error>;

impl<'c> Executor<'c> for Asked<'c> {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Step>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let steps = if self.prepared {
            self.connection.fetch_many(query)
        } else {
            self.connection.fetch_many(Unnamed(query))
        };
        let Some(patience) = self.patience else {
            return steps;
        };
        // From the first look on, and for all of the answer.
        let begun = (Some(steps), None::<Instant>);
        stream::unfold(begun, move |(steps, deadline)| async move {
            let mut steps = steps?;
            let deadline = deadline.unwrap_or_else(|| Instant::now() + patience);
            match timeout_at(deadline, steps.next()).await {
                Ok(step) => step.map(|step| (step, (Some(steps), Some(deadline)))),
                Err(_) => Some((Err(late()), (None, Some(deadline)))),
            }
        })
        .boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let row = if self.prepared {
            self.connection.fetch_optional(query)
        } else {
            self.connection.fetch_optional(Unnamed(query))
        };
        Box::pin(within(self.patience, row))
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement, Error>>
    where
        'c: 'e,
    {
        let prepared = self.connection.prepare_with(sql, parameters);
        Box::pin(within(self.patience, prepared))
    }
    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, Error>>
    where
        'c: 'e,
    {
        Box::pin(within(self.patience, self.connection.describe(sql)))
    }
}
