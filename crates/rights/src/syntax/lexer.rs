//! Words, numbers, dates and signs of a law file.

use super::{Fault, Source, Span};
use crate::ratio::Ratio;
use jiff::civil::Date;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    Word(String),
    Number(Ratio),
    Day(Date),
    /// Between double quotes: a sentence.
    Sentence(String),
    /// Between single quotes: one of a list, or a code.
    Code(String),
    Sign(&'static str),
    End,
}

const SIGNS: [&str; 24] = [
    "..", "<=", ">=", "<>", "=", "<", ">", "+", "-", "*", "/", "(", ")", "[", "]", ";", ":", ",",
    ".", "%", "€", "≤", "≥", "≠",
];

/// Cuts the file; the first thing that is no word of the language is the fault.
pub(crate) fn cut(sources: &[Source], file: u16) -> Result<Vec<(Token, Span)>, Fault> {
    let mut tokens = Vec::new();
    let text = sources
        .get(usize::from(file))
        .map_or("", |s| s.text.as_str());
    let mut number = 0;
    for line in text.lines() {
        number += 1;
        cut_line(sources, file, number, line, &mut tokens)?;
    }
    let end = Span {
        file,
        line: number.max(1),
        column: 1,
        length: 1,
    };
    tokens.push((Token::End, end));
    Ok(tokens)
}

fn cut_line(
    sources: &[Source],
    file: u16,
    line_number: u32,
    line: &str,
    tokens: &mut Vec<(Token, Span)>,
) -> Result<(), Fault> {
    let mut rest = line;
    let mut column = 1;
    while let Some(first) = rest.chars().next() {
        let span = |length: u32| Span {
            file,
            line: line_number,
            column,
            length,
        };
        if first == '#' {
            return Ok(());
        }
        if first.is_whitespace() || first == '\u{feff}' {
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            column += 1;
            continue;
        }
        let (token, bytes) = match one(rest, first) {
            Ok(found) => found,
            Err(what) => return Err(Fault::new(sources, span(1), what)),
        };
        let (taken, left) = rest.split_at(bytes);
        let length = u32::try_from(taken.chars().count()).unwrap_or(1);
        tokens.push((token, span(length)));
        column += length;
        rest = left;
    }
    Ok(())
}

fn one(rest: &str, first: char) -> Result<(Token, usize), String> {
    if first == '"' || first == '\'' {
        let inner = rest.get(1..).unwrap_or_default();
        let Some(end) = inner.find(first) else {
            return Err(format!(
                "this text opens with {first} and does not close on its line"
            ));
        };
        let text = inner.get(..end).unwrap_or_default().to_owned();
        let token = if first == '"' {
            Token::Sentence(text)
        } else {
            Token::Code(text)
        };
        return Ok((token, end + 2));
    }
    if first.is_ascii_digit() {
        return number(rest);
    }
    if first.is_alphabetic() || first == '_' {
        let end = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(rest.len());
        return Ok((
            Token::Word(rest.get(..end).unwrap_or_default().to_owned()),
            end,
        ));
    }
    for sign in SIGNS {
        if rest.starts_with(sign) {
            let same = match sign {
                "≤" => "<=",
                "≥" => ">=",
                "≠" => "<>",
                other => other,
            };
            return Ok((Token::Sign(same), sign.len()));
        }
    }
    Err(format!("the sign {first:?} has no meaning here"))
}

fn number(rest: &str) -> Result<(Token, usize), String> {
    let bytes = rest.as_bytes();
    let shape: Vec<bool> = bytes.iter().take(10).map(u8::is_ascii_digit).collect();
    let dated = [true, true, true, true, false, true, true, false, true, true];
    if shape == dated && bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-') {
        let text = rest.get(..10).unwrap_or_default();
        let day = text
            .parse::<Date>()
            .map_err(|_| format!("{text} is no day of the calendar"))?;
        return Ok((Token::Day(day), 10));
    }
    let mut end = bytes
        .iter()
        .take_while(|b| b.is_ascii_digit() || **b == b'_')
        .count();
    let mut text = rest.get(..end).unwrap_or_default().replace('_', "");
    if bytes.get(end) == Some(&b',') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        let right = rest.get(end + 1..).unwrap_or_default();
        let digits = right.bytes().take_while(u8::is_ascii_digit).count();
        text.push('.');
        text.push_str(right.get(..digits).unwrap_or_default());
        end += 1 + digits;
    }
    let value = Ratio::decimal(&text).ok_or_else(|| format!("{text} is too long a number"))?;
    Ok((Token::Number(value), end))
}
