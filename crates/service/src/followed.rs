//! Records followed lately: how far their signatures were checked, and their sealed rows as they were
//! when the chain led to that head. The next page of a record opens those rows again with the keys the
//! reader holds then; it neither reads nor checks them anew while the head has not moved. Nothing here
//! is readable without those keys, and rights are asked of storage each time, before.

use domain::{Compartments, id::PersonId};
use lru::LruCache;
use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
};
use storage::EntryRow;

/// A place in a record's chain: how many entries, and the hash of the last.
pub(crate) type Head = (u64, [u8; 32]);

/// How many records' heads are kept: 80 bytes each.
const HEADS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(4095);
/// How many bytes of rows are kept, over all records.
const ROWS: usize = 16 << 20;
/// The longest record whose rows are kept, in bytes: one record takes no more than a part of them.
const LONGEST: usize = ROWS / 8;

/// What was found when a record was followed to its head.
#[derive(Debug)]
pub(crate) struct Followed {
    /// The head it was followed to.
    pub(crate) head: Head,
    /// The sealed rows of the compartments asked for.
    pub(crate) rows: Vec<EntryRow>,
    /// Whether the record holds no other.
    pub(crate) whole: bool,
}

impl Followed {
    /// What its rows take in memory, in bytes.
    fn weight(&self) -> usize {
        let sealed: usize = self.rows.iter().map(|row| row.sealed.capacity()).sum();
        sealed + self.rows.capacity() * size_of::<EntryRow>()
    }
}

type Asked = (PersonId, u8);

/// Records followed lately, by the compartments that were asked for.
pub(crate) struct FollowedRecords(Mutex<Kept>);

struct Kept {
    heads: LruCache<Asked, Head>,
    rows: LruCache<Asked, Arc<Followed>>,
    weight: usize,
}

impl FollowedRecords {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Kept {
            heads: LruCache::new(HEADS),
            rows: LruCache::unbounded(),
            weight: 0,
        }))
    }

    /// The rows as they were checked, where the record still stands at the head they led to.
    pub(crate) fn at(
        &self,
        person: PersonId,
        which: Compartments,
        head: Head,
    ) -> Option<Arc<Followed>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.rows.get(&(person, which.bits()))?;
        (found.head == head).then(|| Arc::clone(found))
    }

    /// Up to where its signatures were checked, however far it went on since.
    pub(crate) fn checked(&self, person: PersonId, which: Compartments) -> Option<Head> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.heads.get(&(person, which.bits())).copied()
    }

    /// Keeps what was found, and lets go of what was not asked for in the longest time.
    pub(crate) fn keep(&self, person: PersonId, which: Compartments, found: &Arc<Followed>) {
        let asked = (person, which.bits());
        let weight = found.weight();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.heads.put(asked, found.head);
        if let Some(before) = kept.rows.pop(&asked) {
            kept.weight -= before.weight();
        }
        if weight > LONGEST {
            return;
        }
        kept.rows.put(asked, Arc::clone(found));
        kept.weight += weight;
        while kept.weight > ROWS
            && let Some((_, oldest)) = kept.rows.pop_lru()
        {
            kept.weight -= oldest.weight();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Compartment, id::AccountId, id::KeyId};

    fn person(n: u8) -> PersonId {
        PersonId::from_bytes([n; 16])
    }

    fn record(n: u8, bytes: usize) -> Arc<Followed> {
        let row = EntryRow {
            person: person(n),
            sequence: 1,
            compartment: Compartment::Social,
            epoch: 1,
            profile: false,
            author: AccountId::from_bytes([1; 16]),
            key: KeyId::from_bytes([1; 16]),
            previous: [0; 32],
            hash: [n; 32],
            sealed: vec![n; bytes],
            signature: [0; 64],
            file: None,
        };
        Arc::new(Followed {
            head: (1, [n; 32]),
            rows: vec![row],
            whole: true,
        })
    }

    fn social() -> Compartments {
        [Compartment::Social].into_iter().collect()
    }

    #[test]
    fn rows_are_given_at_their_head_and_for_what_was_asked() {
        let records = FollowedRecords::new();
        records.keep(person(1), social(), &record(1, 10));
        let given = records.at(person(1), social(), (1, [1; 32])).unwrap();
        assert_eq!(given.rows[0].sealed, [1; 10]);
        assert!(records.at(person(1), social(), (2, [1; 32])).is_none());
        assert!(records.at(person(1), social(), (1, [2; 32])).is_none());
        assert!(records.at(person(2), social(), (1, [1; 32])).is_none());
        let two = [Compartment::Social, Compartment::Health];
        let two: Compartments = two.into_iter().collect();
        assert!(records.at(person(1), two, (1, [1; 32])).is_none());
        assert_eq!(records.checked(person(1), social()), Some((1, [1; 32])));
        assert_eq!(records.checked(person(1), two), None);
    }

    #[test]
    fn a_long_record_is_not_kept_and_its_head_is() {
        let records = FollowedRecords::new();
        records.keep(person(1), social(), &record(1, 10));
        records.keep(person(1), social(), &record(1, LONGEST + 1));
        assert!(records.at(person(1), social(), (1, [1; 32])).is_none());
        assert!(records.checked(person(1), social()).is_some());
        let kept = records.0.into_inner().unwrap();
        assert_eq!((kept.weight, kept.rows.len()), (0, 0));
    }

    #[test]
    fn what_was_not_asked_for_in_the_longest_time_makes_room() {
        let records = FollowedRecords::new();
        for n in 0..9 {
            records.keep(person(n), social(), &record(n, LONGEST - 1000));
            assert!(records.at(person(0), social(), (1, [0; 32])).is_some());
        }
        let there = |n: u8| records.at(person(n), social(), (1, [n; 32])).is_some();
        assert!(there(0) && !there(1) && there(8));
        assert!(records.0.lock().unwrap().weight <= ROWS);
        // Found anew, it counts once.
        let before = records.0.lock().unwrap().weight;
        records.keep(person(8), social(), &record(8, LONGEST - 1000));
        assert_eq!(records.0.lock().unwrap().weight, before);
    }
}
