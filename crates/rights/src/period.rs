//! When a value holds: for ever, over a year, over a month. Days of the law are parameters' dates and
//! dates among the facts; this module only counts, it never asks what day it is.

use jiff::civil::Date;
use std::fmt;

/// How often a variable has a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rhythm {
    /// One value, whatever the date.
    Always,
    /// One value a calendar year.
    Year,
    /// One value a calendar month.
    Month,
}

/// A moment for which a variable has a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Period {
    /// Whatever the date.
    Always,
    /// A calendar year.
    Year(i16),
    /// A calendar month, as months since the year 0.
    Month(i32),
}

impl Period {
    /// The month `month` (1 to 12) of `year`.
    #[must_use]
    pub fn month(year: i16, month: i8) -> Self {
        Self::Month(i32::from(year) * 12 + i32::from(month) - 1)
    }

    /// Which rhythm this is a period of.
    #[must_use]
    pub const fn rhythm(self) -> Rhythm {
        match self {
            Self::Always => Rhythm::Always,
            Self::Year(_) => Rhythm::Year,
            Self::Month(_) => Rhythm::Month,
        }
    }

    /// The calendar year this lies in; none for ever.
    #[must_use]
    pub fn year(self) -> Option<i16> {
        match self {
            Self::Always => None,
            Self::Year(year) => Some(year),
            Self::Month(index) => i16::try_from(index.div_euclid(12)).ok(),
        }
    }

    /// Its first day, none for ever or outside the calendar.
    #[must_use]
    pub fn first_day(self) -> Option<Date> {
        let month = match self {
            Self::Always => return None,
            Self::Year(_) => 1,
            Self::Month(index) => i8::try_from(index.rem_euclid(12) + 1).ok()?,
        };
        Date::new(self.year()?, month, 1).ok()
    }

    /// The twelve months of a year.
    pub fn months_of(year: i16) -> impl Iterator<Item = Self> {
        let first = i32::from(year) * 12;
        (first..first + 12).map(Self::Month)
    }

    /// A number that names it among all periods.
    #[must_use]
    pub fn code(self) -> u32 {
        match self {
            Self::Always => 0,
            Self::Year(year) => 0x40_0000 | u32::from(year.cast_unsigned()),
            Self::Month(index) => 0x80_0000 | (index.cast_unsigned() & 0x3F_FFFF),
        }
    }

    /// The period of a code.
    #[must_use]
    pub fn from_code(code: u32) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the code holds sixteen bits of the year"
        )]
        match code & 0xC0_0000 {
            0x40_0000 => Self::Year((code as u16).cast_signed()),
            0x80_0000 => Self::Month((code & 0x3F_FFFF).cast_signed()),
            _ => Self::Always,
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always => f.write_str("ETERNITY"),
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Month(index) => {
                write!(
                    f,
                    "{:04}-{:02}",
                    index.div_euclid(12),
                    index.rem_euclid(12) + 1
                )
            }
        }
    }
}

/// Whole years from one day to another; negative when `to` comes first.
#[must_use]
pub fn years_between(from: Date, to: Date) -> i64 {
    months_between(from, to).div_euclid(12)
}

/// Whole months from one day to another; negative when `to` comes first.
#[must_use]
pub fn months_between(from: Date, to: Date) -> i64 {
    let months = (i64::from(to.year()) - i64::from(from.year())) * 12 + i64::from(to.month())
        - i64::from(from.month());
    months - i64::from(to.day() < from.day())
}

/// The day `months` later, or the last of that month where it has no such day.
#[must_use]
pub fn add_months(day: Date, months: i64) -> Option<Date> {
    let index = i64::from(day.year()) * 12 + i64::from(day.month()) - 1 + months;
    let year = i16::try_from(index.div_euclid(12)).ok()?;
    let month = i8::try_from(index.rem_euclid(12) + 1).ok()?;
    let first = Date::new(year, month, 1).ok()?;
    Date::new(year, month, day.day().min(first.days_in_month())).ok()
}

#[cfg(test)]
mod tests {
    use super::{Period, add_months, months_between, years_between};
    use jiff::civil::date;

    #[test]
    fn ages_turn_on_the_day() {
        let born = date(2000, 2, 29);
        assert_eq!(years_between(born, date(2018, 2, 28)), 17);
        assert_eq!(years_between(born, date(2018, 3, 1)), 18);
        assert_eq!(months_between(born, date(2000, 3, 1)), 0);
        assert_eq!(years_between(date(2030, 1, 1), date(2025, 1, 1)), -5);
        assert_eq!(add_months(date(2025, 1, 31), 1), Some(date(2025, 2, 28)));
    }

    #[test]
    fn codes_come_back() {
        for period in [Period::Always, Period::Year(2025), Period::month(2025, 12)] {
            assert_eq!(Period::from_code(period.code()), period);
        }
        assert_eq!(Period::month(2025, 3).to_string(), "2025-03");
    }
}
