//! The stories every engine must pass, written once: an engine's tests call [`crate::stories!`].
//!
//! Each story makes its own organisation and identifiers from a seed, so stories may run one after
//! another in one database. After a refusal a story leaves its transaction: some engines allow
//! nothing else. Nothing here is built without the feature `contract`.
#![expect(
    clippy::missing_panics_doc,
    reason = "a story that does not hold panics, as a test does"
)]

mod access;
mod account;
mod beginning;
mod calendar;
mod carry;
mod checkpoint;
mod lease;
mod letter;
mod organisation;
mod person;
mod record;
mod reminder;
mod sample;
mod session;
mod shares;
mod together;

pub use access::{access, grants, listed};
pub use account::{accounts, devices, enrolments, parallel_tries};
pub use beginning::beginnings;
pub use calendar::calendars;
pub use carry::{carried, carried_shares};
pub use checkpoint::checkpoints;
pub use lease::leases;
pub use letter::letters;
pub use organisation::{memberships, organisations, statements, team_wraps};
pub use person::{cards, import_marks, people, person_statements};
pub use record::{entries, entries_together, files, readings};
pub use reminder::{brake_counts, digests, reminders};
pub use sample::Sample;
pub use session::{card_sessions, sessions, short_codes};
pub use shares::shares;
pub use together::{concurrent_writers, one_consistent_state, reading_ahead, unsaved_is_undone};

/// What keeps a story's database alive.
pub type Kept = Box<dyn std::any::Any>;

/// Makes one test a story. `$open` is an asynchronous function without arguments that gives a pair:
/// what keeps the database alive, and the engine. `$shares` does the same for a share store. Where
/// both give an `Option` instead, `optional` and a function that names the run: a story that is
/// given nothing is left out, and whoever gave nothing has said so.
#[macro_export]
macro_rules! stories {
    ($open:path, $shares:path) => {
        async fn __open() -> Option<($crate::contract::Kept, impl $crate::Storage)> {
            let (kept, storage) = $open().await;
            Some((Box::new(kept), storage))
        }
        async fn __shares() -> Option<($crate::contract::Kept, impl $crate::ShareStore)> {
            let (kept, store) = $shares().await;
            Some((Box::new(kept), store))
        }
        fn __run() -> String {
            String::new()
        }
        $crate::stories!(optional __open, __shares, __run);
    };
    (optional $open:path, $shares:path, $run:path) => {
        $crate::stories!(@main $open, $run:
            organisations statements memberships team_wraps
            accounts devices enrolments parallel_tries
            sessions card_sessions short_codes
            people cards person_statements import_marks
            entries entries_together readings files beginnings
            access listed grants
            checkpoints leases reminders digests brake_counts calendars letters
            unsaved_is_undone concurrent_writers one_consistent_state reading_ahead
        );

        #[tokio::test]
        async fn shares() {
            let Some((_alive, store)) = $shares().await else { return };
            let sample = $crate::contract::Sample::of_run("shares", &$run());
            if let Err(error) = $crate::contract::shares(&store, sample).await {
                panic!("{error}: {error:?}");
            }
            $crate::ShareStore::close(&store).await;
        }
    };
    (@main $open:path, $run:path: $($story:ident)*) => {$(
        #[tokio::test]
        async fn $story() {
            let Some((_alive, storage)) = $open().await else { return };
            let sample = $crate::contract::Sample::of_run(stringify!($story), &$run());
            if let Err(error) = $crate::contract::$story(&storage, sample).await {
                panic!("{error}: {error:?}");
            }
            $crate::Storage::close(&storage).await;
        }
    )*};
}
