//! The law once compiled: flat tables of variables, parameters, rights and expression nodes. It is
//! only read after loading; evaluation keeps its own memory.

use crate::period::Rhythm;
use crate::ratio::Ratio;
use crate::syntax::{Anchor, Binary, When};
use jiff::civil::Date;
use std::collections::HashMap;

/// Whom a value is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Entity {
    /// One person.
    Individu,
    /// Parents and the children in their charge, for social benefits.
    Famille,
    /// Those of one tax return.
    FoyerFiscal,
    /// Those of one dwelling.
    Menage,
}

impl Entity {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Individu,
        Self::Famille,
        Self::FoyerFiscal,
        Self::Menage,
    ];

    /// Its name in the law files and in JSON (singular).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Individu => "individu",
            Self::Famille => "famille",
            Self::FoyerFiscal => "foyer_fiscal",
            Self::Menage => "menage",
        }
    }

    /// Its name in JSON (plural).
    #[must_use]
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Individu => "individus",
            Self::Famille => "familles",
            Self::FoyerFiscal => "foyers_fiscaux",
            Self::Menage => "menages",
        }
    }

    /// The roles its members have, the first being the one it is named by.
    #[must_use]
    pub const fn roles(self) -> &'static [&'static str] {
        match self {
            Self::Individu => &[],
            Self::Famille => &["parents", "enfants"],
            Self::FoyerFiscal => &["declarants", "personnes_a_charge"],
            Self::Menage => &["personne_de_reference", "conjoint", "enfants", "autres"],
        }
    }
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Yes or no.
    Truth,
    /// An amount, in cents.
    Amount,
    /// A number without unit: counts, rates, ages.
    Number,
    /// A day.
    Day,
    /// Any text, as a commune's code.
    Text,
    /// One of a list.
    Choice(u16),
}

/// A value that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// Yes or no.
    Truth(bool),
    /// A number, or an amount in cents.
    Number(Ratio),
    /// A day.
    Day(Date),
    /// A text, by its number in the law's or the situation's texts.
    Text(u32),
    /// One of a list, by its place.
    Choice(u16),
}

pub(crate) type NodeId = u32;
pub(crate) type VariableId = u16;
pub(crate) type ParameterId = u16;
pub(crate) type TableId = u16;

/// How members' values become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gather {
    Sum,
    Count,
    Any,
    All,
    Largest,
    Smallest,
}

/// Which members: bits of roles, in the order of [`Entity::roles`].
pub(crate) type Roles = u8;

/// From one entity to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// From a member to its group.
    Group(Entity),
    /// From a group to the first member of its first role.
    First(Entity),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Builtin {
    Max,
    Min,
    Nearest,
    Down,
    Up,
    /// Whole years from a day to the first day of the period.
    Age,
    /// Whole months from a day to the first day of the period.
    AgeInMonths,
    YearOf,
    MonthOf,
    DayOf,
    FirstDay,
    AddMonths,
    Starts,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Node {
    Constant(Scalar),
    Parameter(ParameterId),
    /// Over the period at hand.
    Variable(VariableId),
    /// What has one value, whatever the date.
    Always(VariableId),
    Local(u16),
    Let(u16, NodeId, NodeId),
    Not(NodeId),
    Negate(NodeId),
    Binary(Binary, NodeId, NodeId),
    If(NodeId, NodeId, NodeId),
    /// Whether the first is one of the next `u16` listed nodes.
    Among(NodeId, u32, u16),
    Gather(Gather, Entity, Roles, NodeId, Option<NodeId>),
    Reach(Reach, NodeId),
    /// Whether the person holds one of those roles; none of them: is the first of the group.
    Holds(Entity, Roles),
    At(When, NodeId),
    /// The sum from one moment to another, both included.
    Over(When, When, NodeId),
    Call(Builtin, u32, u16),
    /// The variable where it was stated, else the expression.
    Stated(VariableId, NodeId),
    /// What a table gives for a text.
    Lookup(TableId, NodeId),
    /// Not modelled (false) or left to the administration (true), by the number of its reason.
    Refuse(bool, u32),
}

/// A figure of the law through time.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Its name.
    pub name: String,
    /// What it is, in French.
    pub label: String,
    /// Its article.
    pub source: String,
    /// When and where it was checked.
    pub checked: (Date, String),
    /// What it is a number of.
    pub kind: Kind,
    /// From when, its value (none: no longer in force), the text that says so.
    pub values: Vec<(Date, Option<Scalar>, String)>,
}

/// What each of many codes gives.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// What it is, in French.
    pub label: String,
    /// Its article.
    pub source: String,
    /// When and where it was checked.
    pub checked: (Date, String),
    /// From the first code to the last, both included, in order and without overlap.
    pub(crate) ranges: Vec<(String, String, Scalar)>,
    pub(crate) otherwise: Scalar,
    pub(crate) kind: Kind,
}

impl Table {
    /// What it gives for a code.
    #[must_use]
    pub fn of(&self, code: &str) -> Scalar {
        let after = self
            .ranges
            .partition_point(|(first, _, _)| first.as_str() <= code);
        let found = after.checked_sub(1).and_then(|at| self.ranges.get(at));
        found
            .filter(|(first, last, _)| code <= last.as_str() && code.len() == first.len())
            .map_or(self.otherwise, |(_, _, value)| *value)
    }
}

/// A fact or a rule: what has a value for an entity and a period.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name, the reference's where it has one.
    pub name: String,
    /// What it is, in French.
    pub label: String,
    /// The articles a rule comes from; empty for a fact.
    pub law: String,
    /// What to ask when a fact is missing.
    pub question: Option<String>,
    /// What its values are.
    pub kind: Kind,
    /// Whom it is about.
    pub entity: Entity,
    /// How often it has a value.
    pub rhythm: Rhythm,
    /// What the interface takes when nothing is said.
    pub default: Scalar,
    pub(crate) is_rule: bool,
}

/// A rule's expression from a day on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Version {
    pub from: Date,
    pub node: NodeId,
    /// How many names it gives by `soit`.
    pub locals: u16,
}

/// By variable, a rule's expressions from each day on; none for a fact.
pub(crate) type Rules = Vec<Vec<Version>>;

/// The expressions that an evaluation reads: the law's own, or others that give the same.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Code<'a> {
    pub nodes: &'a [Node],
    pub listed: &'a [NodeId],
    pub rules: &'a [Vec<Version>],
}

impl<'a> Code<'a> {
    pub(crate) fn list(self, start: u32, length: u16) -> &'a [NodeId] {
        let start = start as usize;
        let range = start..start + usize::from(length);
        self.listed.get(range).unwrap_or_default()
    }
}

/// What every value asks of its variable, close together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot {
    pub entity: Entity,
    pub is_rule: bool,
    pub default: Scalar,
}

impl Variable {
    /// Whether it is computed; else it is asked.
    #[must_use]
    pub const fn is_rule(&self) -> bool {
        self.is_rule
    }
}

/// One condition of a right.
#[derive(Debug, Clone)]
pub struct Condition {
    /// In French, as shown.
    pub text: String,
    /// Its article, the right's own where none is named.
    pub law: String,
    /// Whether its holding leaves the answer to the administration.
    pub assessed: bool,
    pub(crate) node: NodeId,
}

/// A right, as it is explained.
#[derive(Debug, Clone)]
pub struct Right {
    /// Its name.
    pub name: String,
    /// In French.
    pub label: String,
    /// Its articles.
    pub law: String,
    /// Whom it is for.
    pub entity: Entity,
    /// What its answer holds for.
    pub rhythm: Rhythm,
    /// The variable that gives its amount; none for a list of conditions.
    pub amount: Option<VariableId>,
    /// What must hold, in order.
    pub conditions: Vec<Condition>,
    /// What to bring.
    pub bring: Vec<String>,
    /// What the model leaves out.
    pub limits: Vec<String>,
    /// The page of the official catalogue.
    pub fiche: Option<String>,
}

/// A list of choices: its name and its variants with their labels.
#[derive(Debug, Clone)]
pub struct Choices {
    /// Its name.
    pub name: String,
    /// The variants' names and labels.
    pub variants: Vec<(String, String)>,
}

/// The law, ready to be evaluated.
#[derive(Debug, Clone, Default)]
pub struct Law {
    pub(crate) variables: Vec<Variable>,
    /// By variable.
    pub(crate) slots: Vec<Slot>,
    pub(crate) figures: Vec<Figure>,
    pub(crate) choices: Vec<Choices>,
    pub(crate) tables: Vec<Table>,
    pub(crate) rights: Vec<Right>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) rules: Rules,
    pub(crate) listed: Vec<NodeId>,
    pub(crate) texts: Vec<String>,
    pub(crate) reasons: Vec<String>,
    pub(crate) names: HashMap<String, VariableId>,
    pub(crate) locals: u16,
}

impl Law {
    /// The variable of that name.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<(VariableId, &Variable)> {
        let id = *self.names.get(name)?;
        Some((id, self.variables.get(usize::from(id))?))
    }

    /// All variables, in the order of the files.
    #[must_use]
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// All figures of the law.
    #[must_use]
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }

    /// All tables.
    #[must_use]
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// All rights, in the order of the files.
    #[must_use]
    pub fn rights(&self) -> &[Right] {
        &self.rights
    }

    /// The variants of a list of choices.
    #[must_use]
    pub fn choices(&self, kind: Kind) -> Option<&Choices> {
        match kind {
            Kind::Choice(id) => self.choices.get(usize::from(id)),
            _ => None,
        }
    }

    pub(crate) fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id as usize)
    }

    pub(crate) fn list(&self, start: u32, length: u16) -> &[NodeId] {
        self.code().list(start, length)
    }

    pub(crate) fn code(&self) -> Code<'_> {
        Code {
            nodes: &self.nodes,
            listed: &self.listed,
            rules: &self.rules,
        }
    }
}

/// The period a moment names, seen from another.
pub(crate) fn moved(period: crate::period::Period, when: When) -> Option<crate::period::Period> {
    use crate::period::Period;
    let shift = i32::from(when.shift);
    match (when.anchor, period) {
        (Anchor::Month, Period::Month(index)) => Some(Period::Month(index + shift)),
        (Anchor::Year, _) => Some(Period::Year(period.year()?.checked_add(when.shift)?)),
        (Anchor::MonthOfYear(month), _) => Some(Period::month(
            period.year()?.checked_add(when.shift)?,
            month,
        )),
        (Anchor::Month, _) => None,
    }
}
