//! The embedded engine: one `SQLite` file in WAL mode, every commit on disk before it is
//! acknowledged, deleted content overwritten; a second file holds the erasure shares.
//!
//! Queries of the main store are checked when this is built, against `.sqlx`, which `cargo xtask
//! generate` writes from the migrations; the contract stories run every one of them. Nothing here
//! opens, signs or understands what is sealed.

mod access;
mod account;
mod ahead;
mod beginning;
mod calendar;
mod carry;
mod checkpoint;
mod engine;
mod file;
mod lease;
mod letter;
mod list;
mod observatory;
mod organisation;
mod person;
mod record;
mod reminder;
mod row;
mod session;
mod shares;
mod transaction;

pub use carry::SqliteCarrier;
pub use engine::SqliteStorage;
pub use shares::SqliteShares;

use transaction::SqliteTransaction;
