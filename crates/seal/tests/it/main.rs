//! What an attacker with the disk, or a mistaken program, must not be able to do with what `seal`
//! makes: one binary, one module a subject.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod accounts;
mod chains;
mod codes;
mod files;
mod fixture;
mod person_chain;
mod sealing;
mod sharing;
mod statements;
mod trust_organisations;
mod trust_persons;
mod trust_replays;
mod vectors;
mod wrapping;
