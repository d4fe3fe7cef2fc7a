//! What was answered, to be read again: each can be changed or taken back.

use super::{desk::Desk, home, words};
use crate::{
    Web,
    form::{Choice, Form},
    page::{Page, PageError, Shell, see},
    person::who,
};
use askama::Template;
use axum::{extract::State, response::Response};
use domain::{
    entry::Side,
    looked::{Answer, FactRef, FactValue, FactView, Whom},
};
use rights::asking;

struct AnswerLine {
    key: String,
    /// Whether a page asks it again; else it can be taken back alone.
    asked: bool,
    label: String,
    period: String,
    answer: String,
    /// When it was said, by whom, and where it stood before.
    told: String,
}

/// Answers about one of the household.
struct Group {
    whom: String,
    lines: Vec<AnswerLine>,
}

#[derive(Template)]
#[template(path = "looked/answers.html")]
struct AnswersView<'a> {
    s: &'a Shell,
    at: &'a str,
    form: &'a Form,
    household: String,
    groups: Vec<Group>,
    /// What there is none of, or is not so, to be chosen and changed.
    none: Vec<Choice>,
    left: usize,
}

fn told(s: &Shell, view: &FactView) -> String {
    let day = s.l.day_of(view.at);
    let mut words = if s.own && view.author.side == Side::Person {
        s.t1("person-looked-check-told", "day", day)
    } else {
        let name = who(s, &view.author);
        s.l.t2("looked-check-told", ("day", &day), ("name", &name))
    };
    if let Some(source) = view.what.confirmed {
        let source = s.t(&format!("looked-source-{}", source.word()));
        words = format!("{words}. {source}");
    }
    words
}

/// Whether an answer says that there is none, or that something is not so: most of them do.
pub(super) fn is_none(answer: &Answer) -> bool {
    match answer {
        Answer::Nothing | Answer::Value(FactValue::Truth(false)) => true,
        Answer::Value(FactValue::Amount(amount)) => amount.cents() == 0,
        Answer::Value(FactValue::Number(number)) => *number == 0,
        Answer::EachMonth(amounts) => amounts.iter().all(|amount| amount.cents() == 0),
        _ => false,
    }
}

fn show(web: &Web, desk: &Desk, form: &Form) -> Response {
    let (s, law, today) = (&desk.s, &*web.law, web.service.today());
    let looked = &desk.record().looked;
    let Some(composition) = &looked.composition else {
        return see(&desk.to("/foyer"));
    };
    let mut facts: Vec<&FactView> = looked.facts.iter().collect();
    facts.sort_by_key(|f| {
        let about = &f.what.about;
        let place = law.variable(&about.fact).map(|(id, _)| id);
        (about.whom, place, about.span)
    });
    let asked = |view: &FactView| asking::question_about(law, &view.what.about).is_some();
    let few = |view: &&FactView| asked(view) && is_none(&view.what.answer);
    let none = |view: &&FactView| {
        let about = &view.what.about;
        let whom = words::about(s, looked, today, about.whom);
        let mut words = vec![words::label(s, law, &about.fact)];
        words.extend((!whom.is_empty()).then_some(whom));
        let period = words::span(s, about.span);
        words.extend((!period.is_empty()).then_some(period));
        Choice::new(about.to_string(), words.join(", "))
    };
    let none: Vec<Choice> = facts.iter().filter(|f| few(f)).map(none).collect();
    facts.retain(|f| !few(f));
    let line = |view: &FactView| AnswerLine {
        key: view.what.about.to_string(),
        asked: asked(view),
        label: words::label(s, law, &view.what.about.fact),
        period: words::span(s, view.what.about.span),
        answer: words::answer(s, law, &view.what),
        told: told(s, view),
    };
    let mut groups: Vec<(Whom, Group)> = Vec::new();
    for view in facts {
        let whom = view.what.about.whom;
        match groups.last_mut() {
            Some((last, group)) if *last == whom => group.lines.push(line(view)),
            _ => groups.push((
                whom,
                Group {
                    whom: words::capital(&words::whom(s, looked, today, whom)),
                    lines: vec![line(view)],
                },
            )),
        }
    }
    let view = AnswersView {
        s,
        at: &desk.at,
        form,
        household: words::household(s, &composition.what),
        groups: groups.into_iter().map(|(_, group)| group).collect(),
        none,
        left: home(web, desk).map_or(0, |h| h.questions(&[]).len()),
    };
    desk.show(form.status(), "looked-check", &view)
}

/// The answers, where a question was answered that waits for none any more.
pub(super) fn already(web: &Web, desk: &Desk) -> Response {
    let mut form = Form::default();
    form.fail("contenu", "error-looked-already");
    show(web, desk, &form)
}

pub(super) async fn page(State(web): State<Web>, desk: Desk) -> Page {
    Ok(show(&web, &desk, &Form::default()))
}

pub(super) async fn take_back(State(web): State<Web>, desk: Desk, mut form: Form) -> Page {
    let fact = FactRef::from_code(form.get("fact")).ok_or(PageError::NotFound)?;
    let done = web.service.take_back_facts(&desk.who(), vec![fact]).await;
    if super::taken(&mut form, "fact", done)? {
        return Ok(see(&desk.to("/reponses")));
    }
    Ok(show(&web, &desk, &form))
}
