//! What was answered, read from the form; what cannot be read is told beside its field.

use crate::{form::Form, looked::communes};
use domain::{looked::Month, procedure::Amount};
use rights::asking::{Form as Kind, Given, Question, Unit};

/// The name of a month's field.
pub(super) fn month_field(month: Month) -> String {
    format!("month-{month}")
}

/// The answer, or nothing where the form says what to mend.
pub(super) fn given(form: &mut Form, question: &Question) -> Option<Given> {
    let pressed = form.get("answer").to_owned();
    match pressed.as_str() {
        "unknown" => return Some(Given::Unknown),
        "none" => return Some(Given::Nothing),
        "yes" => return Some(Given::Truth(true)),
        "no" => return Some(Given::Truth(false)),
        word => {
            if let Some(word) = word.strip_prefix("word-") {
                return Some(Given::Word(word.to_owned()));
            }
        }
    }
    match &question.form {
        Kind::Amount => amount(form, "value").map(Given::Amount),
        Kind::EachMonth { from, to } => each_month(form, *from, *to),
        Kind::Number(unit) => number(form, *unit).map(Given::Number),
        Kind::Day => day(form),
        Kind::Commune => commune(form).map(Given::Word),
        Kind::Choice(_) | Kind::YesNo => word(form),
        Kind::Ticks(_) => {
            let ticked: Vec<String> = form.all("ticks").map(str::to_owned).collect();
            if ticked.is_empty() {
                form.fail("answer", "error-looked-ticks");
                return None;
            }
            Some(Given::Ticks(ticked))
        }
    }
}

fn amount(form: &mut Form, field: &str) -> Option<Amount> {
    let amount = Amount::parse(form.get(field)).ok();
    if amount.is_none() {
        let empty = form.get(field).trim().is_empty();
        let key = if empty {
            "error-looked-amount-empty"
        } else {
            "error-amount"
        };
        form.fail(field, key);
    }
    amount
}

/// The same amount each month, or one a month: where months are filled, an empty one among them is
/// to be filled too.
fn each_month(form: &mut Form, from: Month, to: Month) -> Option<Given> {
    let months: Vec<Month> = (from.index()..=to.index()).map(Month::from_index).collect();
    let filled = |m: &Month| !form.get(&month_field(*m)).trim().is_empty();
    let apart = months.iter().any(filled);
    if !form.get("value").trim().is_empty() || !apart {
        let same = amount(form, "value")?;
        if apart {
            form.fail("value", "error-looked-both");
            return None;
        }
        return Some(Given::EachMonth(vec![same; months.len()]));
    }
    let each: Vec<Option<Amount>> = months
        .iter()
        .map(|m| amount(form, &month_field(*m)))
        .collect();
    let each: Option<Vec<Amount>> = each.into_iter().collect();
    each.map(Given::EachMonth)
}

/// A number in hundredths; a percentage as it is.
fn number(form: &mut Form, unit: Unit) -> Option<u32> {
    let typed = form.get("value").trim().trim_end_matches('%').to_owned();
    let number = if unit == Unit::Percent {
        typed.trim().parse().ok().filter(|n| *n <= 100)
    } else {
        let number = Amount::parse(&typed).ok();
        number.and_then(|n| u32::try_from(n.cents()).ok())
    };
    if number.is_none() {
        form.fail("value", "error-looked-number-value");
    }
    number
}

fn day(form: &mut Form) -> Option<Given> {
    let day = form.day("value");
    if day.is_none() && !form.fails("value") {
        form.fail("value", "error-day");
    }
    day.map(Given::Day)
}

/// The code of the one commune that was meant.
fn commune(form: &mut Form) -> Option<String> {
    match communes::found(form.get("value")).as_slice() {
        [commune] => return Some(commune.code.to_owned()),
        [] => form.fail("value", "error-looked-commune"),
        _ => form.fail("value", "error-looked-communes"),
    }
    None
}

fn word(form: &mut Form) -> Option<Given> {
    let word = form.get("value").to_owned();
    if word.is_empty() {
        form.fail("value", "error-choice");
        return None;
    }
    Some(Given::Word(word))
}
