//! How the proxy fails, and how many times more.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

/// A way to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Answers 503 without asking the server.
    Unavailable,
    /// Asks the server, gives half of what it answers, and cuts the connection.
    HalfAnswer,
    /// Takes half of what is sent, and cuts the connection.
    HalfRequest,
    /// Asks the server, which does it, and cuts the connection before the answer.
    LostAnswer,
    /// Takes the request and never answers.
    Hang,
    /// Changes a byte of what is sent, after it was hashed and signed.
    ChangedByte,
}

#[derive(Debug)]
struct Planned {
    method: String,
    fault: Fault,
    left: usize,
}

/// What is planned.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    planned: Mutex<Vec<Planned>>,
    asked: AtomicUsize,
}

impl Faults {
    pub(crate) fn add(&self, method: &str, fault: Fault, left: usize) {
        self.lock().push(Planned {
            method: method.to_owned(),
            fault,
            left,
        });
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    /// How this request fails, if it does.
    pub(crate) fn next(&self, method: &str) -> Option<Fault> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let mut planned = self.lock();
        let next = planned
            .iter_mut()
            .find(|p| p.left > 0 && p.method == method)?;
        next.left -= 1;
        Some(next.fault)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Planned>> {
        self.planned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
