//! What the parser gives: items and expressions, each with where it stands.

use super::Span;
use crate::ratio::Ratio;
use jiff::civil::Date;

/// A name as written.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    pub text: String,
    pub span: Span,
}

/// Text in quotes, where it stands.
pub(crate) type Quoted = Name;

/// `: type, entity, rhythm`, as written.
#[derive(Debug, Clone)]
pub(crate) struct Typed {
    pub kind: Name,
    pub entity: Option<Name>,
    pub rhythm: Option<Name>,
}

/// A value that stands by itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Number(Ratio),
    /// In cents.
    Amount(Ratio),
    Truth(bool),
    Day(Date),
    Text(String),
}

/// One thing a law file says.
#[derive(Debug, Clone)]
pub(crate) enum Item {
    Parameter(Parameter),
    Choice(Choice),
    Fact(Fact),
    Rule(Rule),
    Right(Right),
    Table(Table),
}

#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    pub name: Name,
    pub typed: Typed,
    pub label: Option<Quoted>,
    pub source: Option<Quoted>,
    pub checked: Option<(Date, Quoted)>,
    /// The law begins here: there is nothing to know before.
    pub created: Option<Date>,
    pub values: Vec<ParameterValue>,
}

#[derive(Debug, Clone)]
pub(crate) struct ParameterValue {
    pub span: Span,
    pub from: Date,
    pub until: Option<Date>,
    /// None: no longer in force from there.
    pub value: Option<Literal>,
    pub source: Option<Quoted>,
}

#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub name: Name,
    pub variants: Vec<(Name, Option<Quoted>)>,
}

/// What each of many codes gives: a commune's zone.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub name: Name,
    pub typed: Typed,
    pub label: Option<Quoted>,
    pub source: Option<Quoted>,
    pub checked: Option<(Date, Quoted)>,
    /// What is given, and the codes that give it: `75056` or `75101..75120`, in any number of lines.
    pub rows: Vec<(Literal, Span, Vec<Quoted>)>,
    pub otherwise: Option<(Literal, Span)>,
}

#[derive(Debug, Clone)]
pub(crate) struct Fact {
    pub name: Name,
    pub typed: Typed,
    pub label: Option<Quoted>,
    pub question: Option<Quoted>,
    pub default: Option<(Literal, Span)>,
}

#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub name: Name,
    pub typed: Typed,
    pub label: Option<Quoted>,
    pub law: Option<Quoted>,
    pub default: Option<(Literal, Span)>,
    pub versions: Vec<(Option<Date>, Span, Expr)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConditionKind {
    /// Must hold.
    Needed,
    /// When it holds, only the administration can tell.
    Assessed,
}

#[derive(Debug, Clone)]
pub(crate) struct Condition {
    pub kind: ConditionKind,
    pub text: Quoted,
    pub law: Option<Quoted>,
    pub expr: Expr,
}

#[derive(Debug, Clone)]
pub(crate) struct Right {
    pub name: Name,
    pub typed: Typed,
    pub label: Option<Quoted>,
    pub law: Option<Quoted>,
    pub amount: Option<Name>,
    pub conditions: Vec<Condition>,
    pub bring: Vec<Quoted>,
    pub limits: Vec<Quoted>,
    pub fiche: Option<Quoted>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binary {
    Plus,
    Minus,
    Times,
    Over,
    And,
    Or,
    Equal,
    Differs,
    Less,
    AtMost,
    More,
    AtLeast,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    /// The month at hand, shifted by months.
    Month,
    /// The year at hand, shifted by years.
    Year,
    /// A named month (1 to 12) of the year at hand, shifted by years.
    MonthOfYear(i8),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct When {
    pub anchor: Anchor,
    pub shift: i16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    NotModelled,
    Assessed,
}

#[derive(Debug, Clone)]
pub(crate) struct Expr {
    pub span: Span,
    pub kind: ExprKind,
}

#[derive(Debug, Clone)]
pub(crate) enum ExprKind {
    Literal(Literal),
    Name(String),
    Call(String, Vec<Expr>),
    /// `famille.x`: the same question asked of another entity.
    Reach(String, Box<Expr>),
    At(Box<Expr>, When, Option<When>),
    Not(Box<Expr>),
    Negate(Box<Expr>),
    Binary(Binary, Box<Expr>, Box<Expr>),
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    Let(String, Box<Expr>, Box<Expr>),
    Among(Box<Expr>, Vec<Expr>),
    Refuse(Refusal, String),
}
