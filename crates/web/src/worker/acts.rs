//! Writing, correcting, answering, and recording what was done and by whom.

use super::{
    person,
    record::{Side, open},
};
use crate::{
    Access, Web,
    form::{Choice, Form},
    guard::AsWorker,
    page::{Page, PageError, Shell, see, show, show_as},
    routes::{Route, on_get, on_post},
};
use askama::Template;
use axum::extract::{Path, Query, State};
use domain::{
    Compartment,
    entry::{About, Content, Writing},
    step::{Ground, InPlace, NextTime, Step, StepError},
    words::{Conduct, ContactMode, InPlaceReason, Nature, Theme},
};
use service::{OpenedRecord, ServiceError, Who};
use std::collections::HashMap;

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get("/dossiers/{person}/ecrire", Access::Record, write_page),
        on_post("/dossiers/{person}/ecrire", Access::Record, write),
        on_get("/dossiers/{person}/acte", Access::Record, step_page),
        on_post("/dossiers/{person}/acte", Access::Record, record_step),
    ]
}

/// The compartments open to the worker, to choose from.
pub(super) fn compartments(s: &Shell, opened: &OpenedRecord) -> Vec<Choice> {
    opened
        .open
        .iter()
        .map(|c| Choice::new(c.word(), s.l.compartment(c)))
        .collect()
}

pub(super) fn themes() -> Vec<Choice> {
    Choice::words("theme", Theme::ALL.iter().map(|t| t.word()))
}

#[derive(Template)]
#[template(path = "worker/write.html")]
struct WritePage {
    s: Shell,
    side: Side,
    form: Form,
    natures: Vec<Choice>,
    compartments: Vec<Choice>,
    themes: Vec<Choice>,
    earlier: Option<String>,
}

fn write_form(s: Shell, side: Side, opened: &OpenedRecord, mut form: Form) -> WritePage {
    for (name, default) in [("nature", "fact"), ("rubrique", "social")] {
        if form.get(name).is_empty() {
            form.set(name, default);
        }
    }
    let mut all = vec![Choice::new("", s.t("write-no-theme"))];
    all.extend(themes());
    let about = form
        .get("corrige")
        .parse()
        .or_else(|_| form.get("repond").parse::<u64>())
        .ok();
    let earlier = about.and_then(|n| {
        let entry = opened.record.entries.iter().find(|e| e.sequence == n)?;
        match &entry.body.content {
            Content::Writing(w) => Some(w.text.clone()),
            Content::Step(step) => Some(step.text.clone()),
            _ => None,
        }
    });
    let natures = Nature::ALL
        .iter()
        .map(|n| Choice {
            hint: s.t(&format!("nature-{}-hint", n.word())),
            ..Choice::new(n.word(), s.l.word("nature", n.word()))
        })
        .collect();
    WritePage {
        compartments: compartments(&s, opened),
        themes: all,
        natures,
        earlier,
        s,
        side,
        form,
    }
}

async fn write_page(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Page {
    let (s, opened, side) = open(&web, &session, &id, "write").await?;
    let mut form = Form::default();
    for name in ["corrige", "repond", "rubrique"] {
        if let Some(value) = query.get(name) {
            form.set(name, value.as_str());
        }
    }
    Ok(show(&write_form(s, side, &opened, form)))
}

async fn write(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    mut form: Form,
) -> Page {
    let about = form
        .get("corrige")
        .parse()
        .map(About::Corrects)
        .or_else(|_| form.get("repond").parse().map(About::Answers))
        .ok();
    let parsed = (
        Nature::from_word(form.get("nature")),
        Compartment::from_word(form.get("rubrique")),
    );
    if let (Some(nature), Some(compartment)) = parsed {
        let writing = Writing {
            nature,
            text: form.get("text").trim().to_owned(),
            theme: Theme::from_word(form.get("theme")),
            about,
        };
        let who = Who::Worker(&session, person(&id)?);
        match web.service.write(&who, compartment, writing).await {
            Ok(sequence) => return Ok(see(&format!("/dossiers/{id}#e{sequence}"))),
            Err(ServiceError::Invalid { field, key }) => form.fail(field, key),
            Err(ServiceError::CompartmentClosed(_)) => form.fail("rubrique", "error-compartment"),
            Err(error) => return Err(error.into()),
        }
    } else {
        form.fail("rubrique", "error-compartment");
    }
    let (s, opened, side) = open(&web, &session, &id, "write").await?;
    Ok(show_as(form.status(), &write_form(s, side, &opened, form)))
}

#[derive(Template)]
#[template(path = "worker/step.html")]
struct StepPage {
    s: Shell,
    side: Side,
    form: Form,
    compartments: Vec<Choice>,
    themes: Vec<Choice>,
    contacts: Vec<Choice>,
    conducts: Vec<Choice>,
    reasons: Vec<Choice>,
    grounds: Vec<Choice>,
}

fn step_form(web: &Web, s: Shell, side: Side, opened: &OpenedRecord, mut form: Form) -> StepPage {
    let today = web.service.today();
    for (name, default) in [
        ("rubrique", "social".to_owned()),
        ("on", today.to_string()),
        ("contact", "office".to_owned()),
        ("conduct", "with_help".to_owned()),
        ("theme", "papers".to_owned()),
    ] {
        if form.get(name).is_empty() {
            form.set(name, default);
        }
    }
    let conducts = Conduct::ALL
        .iter()
        .map(|c| Choice {
            mark: c.word(),
            ..Choice::new(c.word(), s.l.word("conduct", c.word()))
        })
        .collect();
    let mut reasons = vec![Choice::new("", s.t("step-no-reason"))];
    reasons.extend(Choice::words(
        "reason",
        InPlaceReason::ALL.iter().map(|r| r.word()),
    ));
    let mut grounds = vec![Choice::new("", s.t("step-no-ground"))];
    for view in opened.record.live_mandates(today) {
        let m = &view.mandate;
        let themes: Vec<String> = m
            .themes
            .iter()
            .map(|t| s.l.word("theme", t.word()))
            .collect();
        let until = s.l.day(m.last_day());
        let label = s.l.t2(
            "step-ground-mandate",
            ("themes", &themes.join(", ")),
            ("until", &until),
        );
        grounds.push(Choice::new(m.id.to_string(), label));
    }
    grounds.push(Choice::new("emergency", s.t("step-ground-emergency")));
    StepPage {
        compartments: compartments(&s, opened),
        themes: themes(),
        contacts: Choice::words("contact", ContactMode::ALL.iter().map(|c| c.word())),
        conducts,
        reasons,
        grounds,
        s,
        side,
        form,
    }
}

async fn step_page(State(web): State<Web>, session: AsWorker, Path(id): Path<String>) -> Page {
    let (s, opened, side) = open(&web, &session, &id, "step").await?;
    Ok(show(&step_form(&web, s, side, &opened, Form::default())))
}

/// The step that was typed.
fn step(form: &mut Form) -> Option<(Compartment, Step)> {
    let on = form.day("on");
    if on.is_none() && !form.failed() {
        form.fail("on", "error-day");
    }
    let next_on = form.day("next_on");
    let text = |name: &str| form.get(name).trim().to_owned();
    let conduct = Conduct::from_word(form.get("conduct"))?;
    let in_place = match (conduct, InPlaceReason::from_word(form.get("reason"))) {
        (Conduct::InPlace, Some(reason)) => {
            let ground = match form.get("ground").parse() {
                Ok(mandate) => Ground::Mandate(mandate),
                Err(_) => Ground::Emergency(text("emergency")),
            };
            Some(InPlace { reason, ground })
        }
        _ => None,
    };
    let next_text = text("next_text");
    let next_time = (!next_text.is_empty()).then_some(NextTime {
        text: next_text,
        on: next_on,
    });
    let step = Step {
        on: on?,
        theme: Theme::from_word(form.get("theme"))?,
        contact: ContactMode::from_word(form.get("contact"))?,
        conduct,
        in_place,
        text: text("text"),
        next_time,
    };
    Some((Compartment::from_word(form.get("rubrique"))?, step))
}

async fn record_step(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    mut form: Form,
) -> Page {
    let parsed = step(&mut form);
    if !form.failed() {
        let (compartment, step) = parsed.ok_or(PageError::NotFound)?;
        match web
            .service
            .record_step(&session, person(&id)?, compartment, step)
            .await
        {
            Ok(sequence) => return Ok(see(&format!("/dossiers/{id}#e{sequence}"))),
            Err(ServiceError::Invalid { field, key }) => form.fail(field, key),
            Err(ServiceError::CompartmentClosed(_)) => form.fail("rubrique", "error-compartment"),
            Err(ServiceError::Step(error)) => match error {
                StepError::NoText => form.fail("text", "error-text-empty"),
                StepError::NoReason => form.fail("reason", "error-step-reason"),
                StepError::NoGround => form.fail("ground", "error-step-ground"),
                StepError::EmptyEmergency => form.fail("emergency", "error-step-emergency"),
                StepError::NeedlessReason => form.fail("reason", "error-step-needless"),
                StepError::Future => form.fail("on", "error-step-future"),
            },
            Err(error) => return Err(error.into()),
        }
    }
    let (s, opened, side) = open(&web, &session, &id, "step").await?;
    Ok(show_as(
        form.status(),
        &step_form(&web, s, side, &opened, form),
    ))
}
