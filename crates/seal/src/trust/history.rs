//! What held from when until when: nothing is forgotten, so that what was signed in its time stays
//! judged by its time, and nothing older ever comes after what is newer.

use jiff::Timestamp;

#[derive(Debug, Clone, Copy)]
struct Period<T> {
    what: T,
    from: Timestamp,
    until: Option<Timestamp>,
}

/// Periods in order, of which the last may still run.
#[derive(Debug, Clone)]
pub(super) struct History<T>(Vec<Period<T>>);

impl<T> Default for History<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy + PartialEq> History<T> {
    /// What holds now.
    pub(super) fn now(&self) -> Option<T> {
        self.running().map(|p| p.what)
    }

    /// Since when what holds now does.
    pub(super) fn since(&self) -> Option<Timestamp> {
        self.running().map(|p| p.from)
    }

    /// What held at that time, its last second included.
    pub(super) fn at(&self, at: Timestamp) -> Option<T> {
        self.0
            .iter()
            .rev()
            .find(|p| p.from <= at && p.until.is_none_or(|until| at <= until))
            .map(|p| p.what)
    }

    /// When the last period began.
    pub(super) fn began(&self) -> Option<Timestamp> {
        self.0.last().map(|p| p.from)
    }

    /// Whether the last period is that one, running or not.
    pub(super) fn last_is(&self, what: T, from: Timestamp) -> bool {
        self.0
            .last()
            .is_some_and(|p| p.what == what && p.from == from)
    }

    /// Whether something began or ended after that time.
    pub(super) fn is_newer_than(&self, at: Timestamp) -> bool {
        self.0
            .last()
            .is_some_and(|p| at < p.from || p.until.is_some_and(|until| at < until))
    }

    /// Ends what holds now; does nothing where nothing does.
    pub(super) fn end(&mut self, at: Timestamp) {
        if let Some(last) = self.0.last_mut() {
            last.until.get_or_insert(at);
        }
    }

    /// Begins a period, which ends the one before.
    pub(super) fn begin(&mut self, what: T, at: Timestamp) {
        self.end(at);
        self.0.push(Period {
            what,
            from: at,
            until: None,
        });
    }

    fn running(&self) -> Option<&Period<T>> {
        self.0.last().filter(|p| p.until.is_none())
    }
}
