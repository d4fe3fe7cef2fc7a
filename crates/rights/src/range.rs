//! Between which bounds a value lies, whatever the missing facts turn out to be: an income that is not
//! known is nothing or more, a yes or no is one of both. Where even so a right's condition fails or its
//! amount is nothing, the missing facts cannot change the answer and nobody is asked for them. Bounds
//! may be wider than the truth, never narrower.

mod bounds;

use crate::keys::{Key, Keyed};
use crate::model::{
    Builtin, Entity, Gather, Kind, Law, Node, NodeId, ParameterId, Reach, Right, Roles, Scalar,
    TableId, Variable, VariableId, moved,
};
use crate::period::{self, Period};
use crate::ratio::Ratio;
use crate::situation::Situation;
use crate::syntax::When;
use bounds::Range;

/// Deeper than this, rules are taken to go round without end.
const DEEPEST: u32 = 1200;

/// How far back rules are followed, in months: what was earlier may be anything.
const BACK: i32 = 48;

/// For whom and when an expression is read.
#[derive(Debug, Clone, Copy)]
struct Context {
    place: u16,
    period: Period,
}

/// Bounds of the values of a law for a situation whose missing facts are unknown.
#[derive(Debug)]
pub(crate) struct Ranges<'a> {
    law: &'a Law,
    situation: &'a Situation,
    known: Keyed<Range>,
    locals: Vec<Range>,
    base: usize,
    depth: u32,
    /// The first month that is followed.
    since: i32,
}

impl<'a> Ranges<'a> {
    /// Ready to answer about `situation`.
    pub(crate) fn new(law: &'a Law, situation: &'a Situation) -> Self {
        Self {
            law,
            situation,
            known: Keyed::default(),
            locals: Vec::new(),
            base: 0,
            depth: 0,
            since: i32::MIN,
        }
    }

    /// Whether a right is unlikely whatever the missing facts turn out to be.
    pub(crate) fn never(&mut self, right: &Right, place: u16, period: Period) -> bool {
        if !self.failing(right, place, period).is_empty() {
            return true;
        }
        let amount = right.amount;
        let amount = amount.map(|amount| self.value(amount, Context { place, period }));
        amount.is_some_and(Range::is_at_most_zero)
    }

    /// The conditions of a right, by their places, that fail whatever the missing facts turn out to
    /// be.
    pub(crate) fn failing(&mut self, right: &Right, place: u16, period: Period) -> Vec<usize> {
        self.since = first_month(period) - BACK;
        let context = Context { place, period };
        let mut failing = Vec::new();
        for (at, condition) in right.conditions.iter().enumerate() {
            let range = self.alone(condition.node, context);
            if !condition.assessed && range == Range::Exact(Scalar::Truth(false)) {
                failing.push(at);
            }
        }
        failing
    }

    fn alone(&mut self, node: NodeId, context: Context) -> Range {
        self.base = self.locals.len();
        let room = self.base + usize::from(self.law.locals);
        self.locals.resize(room, Range::Refused);
        let range = self.node(node, context);
        self.locals.truncate(self.base);
        self.base = 0;
        range
    }

    fn value(&mut self, variable: VariableId, context: Context) -> Range {
        let key = Key::new(variable, context.place, context.period);
        if let Some(scalar) = self.situation.inputs.get(&key) {
            return Range::Exact(*scalar);
        }
        if let Some(range) = self.known.get(&key) {
            return *range;
        }
        let law = self.law;
        let Some(declared) = law.variables.get(usize::from(variable)) else {
            return Range::Refused;
        };
        if usize::from(context.place) >= self.situation.count(declared.entity) {
            return Range::Refused;
        }
        let range = if declared.is_rule {
            self.rule(key, declared, context)
        } else {
            unsaid(declared)
        };
        self.known.insert(key, range);
        range
    }

    fn rule(&mut self, key: Key, declared: &Variable, context: Context) -> Range {
        let versions = self.law.rules.get(usize::from(key.variable()));
        let versions = versions.map_or(&[][..], Vec::as_slice);
        let version = match context.period.first_day() {
            Some(day) => versions.iter().rev().find(|version| version.from <= day),
            None => versions.last(),
        };
        let followed =
            context.period == Period::Always || first_month(context.period) >= self.since;
        let Some(version) = version.filter(|_| followed) else {
            return anything(declared.kind);
        };
        // Whoever comes back here before the end goes round.
        self.known.insert(key, anything(declared.kind));
        let base = self.base;
        let range = self.alone(version.node, context);
        self.base = base;
        // Nobody owes a right: bounds that lost sight of it are set right.
        let mut rights = self.law.rights.iter();
        if rights.any(|right| right.amount == Some(key.variable())) {
            return range.largest(Range::whole(0));
        }
        range
    }

    fn node(&mut self, id: NodeId, context: Context) -> Range {
        self.depth += 1;
        let range = if self.depth > DEEPEST {
            Range::Any
        } else {
            self.within(id, context)
        };
        self.depth -= 1;
        range
    }

    fn within(&mut self, id: NodeId, context: Context) -> Range {
        let law = self.law;
        let Some(node) = law.node(id).copied() else {
            return Range::Refused;
        };
        match node {
            Node::Constant(scalar) => Range::Exact(scalar),
            Node::Parameter(figure) => self.figure(figure, context),
            Node::Variable(variable) => self.value(variable, context),
            Node::Always(variable) => {
                let period = Period::Always;
                self.value(variable, Context { period, ..context })
            }
            Node::Local(slot) => {
                let at = self.base + usize::from(slot);
                self.locals.get(at).copied().unwrap_or(Range::Refused)
            }
            Node::Let(slot, value, body) => {
                let value = self.node(value, context);
                let at = self.base + usize::from(slot);
                if let Some(place) = self.locals.get_mut(at) {
                    *place = value;
                }
                self.node(body, context)
            }
            Node::Not(inner) => self.node(inner, context).not(),
            Node::Negate(inner) => self.node(inner, context).negated(),
            Node::Binary(sign, left, right) => {
                let left = self.node(left, context);
                let right = self.node(right, context);
                left.with(sign, right)
            }
            Node::If(test, then, other) => match self.node(test, context) {
                Range::Exact(Scalar::Truth(true)) => self.node(then, context),
                Range::Exact(Scalar::Truth(false)) => self.node(other, context),
                Range::Refused => Range::Refused,
                _ => {
                    let then = self.node(then, context);
                    then.or(self.node(other, context))
                }
            },
            Node::Among(inner, start, length) => {
                let value = self.node(inner, context);
                let mut found = Range::Exact(Scalar::Truth(false));
                for one in law.list(start, length) {
                    let same = value.with(crate::syntax::Binary::Equal, self.node(*one, context));
                    found = found.with(crate::syntax::Binary::Or, same);
                }
                found
            }
            Node::Gather(gather, entity, roles, body, default) => {
                self.gather((gather, entity, roles), body, default, context)
            }
            Node::Reach(reach, inner) => {
                let place = match reach {
                    Reach::Group(entity) => self.situation.group_of(entity, context.place),
                    Reach::First(entity) => {
                        let members = self.situation.members(entity, context.place);
                        members.first().map(|(person, _)| *person)
                    }
                };
                place.map_or(Range::Refused, |place| {
                    self.node(inner, Context { place, ..context })
                })
            }
            Node::Holds(entity, roles) => {
                Range::Exact(Scalar::Truth(self.holds(entity, roles, context.place)))
            }
            Node::At(when, inner) => moved(context.period, when).map_or(Range::Refused, |period| {
                self.node(inner, Context { period, ..context })
            }),
            Node::Over(from, to, inner) => self.over(from, to, inner, context),
            Node::Call(builtin, start, length) => self.call(builtin, start, length, context),
            Node::Stated(variable, other) => {
                let key = Key::new(variable, context.place, context.period);
                match self.situation.inputs.get(&key) {
                    Some(scalar) => Range::Exact(*scalar),
                    None => self.node(other, context),
                }
            }
            Node::Lookup(table, code) => {
                let code = self.node(code, context);
                self.looked_up(table, code)
            }
            Node::Refuse(..) => Range::Refused,
        }
    }

    fn figure(&self, figure: ParameterId, context: Context) -> Range {
        let values = self.law.figures.get(usize::from(figure)).map(|f| &f.values);
        let then = values.zip(context.period.first_day());
        let then =
            then.and_then(|(values, day)| values.iter().rev().find(|(from, _, _)| *from <= day));
        let value = then.and_then(|(_, value, _)| *value);
        // A figure that is not in force gives no answer either way.
        value.map_or(Range::Any, Range::Exact)
    }

    fn looked_up(&self, table: TableId, code: Range) -> Range {
        match code {
            Range::Exact(Scalar::Text(id)) => {
                let table = self.law.tables.get(usize::from(table));
                let text = self.situation.text_of(self.law, id);
                table.map_or(Range::Refused, |table| Range::Exact(table.of(text)))
            }
            Range::Refused => Range::Refused,
            _ => Range::Any,
        }
    }

    fn holds(&self, entity: Entity, roles: Roles, person: u16) -> bool {
        let group = self.situation.group_of(entity, person);
        let members = group.map_or(&[][..], |group| self.situation.members(entity, group));
        if roles == 0 {
            return members.first().is_some_and(|(first, _)| *first == person);
        }
        let mut members = members.iter();
        members.any(|(member, role)| *member == person && Situation::has_role(*role, roles))
    }

    fn gather(
        &mut self,
        (gather, entity, roles): (Gather, Entity, Roles),
        body: NodeId,
        default: Option<NodeId>,
        context: Context,
    ) -> Range {
        use crate::syntax::Binary;
        let situation = self.situation;
        let members = situation.members(entity, context.place).iter();
        let mut members = members.filter(|(_, role)| Situation::has_role(*role, roles));
        let mut of = |place: u16| self.node(body, Context { place, ..context });
        let mut so_far = match gather {
            Gather::Sum | Gather::Count => Range::Exact(Scalar::Number(Ratio::ZERO)),
            Gather::Any => Range::Exact(Scalar::Truth(false)),
            Gather::All => Range::Exact(Scalar::Truth(true)),
            Gather::Largest | Gather::Smallest => {
                let Some((first, _)) = members.next() else {
                    return default.map_or(Range::Refused, |node| self.node(node, context));
                };
                of(*first)
            }
        };
        for (person, _) in members {
            let value = of(*person);
            so_far = match gather {
                Gather::Any => so_far.with(Binary::Or, value),
                Gather::All => so_far.with(Binary::And, value),
                Gather::Sum => so_far.with(Binary::Plus, value),
                Gather::Count => so_far.with(Binary::Plus, value.counted()),
                Gather::Largest => so_far.largest(value),
                Gather::Smallest => so_far.smallest(value),
            };
        }
        so_far
    }

    fn over(&mut self, from: When, to: When, inner: NodeId, context: Context) -> Range {
        let bounds = (moved(context.period, from), moved(context.period, to));
        let periods: Vec<Period> = match bounds {
            (Some(Period::Month(a)), Some(Period::Month(b))) => {
                (a..=b).map(Period::Month).collect()
            }
            (Some(Period::Year(a)), Some(Period::Year(b))) => (a..=b).map(Period::Year).collect(),
            _ => return Range::Refused,
        };
        let mut sum = Range::Exact(Scalar::Number(Ratio::ZERO));
        for period in periods {
            let one = self.node(inner, Context { period, ..context });
            sum = sum.with(crate::syntax::Binary::Plus, one);
        }
        sum
    }

    fn call(&mut self, builtin: Builtin, start: u32, length: u16, context: Context) -> Range {
        let day = context.period.first_day();
        if builtin == Builtin::FirstDay {
            return day.map_or(Range::Refused, |day| Range::Exact(Scalar::Day(day)));
        }
        let law = self.law;
        let ranges = law.list(start, length).iter();
        let ranges: Vec<Range> = ranges.map(|id| self.node(*id, context)).collect();
        let Some((first, rest)) = ranges.split_first() else {
            return Range::Refused;
        };
        if ranges.contains(&Range::Refused) {
            return Range::Refused;
        }
        let day_of = |count: fn(jiff::civil::Date, jiff::civil::Date) -> i64| match (*first, day) {
            (Range::Exact(Scalar::Day(born)), Some(day)) => Range::whole(count(born, day)),
            _ => Range::ANY_NUMBER,
        };
        match builtin {
            Builtin::Max => rest.iter().fold(*first, |a, b| a.largest(*b)),
            Builtin::Min => rest.iter().fold(*first, |a, b| a.smallest(*b)),
            Builtin::Age => day_of(period::years_between),
            Builtin::AgeInMonths => day_of(period::months_between),
            Builtin::Nearest => first.stepped(rest, Ratio::nearest),
            Builtin::Down => first.stepped(rest, Ratio::down_to),
            Builtin::Up => first.stepped(rest, Ratio::up_to),
            Builtin::YearOf | Builtin::MonthOf | Builtin::DayOf => match *first {
                Range::Exact(Scalar::Day(day)) => Range::whole(match builtin {
                    Builtin::YearOf => i64::from(day.year()),
                    Builtin::MonthOf => i64::from(day.month()),
                    _ => i64::from(day.day()),
                }),
                _ => Range::ANY_NUMBER,
            },
            Builtin::AddMonths => match (*first, rest) {
                (Range::Exact(Scalar::Day(day)), [Range::Exact(Scalar::Number(months))]) => {
                    let added = period::add_months(day, months.top() / months.bottom());
                    added.map_or(Range::Refused, |day| Range::Exact(Scalar::Day(day)))
                }
                _ => Range::Any,
            },
            Builtin::Starts => match (*first, rest) {
                (Range::Exact(Scalar::Text(text)), [Range::Exact(Scalar::Text(begin))]) => {
                    let text = self.situation.text_of(law, text);
                    let starts = text.starts_with(self.situation.text_of(law, *begin));
                    Range::Exact(Scalar::Truth(starts))
                }
                _ => Range::Any,
            },
            Builtin::FirstDay => Range::Refused,
        }
    }
}

/// The first month of a period.
fn first_month(period: Period) -> i32 {
    match period {
        Period::Month(month) => month,
        Period::Year(year) => i32::from(year) * 12,
        Period::Always => i32::MAX,
    }
}

/// Any value of a kind.
const fn anything(kind: Kind) -> Range {
    match kind {
        Kind::Amount | Kind::Number => Range::ANY_NUMBER,
        _ => Range::Any,
    }
}

/// What a fact may be that nobody said: amounts and numbers are said as nothing or more, but for those
/// that the law files take as negative.
fn unsaid(fact: &Variable) -> Range {
    let zero = Some(Ratio::ZERO);
    match fact.kind {
        Kind::Amount if crate::asking::is_negative(fact) => Range::Between(None, zero),
        Kind::Amount | Kind::Number => Range::Between(zero, None),
        _ => Range::Any,
    }
}
