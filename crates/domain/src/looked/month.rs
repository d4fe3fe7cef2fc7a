//! A calendar month, as facts of every month are said for.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A calendar month, written `2026-03`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Month {
    year: i16,
    month: i8,
}

/// A text or numbers that are no month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a month: written 2026-03")]
pub struct InvalidMonth;

impl Month {
    /// The month `month` (1 to 12) of `year` (1900 to 2200).
    ///
    /// # Errors
    /// [`InvalidMonth`] outside them.
    pub const fn new(year: i16, month: i8) -> Result<Self, InvalidMonth> {
        if year < 1900 || year > 2200 || month < 1 || month > 12 {
            return Err(InvalidMonth);
        }
        Ok(Self { year, month })
    }

    /// The month a day lies in, within the years kept.
    #[must_use]
    pub fn of(day: Date) -> Self {
        Self {
            year: day.year().clamp(1900, 2200),
            month: day.month(),
        }
    }

    /// Its year.
    #[must_use]
    pub const fn year(self) -> i16 {
        self.year
    }

    /// Its number in the year, from 1.
    #[must_use]
    pub const fn number(self) -> i8 {
        self.month
    }

    /// Months since the year 0.
    #[must_use]
    pub fn index(self) -> i32 {
        i32::from(self.year) * 12 + i32::from(self.month) - 1
    }

    /// The month of an index, within the years kept.
    #[must_use]
    pub fn from_index(index: i32) -> Self {
        let kept = index.clamp(1900 * 12, 2200 * 12 + 11);
        Self {
            year: i16::try_from(kept.div_euclid(12)).unwrap_or(1900),
            month: i8::try_from(kept.rem_euclid(12) + 1).unwrap_or(1),
        }
    }

    /// The month that many months later, or before where negative.
    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        Self::from_index(self.index() + months)
    }

    /// Its first day.
    #[must_use]
    pub fn first_day(self) -> Date {
        Date::new(self.year, self.month, 1).unwrap_or(Date::ZERO)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Month {
    type Err = InvalidMonth;
    fn from_str(text: &str) -> Result<Self, InvalidMonth> {
        let (year, month) = text.split_once('-').ok_or(InvalidMonth)?;
        let digits = |t: &str, n: usize| t.len() == n && t.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(InvalidMonth);
        }
        let year = year.parse().map_err(|_| InvalidMonth)?;
        let month = month.parse().map_err(|_| InvalidMonth)?;
        Self::new(year, month)
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

impl TryFrom<String> for Month {
    type Error = InvalidMonth;
    fn try_from(text: String) -> Result<Self, InvalidMonth> {
        text.parse()
    }
}
