//! What was done for a procedure, whether or not it changes its state, and a change taken back.

use super::{Found, at, failed, find};
use crate::{
    Access, Web,
    form::{Choice, Form},
    guard::AsWorker,
    page::{Page, PageError, Shell, see, show_as},
    routes::{Route, on_get, on_post},
    worker::{acts, person, record::Side},
};
use askama::Template;
use axum::extract::{Path, Query, State};
use domain::{
    procedure::{DeadlineRule, ProcedureState, Refusal},
    words::Theme,
};
use service::NewMove;
use std::collections::HashMap;

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get(
            "/dossiers/{person}/demarches/{procedure}/etape",
            Access::Record,
            act_page,
        ),
        on_post(
            "/dossiers/{person}/demarches/{procedure}/etape",
            Access::Record,
            act,
        ),
        on_post(
            "/dossiers/{person}/demarches/{procedure}/annuler",
            Access::Record,
            take_back,
        ),
    ]
}

#[derive(Template)]
#[template(path = "worker/procedures/act.html")]
struct ActPage {
    s: Shell,
    side: Side,
    form: Form,
    id: String,
    name: String,
    /// The state to go to, in words; empty where none changes.
    to: String,
    refused: bool,
    /// Whether a mandate on this theme holds.
    mandated: bool,
    theme: String,
    contacts: Vec<Choice>,
    conducts: Vec<Choice>,
    reasons: Vec<Choice>,
    grounds: Vec<Choice>,
    rules: Vec<Choice>,
}

fn act_form(web: &Web, found: Found, mut form: Form) -> Result<ActPage, PageError> {
    let today = web.service.today();
    let theme = found.procedure()?.facts.theme;
    let to = ProcedureState::from_word(form.get("to"));
    // Who acted and on what ground is never guessed.
    for (name, default) in [("on", today.to_string()), ("contact", "office".to_owned())] {
        if form.get(name).is_empty() {
            form.set(name, default);
        }
    }
    let name = found.procedure()?.facts.title.clone();
    let Found {
        s,
        opened,
        side,
        id,
    } = found;
    let live = || {
        let live = opened.record.live_mandates(today);
        live.filter(|m| m.mandate.themes.contains(&theme))
    };
    let mut rules = vec![Choice::new("", s.t("refusal-rule-none"))];
    rules.extend(DeadlineRule::APPEALS.iter().map(|rule| Choice {
        hint: s.t(&format!("rule-{}-source", rule.word())),
        ..Choice::new(rule.word(), s.l.word("rule", rule.word()))
    }));
    Ok(ActPage {
        to: to
            .map(|to| s.l.word("state", to.word()))
            .unwrap_or_default(),
        refused: to == Some(ProcedureState::Refused),
        mandated: live().next().is_some(),
        theme: s.l.word("theme", theme.word()),
        contacts: acts::contacts(),
        conducts: acts::conducts(&s),
        reasons: acts::reasons(&s),
        grounds: acts::grounds(&s, live()),
        rules,
        id: id.to_string(),
        name,
        s,
        side,
        form,
    })
}

async fn act_page(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, procedure)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
) -> Page {
    let found = find(&web, &session, &id, &procedure).await?;
    let mut form = Form::default();
    if let Some(to) = query.get("vers").and_then(|w| ProcedureState::from_word(w)) {
        form.set("to", to.word());
        if found.procedure()?.standing().next().contains(&to) {
            let suggested = found.s.t(&format!("procedure-step-{}", to.word()));
            form.set("text", suggested);
        } else {
            form.fail("to", "error-procedure-transition");
        }
    }
    let page = act_form(&web, found, form)?;
    Ok(show_as(page.form.status(), &page))
}

/// The refusal that was typed.
fn refusal(form: &mut Form) -> Option<Refusal> {
    let notified = form.day("notified");
    if notified.is_none() && form.get("notified").trim().is_empty() {
        form.fail("notified", "error-day");
    }
    let text = |name: &str| form.get(name).trim().to_owned();
    let (reason, way) = (text("refusal_reason"), text("refusal_way"));
    if reason.is_empty() {
        form.fail("refusal_reason", "error-procedure-reason");
    }
    Some(Refusal {
        reason,
        notified: notified?,
        rule: DeadlineRule::from_word(form.get("refusal_rule")),
        way,
    })
}

async fn act(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, procedure)): Path<(String, String)>,
    mut form: Form,
) -> Page {
    let which = procedure.parse().map_err(|_| PageError::NotFound)?;
    let to = match form.get("to") {
        "" => None,
        word => {
            let to = ProcedureState::from_word(word);
            if to.is_none() {
                form.fail("to", "error-procedure-transition");
            }
            to
        }
    };
    // The use case puts the procedure's own theme.
    let step = acts::done(&mut form, Some(Theme::Social));
    let refusal = (to == Some(ProcedureState::Refused)).then(|| refusal(&mut form));
    if let (Some(step), false) = (step, form.failed()) {
        let (service, person) = (&web.service, person(&id)?);
        let done = match to {
            Some(to) => {
                let new = NewMove {
                    to,
                    step,
                    refusal: refusal.flatten(),
                };
                service.move_procedure(&session, person, which, new).await
            }
            None => {
                service
                    .act_in_procedure(&session, person, which, step)
                    .await
            }
        };
        match done {
            Ok(_) => return Ok(see(&at(&id, &procedure, ""))),
            Err(error) => failed(&mut form, error)?,
        }
    }
    let page = act_form(&web, find(&web, &session, &id, &procedure).await?, form)?;
    Ok(show_as(page.form.status(), &page))
}

async fn take_back(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, procedure)): Path<(String, String)>,
    mut form: Form,
) -> Page {
    let which = procedure.parse().map_err(|_| PageError::NotFound)?;
    let reason = form.get("mistake").trim().to_owned();
    let done = web
        .service
        .take_back_move(&session, person(&id)?, which, &reason)
        .await;
    if let Err(error) = done {
        failed(&mut form, error)?;
        return super::page::shown(&web, find(&web, &session, &id, &procedure).await?, form);
    }
    Ok(see(&at(&id, &procedure, "")))
}
