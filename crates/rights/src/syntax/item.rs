//! What a law file says: parameters, lists of choices, tables, facts, rules, rights.

use super::expression::Reader;
use super::lexer::{Token, cut};
use super::tree::{
    Choice, Condition, ConditionKind, Expr, Fact, Item, Name, Parameter, ParameterValue, Right,
    Rule, Table, Typed,
};
use super::{Fault, Source, Span};
use jiff::civil::Date;

/// Reads one file; the first fault ends its reading.
pub(crate) fn parse(sources: &[Source], file: u16) -> Result<Vec<Item>, Fault> {
    let mut reader = Reader::new(sources, cut(sources, file)?);
    let mut items = Vec::new();
    while *reader.peek() != Token::End {
        items.push(item(&mut reader)?);
    }
    Ok(items)
}

const EXPECTED: &str = "paramètre, choix, table, fait, règle or droit is expected here";

fn item(reader: &mut Reader<'_>) -> Result<Item, Fault> {
    let Token::Word(word) = reader.peek().clone() else {
        return Err(reader.fault(EXPECTED));
    };
    match word.as_str() {
        "paramètre" | "choix" | "table" | "fait" | "règle" | "droit" => {}
        _ => return Err(reader.fault(EXPECTED)),
    }
    reader.advance();
    let name = reader.name()?;
    reader.expect_sign(":")?;
    if word == "choix" {
        return choice(reader, name);
    }
    let typed = typed(reader)?;
    match word.as_str() {
        "paramètre" => parameter(reader, name, typed),
        "table" => table(reader, name, typed),
        "fait" => fact(reader, name, typed),
        "règle" => rule(reader, name, typed),
        _ => right(reader, name, typed),
    }
}

fn typed(reader: &mut Reader<'_>) -> Result<Typed, Fault> {
    let kind = reader.name()?;
    let entity = if reader.take_sign(",") {
        Some(reader.name()?)
    } else {
        None
    };
    let rhythm = if reader.take_sign(",") {
        Some(reader.name()?)
    } else {
        None
    };
    Ok(Typed {
        kind,
        entity,
        rhythm,
    })
}

fn choice(reader: &mut Reader<'_>, name: Name) -> Result<Item, Fault> {
    let mut variants = Vec::new();
    loop {
        let variant = reader.name()?;
        let label = match reader.peek() {
            Token::Sentence(_) => Some(reader.sentence()?),
            _ => None,
        };
        variants.push((variant, label));
        if !reader.take_sign(",") {
            return Ok(Item::Choice(Choice { name, variants }));
        }
    }
}

fn once<T>(reader: &Reader<'_>, place: &mut Option<T>, value: T, what: &str) -> Result<(), Fault> {
    if place.replace(value).is_some() {
        return Err(reader.fault(format!("« {what} » is said twice just before here")));
    }
    Ok(())
}

fn day(reader: &mut Reader<'_>) -> Result<Date, Fault> {
    match reader.peek() {
        Token::Day(day) => {
            let day = *day;
            reader.advance();
            Ok(day)
        }
        _ => Err(reader.fault("a day as 2025-01-31 is expected here")),
    }
}

fn parameter(reader: &mut Reader<'_>, name: Name, typed: Typed) -> Result<Item, Fault> {
    let mut it = Parameter {
        name,
        typed,
        label: None,
        source: None,
        checked: None,
        created: None,
        values: Vec::new(),
    };
    loop {
        if reader.take_word("libellé") {
            let text = reader.sentence()?;
            once(reader, &mut it.label, text, "libellé")?;
        } else if reader.take_word("source") {
            let text = reader.sentence()?;
            once(reader, &mut it.source, text, "source")?;
        } else if reader.take_word("relevé") {
            let checked = (day(reader)?, reader.sentence()?);
            once(reader, &mut it.checked, checked, "relevé")?;
        } else if reader.take_word("créé") {
            let from = day(reader)?;
            once(reader, &mut it.created, from, "créé")?;
        } else if reader.is_word("depuis") {
            it.values.push(value(reader)?);
        } else {
            return Ok(Item::Parameter(it));
        }
    }
}

fn value(reader: &mut Reader<'_>) -> Result<ParameterValue, Fault> {
    let span = reader.span();
    reader.advance();
    let from = day(reader)?;
    let until = if reader.take_sign("..") {
        Some(day(reader)?)
    } else {
        None
    };
    reader.expect_sign("=")?;
    let value = if reader.take_word("fin") {
        None
    } else {
        Some(reader.literal()?)
    };
    let source = match reader.peek() {
        Token::Sentence(_) => Some(reader.sentence()?),
        _ => None,
    };
    Ok(ParameterValue {
        span,
        from,
        until,
        value,
        source,
    })
}

fn table(reader: &mut Reader<'_>, name: Name, typed: Typed) -> Result<Item, Fault> {
    let mut it = Table {
        name,
        typed,
        label: None,
        source: None,
        checked: None,
        rows: Vec::new(),
        otherwise: None,
    };
    loop {
        let span = reader.span();
        if reader.take_word("libellé") {
            let text = reader.sentence()?;
            once(reader, &mut it.label, text, "libellé")?;
        } else if reader.take_word("source") {
            let text = reader.sentence()?;
            once(reader, &mut it.source, text, "source")?;
        } else if reader.take_word("relevé") {
            let checked = (day(reader)?, reader.sentence()?);
            once(reader, &mut it.checked, checked, "relevé")?;
        } else if reader.take_word("sinon") {
            let span = reader.span();
            let value = (reader.literal()?, span);
            once(reader, &mut it.otherwise, value, "sinon")?;
        } else if matches!(reader.peek(), Token::Code(_) | Token::Number(_)) {
            let value = reader.literal()?;
            reader.expect_sign("=")?;
            let mut codes = vec![reader.sentence()?];
            while matches!(reader.peek(), Token::Sentence(_)) {
                codes.push(reader.sentence()?);
            }
            it.rows.push((value, span, codes));
        } else {
            return Ok(Item::Table(it));
        }
    }
}

fn fact(reader: &mut Reader<'_>, name: Name, typed: Typed) -> Result<Item, Fault> {
    let mut it = Fact {
        name,
        typed,
        label: None,
        question: None,
        default: None,
    };
    loop {
        if reader.take_word("libellé") {
            let text = reader.sentence()?;
            once(reader, &mut it.label, text, "libellé")?;
        } else if reader.take_word("question") {
            let text = reader.sentence()?;
            once(reader, &mut it.question, text, "question")?;
        } else if reader.take_word("défaut") {
            let span = reader.span();
            let value = (reader.literal()?, span);
            once(reader, &mut it.default, value, "défaut")?;
        } else {
            return Ok(Item::Fact(it));
        }
    }
}

fn rule(reader: &mut Reader<'_>, name: Name, typed: Typed) -> Result<Item, Fault> {
    let mut it = Rule {
        name,
        typed,
        label: None,
        law: None,
        default: None,
        versions: Vec::new(),
    };
    loop {
        let span = reader.span();
        if reader.take_word("libellé") {
            let text = reader.sentence()?;
            once(reader, &mut it.label, text, "libellé")?;
        } else if reader.take_word("loi") {
            let text = reader.sentence()?;
            once(reader, &mut it.law, text, "loi")?;
        } else if reader.take_word("défaut") {
            let span = reader.span();
            let value = (reader.literal()?, span);
            once(reader, &mut it.default, value, "défaut")?;
        } else if reader.take_word("depuis") {
            let from = day(reader)?;
            let expr = defined(reader)?;
            it.versions.push((Some(from), span, expr));
        } else if reader.is_sign("=") {
            let expr = defined(reader)?;
            it.versions.push((None, span, expr));
        } else {
            return Ok(Item::Rule(it));
        }
    }
}

fn defined(reader: &mut Reader<'_>) -> Result<Expr, Fault> {
    reader.expect_sign("=")?;
    reader.expression()
}

fn right(reader: &mut Reader<'_>, name: Name, typed: Typed) -> Result<Item, Fault> {
    let mut it = Right {
        name,
        typed,
        label: None,
        law: None,
        amount: None,
        conditions: Vec::new(),
        bring: Vec::new(),
        limits: Vec::new(),
        fiche: None,
    };
    loop {
        if reader.take_word("libellé") {
            let text = reader.sentence()?;
            once(reader, &mut it.label, text, "libellé")?;
        } else if reader.take_word("loi") {
            let text = reader.sentence()?;
            once(reader, &mut it.law, text, "loi")?;
        } else if reader.take_word("montant") {
            let amount = reader.name()?;
            once(reader, &mut it.amount, amount, "montant")?;
        } else if reader.take_word("fiche") {
            let text = reader.sentence()?;
            once(reader, &mut it.fiche, text, "fiche")?;
        } else if reader.take_word("pièce") {
            it.bring.push(reader.sentence()?);
        } else if reader.take_word("limite") {
            it.limits.push(reader.sentence()?);
        } else if reader.is_word("condition") || reader.is_word("apprécier") {
            it.conditions.push(condition(reader)?);
        } else {
            return Ok(Item::Right(it));
        }
    }
}

fn condition(reader: &mut Reader<'_>) -> Result<Condition, Fault> {
    let kind = if reader.take_word("condition") {
        ConditionKind::Needed
    } else {
        reader.advance();
        ConditionKind::Assessed
    };
    let text = reader.sentence()?;
    let law = if reader.take_word("loi") {
        Some(reader.sentence()?)
    } else {
        None
    };
    Ok(Condition {
        kind,
        text,
        law,
        expr: defined(reader)?,
    })
}

/// Where an item's name stands.
pub(crate) fn name_of(item: &Item) -> (&str, Span) {
    let name = match item {
        Item::Parameter(it) => &it.name,
        Item::Choice(it) => &it.name,
        Item::Fact(it) => &it.name,
        Item::Rule(it) => &it.name,
        Item::Right(it) => &it.name,
        Item::Table(it) => &it.name,
    };
    (&name.text, name.span)
}
