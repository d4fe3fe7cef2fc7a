//! Facts, answers, amounts and periods in words: for the pages of rights to look at and for what the
//! record tells of them. The names of facts come from the law files; one they no longer have is told
//! by its name.

use super::communes;
use crate::page::Shell;
use domain::looked::{
    Answer, Composition, Decided, FactRef, FactValue, Looked, MemberTie, Month, Said, Span, Whom,
};
use domain::procedure::Amount;
use jiff::civil::Date;
use rights::{
    Law,
    asking::{
        Fact, FigureUsed, Form, Lacking, Offer, Question, Shown, Turned, Turning, Unit,
        question_about,
    },
};

/// An amount of cents, as people write it: `1 234,56 €`, without cents where there are none.
pub(super) fn euros(cents: i64) -> String {
    let (whole, part) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    let digits = whole.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    let sign = if cents < 0 { "-" } else { "" };
    if part == 0 {
        format!("{sign}{grouped}\u{a0}€")
    } else {
        format!("{sign}{grouped},{part:02}\u{a0}€")
    }
}

/// A month in words: `mars 2026`.
pub(super) fn month(s: &Shell, month: Month) -> String {
    format!(
        "{} {}",
        s.t(&format!("month-{}", month.number())),
        month.year()
    )
}

/// A period in words; empty where the fact holds whatever the date, or tells how things stand.
pub(super) fn span(s: &Shell, span: Span) -> String {
    match span {
        Span::Always | Span::Since(_) => String::new(),
        Span::Year(year) => s.t1("looked-span-year", "year", year.to_string()),
        Span::Months { from, to } if from == to => month(s, from),
        Span::Months { from, to } => s.l.t2(
            "looked-span-months",
            ("from", &month(s, from)),
            ("to", &month(s, to)),
        ),
    }
}

/// Whom a fact is about, in words.
pub(super) fn whom(s: &Shell, looked: &Looked, today: Date, whom: Whom) -> String {
    let number = match whom {
        Whom::Person => return s.w("looked-whom-person"),
        Whom::Family => return s.w("looked-whom-family"),
        Whom::TaxReturn => return s.w("looked-whom-tax"),
        Whom::Home => return s.w("looked-whom-dwelling"),
        Whom::Member(number) => number,
    };
    let composition = looked.composition.as_ref();
    let Some(member) = composition.and_then(|told| told.what.member(number)) else {
        return s.t("looked-whom-gone");
    };
    match member.tie {
        MemberTie::Partner => s.w("looked-whom-partner"),
        MemberTie::Child if !member.name.is_empty() => member.name.clone(),
        MemberTie::Child if member.born > today => {
            s.w1("looked-whom-expected", "day", s.l.day(member.born))
        }
        MemberTie::Child => s.w1("looked-whom-child", "day", s.l.day(member.born)),
    }
}

/// The name of a fact without the shape of its values: codes and parts of one are the law files'
/// business, pages show names and percentages.
pub(super) fn named(label: &str) -> &str {
    let cut = [" (code", " (de 0 à 1)"]
        .iter()
        .filter_map(|end| label.find(end))
        .min();
    cut.and_then(|at| label.get(..at)).unwrap_or(label)
}

/// The name of a fact.
pub(super) fn label(s: &Shell, law: &Law, fact: &str) -> String {
    match (law.variable(fact), fact) {
        (Some((_, variable)), _) => named(&variable.label).to_owned(),
        // Said of children all at once, so as not to ask each of them about everything.
        (None, "enfant_argent") => s.t("looked-child-money"),
        (None, "enfant_situation") => s.t("looked-child-situation"),
        (None, other) => other.to_owned(),
    }
}

/// A text of the law files as a page breaks its lines: a mark stays with the word before it.
pub(super) fn kept_together(text: &str) -> String {
    [" ?", " !", " :", " ;", " %", " €"]
        .iter()
        .fold(text.to_owned(), |text, mark| {
            text.replace(mark, &mark.replace(' ', "\u{a0}"))
        })
}

/// The name of a right.
pub(super) fn right(law: &Law, name: &str) -> String {
    let found = law.rights().iter().find(|r| r.name == name);
    found.map_or_else(|| name.to_owned(), |r| r.label.clone())
}

/// A number of hundredths as it is typed: `2`, `2,5`.
pub(super) fn hundredths(number: u32) -> String {
    let (whole, part) = (number / 100, number % 100);
    match part {
        0 => whole.to_string(),
        part if part % 10 == 0 => format!("{whole},{}", part / 10),
        part => format!("{whole},{part:02}"),
    }
}

fn value(s: &Shell, law: &Law, about: &FactRef, value: &FactValue) -> String {
    match value {
        FactValue::Truth(true) => s.t("looked-answer-yes"),
        FactValue::Truth(false) => s.t("looked-answer-no"),
        FactValue::Amount(said) => amount(*said),
        FactValue::Number(number) => match form_of(law, about) {
            Some(Form::Number(Unit::Percent)) => format!("{number}\u{a0}%"),
            _ => hundredths(*number),
        },
        FactValue::Day(day) => s.l.day(*day),
        FactValue::Word(word) => match form_of(law, about) {
            Some(Form::Choice(choices)) => choices
                .into_iter()
                .find(|(w, _)| w == word)
                .map_or_else(|| word.clone(), |(_, label)| label),
            Some(Form::Commune) => communes::words(word),
            _ => word.clone(),
        },
    }
}

/// How a fact is answered, as far as the law files still know it.
fn form_of(law: &Law, about: &FactRef) -> Option<Form> {
    question_about(law, about).map(|question| question.form)
}

/// An amount as people write it.
pub(super) fn amount(amount: Amount) -> String {
    euros(i64::try_from(amount.cents()).unwrap_or(i64::MAX))
}

/// The first letter made a capital.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// Who lives at home, in one line.
pub(super) fn household(s: &Shell, composition: &Composition) -> String {
    let children = composition.children().count();
    if composition.partner().is_none() && children == 0 {
        return s.w("looked-household-alone");
    }
    let mut words = vec![s.w("looked-household-person")];
    words.extend(
        composition
            .partner()
            .map(|_| s.w("looked-household-partner")),
    );
    words.extend((children > 0).then(|| s.t1("looked-household-children", "count", children)));
    words.join(", ")
}

/// Whom a question is about, where it is someone: what is said of the family or of the dwelling tells
/// so itself.
pub(super) fn about(s: &Shell, looked: &Looked, today: Date, about: Whom) -> String {
    let alone = looked
        .composition
        .as_ref()
        .is_none_or(|told| told.what.members.is_empty());
    match about {
        Whom::Person if alone => String::new(),
        Whom::Person | Whom::Member(_) => whom(s, looked, today, about),
        Whom::Family | Whom::TaxReturn | Whom::Home => String::new(),
    }
}

/// The period a question asks about, in words.
pub(super) fn asked_over(s: &Shell, over: Span, amount: bool) -> String {
    match over {
        Span::Year(year) if amount => s.t1("looked-asked-year", "year", year.to_string()),
        Span::Months { from, to } if from < to && amount => s.l.t2(
            "looked-asked-months",
            ("from", &month(s, from)),
            ("to", &month(s, to)),
        ),
        Span::Since(_) => s.t("looked-asked-now"),
        other => span(s, other),
    }
}

/// What was said of an earlier period: shown, never taken.
pub(super) fn earlier(s: &Shell, law: &Law, question: &Question, answer: &Answer) -> String {
    let fact = FactRef::from_code(&question.id).map_or_else(String::new, |about| about.fact);
    let said = Said {
        about: FactRef {
            whom: question.whom,
            fact,
            span: question.span,
        },
        answer: answer.clone(),
        confirmed: None,
    };
    s.t1("looked-earlier", "answer", self::answer(s, law, &said))
}

/// Where an offered fact stands in the record.
pub(super) fn source(s: &Shell, offer: &Offer) -> String {
    let source = s.t(&format!("looked-source-{}", offer.source.word()));
    let mut words = source;
    if !offer.words.is_empty() {
        words = format!("{words}\u{a0}: {}", offer.words);
    }
    match offer.on {
        Some(day) => format!("{words}, {}", s.l.day(day)),
        None => words,
    }
}

/// A value of the law or of the household, ready to be read.
fn shown(s: &Shell, shown: &Shown, percent: bool) -> String {
    match shown {
        Shown::Truth(true) => s.t("looked-answer-yes"),
        Shown::Truth(false) => s.t("looked-answer-no"),
        Shown::Amount(cents) => euros(*cents),
        Shown::Number(number) if percent => format!("{number}\u{a0}%"),
        Shown::Number(number) => {
            let sign = if *number < 0 { "-" } else { "" };
            let number = u32::try_from(number.unsigned_abs()).unwrap_or(u32::MAX);
            format!("{sign}{}", hundredths(number))
        }
        Shown::Day(day) => s.l.day(*day),
        Shown::Word(_, label) => label.clone(),
    }
}

/// A fact that was used, with its value.
pub(super) fn used(s: &Shell, law: &Law, looked: &Looked, today: Date, used: &Fact) -> String {
    let name = fact(s, law, looked, today, &used.about);
    if let (Shown::Word(code, _), Some(Form::Commune)) = (&used.shown, form_of(law, &used.about)) {
        return format!("{name}\u{a0}: {}", communes::words(code));
    }
    let percent = form_of(law, &used.about) == Some(Form::Number(Unit::Percent));
    let value = shown(s, &used.shown, percent);
    let monthly = matches!(used.about.span, Span::Months { from, to } if from < to);
    match used.shown {
        Shown::Amount(_) if monthly => {
            format!(
                "{name}\u{a0}: {}",
                s.t1("looked-answer-each", "amount", value)
            )
        }
        _ => format!("{name}\u{a0}: {value}"),
    }
}

/// Whether a fact says that there is none, or that something is not so.
pub(super) fn is_none(used: &Fact) -> bool {
    matches!(
        used.shown,
        Shown::Truth(false) | Shown::Amount(0) | Shown::Number(0)
    )
}

/// A figure of the law, with the day its value began.
pub(super) fn figure(s: &Shell, figure: &FigureUsed) -> String {
    s.l.t3(
        "looked-law-since",
        ("figure", &figure.label),
        ("value", &shown(s, &figure.value, false)),
        ("day", &s.l.day(figure.since)),
    )
}

/// A fact that is missing, and whom it is about.
pub(super) fn lacking(s: &Shell, looked: &Looked, today: Date, lacking: &Lacking) -> String {
    let about = about(s, looked, today, lacking.whom);
    if about.is_empty() {
        named(&lacking.label).to_owned()
    } else {
        format!("{} ({about})", named(&lacking.label))
    }
}

/// What would change an answer, in a sentence.
pub(super) fn change(s: &Shell, looked: &Looked, today: Date, turning: &Turning) -> String {
    let fact = turning.fact.as_ref().map(|(label, whom)| {
        let whom = about(s, looked, today, *whom);
        let label = named(label);
        if whom.is_empty() {
            label.to_owned()
        } else {
            format!("{label} ({whom})")
        }
    });
    let fact = fact.unwrap_or_default();
    let monthly = |key: &str, cents: i64| {
        let amount = s.t1("looked-amount-month", "amount", euros(cents));
        s.l.t2(key, ("fact", &fact), ("amount", &amount))
    };
    let what = match &turning.turned {
        Turned::Other(value) => s.l.t2(
            "looked-change-other",
            ("fact", &fact),
            ("answer", &shown(s, value, false)),
        ),
        Turned::AtMost(cents) => monthly("looked-change-most", *cents),
        Turned::AtLeast(cents) => monthly("looked-change-least", *cents),
        Turned::From(from) => s.t1("looked-change-time", "month", month(s, *from)),
    };
    let key = if turning.likely {
        "looked-change-likely"
    } else {
        "looked-change-unlikely"
    };
    s.w1(key, "what", what)
}

/// A decision in words, with its day.
pub(super) fn decision(s: &Shell, decided: &Decided) -> String {
    let word = s.w(&format!("looked-decision-{}", decided.decision.word()));
    s.l.t2(
        "looked-decision-on",
        ("decision", &word),
        ("day", &s.l.day(decided.on)),
    )
}

/// An answer in words.
pub(super) fn answer(s: &Shell, law: &Law, said: &Said) -> String {
    match &said.answer {
        Answer::Unknown => s.w("looked-answer-unknown"),
        Answer::Nothing => s.t("looked-answer-none"),
        Answer::Some => s.t("looked-answer-some"),
        Answer::Value(v @ FactValue::Amount(_)) if of_months(said.about.span) => s.t1(
            "looked-answer-each",
            "amount",
            value(s, law, &said.about, v),
        ),
        Answer::Value(v) => value(s, law, &said.about, v),
        Answer::EachMonth(amounts) => each(s, said.about.span, amounts),
    }
}

fn of_months(span: Span) -> bool {
    matches!(span, Span::Months { from, to } if from < to) || matches!(span, Span::Since(_))
}

/// Amounts of each month: told once where they are the same.
fn each(s: &Shell, span: Span, amounts: &[Amount]) -> String {
    let told = |a: &Amount| amount(*a);
    match (span, amounts) {
        (_, [first, rest @ ..]) if rest.iter().all(|a| a == first) => {
            s.t1("looked-answer-each", "amount", told(first))
        }
        (Span::Months { from, .. }, amounts) => {
            let mut at = from;
            let mut all = Vec::new();
            for amount in amounts {
                all.push(format!("{}\u{a0}: {}", month(s, at), told(amount)));
                at = at.plus(1);
            }
            all.join("\u{a0}; ")
        }
        _ => String::new(),
    }
}

/// A fact, whom it is about and its period, in one line.
pub(super) fn fact(s: &Shell, law: &Law, looked: &Looked, today: Date, about: &FactRef) -> String {
    let mut words = vec![label(s, law, &about.fact)];
    if matches!(about.whom, Whom::Member(_)) {
        words.push(whom(s, looked, today, about.whom));
    }
    let period = span(s, about.span);
    words.extend((!period.is_empty()).then_some(period));
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::{euros, hundredths};

    #[test]
    fn amounts_read_as_people_write_them() {
        assert_eq!(euros(0), "0\u{a0}€");
        assert_eq!(euros(63_570), "635,70\u{a0}€");
        assert_eq!(euros(123_456_700), "1\u{202f}234\u{202f}567\u{a0}€");
        assert_eq!(euros(-1_205), "-12,05\u{a0}€");
    }

    #[test]
    fn numbers_keep_what_was_typed() {
        assert_eq!(hundredths(200), "2");
        assert_eq!(hundredths(250), "2,5");
        assert_eq!(hundredths(205), "2,05");
    }
}
