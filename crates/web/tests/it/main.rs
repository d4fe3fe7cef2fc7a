//! What people meet, through the real router over the real use cases and the real engine.

#![expect(
    clippy::unwrap_used,
    reason = "what a test prepares either works or fails the test"
)]

mod app;
mod assets;
mod browser;
mod calculate;
mod card;
mod desk;
mod digest;
mod fiches;
mod filled;
mod give;
mod letters;
mod looked;
mod matrix;
mod observatory;
mod papers;
mod paths;
mod person;
mod procedures;
mod sealed;
mod searched;
mod taken;
mod templates;
mod words;
mod worker;
mod writing;
