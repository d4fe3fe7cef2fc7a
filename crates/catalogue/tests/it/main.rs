//! The catalogue through its public interface: on small archives written here, and on the whole
//! edition when it lies beside the project.
#![expect(clippy::unwrap_used, reason = "what a test prepares must work")]
#![expect(clippy::panic, reason = "a test that finds what it should not fails")]

mod archives;
mod hostile;
mod page;
mod whole;
