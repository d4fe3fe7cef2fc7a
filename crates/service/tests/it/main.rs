//! Use cases on the real embedded engine: keepers, lost cards, need-to-know, tampering.
#![expect(clippy::unwrap_used, reason = "what a test prepares must work")]
#![expect(clippy::panic, reason = "a test that finds what it should not fails")]

mod app;
mod cards;
mod keepers;
mod tampering;
mod teams;
