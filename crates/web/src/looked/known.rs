//! What the record knows already: offered, and used once someone ticked it.

use super::{desk::Desk, words};
use crate::{
    Web,
    form::Form,
    page::{Page, Shell, see},
};
use askama::Template;
use axum::{extract::State, response::Response};
use domain::looked::Said;
use rights::asking::{self, Offer};

/// Something the record knows.
struct KnownLine {
    key: String,
    facts: String,
    source: String,
}

#[derive(Template)]
#[template(path = "looked/known.html")]
struct KnownView<'a> {
    s: &'a Shell,
    at: &'a str,
    form: &'a Form,
    lines: Vec<KnownLine>,
}

fn offers(web: &Web, desk: &Desk) -> Vec<Offer> {
    asking::offered(&web.law, desk.record(), web.service.today())
}

fn show(web: &Web, desk: &Desk, form: &Form) -> Response {
    let (s, law, today) = (&desk.s, &*web.law, web.service.today());
    let looked = &desk.record().looked;
    let line = |offer: Offer| KnownLine {
        source: words::source(s, &offer),
        facts: offer
            .said
            .iter()
            .map(|said| {
                let fact = words::fact(s, law, looked, today, &said.about);
                format!("{fact}\u{a0}: {}", words::answer(s, law, said))
            })
            .collect::<Vec<_>>()
            .join("\u{a0}; "),
        key: offer.id,
    };
    let view = KnownView {
        s,
        at: &desk.at,
        form,
        lines: offers(web, desk).into_iter().map(line).collect(),
    };
    desk.show(form.status(), "looked-known", &view)
}

pub(super) async fn page(State(web): State<Web>, desk: Desk) -> Page {
    if desk.record().looked.composition.is_none() {
        return Ok(see(&desk.to("/foyer")));
    }
    if offers(&web, &desk).is_empty() {
        return Ok(see(&desk.to("/question")));
    }
    Ok(show(&web, &desk, &Form::default()))
}

pub(super) async fn confirm(State(web): State<Web>, desk: Desk, mut form: Form) -> Page {
    let kept = |offer: &Offer| form.has("kept", &offer.id);
    let kept: Vec<Said> = offers(&web, &desk)
        .into_iter()
        .filter(kept)
        .flat_map(|offer| offer.said)
        .collect();
    if kept.is_empty() {
        return Ok(see(&desk.to("/question")));
    }
    let said = web.service.say_facts(&desk.who(), kept).await;
    if super::taken(&mut form, "kept", said)? {
        return Ok(see(&desk.to("/question")));
    }
    Ok(show(&web, &desk, &form))
}
