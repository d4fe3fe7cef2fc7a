//! The parts of a record, each opened by its own key, and sets of them.

use serde::{Deserialize, Serialize};

/// A part of a record (rubrique) with its own key and its own readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Compartment {
    /// Civil status and contact (état civil et contact).
    Identity = 1,
    /// Follow-up (suivi).
    Social = 2,
    /// Health (santé).
    Health = 3,
    /// Residence and justice (séjour et justice).
    Legal = 4,
    /// Protection from violence (protection).
    Protection = 5,
    /// Information about someone else (informations sur un tiers).
    ThirdParty = 6,
    /// The person's own safe (coffre personnel): the person alone.
    Vault = 7,
}

impl Compartment {
    /// Every compartment, in the order pages show them.
    pub const ALL: [Self; 7] = [
        Self::Identity,
        Self::Social,
        Self::Health,
        Self::Legal,
        Self::Protection,
        Self::ThirdParty,
        Self::Vault,
    ];

    /// The compartments that teams can be granted: all but the vault.
    pub const SHARED: [Self; 6] = [
        Self::Identity,
        Self::Social,
        Self::Health,
        Self::Legal,
        Self::Protection,
        Self::ThirdParty,
    ];

    /// Its number in storage and in signed bytes.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The compartment of that number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.code() == code)
    }

    /// Its word in addresses and in Fluent keys: `identity`, `third_party`…
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Social => "social",
            Self::Health => "health",
            Self::Legal => "legal",
            Self::Protection => "protection",
            Self::ThirdParty => "third_party",
            Self::Vault => "vault",
        }
    }

    /// The compartment of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.word() == word)
    }
}

/// A set of compartments, as one byte in signed bytes (bit `code`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Compartments(u8);

impl Compartments {
    /// No compartment.
    pub const NONE: Self = Self(0);

    /// What a member of a team opens unless a lead decides otherwise: identity and social.
    #[must_use]
    pub fn usual() -> Self {
        [Compartment::Identity, Compartment::Social]
            .into_iter()
            .collect()
    }

    /// The byte of signed statements.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The set of that byte; `None` where it names a compartment that does not exist.
    #[must_use]
    pub fn from_bits(bits: u8) -> Option<Self> {
        let known = Compartment::ALL.into_iter().collect::<Self>().0;
        (bits & !known == 0).then_some(Self(bits))
    }

    /// Whether it holds that compartment.
    #[must_use]
    pub const fn contains(self, compartment: Compartment) -> bool {
        self.0 & (1 << compartment.code()) != 0
    }

    /// Whether every compartment of `other` is here.
    #[must_use]
    pub const fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// Those in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether it is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Its compartments, in the order pages show them.
    pub fn iter(self) -> impl Iterator<Item = Compartment> {
        Compartment::ALL
            .into_iter()
            .filter(move |c| self.contains(*c))
    }
}

impl FromIterator<Compartment> for Compartments {
    fn from_iter<I: IntoIterator<Item = Compartment>>(iter: I) -> Self {
        Self(iter.into_iter().fold(0, |bits, c| bits | (1 << c.code())))
    }
}
