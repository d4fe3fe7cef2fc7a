//! Expressions, from the loosest sign to the tightest: `soit`, `si`, `ou`, `et`, `non`, comparisons,
//! sums, products, what binds to one term.

use super::lexer::Token;
use super::tree::{Anchor, Binary, Expr, ExprKind, Literal, Name, Refusal, When};
use super::{Fault, Source, Span};
use crate::ratio::Ratio;

const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// Entities and members that can be reached with a dot.
pub(crate) const REACHES: [&str; 5] = [
    "famille",
    "foyer_fiscal",
    "menage",
    "demandeur",
    "declarant",
];

/// Deeper than this, an expression is refused before it can exhaust the stack.
const DEEPEST: u32 = 80;

/// More terms than this joined in one expression, and it is refused: the tree would lean too far.
const LONGEST: u32 = 400;

/// Reads tokens one after the other.
pub(crate) struct Reader<'a> {
    sources: &'a [Source],
    tokens: Vec<(Token, Span)>,
    at: usize,
    depth: u32,
    joined: u32,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(sources: &'a [Source], tokens: Vec<(Token, Span)>) -> Self {
        Self {
            sources,
            tokens,
            at: 0,
            depth: 0,
            joined: 0,
        }
    }

    pub(crate) fn peek(&self) -> &Token {
        self.tokens
            .get(self.at)
            .map_or(&Token::End, |(token, _)| token)
    }

    pub(crate) fn span(&self) -> Span {
        let last = self
            .tokens
            .last()
            .map(|(_, span)| *span)
            .unwrap_or_default();
        self.tokens.get(self.at).map_or(last, |(_, span)| *span)
    }

    pub(crate) fn advance(&mut self) -> Token {
        let token = self.peek().clone();
        if self.at < self.tokens.len() {
            self.at += 1;
        }
        token
    }

    pub(crate) fn fault(&self, what: impl Into<String>) -> Fault {
        Fault::new(self.sources, self.span(), what)
    }

    pub(crate) fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Token::Word(found) if found == word)
    }

    pub(crate) fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.at += 1;
        }
        found
    }

    pub(crate) fn is_sign(&self, sign: &str) -> bool {
        matches!(self.peek(), Token::Sign(found) if *found == sign)
    }

    pub(crate) fn take_sign(&mut self, sign: &str) -> bool {
        let found = self.is_sign(sign);
        if found {
            self.at += 1;
        }
        found
    }

    pub(crate) fn expect_sign(&mut self, sign: &str) -> Result<(), Fault> {
        if self.take_sign(sign) {
            Ok(())
        } else {
            Err(self.fault(format!("{sign} is expected here")))
        }
    }

    fn expect_word(&mut self, word: &str) -> Result<(), Fault> {
        if self.take_word(word) {
            Ok(())
        } else {
            Err(self.fault(format!("« {word} » is expected here")))
        }
    }

    pub(crate) fn name(&mut self) -> Result<Name, Fault> {
        let span = self.span();
        match self.peek().clone() {
            Token::Word(text) => {
                self.at += 1;
                Ok(Name { text, span })
            }
            _ => Err(self.fault("a name is expected here")),
        }
    }

    pub(crate) fn sentence(&mut self) -> Result<Name, Fault> {
        let span = self.span();
        match self.peek().clone() {
            Token::Sentence(text) => {
                self.at += 1;
                Ok(Name { text, span })
            }
            _ => Err(self.fault("a text between \" is expected here")),
        }
    }

    /// A number, amount, percentage, day, code, vrai or faux.
    pub(crate) fn literal(&mut self) -> Result<Literal, Fault> {
        let negative = self.take_sign("-");
        let found = match self.peek().clone() {
            Token::Number(value) => {
                self.at += 1;
                let value = if negative {
                    value.negated()
                } else {
                    Some(value)
                };
                let hundred = Ratio::whole(100);
                let value = value.ok_or_else(|| self.fault("this number is too large"))?;
                return if self.take_sign("€") {
                    let cents = value.times(hundred);
                    cents
                        .map(Literal::Amount)
                        .ok_or_else(|| self.fault("this amount is too large"))
                } else if self.take_sign("%") {
                    let rate = value.over(hundred);
                    rate.map(Literal::Number)
                        .ok_or_else(|| self.fault("this rate is too large"))
                } else {
                    Ok(Literal::Number(value))
                };
            }
            Token::Day(day) => Literal::Day(day),
            Token::Code(text) => Literal::Text(text),
            Token::Word(word) if word == "vrai" => Literal::Truth(true),
            Token::Word(word) if word == "faux" => Literal::Truth(false),
            _ => return Err(self.fault("a value is expected here")),
        };
        if negative {
            return Err(self.fault("only a number can be negative"));
        }
        self.at += 1;
        Ok(found)
    }

    fn join(&mut self) -> Result<(), Fault> {
        self.joined += 1;
        if self.joined > LONGEST {
            return Err(self.fault("this expression is too long: name a part of it"));
        }
        Ok(())
    }

    pub(crate) fn expression(&mut self) -> Result<Expr, Fault> {
        if self.depth == 0 {
            self.joined = 0;
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.fault("this expression is nested too deeply"));
        }
        let span = self.span();
        let found = if self.take_word("soit") {
            let name = self.name()?.text;
            self.expect_sign("=")?;
            let value = self.expression()?;
            self.expect_word("puis")?;
            let body = self.expression()?;
            Ok(Expr {
                span,
                kind: ExprKind::Let(name, value.into(), body.into()),
            })
        } else if self.take_word("si") {
            let condition = self.expression()?;
            self.expect_word("alors")?;
            let then = self.expression()?;
            self.expect_word("sinon")?;
            let other = self.expression()?;
            Ok(Expr {
                span,
                kind: ExprKind::If(condition.into(), then.into(), other.into()),
            })
        } else {
            self.either()
        };
        self.depth -= 1;
        found
    }

    fn either(&mut self) -> Result<Expr, Fault> {
        let mut left = self.both()?;
        while self.is_word("ou") {
            let span = self.span();
            self.at += 1;
            self.join()?;
            left = binary(span, Binary::Or, left, self.both()?);
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Expr, Fault> {
        let mut left = self.negation()?;
        while self.is_word("et") {
            let span = self.span();
            self.at += 1;
            self.join()?;
            left = binary(span, Binary::And, left, self.negation()?);
        }
        Ok(left)
    }

    fn negation(&mut self) -> Result<Expr, Fault> {
        let span = self.span();
        if self.take_word("non") {
            self.depth += 1;
            if self.depth > DEEPEST {
                return Err(self.fault("this expression is nested too deeply"));
            }
            let inner = self.negation()?;
            self.depth -= 1;
            return Ok(Expr {
                span,
                kind: ExprKind::Not(inner.into()),
            });
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Expr, Fault> {
        let left = self.sum()?;
        let span = self.span();
        if self.take_word("parmi") {
            self.expect_sign("(")?;
            let list = self.list()?;
            return Ok(Expr {
                span,
                kind: ExprKind::Among(left.into(), list),
            });
        }
        let sign = match self.peek() {
            Token::Sign("=") => Binary::Equal,
            Token::Sign("<>") => Binary::Differs,
            Token::Sign("<") => Binary::Less,
            Token::Sign("<=") => Binary::AtMost,
            Token::Sign(">") => Binary::More,
            Token::Sign(">=") => Binary::AtLeast,
            _ => return Ok(left),
        };
        self.at += 1;
        Ok(binary(span, sign, left, self.sum()?))
    }

    fn sum(&mut self) -> Result<Expr, Fault> {
        let mut left = self.product()?;
        loop {
            let span = self.span();
            let sign = match self.peek() {
                Token::Sign("+") => Binary::Plus,
                Token::Sign("-") => Binary::Minus,
                _ => return Ok(left),
            };
            self.at += 1;
            self.join()?;
            left = binary(span, sign, left, self.product()?);
        }
    }

    fn product(&mut self) -> Result<Expr, Fault> {
        let mut left = self.unary()?;
        loop {
            let span = self.span();
            let sign = match self.peek() {
                Token::Sign("*") => Binary::Times,
                Token::Sign("/") => Binary::Over,
                _ => return Ok(left),
            };
            self.at += 1;
            self.join()?;
            left = binary(span, sign, left, self.unary()?);
        }
    }

    fn unary(&mut self) -> Result<Expr, Fault> {
        let span = self.span();
        if self.take_sign("-") {
            self.depth += 1;
            if self.depth > DEEPEST {
                return Err(self.fault("this expression is nested too deeply"));
            }
            let inner = self.unary()?;
            self.depth -= 1;
            return Ok(Expr {
                span,
                kind: ExprKind::Negate(inner.into()),
            });
        }
        let mut term = self.term()?;
        while self.is_sign("[") {
            let span = self.span();
            self.at += 1;
            self.join()?;
            let from = self.when()?;
            let to = if self.take_sign("..") {
                Some(self.when()?)
            } else {
                None
            };
            self.expect_sign("]")?;
            term = Expr {
                span,
                kind: ExprKind::At(term.into(), from, to),
            };
        }
        Ok(term)
    }

    fn when(&mut self) -> Result<When, Fault> {
        let word = self.name()?.text;
        let anchor = match word.as_str() {
            "M" => Anchor::Month,
            "N" => Anchor::Year,
            other => match (1..).zip(MONTHS).find(|(_, name)| *name == other) {
                Some((number, _)) => {
                    self.expect_word("N")?;
                    Anchor::MonthOfYear(number)
                }
                None => return Err(self.fault("M, N or a month's name is expected in [ ]")),
            },
        };
        let negative = self.is_sign("-");
        let shift = if negative || self.is_sign("+") {
            self.at += 1;
            match self.peek() {
                Token::Number(value) if value.bottom() == 1 && value.top() <= 240 => {
                    let value = i16::try_from(value.top()).unwrap_or_default();
                    self.at += 1;
                    if negative { -value } else { value }
                }
                _ => return Err(self.fault("a number of months or years up to 240 is expected")),
            }
        } else {
            0
        };
        Ok(When { anchor, shift })
    }

    fn list(&mut self) -> Result<Vec<Expr>, Fault> {
        let mut list = Vec::new();
        if self.take_sign(")") {
            return Ok(list);
        }
        loop {
            list.push(self.expression()?);
            if self.take_sign(")") {
                return Ok(list);
            }
            if !self.take_sign(";") {
                return Err(self.fault("; or ) is expected here"));
            }
        }
    }

    fn term(&mut self) -> Result<Expr, Fault> {
        let span = self.span();
        if self.take_sign("(") {
            let inner = self.expression()?;
            self.expect_sign(")")?;
            return Ok(inner);
        }
        let Token::Word(word) = self.peek().clone() else {
            let literal = self.literal()?;
            return Ok(Expr {
                span,
                kind: ExprKind::Literal(literal),
            });
        };
        let kind = match word.as_str() {
            "vrai" | "faux" => ExprKind::Literal(self.literal()?),
            "non_modélisé" | "à_apprécier" => {
                self.at += 1;
                let refusal = if word == "à_apprécier" {
                    Refusal::Assessed
                } else {
                    Refusal::NotModelled
                };
                ExprKind::Refuse(refusal, self.sentence()?.text)
            }
            _ => {
                self.at += 1;
                if REACHES.contains(&word.as_str()) && self.take_sign(".") {
                    let inner = self.term()?;
                    ExprKind::Reach(word, inner.into())
                } else if self.take_sign("(") {
                    ExprKind::Call(word, self.list()?)
                } else {
                    ExprKind::Name(word)
                }
            }
        };
        Ok(Expr { span, kind })
    }
}

fn binary(span: Span, sign: Binary, left: Expr, right: Expr) -> Expr {
    Expr {
        span,
        kind: ExprKind::Binary(sign, left.into(), right.into()),
    }
}
