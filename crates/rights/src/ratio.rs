//! Exact numbers: what the law multiplies, divides and rounds stays a fraction of integers until the
//! law itself rounds. No floating point lives here; what does not fit is said, never wrapped.

use std::cmp::Ordering;
use std::fmt;

/// A fraction in lowest terms, its denominator positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ratio {
    top: i64,
    bottom: i64,
}

impl Ratio {
    /// Nothing.
    pub const ZERO: Self = Self::whole(0);

    /// A whole number.
    #[must_use]
    pub const fn whole(value: i64) -> Self {
        Self {
            top: value,
            bottom: 1,
        }
    }

    /// `top / bottom`; none when `bottom` is zero or the result does not fit.
    #[must_use]
    pub fn new(top: i128, bottom: i128) -> Option<Self> {
        if bottom == 0 {
            return None;
        }
        if bottom == 1 {
            return Some(Self::whole(i64::try_from(top).ok()?));
        }
        // Most amounts fit the machine's word, where divisions are quick.
        if let (Ok(top), Ok(bottom)) = (i64::try_from(top), i64::try_from(bottom))
            && let Ok(divisor) = i64::try_from(small_gcd(top.unsigned_abs(), bottom.unsigned_abs()))
            && let (Some(top), Some(bottom)) = (
                top.checked_div(divisor * bottom.signum()),
                bottom.checked_div(divisor * bottom.signum()),
            )
        {
            return Some(Self { top, bottom });
        }
        let divisor = gcd(top.unsigned_abs(), bottom.unsigned_abs());
        let divisor = i128::try_from(divisor).ok()? * bottom.signum();
        Some(Self {
            top: i64::try_from(top / divisor).ok()?,
            bottom: i64::try_from(bottom / divisor).ok()?,
        })
    }

    /// A decimal number as written (`12`, `-0.5`, `411.92`); none if it is not one.
    #[must_use]
    pub fn decimal(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (digits, exponent) = match digits.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
            None => (digits, 0),
        };
        let (left, right) = digits.split_once('.').unwrap_or((digits, ""));
        if left.is_empty() && right.is_empty() {
            return None;
        }
        let mut top: i128 = 0;
        for digit in left.bytes().chain(right.bytes()) {
            if !digit.is_ascii_digit() {
                return None;
            }
            top = top.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
        }
        let places = i32::try_from(right.len()).ok()?.checked_sub(exponent)?;
        let scale = 10_i128.checked_pow(places.unsigned_abs())?;
        let signed = if negative { -top } else { top };
        if places >= 0 {
            Self::new(signed, scale)
        } else {
            Self::new(signed.checked_mul(scale)?, 1)
        }
    }

    /// The part above.
    #[must_use]
    pub const fn top(self) -> i64 {
        self.top
    }

    /// The part below, positive.
    #[must_use]
    pub const fn bottom(self) -> i64 {
        self.bottom
    }

    /// Whether this is zero.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.top == 0
    }

    /// Whether this is above zero.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.top > 0
    }

    /// Sum; none when it does not fit.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        if self.bottom == 1 && other.bottom == 1 {
            return Some(Self::whole(self.top.checked_add(other.top)?));
        }
        let (a, b) = (i128::from(self.bottom), i128::from(other.bottom));
        if a == b {
            return Self::new(i128::from(self.top) + i128::from(other.top), a);
        }
        Self::new(
            (i128::from(self.top) * b).checked_add(i128::from(other.top) * a)?,
            a * b,
        )
    }

    /// Difference; none when it does not fit.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        self.plus(other.negated()?)
    }

    /// The opposite; none when it does not fit.
    #[must_use]
    pub fn negated(self) -> Option<Self> {
        Some(Self {
            top: self.top.checked_neg()?,
            bottom: self.bottom,
        })
    }

    /// Product; none when it does not fit.
    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        if self.bottom == 1 && other.bottom == 1 {
            return Some(Self::whole(self.top.checked_mul(other.top)?));
        }
        Self::new(
            i128::from(self.top) * i128::from(other.top),
            i128::from(self.bottom) * i128::from(other.bottom),
        )
    }

    /// Quotient; none when `other` is zero or the result does not fit.
    #[must_use]
    pub fn over(self, other: Self) -> Option<Self> {
        Self::new(
            i128::from(self.top) * i128::from(other.bottom),
            i128::from(self.bottom) * i128::from(other.top),
        )
    }

    /// The greatest multiple of `step` not above this; none when `step` is not positive.
    #[must_use]
    pub fn down_to(self, step: Self) -> Option<Self> {
        if !step.is_positive() {
            return None;
        }
        let steps = self.over(step)?;
        Self::whole(steps.top.div_euclid(steps.bottom)).times(step)
    }

    /// The smallest multiple of `step` not below this; none when `step` is not positive.
    #[must_use]
    pub fn up_to(self, step: Self) -> Option<Self> {
        self.negated()?.down_to(step)?.negated()
    }

    /// The nearest multiple of `step`, halves away from zero; none when `step` is not positive.
    #[must_use]
    pub fn nearest(self, step: Self) -> Option<Self> {
        let half = step.over(Self::whole(2))?;
        if self.top < 0 {
            return self.negated()?.nearest(step)?.negated();
        }
        self.plus(half)?.down_to(step)
    }

    /// As a floating number, for what is shown or sent.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "what is shown has far fewer digits than a double holds"
    )]
    pub fn to_f64(self) -> f64 {
        self.top as f64 / self.bottom as f64
    }
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    // Most amounts fit the machine's word, where a remainder is a few cycles.
    while b != 0 {
        if let (Ok(x), Ok(y)) = (u64::try_from(a), u64::try_from(b)) {
            return u128::from(small_gcd(x, y));
        }
        (a, b) = (b, a % b);
    }
    a
}

fn small_gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.bottom == other.bottom {
            return self.top.cmp(&other.top);
        }
        (i128::from(self.top) * i128::from(other.bottom))
            .cmp(&(i128::from(other.top) * i128::from(self.bottom)))
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.bottom == 1 {
            write!(f, "{}", self.top)
        } else {
            write!(f, "{}/{}", self.top, self.bottom)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Ratio;

    fn ratio(text: &str) -> Ratio {
        Ratio::decimal(text).unwrap()
    }

    #[test]
    fn decimals_are_exact() {
        assert_eq!(ratio("0.1").plus(ratio("0.2")), Some(ratio("0.3")));
        assert_eq!(ratio("1e-3"), ratio("0.001"));
        assert_eq!(ratio("1.5E2"), Ratio::whole(150));
        for wrong in ["", ".", "-", "1,5", "1.2.3", "NaN", "1e999"] {
            assert_eq!(Ratio::decimal(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn rounding_follows_the_step_on_both_sides_of_zero() {
        let cases = [
            ("2.5", "2", "3", "3"),
            ("-2.5", "-3", "-2", "-3"),
            ("2.4", "2", "3", "2"),
        ];
        for (value, down, up, nearest) in cases {
            let one = Ratio::whole(1);
            assert_eq!(ratio(value).down_to(one), Some(ratio(down)));
            assert_eq!(ratio(value).up_to(one), Some(ratio(up)));
            assert_eq!(ratio(value).nearest(one), Some(ratio(nearest)));
        }
        assert_eq!(ratio("1").down_to(Ratio::ZERO), None);
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let large = Ratio::whole(i64::MAX);
        assert_eq!(large.plus(Ratio::whole(1)), None);
        assert_eq!(large.times(large), None);
        assert_eq!(Ratio::whole(1).over(Ratio::ZERO), None);
        assert_eq!(Ratio::whole(i64::MIN).negated(), None);
    }
}
