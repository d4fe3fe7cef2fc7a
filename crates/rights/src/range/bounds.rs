//! Bounds and what signs make of them.

use crate::model::Scalar;
use crate::ratio::Ratio;
use crate::syntax::Binary;
use std::cmp::Ordering;

/// Between which bounds a value lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Range {
    /// It is this.
    Exact(Scalar),
    /// A number from one bound to another, both included; none where there is no bound.
    Between(Option<Ratio>, Option<Ratio>),
    /// Anything of its kind.
    Any,
    /// The law gives no value, or may give none.
    Refused,
}

const TRUE: Range = Range::Exact(Scalar::Truth(true));
const FALSE: Range = Range::Exact(Scalar::Truth(false));

impl Range {
    /// Any number.
    pub(super) const ANY_NUMBER: Self = Self::Between(None, None);

    /// A whole number.
    pub(super) const fn whole(value: i64) -> Self {
        Self::Exact(Scalar::Number(Ratio::whole(value)))
    }

    /// Whether it is a number that is nothing or less, whatever happens.
    pub(super) fn is_at_most_zero(self) -> bool {
        let (_, high) = self.bounds();
        self != Self::Refused && high.is_some_and(|high| !high.is_positive())
    }

    fn bounds(self) -> (Option<Ratio>, Option<Ratio>) {
        match self {
            Self::Exact(Scalar::Number(value)) => (Some(value), Some(value)),
            Self::Between(low, high) => (low, high),
            _ => (None, None),
        }
    }

    fn between(low: Option<Ratio>, high: Option<Ratio>) -> Self {
        match (low, high) {
            (Some(a), Some(b)) if a == b => Self::Exact(Scalar::Number(a)),
            _ => Self::Between(low, high),
        }
    }

    fn is_zero(self) -> bool {
        matches!(self, Self::Exact(Scalar::Number(value)) if value.is_zero())
    }

    /// One value or the other.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Refused, _) | (_, Self::Refused) => Self::Refused,
            _ if self == other => self,
            _ if self.is_number() && other.is_number() => {
                let ((a, b), (c, d)) = (self.bounds(), other.bounds());
                let low = a.zip(c).map(|(a, c)| a.min(c));
                let high = b.zip(d).map(|(b, d)| b.max(d));
                Self::between(low, high)
            }
            _ => Self::Any,
        }
    }

    const fn is_number(self) -> bool {
        matches!(self, Self::Exact(Scalar::Number(_)) | Self::Between(..))
    }

    /// Yes for no.
    pub(super) fn not(self) -> Self {
        match self {
            Self::Exact(Scalar::Truth(value)) => Self::Exact(Scalar::Truth(!value)),
            other => other,
        }
    }

    /// Its opposite.
    pub(super) fn negated(self) -> Self {
        if self == Self::Refused {
            return self;
        }
        let (low, high) = self.bounds();
        Self::between(high.and_then(Ratio::negated), low.and_then(Ratio::negated))
    }

    /// One where it holds, nothing where it does not.
    pub(super) fn counted(self) -> Self {
        match self {
            Self::Refused => self,
            TRUE => Self::whole(1),
            FALSE => Self::whole(0),
            _ => Self::Between(Some(Ratio::ZERO), Some(Ratio::whole(1))),
        }
    }

    /// The larger of two.
    pub(super) fn largest(self, other: Self) -> Self {
        if self == Self::Refused || other == Self::Refused {
            return Self::Refused;
        }
        if let (Self::Exact(Scalar::Day(a)), Self::Exact(Scalar::Day(b))) = (self, other) {
            return Self::Exact(Scalar::Day(a.max(b)));
        }
        let ((a, b), (c, d)) = (self.bounds(), other.bounds());
        let low = match (a, c) {
            (Some(a), Some(c)) => Some(a.max(c)),
            (one, other) => one.or(other),
        };
        Self::between(low, b.zip(d).map(|(b, d)| b.max(d)))
    }

    /// The smaller of two.
    pub(super) fn smallest(self, other: Self) -> Self {
        if self == Self::Refused || other == Self::Refused {
            return Self::Refused;
        }
        if let (Self::Exact(Scalar::Day(a)), Self::Exact(Scalar::Day(b))) = (self, other) {
            return Self::Exact(Scalar::Day(a.min(b)));
        }
        let ((a, b), (c, d)) = (self.bounds(), other.bounds());
        let high = match (b, d) {
            (Some(b), Some(d)) => Some(b.min(d)),
            (one, other) => one.or(other),
        };
        Self::between(a.zip(c).map(|(a, c)| a.min(c)), high)
    }

    /// Rounded to a step that is known; rounding keeps the order.
    pub(super) fn stepped(self, rest: &[Self], round: fn(Ratio, Ratio) -> Option<Ratio>) -> Self {
        let [Self::Exact(Scalar::Number(step))] = rest else {
            return Self::ANY_NUMBER;
        };
        let (low, high) = self.bounds();
        let to = |value: Option<Ratio>| value.and_then(|value| round(value, *step));
        Self::between(to(low), to(high))
    }

    /// What a sign makes of two. One value alone can decide `et`, `ou` and a product.
    pub(super) fn with(self, sign: Binary, other: Self) -> Self {
        match sign {
            Binary::And if self == FALSE || other == FALSE => return FALSE,
            Binary::Or if self == TRUE || other == TRUE => return TRUE,
            Binary::Times if self.is_zero() || other.is_zero() => return Self::whole(0),
            _ => {}
        }
        if self == Self::Refused || other == Self::Refused {
            return Self::Refused;
        }
        match sign {
            Binary::And => self.joined(other, TRUE),
            Binary::Or => self.joined(other, FALSE),
            Binary::Plus => self.plus(other),
            Binary::Minus => self.plus(other.negated()),
            Binary::Times => self.times(other),
            Binary::Over => self.over(other),
            Binary::Equal => self.same(other),
            Binary::Differs => self.same(other).not(),
            Binary::Less => self.compared(other, Ordering::Less, false),
            Binary::AtMost => self.compared(other, Ordering::Less, true),
            Binary::More => other.compared(self, Ordering::Less, false),
            Binary::AtLeast => other.compared(self, Ordering::Less, true),
        }
    }

    fn joined(self, other: Self, neutral: Self) -> Self {
        match (self, other) {
            (one, rest) | (rest, one) if one == neutral => rest,
            _ => Self::Any,
        }
    }

    fn plus(self, other: Self) -> Self {
        let ((a, b), (c, d)) = (self.bounds(), other.bounds());
        let sum = |x: Option<Ratio>, y: Option<Ratio>| x.zip(y).and_then(|(x, y)| x.plus(y));
        Self::between(sum(a, c), sum(b, d))
    }

    fn times(self, other: Self) -> Self {
        match (self, other) {
            (Self::Exact(Scalar::Number(by)), range) | (range, Self::Exact(Scalar::Number(by))) => {
                range.scaled(by)
            }
            _ => {
                let ((a, b), (c, d)) = (self.bounds(), other.bounds());
                let positive = |low: Option<Ratio>| low.filter(|low| *low >= Ratio::ZERO);
                let (Some(a), Some(c)) = (positive(a), positive(c)) else {
                    return Self::ANY_NUMBER;
                };
                Self::between(a.times(c), b.zip(d).and_then(|(b, d)| b.times(d)))
            }
        }
    }

    fn scaled(self, by: Ratio) -> Self {
        let (low, high) = self.bounds();
        let times = |value: Option<Ratio>| value.and_then(|value| value.times(by));
        if by < Ratio::ZERO {
            return Self::between(times(high), times(low));
        }
        Self::between(times(low), times(high))
    }

    fn over(self, other: Self) -> Self {
        match other {
            Self::Exact(Scalar::Number(by)) if !by.is_zero() => {
                let inverse = Ratio::whole(1).over(by);
                inverse.map_or(Self::Refused, |by| self.scaled(by))
            }
            // The law files never divide by nothing: where a divisor may be nothing, they ask first.
            _ => {
                let ((a, b), (c, d)) = (self.bounds(), other.bounds());
                let Some(least) = c.filter(|c| *c >= Ratio::ZERO) else {
                    return Self::ANY_NUMBER;
                };
                let shared = |value: Ratio| d.map_or(Some(Ratio::ZERO), |d| value.over(d));
                let whole = |value: Ratio| value.over(least);
                let up = |value: Ratio| value >= Ratio::ZERO;
                let low = a.and_then(|a| if up(a) { shared(a) } else { whole(a) });
                let high = b.and_then(|b| if up(b) { whole(b) } else { shared(b) });
                Self::between(low, high)
            }
        }
    }

    fn same(self, other: Self) -> Self {
        if let (Self::Exact(a), Self::Exact(b)) = (self, other) {
            return Self::Exact(Scalar::Truth(a == b));
        }
        let ((a, b), (c, d)) = (self.bounds(), other.bounds());
        let apart = |high: Option<Ratio>, low: Option<Ratio>| {
            high.zip(low).is_some_and(|(high, low)| high < low)
        };
        if apart(b, c) || apart(d, a) {
            return FALSE;
        }
        Self::Any
    }

    /// Whether one comes before the other, or with it where `equal`.
    fn compared(self, other: Self, order: Ordering, equal: bool) -> Self {
        let holds = |found: Ordering| found == order || (equal && found.is_eq());
        if let (Self::Exact(Scalar::Day(a)), Self::Exact(Scalar::Day(b))) = (self, other) {
            return Self::Exact(Scalar::Truth(holds(a.cmp(&b))));
        }
        let ((a, b), (c, d)) = (self.bounds(), other.bounds());
        if b.zip(c).is_some_and(|(high, low)| holds(high.cmp(&low))) {
            return TRUE;
        }
        if a.zip(d).is_some_and(|(low, high)| !holds(low.cmp(&high))) {
            return FALSE;
        }
        Self::Any
    }
}
