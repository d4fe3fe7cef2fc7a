//! Files written and read on a folder and on a bucket, by the same stories; and a bucket that fails.
#![expect(clippy::unwrap_used, reason = "what a test prepares must work")]
#![expect(clippy::panic, reason = "a test that finds what it should not fails")]

mod faults;
mod kept;
mod stories;
