//! Use cases on the real engines (`CONATUS_TEST_ENGINE`: sqlite, or postgres), told as stories of those who use them and of those who
//! attack them.
#![expect(clippy::unwrap_used, reason = "what a test prepares must work")]
#![expect(clippy::panic, reason = "a test that finds what it should not fails")]

mod again;
mod app;
mod buckets;
mod cards;
mod consent;
mod digest;
mod doors;
mod engine;
mod enrolment;
mod jobs;
mod keepers;
mod kept;
mod looked;
mod newcomers;
mod procedures;
mod readings;
mod rotation;
mod safe;
mod signing_in;
mod store;
mod tampering;
mod teams;
mod writing;
