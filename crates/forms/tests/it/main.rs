//! Papers bound; forms filled and read again: a small form written for the purpose, hostile files, and the real
//! forms where they lie beside the project.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test prepares must work"
)]

mod bound;
mod fixture;
mod hostile;
mod real;
mod small;
