//! One question a page: the next one whose answer can change an indication, or one that was
//! answered and is asked again. « Je ne sais pas » and « aucun » are answers.

mod read;

use super::{answers, communes, desk::Desk, home, words};
use crate::{
    Web,
    form::{Choice, Form},
    page::{Page, PageError, Shell, see},
};
use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use domain::looked::{Answer, FactRef, FactValue, Month, Said};
use rights::asking::{self, Form as Kind, Offer, Question, Unit};
use std::collections::HashMap;

/// The most choices that are buttons; more are a list.
const MOST_BUTTONS: usize = 9;

/// An answer given by one press.
struct Button {
    value: String,
    label: String,
}

/// A field to fill.
struct Field {
    name: String,
    label: String,
    hint: String,
    kind: &'static str,
    /// Which keys a telephone shows.
    mode: &'static str,
    value: String,
    error: String,
    options: Vec<Choice>,
    /// Whether what differs from month to month begins, or ends, with it.
    folded: bool,
    last: bool,
}

/// A question, as pages show it.
struct Asked {
    /// How the form names it.
    key: String,
    question: String,
    about: String,
    period: String,
    /// The answer that holds, where it is asked again.
    now: String,
    /// What was said of an earlier period.
    earlier: String,
    /// What the record knows of it, to be confirmed by a press; empty where it knows nothing.
    offered: String,
    offered_from: String,
    buttons: Vec<Button>,
    boxes: Vec<Choice>,
    fields: Vec<Field>,
    /// Whether something is to be filled or ticked, and sent.
    typed: bool,
    unfolded: bool,
    /// The words for none; empty where it is no answer.
    none: String,
    rights: String,
}

#[derive(Template)]
#[template(path = "looked/question.html")]
struct QuestionView<'a> {
    s: &'a Shell,
    at: &'a str,
    back: String,
    form: &'a Form,
    q: Asked,
    left: String,
}

#[derive(Template)]
#[template(path = "looked/done.html")]
struct DoneView<'a> {
    s: &'a Shell,
    at: &'a str,
    to: String,
}

/// What the record offers for a question that is about that one fact.
fn offer(web: &Web, desk: &Desk, question: &Question) -> Option<Offer> {
    let [about] = question.facts() else {
        return None;
    };
    let offers = asking::offered(&web.law, desk.record(), web.service.today());
    let mut offers = offers.into_iter();
    offers.find(|offer| {
        let [said] = offer.said.as_slice() else {
            return false;
        };
        (said.about.whom, &said.about.fact) == (about.whom, &about.fact)
    })
}

/// The answer that holds for that fact over that period.
fn now<'a>(desk: &'a Desk, about: &FactRef) -> Option<&'a Said> {
    let facts = desk.record().looked.facts.iter();
    let mut found = facts.map(|f| &f.what).filter(|said| said.about == *about);
    found.next_back()
}

fn typed(amount: domain::procedure::Amount) -> String {
    let text = amount.to_string();
    text.strip_suffix(",00").unwrap_or(&text).to_owned()
}

/// What fields hold at first, where something was answered before.
fn filled(form: &mut Form, answer: &Answer, kind: &Kind, from: Option<Month>) {
    match answer {
        Answer::Value(FactValue::Number(number)) if *kind == Kind::Number(Unit::Percent) => {
            form.set("value", number.to_string());
        }
        Answer::Value(FactValue::Amount(amount)) => {
            form.set("value", typed(*amount));
        }
        Answer::Value(FactValue::Number(number)) => {
            form.set("value", words::hundredths(*number));
        }
        Answer::Value(FactValue::Day(day)) => {
            form.set("value", day.to_string());
        }
        Answer::Value(FactValue::Word(word)) if *kind == Kind::Commune => {
            form.set("value", communes::words(word));
        }
        Answer::Value(FactValue::Word(word)) => {
            form.set("value", word.as_str());
        }
        Answer::EachMonth(amounts) => match (amounts.as_slice(), from) {
            ([first, rest @ ..], _) if rest.iter().all(|a| a == first) => {
                form.set("value", typed(*first));
            }
            (amounts, Some(from)) => {
                let mut at = from;
                for amount in amounts {
                    form.set(&read::month_field(at), typed(*amount));
                    at = at.plus(1);
                }
            }
            _ => {}
        },
        _ => {}
    }
}

fn field(form: &Form, name: &str, label: String, kind: &'static str) -> Field {
    Field {
        label,
        hint: String::new(),
        kind,
        mode: if kind == "text" { "decimal" } else { "text" },
        value: form.get(name).to_owned(),
        error: form.error(name).unwrap_or_default().to_owned(),
        options: Vec::new(),
        folded: false,
        last: false,
        name: name.to_owned(),
    }
}

fn months(from: Month, to: Month) -> impl Iterator<Item = Month> {
    (from.index()..=to.index()).map(Month::from_index)
}

/// The fields of an amount a month: the same each month, or one a month.
fn each_month(s: &Shell, form: &Form, from: Month, to: Month) -> Vec<Field> {
    let mut fields = vec![field(form, "value", s.t("looked-month-each"), "text")];
    for month in months(from, to) {
        let name = read::month_field(month);
        let mut one = field(form, &name, words::capital(&words::month(s, month)), "text");
        one.folded = month == from;
        one.last = month == to;
        fields.push(one);
    }
    fields
}

fn fields(s: &Shell, question: &Question, form: &Form) -> Vec<Field> {
    let one = |key: &str, kind| field(form, "value", s.t(key), kind);
    match &question.form {
        Kind::Amount => vec![one("looked-amount", "text")],
        Kind::EachMonth { from, to } => each_month(s, form, *from, *to),
        Kind::Number(unit) => vec![one(
            match unit {
                Unit::Plain => "looked-number",
                Unit::Percent => "looked-percent",
                Unit::Years => "looked-years",
                Unit::Months => "looked-months",
                Unit::People => "looked-people",
            },
            "text",
        )],
        Kind::Day => vec![one("looked-day", "date")],
        Kind::Commune => {
            let mut commune = field(form, "value", s.w("looked-commune"), "text");
            commune.hint = s.w("looked-commune-hint");
            commune.mode = "text";
            vec![commune]
        }
        Kind::Choice(choices) if choices.len() > MOST_BUTTONS => {
            let mut list = one("looked-choose", "text");
            list.options = vec![Choice::new("", s.t("looked-choose-one"))];
            let choices = choices.iter();
            list.options
                .extend(choices.map(|(word, label)| Choice::new(word, words::capital(label))));
            vec![list]
        }
        Kind::YesNo | Kind::Choice(_) | Kind::Ticks(_) => Vec::new(),
    }
}

fn buttons(s: &Shell, question: &Question, form: &Form) -> Vec<Button> {
    let button = |value: &str, label: String| Button {
        value: value.to_owned(),
        label,
    };
    match &question.form {
        Kind::YesNo => vec![
            button("yes", s.t("looked-yes")),
            button("no", s.t("looked-no")),
        ],
        Kind::Choice(choices) if choices.len() <= MOST_BUTTONS => choices
            .iter()
            .map(|(word, label)| button(&format!("word-{word}"), words::capital(label)))
            .collect(),
        // What was typed may mean several: one is chosen by a press.
        Kind::Commune if form.failed() => communes::found(form.get("value"))
            .into_iter()
            .map(|commune| button(&format!("word-{}", commune.code), commune.words()))
            .collect(),
        _ => Vec::new(),
    }
}

fn asked(web: &Web, desk: &Desk, form: &Form, key: String, question: &Question) -> Asked {
    let (s, law, today) = (&desk.s, &*web.law, web.service.today());
    let looked = &desk.record().looked;
    let holds = FactRef::from_code(form.get("about")).and_then(|about| now(desk, &about).cloned());
    let boxes = match &question.form {
        Kind::Ticks(ticks) => ticks
            .iter()
            .map(|tick| {
                let label = if tick.label.is_empty() {
                    words::whom(s, looked, today, tick.whom)
                } else {
                    tick.label.clone()
                };
                Choice::new(&tick.word, words::capital(&label))
            })
            .collect(),
        _ => Vec::new(),
    };
    let offer = offer(web, desk, question);
    let known = offer.as_ref().and_then(|offer| offer.said.first());
    let amount = matches!(question.form, Kind::Amount | Kind::EachMonth { .. });
    let fields = fields(s, question, form);
    let mut months = fields.iter().filter(|f| f.name != "value");
    Asked {
        unfolded: months.any(|f| !f.value.is_empty() || !f.error.is_empty()),
        key,
        question: words::kept_together(&question.text),
        about: words::about(s, looked, today, question.whom),
        period: words::asked_over(s, question.span, amount),
        now: holds.map_or_else(String::new, |said| words::answer(s, law, &said)),
        earlier: question
            .earlier
            .as_ref()
            .map(|answer| words::earlier(s, law, question, answer))
            .unwrap_or_default(),
        offered: known.map_or_else(String::new, |said| words::answer(s, law, said)),
        offered_from: offer
            .as_ref()
            .map(|offer| words::source(s, offer))
            .unwrap_or_default(),
        buttons: buttons(s, question, form),
        typed: !fields.is_empty() || !boxes.is_empty(),
        fields,
        none: if question.nothing {
            s.t(match question.form {
                _ if amount => "looked-none-amount",
                Kind::Ticks(_) => "looked-none-of-them",
                _ => "looked-none-number",
            })
        } else {
            String::new()
        },
        boxes,
        rights: question.for_rights.join(", "),
    }
}

/// The rights whose questions are asked: one that the form or address names, or all.
fn chosen(web: &Web, desk: &Desk, form: &Form) -> Vec<String> {
    let name = form.get("aide");
    let found = (!name.is_empty()).then(|| desk.right_named(&web.law, name));
    found
        .flatten()
        .map(|r| r.name.clone())
        .into_iter()
        .collect()
}

/// Where the questions came from.
fn origin(desk: &Desk, form: &Form) -> String {
    match (form.get("from"), form.get("aide")) {
        ("check", _) => desk.to("/reponses"),
        (_, "") => desk.at.clone(),
        (_, right) => desk.to(&format!("/aide/{right}")),
    }
}

fn show(
    web: &Web,
    desk: &Desk,
    form: &Form,
    (key, question, left): (String, &Question, usize),
) -> Response {
    let s = &desk.s;
    let words = match (form.get("from"), form.get("aide")) {
        ("check", _) => String::new(),
        (_, "") => s.w1("looked-left", "count", left),
        _ => s.w1("looked-left-one", "count", left),
    };
    let view = QuestionView {
        s,
        at: &desk.at,
        back: origin(desk, form),
        q: asked(web, desk, form, key, question),
        left: words,
        form,
    };
    desk.show(form.status(), "looked-question", &view)
}

pub(super) async fn next(
    State(web): State<Web>,
    desk: Desk,
    Query(query): Query<HashMap<String, String>>,
) -> Page {
    let mut form = Form::default();
    form.set("aide", query.get("aide").map_or("", String::as_str));
    let Some(home) = home(&web, &desk) else {
        return Ok(see(&desk.to("/foyer")));
    };
    let rights = chosen(&web, &desk, &form);
    let rights: Vec<&str> = rights.iter().map(String::as_str).collect();
    let questions = home.questions(&rights);
    let Some(question) = questions.first() else {
        let view = DoneView {
            s: &desk.s,
            at: &desk.at,
            to: origin(&desk, &form),
        };
        return Ok(desk.show(StatusCode::OK, "looked-question", &view));
    };
    let asked = (question.id.clone(), question, questions.len());
    Ok(show(&web, &desk, &form, asked))
}

/// Takes an answer and leads to the next question; a form that answers nothing asks for one that was
/// answered, to be changed.
pub(super) async fn say(State(web): State<Web>, desk: Desk, mut form: Form) -> Page {
    let Some(home) = home(&web, &desk) else {
        return Ok(see(&desk.to("/foyer")));
    };
    let rights = chosen(&web, &desk, &form);
    let rights: Vec<&str> = rights.iter().map(String::as_str).collect();
    let about = FactRef::from_code(form.get("about"));
    let question = match &about {
        Some(about) => asking::question_about(&web.law, about),
        // One that waits no more may be answered again, from a page that a browser went back to.
        None => home.question(&rights, form.get("fact")).or_else(|| {
            let fact = FactRef::from_code(form.get("fact"))?;
            asking::question_about(&web.law, &fact)
        }),
    };
    let Some(question) = question else {
        // A page that a browser went back to, whose facts were answered meanwhile: what holds is shown,
        // and can be changed there.
        return match about {
            Some(_) => Err(PageError::NotFound),
            None => Ok(answers::already(&web, &desk)),
        };
    };
    let key = question.id.clone();
    if form.get("answer").is_empty() {
        let from = question.span.bounds().map(|b| b.0);
        if let Some(said) = about.as_ref().and_then(|about| now(&desk, about)) {
            filled(&mut form, &said.answer.clone(), &question.form, from);
        }
        return Ok(show(&web, &desk, &form, (key, &question, 0)));
    }
    let left = home.questions(&rights).len();
    let facts = match (form.get("answer"), offer(&web, &desk, &question)) {
        ("offered", Some(offer)) => offer.said,
        _ => {
            let Some(given) = read::given(&mut form, &question) else {
                return Ok(show(&web, &desk, &form, (key, &question, left)));
            };
            let Ok(facts) = question.said(&given) else {
                form.fail("answer", "error-looked-answer");
                return Ok(show(&web, &desk, &form, (key, &question, left)));
            };
            facts
        }
    };
    let said = web.service.say_facts(&desk.who(), facts).await;
    if super::taken(&mut form, "answer", said)? {
        return Ok(see(&next_address(&desk, &form)));
    }
    Ok(show(&web, &desk, &form, (key, &question, left)))
}

fn next_address(desk: &Desk, form: &Form) -> String {
    match (form.get("from"), form.get("aide")) {
        ("check", _) => desk.to("/reponses"),
        (_, "") => desk.to("/question"),
        (_, right) => desk.to(&format!("/question?aide={right}")),
    }
}
