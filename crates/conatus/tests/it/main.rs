//! The program as it is run: its commands, and what it leaves on disk.
#![expect(clippy::unwrap_used, reason = "what a test prepares must work")]
#![expect(clippy::panic, reason = "a test that finds what it should not fails")]

mod administrators;
mod binding;
mod browser;
mod buckets;
mod catalogue;
mod faults;
mod installation;
mod keepers;
mod killed;
mod measures;
mod nodes;
mod pooled;
mod postgres;
mod program;
mod relocation;
mod rights;
mod searching;
mod unread;
