//! Signs and functions over values that may be unknown.

use super::{Context, Evaluation, MissingId, Value, Why, index};
use crate::model::{Builtin, NodeId, Scalar};
use crate::period;
use crate::ratio::Ratio;
use crate::syntax::Binary;
use jiff::civil::Date;

impl Evaluation<'_> {
    /// Two values of which at least one is needed and not known: what stays to be said of them.
    pub(super) fn joined(&mut self, a: Value, b: Value) -> Value {
        match (a, b) {
            (Value::Refused(a), Value::Refused(b)) => Value::Refused(a.min(b)),
            (Value::Refused(why), _) | (_, Value::Refused(why)) => Value::Refused(why),
            (Value::Missing(a), Value::Missing(b)) => Value::Missing(self.union(a, b)),
            (Value::Missing(a), Value::Known(_)) | (Value::Known(_), Value::Missing(a)) => {
                Value::Missing(a)
            }
            (Value::Known(_), Value::Known(_)) => b,
        }
    }

    fn union(&mut self, a: MissingId, b: MissingId) -> MissingId {
        if a == b {
            return a;
        }
        let mut all = self.missing(a).to_vec();
        all.extend_from_slice(self.missing(b));
        all.sort_unstable();
        all.dedup();
        if all == self.missing(a) {
            return a;
        }
        if all == self.missing(b) {
            return b;
        }
        self.room.missing.push(all);
        MissingId(index(self.room.missing.len() - 1))
    }

    pub(super) fn added(&mut self, a: Value, b: Value) -> Value {
        match (a, b) {
            (Value::Known(Scalar::Number(a)), Value::Known(Scalar::Number(b))) => {
                Value::number(a.plus(b))
            }
            _ => self.joined(a, b),
        }
    }

    pub(super) fn binary(
        &mut self,
        sign: Binary,
        left: NodeId,
        right: NodeId,
        context: Context,
    ) -> Value {
        let a = self.node(left, context);
        match (sign, a) {
            (Binary::And, Value::Known(Scalar::Truth(false)))
            | (Binary::Or, Value::Known(Scalar::Truth(true))) => return a,
            _ => {}
        }
        let b = self.node(right, context);
        match sign {
            Binary::And => self.decided(a, b, false),
            Binary::Or => self.decided(a, b, true),
            Binary::Times => self.product(a, b),
            _ => match (a, b) {
                (Value::Known(a), Value::Known(b)) => signed(sign, a, b),
                _ => self.joined(a, b),
            },
        }
    }

    /// `et` and `ou`: one value alone can decide.
    pub(super) fn decided(&mut self, a: Value, b: Value, decider: bool) -> Value {
        if a == Value::truth(decider) || b == Value::truth(decider) {
            return Value::truth(decider);
        }
        match (a, b) {
            (Value::Known(_), other) | (other, Value::Known(_)) => other,
            _ => self.joined(a, b),
        }
    }

    /// Nothing, whatever multiplies it, stays nothing.
    fn product(&mut self, a: Value, b: Value) -> Value {
        match (a, b) {
            (Value::Known(Scalar::Number(a)), Value::Known(Scalar::Number(b))) => {
                Value::number(a.times(b))
            }
            (Value::Known(Scalar::Number(zero)), _) | (_, Value::Known(Scalar::Number(zero)))
                if zero.is_zero() =>
            {
                Value::Known(Scalar::Number(Ratio::ZERO))
            }
            _ => self.joined(a, b),
        }
    }

    pub(super) fn apply(
        &mut self,
        builtin: Builtin,
        a: Value,
        b: Option<Value>,
        context: Context,
    ) -> Value {
        match (a, b) {
            (Value::Known(a), None) => one(builtin, a, context),
            (Value::Known(a), Some(Value::Known(b))) => self.two(builtin, a, b),
            (a, None) => a,
            (a, Some(b)) => self.joined(a, b),
        }
    }

    fn two(&self, builtin: Builtin, a: Scalar, b: Scalar) -> Value {
        match (builtin, a, b) {
            (Builtin::Max, Scalar::Number(a), Scalar::Number(b)) => Value::number(Some(a.max(b))),
            (Builtin::Min, Scalar::Number(a), Scalar::Number(b)) => Value::number(Some(a.min(b))),
            (Builtin::Max, Scalar::Day(a), Scalar::Day(b)) => Value::Known(Scalar::Day(a.max(b))),
            (Builtin::Min, Scalar::Day(a), Scalar::Day(b)) => Value::Known(Scalar::Day(a.min(b))),
            (Builtin::Nearest, Scalar::Number(a), Scalar::Number(b)) => Value::number(a.nearest(b)),
            (Builtin::Down, Scalar::Number(a), Scalar::Number(b)) => Value::number(a.down_to(b)),
            (Builtin::Up, Scalar::Number(a), Scalar::Number(b)) => Value::number(a.up_to(b)),
            (Builtin::AddMonths, Scalar::Day(day), Scalar::Number(months)) => {
                let added = period::add_months(day, months.top() / months.bottom());
                added.map_or(Value::Refused(Why::NoNumber), |d| {
                    Value::Known(Scalar::Day(d))
                })
            }
            (Builtin::Starts, Scalar::Text(a), Scalar::Text(b)) => {
                let (situation, law) = (self.situation, self.law);
                Value::truth(
                    situation
                        .text_of(law, a)
                        .starts_with(situation.text_of(law, b)),
                )
            }
            _ => Value::Refused(Why::NoNumber),
        }
    }
}

fn one(builtin: Builtin, value: Scalar, context: Context) -> Value {
    let (Scalar::Day(day), first) = (value, context.period.first_day()) else {
        return Value::Refused(Why::NoNumber);
    };
    let counted = |count: fn(Date, Date) -> i64| {
        first.map_or(Value::Refused(Why::NoNumber), |first| {
            Value::number(Some(Ratio::whole(count(day, first))))
        })
    };
    match builtin {
        Builtin::Age => counted(period::years_between),
        Builtin::AgeInMonths => counted(period::months_between),
        Builtin::YearOf => Value::number(Some(Ratio::whole(i64::from(day.year())))),
        Builtin::DayOf => Value::number(Some(Ratio::whole(i64::from(day.day())))),
        Builtin::MonthOf => Value::number(Some(Ratio::whole(i64::from(day.month())))),
        _ => Value::Refused(Why::NoNumber),
    }
}

/// What two known values give, where they give a known one.
pub(crate) fn settled(sign: Binary, a: Scalar, b: Scalar) -> Option<Scalar> {
    match signed(sign, a, b) {
        Value::Known(value) => Some(value),
        _ => None,
    }
}

fn signed(sign: Binary, a: Scalar, b: Scalar) -> Value {
    match (sign, a, b) {
        (Binary::Equal, a, b) => Value::truth(a == b),
        (Binary::Differs, a, b) => Value::truth(a != b),
        (Binary::Plus, Scalar::Number(a), Scalar::Number(b)) => Value::number(a.plus(b)),
        (Binary::Minus, Scalar::Number(a), Scalar::Number(b)) => Value::number(a.minus(b)),
        (Binary::Over, Scalar::Number(a), Scalar::Number(b)) => Value::number(a.over(b)),
        (_, Scalar::Number(a), Scalar::Number(b)) => compared(sign, a.cmp(&b)),
        (_, Scalar::Day(a), Scalar::Day(b)) => compared(sign, a.cmp(&b)),
        _ => Value::Refused(Why::NoNumber),
    }
}

fn compared(sign: Binary, order: std::cmp::Ordering) -> Value {
    Value::truth(match sign {
        Binary::Less => order.is_lt(),
        Binary::AtMost => order.is_le(),
        Binary::More => order.is_gt(),
        Binary::AtLeast => order.is_ge(),
        _ => return Value::Refused(Why::NoNumber),
    })
}
