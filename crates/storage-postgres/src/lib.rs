//! The engine for more than one machine: `PostgreSQL`, alone or distributed by person with Citus,
//! every commit on disk before it is acknowledged; another database holds the erasure shares.
//!
//! Queries of the main store are checked when this is built, against `.sqlx`, which `cargo xtask
//! generate` writes from the migrations; the contract stories run every one of them. Every query
//! about a person names them, and no connection keeps anything from one transaction to the next, so
//! that shards and poolers may stand between. Nothing here opens, signs or understands what is
//! sealed.

mod access;
mod account;
mod ahead;
mod beginning;
mod calendar;
mod carry;
mod checkpoint;
mod copy;
mod distribute;
mod engine;
mod lease;
mod letter;
mod migrate;
mod observatory;
mod organisation;
mod patience;
mod person;
mod record;
mod reminder;
mod row;
mod session;
mod settings;
mod shares;
mod transaction;

pub use carry::PostgresCarrier;
pub use distribute::{DISTRIBUTED, REFERENCE, distribute};
pub use engine::PostgresStorage;
pub use migrate::{Schema, SchemaError, allow_runtime, migrate, schema};
pub use settings::Settings;
pub use shares::PostgresShares;

use transaction::PostgresTransaction;
