//! What was answered, to be read again: each can be changed or taken back.

use super::{desk::Desk, home, words};
use crate::{
    Web,
    form::Form,
    page::{Page, PageError, Shell, see},
    person::who,
};
use askama::Template;
use axum::extract::State;
use domain::looked::{FactRef, FactView, Whom};
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
    left: usize,
}

fn told(s: &Shell, view: &FactView) -> String {
    let mut words = s.l.t2(
        "looked-check-told",
        ("day", &s.l.day_of(view.at)),
        ("name", &who(s, &view.author)),
    );
    if let Some(source) = view.what.confirmed {
        let source = s.t(&format!("looked-source-{}", source.word()));
        words = format!("{words}. {source}");
    }
    words
}

fn show(web: &Web, desk: &Desk, form: &Form) -> Page {
    let (s, law, today) = (&desk.s, &*web.law, web.service.today());
    let looked = &desk.record().looked;
    let Some(composition) = &looked.composition else {
        return Ok(see(&desk.to("/foyer")));
    };
    let mut order: Vec<Whom> = looked.facts.iter().map(|f| f.what.about.whom).collect();
    order.sort_unstable();
    order.dedup();
    let group = |whom: Whom| {
        let of = looked.facts.iter().filter(|f| f.what.about.whom == whom);
        let line = |view: &FactView| AnswerLine {
            key: view.what.about.to_string(),
            asked: asking::question_about(law, &view.what.about).is_some(),
            label: words::label(s, law, &view.what.about.fact),
            period: words::span(s, view.what.about.span),
            answer: words::answer(s, law, &view.what),
            told: told(s, view),
        };
        Group {
            whom: words::capital(&words::whom(s, looked, today, whom)),
            lines: of.map(line).collect(),
        }
    };
    let view = AnswersView {
        s,
        at: &desk.at,
        form,
        household: words::household(s, &composition.what),
        groups: order.into_iter().map(group).collect(),
        left: home(web, desk).map_or(0, |h| h.questions(&[]).len()),
    };
    desk.show(form.status(), "looked-check", &view)
}

pub(super) async fn page(State(web): State<Web>, desk: Desk) -> Page {
    show(&web, &desk, &Form::default())
}

pub(super) async fn take_back(State(web): State<Web>, desk: Desk, mut form: Form) -> Page {
    let fact = FactRef::from_code(form.get("fact")).ok_or(PageError::NotFound)?;
    let done = web.service.take_back_facts(&desk.who(), vec![fact]).await;
    if super::taken(&mut form, "fact", done)? {
        return Ok(see(&desk.to("/reponses")));
    }
    show(&web, &desk, &form)
}
