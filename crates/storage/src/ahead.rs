//! Whether reading ahead is worth its while. It is where it waits for a disk; where memory holds the
//! store it only takes time of the processor, so it is tried now and then, to see whether that changed.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

/// How much the last reading weighs among those before: one part of so many.
const WEIGHT: u32 = 16;
/// One opening of so many reads ahead where it was not worth it lately.
const SEEN_AGAIN: u32 = 16;

/// How long reading ahead took lately, and what follows. At first it is taken to be worth it.
#[derive(Debug)]
pub struct ReadingAhead {
    /// From memory each takes less than this, in microseconds.
    from_memory: u32,
    /// The mean of those lately, in microseconds.
    mean: AtomicU32,
    openings: AtomicU32,
}

fn micros(time: Duration) -> u32 {
    u32::try_from(time.as_micros()).unwrap_or(u32::MAX)
}

impl ReadingAhead {
    /// For an engine that takes less than that long to read from memory, and longer from a disk.
    #[must_use]
    pub fn new(from_memory: Duration) -> Self {
        let from_memory = micros(from_memory);
        Self {
            from_memory,
            mean: AtomicU32::new(from_memory.saturating_mul(2)),
            openings: AtomicU32::new(0),
        }
    }

    /// Whether to read ahead for the opening that begins.
    #[must_use]
    pub fn is_worth_it(&self) -> bool {
        let openings = self.openings.fetch_add(1, Ordering::Relaxed);
        self.mean.load(Ordering::Relaxed) > self.from_memory || openings.is_multiple_of(SEEN_AGAIN)
    }

    /// Notes how long one reading took, once it had a connection.
    pub fn took(&self, time: Duration) {
        // Two at once may lose one: a mean bears it. No single one, however long, decides alone.
        let took = micros(time).min(self.from_memory.saturating_mul(10));
        let mean = self.mean.load(Ordering::Relaxed);
        let parts = u64::from(mean) * u64::from(WEIGHT - 1) + u64::from(took);
        let mean = u32::try_from(parts / u64::from(WEIGHT)).unwrap_or(u32::MAX);
        self.mean.store(mean, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of the next hundred openings read ahead.
    fn of_a_hundred(ahead: &ReadingAhead) -> usize {
        (0..100).filter(|_| ahead.is_worth_it()).count()
    }

    fn take(ahead: &ReadingAhead, times: usize, micros: u64) {
        for _ in 0..times {
            ahead.took(Duration::from_micros(micros));
        }
    }

    #[test]
    fn a_disk_that_is_waited_for_is_read_ahead_and_memory_looked_at_now_and_then() {
        let ahead = ReadingAhead::new(Duration::from_micros(700));
        assert_eq!(of_a_hundred(&ahead), 100, "nothing is known yet");
        take(&ahead, 60, 200);
        assert!((6..=7).contains(&of_a_hundred(&ahead)), "memory");
        take(&ahead, 60, 2_500);
        assert_eq!(of_a_hundred(&ahead), 100, "a disk");
    }

    #[test]
    fn one_that_took_very_long_changes_nothing() {
        let ahead = ReadingAhead::new(Duration::from_micros(700));
        take(&ahead, 100, 200);
        take(&ahead, 1, 1_000_000);
        take(&ahead, 1, 200);
        assert!(of_a_hundred(&ahead) < 10);
    }
}
