//! The key of a value (variable, whom, when) and the tables it opens, which are asked a few hundred
//! times for each household.

use crate::model::VariableId;
use crate::period::Period;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// One value: a variable, whom it is about, for which period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(u64);

impl Key {
    /// The key of `variable` for the one at `place`, over `period`.
    #[must_use]
    pub fn new(variable: VariableId, place: u16, period: Period) -> Self {
        Self(u64::from(variable) << 40 | u64::from(place) << 24 | u64::from(period.code()))
    }

    /// The variable.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "sixteen bits of the key")]
    pub const fn variable(self) -> VariableId {
        (self.0 >> 40) as VariableId
    }

    /// The place of whom it is about among those of the variable's entity.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "sixteen bits of the key")]
    pub const fn place(self) -> u16 {
        (self.0 >> 24) as u16
    }

    /// Its number, its bits mixed so that the highest ones tell keys apart.
    pub(crate) const fn spread(self) -> u64 {
        let mixed = self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed ^ (mixed >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }

    /// The period.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "twenty-four bits of the key"
    )]
    pub fn period(self) -> Period {
        Period::from_code(self.0 as u32 & 0xFF_FFFF)
    }
}

/// A table by key.
pub(crate) type Keyed<T> = HashMap<Key, T, BuildHasherDefault<Spread>>;

/// Spreads keys over a table. Keys are made by the law, not by whoever writes to us, beyond places and
/// periods that are bounded: no defence against chosen collisions is needed.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        let mixed = (self.0 ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ (mixed >> 29);
    }
}
