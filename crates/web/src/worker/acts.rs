//! Writing, correcting, answering, and recording what was done and by whom.

use super::{
    person,
    record::{Side, open},
};
use crate::{
    Access, Web,
    form::{Choice, Form},
    guard::AsWorker,
    page::{Page, Shell, see, show, show_as},
    routes::{Route, on_get, on_post},
};
use askama::Template;
use axum::extract::{Path, Query, State};
use domain::{
    Compartment,
    entry::{About, Content, Writing},
    record::MandateView,
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

/// What an entry open to the worker says.
fn content(opened: &OpenedRecord, sequence: u64) -> Option<&Content> {
    let mut all = opened.record.entries.iter();
    all.find(|e| e.sequence == sequence)
        .map(|e| &e.body.content)
}

/// A correction begins from what it corrects: the same nature, theme and words.
fn begin_correction(opened: &OpenedRecord, form: &mut Form) {
    let corrected = form.get("corrige").parse().ok();
    match corrected.and_then(|n| content(opened, n)) {
        Some(Content::Writing(w)) => {
            form.set("nature", w.nature.word())
                .set("theme", w.theme.map_or("", Theme::word))
                .set("text", w.text.as_str());
        }
        Some(Content::Step(step)) => {
            form.set("theme", step.theme.word())
                .set("text", step.text.as_str());
        }
        _ => {}
    }
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
    let earlier = about.and_then(|n| match content(opened, n)? {
        Content::Writing(w) => Some(w.text.clone()),
        Content::Step(step) => Some(step.text.clone()),
        _ => None,
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
    begin_correction(&opened, &mut form);
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
    let nature = Nature::from_word(form.get("nature"));
    if nature.is_none() {
        form.fail("nature", "error-nature");
    }
    let compartment = Compartment::from_word(form.get("rubrique"));
    if compartment.is_none() {
        form.fail("rubrique", "error-compartment");
    }
    if let (Some(nature), Some(compartment)) = (nature, compartment) {
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

/// How contact was made, to choose from.
pub(super) fn contacts() -> Vec<Choice> {
    Choice::words("contact", ContactMode::ALL.iter().map(|c| c.word()))
}

/// Who did it, to choose from, each with its mark.
pub(super) fn conducts(s: &Shell) -> Vec<Choice> {
    let choice = |c: &Conduct| Choice {
        mark: c.word(),
        ..Choice::new(c.word(), s.l.word("conduct", c.word()))
    };
    Conduct::ALL.iter().map(choice).collect()
}

/// Why someone acted in the person's place, to choose from.
pub(super) fn reasons(s: &Shell) -> Vec<Choice> {
    let mut reasons = vec![Choice::new("", s.t("step-no-reason"))];
    let words = InPlaceReason::ALL.iter().map(|r| r.word());
    reasons.extend(Choice::words("reason", words));
    reasons
}

/// On what ground, to choose from: those mandates, or an emergency.
pub(super) fn grounds<'a>(
    s: &Shell,
    mandates: impl Iterator<Item = &'a MandateView>,
) -> Vec<Choice> {
    let mut grounds = vec![Choice::new("", s.t("step-no-ground"))];
    for view in mandates {
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
    grounds
}

fn step_form(web: &Web, s: Shell, side: Side, opened: &OpenedRecord, mut form: Form) -> StepPage {
    let today = web.service.today();
    // Who acted and on what is never guessed: only what a step nearly always has is filled in.
    for (name, default) in [
        ("rubrique", "social".to_owned()),
        ("on", today.to_string()),
        ("contact", "office".to_owned()),
    ] {
        if form.get(name).is_empty() {
            form.set(name, default);
        }
    }
    let mut all = vec![Choice::new("", s.t("step-no-theme"))];
    all.extend(themes());
    StepPage {
        compartments: compartments(&s, opened),
        themes: all,
        contacts: contacts(),
        conducts: conducts(&s),
        reasons: reasons(&s),
        grounds: grounds(&s, opened.record.live_mandates(today)),
        s,
        side,
        form,
    }
}

async fn step_page(State(web): State<Web>, session: AsWorker, Path(id): Path<String>) -> Page {
    let (s, opened, side) = open(&web, &session, &id, "step").await?;
    Ok(show(&step_form(&web, s, side, &opened, Form::default())))
}

/// Why and on what ground it was done in the person's place, as typed.
pub(super) fn in_place(form: &mut Form, conduct: Option<Conduct>) -> Option<InPlace> {
    let reason = InPlaceReason::from_word(form.get("reason"));
    let (ground, emergency) = (form.get("ground").to_owned(), form.get("emergency").trim());
    let emergency = emergency.to_owned();
    if conduct != Some(Conduct::InPlace) {
        // Dropping it in silence would write down another conduct than the one meant.
        if conduct.is_some() && (reason.is_some() || !ground.is_empty() || !emergency.is_empty()) {
            form.fail("conduct", "error-step-needless");
        }
        return None;
    }
    if reason.is_none() {
        form.fail("reason", "error-step-reason");
    }
    let ground = match ground.parse() {
        Ok(mandate) => Some(Ground::Mandate(mandate)),
        Err(_) if ground == "emergency" || !emergency.is_empty() => {
            Some(Ground::Emergency(emergency))
        }
        Err(_) => {
            form.fail("ground", "error-step-ground");
            None
        }
    };
    Some(InPlace {
        reason: reason?,
        ground: ground?,
    })
}

/// What was done, as typed, on that theme.
pub(super) fn done(form: &mut Form, theme: Option<Theme>) -> Option<Step> {
    let on = form.day("on");
    if on.is_none() && form.get("on").trim().is_empty() {
        form.fail("on", "error-day");
    }
    let contact = ContactMode::from_word(form.get("contact"));
    if contact.is_none() {
        form.fail("contact", "error-contact");
    }
    let conduct = Conduct::from_word(form.get("conduct"));
    if conduct.is_none() {
        form.fail("conduct", "error-conduct");
    }
    let in_place = in_place(form, conduct);
    let next_on = form.day("next_on");
    let text = |name: &str| form.get(name).trim().to_owned();
    let (text, next) = (text("text"), text("next_text"));
    if text.is_empty() {
        form.fail("text", "error-text-empty");
    }
    if next.is_empty() && next_on.is_some() {
        form.fail("next_text", "error-step-next");
    }
    let next_time = (!next.is_empty()).then_some(NextTime {
        text: next,
        on: next_on,
    });
    Some(Step {
        on: on?,
        theme: theme?,
        contact: contact?,
        conduct: conduct?,
        in_place,
        text,
        next_time,
    })
}

/// Says beside its field which rule of conduct a step breaks.
pub(super) fn step_failed(form: &mut Form, error: StepError) {
    let (field, key) = match error {
        StepError::NoText => ("text", "error-text-empty"),
        StepError::NoReason => ("reason", "error-step-reason"),
        StepError::NoGround => ("ground", "error-step-ground"),
        StepError::EmptyEmergency => ("emergency", "error-step-emergency"),
        StepError::NeedlessReason => ("reason", "error-step-needless"),
        StepError::Future => ("on", "error-step-future"),
    };
    form.fail(field, key);
}

/// The step that was typed, and where it is written.
fn step(form: &mut Form) -> Option<(Compartment, Step)> {
    let theme = Theme::from_word(form.get("theme"));
    if theme.is_none() {
        form.fail("theme", "error-theme");
    }
    let compartment = Compartment::from_word(form.get("rubrique"));
    if compartment.is_none() {
        form.fail("rubrique", "error-compartment");
    }
    let step = done(form, theme);
    Some((compartment?, step?))
}

async fn record_step(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    mut form: Form,
) -> Page {
    let parsed = step(&mut form);
    if let (Some((compartment, step)), false) = (parsed, form.failed()) {
        match web
            .service
            .record_step(&session, person(&id)?, compartment, step)
            .await
        {
            Ok(sequence) => return Ok(see(&format!("/dossiers/{id}#e{sequence}"))),
            Err(ServiceError::Invalid { field, key }) => form.fail(field, key),
            Err(ServiceError::CompartmentClosed(_)) => form.fail("rubrique", "error-compartment"),
            Err(ServiceError::Step(error)) => step_failed(&mut form, error),
            Err(error) => return Err(error.into()),
        }
    }
    let (s, opened, side) = open(&web, &session, &id, "step").await?;
    Ok(show_as(
        form.status(),
        &step_form(&web, s, side, &opened, form),
    ))
}
