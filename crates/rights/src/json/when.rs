//! Periods as JSON writes them: `2025-01`, `2025`, `month:2025-01:3`, `year:2025-03`, `ETERNITY`.

use crate::period::{Period, Rhythm};

/// A period as written: a first month and how many, or for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    Always,
    Months { first: i32, count: i32 },
}

/// Longer periods than this are refused: nothing of the law asks for them.
const LONGEST: i32 = 12 * 100;

pub(crate) fn parse(text: &str) -> Option<Written> {
    if text.eq_ignore_ascii_case("eternity") {
        return Some(Written::Always);
    }
    let mut parts = text.split(':');
    let first = parts.next()?;
    let (unit, start) = match first {
        "month" | "year" => (Some(first), parts.next()?),
        _ => (None, first),
    };
    let size: i32 = match parts.next() {
        Some(size) if unit.is_some() => size.parse().ok().filter(|s| *s > 0)?,
        Some(_) => return None,
        None => 1,
    };
    if parts.next().is_some() {
        return None;
    }
    let mut fields = start.split('-');
    let year = number(fields.next()?, 4)?;
    let month = fields.next().map(|m| number(m, 2));
    let day = fields.next().map(|d| number(d, 2));
    if fields.next().is_some() || day.is_some_and(|d| d != Some(1)) {
        return None;
    }
    let month = match month {
        None => None,
        Some(month) => Some(month.filter(|m| (1..=12).contains(m))?),
    };
    // A day alone is no month.
    if unit.is_none() && day.is_some() {
        return None;
    }
    let years = unit == Some("year") || (unit.is_none() && month.is_none());
    let count = size.checked_mul(if years { 12 } else { 1 })?;
    let first = year * 12 + month.unwrap_or(1) - 1;
    (count <= LONGEST).then_some(Written::Months { first, count })
}

fn number(text: &str, digits: usize) -> Option<i32> {
    let plain = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

/// The periods of `rhythm` that it covers; none where it covers no whole one.
pub(crate) fn covered(written: Written, rhythm: Rhythm) -> Option<Vec<Period>> {
    match (rhythm, written) {
        (Rhythm::Always, _) => Some(vec![Period::Always]),
        (_, Written::Always) => None,
        (Rhythm::Month, Written::Months { first, count }) => {
            Some((first..first + count).map(Period::Month).collect())
        }
        (Rhythm::Year, Written::Months { first, count }) => {
            if first % 12 != 0 || count % 12 != 0 {
                return None;
            }
            let year = i16::try_from(first / 12).ok()?;
            let count = i16::try_from(count / 12).ok()?;
            Some((year..year + count).map(Period::Year).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Written, parse};

    #[test]
    fn periods_are_read_as_written() {
        let month = |count| {
            Some(Written::Months {
                first: 2025 * 12,
                count,
            })
        };
        assert_eq!(parse("2025-01"), month(1));
        assert_eq!(parse("month:2025-01:3"), month(3));
        assert_eq!(parse("2025"), month(12));
        assert_eq!(parse("year:2025"), month(12));
        assert_eq!(parse("year:2025-01"), month(12));
        assert_eq!(parse("ETERNITY"), Some(Written::Always));
        for wrong in [
            "",
            "25",
            "2025-13",
            "2025-1",
            "month:2025-01:0",
            "2025-01-15",
            "2025:2",
            "a:b:c:d",
            "year:2025:99999",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
