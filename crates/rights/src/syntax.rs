//! The language of the law files: words, sentences, and the errors that show where one is wrong.
//! Nothing here knows what a name means; that is [`crate::compile`].

mod expression;
mod item;
mod lexer;
mod tree;

pub(crate) use item::{name_of, parse};
pub(crate) use tree::{
    Anchor, Binary, ConditionKind, Expr, ExprKind, Fact, Item, Literal, Parameter, Quoted, Refusal,
    Right, Rule, Table, Typed, When,
};

use std::fmt;

/// Where something stands in the law files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub file: u16,
    pub line: u32,
    pub column: u32,
    pub length: u32,
}

/// One law file as read.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name, shown in errors.
    pub name: String,
    /// Its words.
    pub text: String,
}

/// Something wrong in a law file, shown with its line and a caret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file's name.
    pub file: String,
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in characters.
    pub column: u32,
    /// What is wrong.
    pub what: String,
    shown: String,
    length: u32,
}

impl Fault {
    pub(crate) fn new(sources: &[Source], span: Span, what: impl Into<String>) -> Self {
        let source = sources.get(usize::from(span.file));
        let line = source.and_then(|s| s.text.lines().nth(span.line.saturating_sub(1) as usize));
        Self {
            file: source.map(|s| s.name.clone()).unwrap_or_default(),
            line: span.line,
            column: span.column,
            what: what.into(),
            shown: line.unwrap_or_default().replace('\t', " "),
            length: span.length.max(1),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}:{}:{}: {}",
            self.file, self.line, self.column, self.what
        )?;
        writeln!(f, "  | {}", self.shown)?;
        let before = " ".repeat(self.column.saturating_sub(1) as usize);
        write!(
            f,
            "  | {before}{}",
            "^".repeat(self.length.min(80) as usize)
        )
    }
}

impl std::error::Error for Fault {}
