//! Trying a whole transaction again where it met another: both nodes' workers wrote at once, or the
//! engine ended one of two that waited for each other. Nothing of the first try was kept, and what
//! it signed stood on what it had read: so the second reads, builds and signs anew.
//!
//! What never happens here: trying again what may have been saved.

use crate::{Inner, ServiceError};
use rand_core::Rng;
use std::time::Duration;

/// How many times in all: past that, whoever asked is told that nothing was kept.
const TRIES: u32 = 6;
/// The longest pause before the second try; twice that before the third, and so on: half a second
/// in all at the most, far below the time a page may take.
const PAUSE: Duration = Duration::from_millis(16);

/// What a use case failed with, as far as trying again goes.
pub(crate) trait Attempted {
    /// Whether another transaction was first, and nothing was kept.
    fn was_overtaken(&self) -> bool;
}

impl Attempted for ServiceError {
    fn was_overtaken(&self) -> bool {
        matches!(self, Self::Overtaken)
    }
}

impl Inner {
    /// Does what writes in one transaction, from its beginning to its saving, as often as others are
    /// first, after pauses that differ so that the same two do not meet again.
    pub(crate) async fn again<T, F>(&self, attempt: impl Fn() -> F) -> Result<T, ServiceError>
    where
        F: Future<Output = Result<T, ServiceError>>,
    {
        self.again_or(attempt).await
    }

    /// The same for a use case with errors of its own.
    pub(crate) async fn again_or<T, E: Attempted, F>(&self, attempt: impl Fn() -> F) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        again(|| self.chance(), attempt).await
    }
}

/// The same without a node: by a command over the store.
pub(crate) async fn again<T, E: Attempted, F, C: Rng>(
    chance: impl Fn() -> C,
    attempt: impl Fn() -> F,
) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
{
    let mut longest = PAUSE;
    for number in 1..TRIES {
        match attempt().await {
            Err(error) if error.was_overtaken() => {
                tracing::debug!(number, "a transaction met another: it is tried again");
            }
            done => return done,
        }
        let part = f64::from(chance().next_u32()) / f64::from(u32::MAX);
        tokio::time::sleep(longest.mul_f64(part)).await;
        longest *= 2;
    }
    attempt().await
}
