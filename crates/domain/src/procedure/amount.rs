//! Amounts of money in whole cents, read as French people type them.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An amount in euros, kept in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Amount(u64);

/// A text that is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an amount: digits, and two decimals at most")]
pub struct InvalidAmount;

/// The largest amount kept, in cents: one million euros.
const LARGEST: u64 = 100_000_000;

impl Amount {
    /// That many cents; refused above one million euros.
    ///
    /// # Errors
    /// [`InvalidAmount`] above it.
    pub const fn from_cents(cents: u64) -> Result<Self, InvalidAmount> {
        if cents > LARGEST {
            return Err(InvalidAmount);
        }
        Ok(Self(cents))
    }

    /// In cents.
    #[must_use]
    pub const fn cents(self) -> u64 {
        self.0
    }

    /// Reads `559,42`, `1 234.5`, `600 €`.
    ///
    /// # Errors
    /// [`InvalidAmount`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidAmount> {
        let kept: String = text
            .trim()
            .trim_end_matches('€')
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect();
        let (euros, cents) = match kept.split_once([',', '.']) {
            Some((_, cents)) if cents.is_empty() || cents.len() > 2 => return Err(InvalidAmount),
            Some((euros, cents)) => (euros, format!("{cents:0<2}")),
            None => (kept.as_str(), "00".to_owned()),
        };
        let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
        if !digits(euros) || !digits(&cents) {
            return Err(InvalidAmount);
        }
        let whole: u64 = euros.parse().map_err(|_| InvalidAmount)?;
        let part: u64 = cents.parse().map_err(|_| InvalidAmount)?;
        let all = whole.checked_mul(100).and_then(|c| c.checked_add(part));
        Self::from_cents(all.ok_or(InvalidAmount)?)
    }
}

/// As it is typed again: `559,42`.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{:02}", self.0 / 100, self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_type_and_nothing_else() {
        for (typed, cents) in [
            ("559,42", Some(55_942)),
            ("1 234.5", Some(123_450)),
            ("600 €", Some(60_000)),
            ("1\u{202f}000", Some(100_000)),
            ("0", Some(0)),
            ("", None),
            ("-3", None),
            ("12,345", None),
            ("12,", None),
            ("1,2,3", None),
            ("mille", None),
            ("1000000,01", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(
                Amount::parse(typed).ok().map(Amount::cents),
                cents,
                "{typed}"
            );
        }
    }

    #[test]
    fn what_is_shown_is_read_again() {
        for cents in [0, 1, 99, 100, 55_942, 100_000_000] {
            let amount = Amount::from_cents(cents).unwrap();
            assert_eq!(Amount::parse(&amount.to_string()), Ok(amount));
        }
    }
}
