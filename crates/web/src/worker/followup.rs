//! Appointments and accompaniments.

use super::{
    people::teams,
    person,
    record::{Side, open},
};
use crate::{
    Access, Web,
    form::{Choice, Form},
    guard::AsWorker,
    page::{Page, PageError, Shell, see, show_as},
    routes::{Route, on_get, on_post},
};
use askama::Template;
use axum::extract::{Path, State};
use domain::{
    entry::Appointment,
    id::{AccompanimentId, AppointmentId},
    words::{AppointmentShow, AppointmentState, ClosingReason},
};
use jiff::civil::Time;
use service::ServiceError;

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get("/dossiers/{person}/rendez-vous", Access::Record, dates),
        on_post("/dossiers/{person}/rendez-vous", Access::Record, add_date),
        on_post(
            "/dossiers/{person}/rendez-vous/{appointment}",
            Access::Record,
            date_state,
        ),
        on_get("/dossiers/{person}/suivi", Access::Record, followup),
        on_post("/dossiers/{person}/suivi/ouvrir", Access::Record, begin),
        on_post(
            "/dossiers/{person}/suivi/{accompaniment}/referent",
            Access::Record,
            referent,
        ),
        on_post(
            "/dossiers/{person}/suivi/{accompaniment}/clore",
            Access::Record,
            close,
        ),
    ]
}

struct DateLine {
    id: AppointmentId,
    when: String,
    what: String,
    state: String,
    planned: bool,
}

#[derive(Template)]
#[template(path = "worker/dates.html")]
struct DatesPage {
    s: Shell,
    side: Side,
    form: Form,
    lines: Vec<DateLine>,
    states: Vec<Choice>,
    shows: Vec<Choice>,
}

async fn dates_page(web: &Web, session: &AsWorker, id: &str, mut form: Form) -> Page {
    let (s, opened, side) = open(web, session, id, "dates").await?;
    if form.get("show").is_empty() {
        form.set("show", "silent");
    }
    let lines = opened
        .record
        .appointments
        .iter()
        .rev()
        .map(|a| {
            let a = &a.appointment;
            let parts = [&a.place, &a.with, &a.purpose];
            DateLine {
                id: a.id,
                when: s.l.clock(a.at),
                what: parts
                    .into_iter()
                    .filter(|p| !p.is_empty())
                    .cloned()
                    .collect::<Vec<_>>()
                    .join(", "),
                state: s.l.word("appointment", a.state.word()),
                planned: a.state == AppointmentState::Planned,
            }
        })
        .collect();
    let page = DatesPage {
        states: Choice::words(
            "appointment",
            AppointmentState::ALL.iter().map(|a| a.word()),
        ),
        shows: Choice::words("show", AppointmentShow::ALL.iter().map(|a| a.word())),
        lines,
        s,
        side,
        form,
    };
    Ok(show_as(page.form.status(), &page))
}

async fn dates(State(web): State<Web>, session: AsWorker, Path(id): Path<String>) -> Page {
    dates_page(&web, &session, &id, Form::default()).await
}

async fn add_date(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    mut form: Form,
) -> Page {
    let day = form.day("day");
    if day.is_none() && !form.failed() {
        form.fail("day", "error-day");
    }
    let time: Option<Time> = form.get("time").parse().ok();
    if time.is_none() {
        form.fail("time", "error-time");
    }
    if let (Some(day), Some(time), false) = (day, time, form.failed()) {
        let text = |name: &str| form.get(name).trim().chars().take(200).collect::<String>();
        let appointment = Appointment {
            id: web.service.new_appointment_id(),
            at: day.to_datetime(time),
            place: text("place"),
            with: text("with"),
            purpose: text("purpose"),
            state: AppointmentState::Planned,
            show: AppointmentShow::from_word(form.get("show")).unwrap_or(AppointmentShow::Silent),
        };
        web.service
            .set_appointment(&session, person(&id)?, appointment)
            .await?;
        return Ok(see(&format!("/dossiers/{id}/rendez-vous")));
    }
    dates_page(&web, &session, &id, form).await
}

async fn date_state(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, appointment)): Path<(String, String)>,
    form: Form,
) -> Page {
    let appointment: AppointmentId = appointment.parse().map_err(|_| PageError::NotFound)?;
    let state = AppointmentState::from_word(form.get("state")).ok_or(PageError::NotFound)?;
    web.service
        .appointment_state(&session, person(&id)?, appointment, state)
        .await?;
    Ok(see(&format!("/dossiers/{id}/rendez-vous")))
}

struct Accompaniment {
    id: AccompanimentId,
    team: String,
    referent: String,
    opened: String,
    closed: String,
    mine: bool,
    possible: Vec<Choice>,
    /// The names of its closing form's fields: several accompaniments may stand on one page.
    reason: String,
    words: String,
}

#[derive(Template)]
#[template(path = "worker/followup.html")]
struct FollowupPage {
    s: Shell,
    side: Side,
    form: Form,
    all: Vec<Accompaniment>,
    reasons: Vec<Choice>,
    teams: Vec<Choice>,
}

async fn followup_page(web: &Web, session: &AsWorker, id: &str, form: Form) -> Page {
    let (s, opened, side) = open(web, session, id, "followup").await?;
    let mut all = Vec::new();
    for view in opened.record.accompaniments.iter().rev() {
        let mine = view.closed.is_none() && session.membership(view.team.id).is_some();
        let possible = if mine {
            let members = web
                .service
                .possible_referents(session, view.team.id)
                .await?;
            members
                .into_iter()
                .map(|r| Choice::new(r.account.to_string(), r.name))
                .collect()
        } else {
            Vec::new()
        };
        all.push(Accompaniment {
            id: view.id,
            team: format!("{} ({})", view.team.name, view.team.organisation),
            referent: view
                .referent
                .as_ref()
                .map(|r| r.name.clone())
                .unwrap_or_default(),
            opened: s.l.day(view.opened),
            closed: view
                .closed
                .map(|(on, why)| format!("{}, {}", s.l.day(on), s.l.word("closing", why.word())))
                .unwrap_or_default(),
            mine,
            possible,
            reason: format!("reason-{}", view.id),
            words: format!("words-{}", view.id),
        });
    }
    let mut reasons = vec![Choice::new("", s.t("followup-no-reason"))];
    reasons.extend(Choice::words(
        "closing",
        ClosingReason::ALL.iter().map(|r| r.word()),
    ));
    let page = FollowupPage {
        reasons,
        teams: teams(session),
        all,
        s,
        side,
        form,
    };
    Ok(show_as(page.form.status(), &page))
}

async fn followup(State(web): State<Web>, session: AsWorker, Path(id): Path<String>) -> Page {
    followup_page(&web, &session, &id, Form::default()).await
}

async fn begin(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    form: Form,
) -> Page {
    let team = form.get("team").parse().map_err(|_| PageError::NotFound)?;
    let referent = form.has("referent", "yes");
    web.service
        .open_accompaniment(&session, person(&id)?, team, referent)
        .await?;
    Ok(see(&format!("/dossiers/{id}/suivi")))
}

async fn referent(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, accompaniment)): Path<(String, String)>,
    form: Form,
) -> Page {
    let accompaniment = accompaniment.parse().map_err(|_| PageError::NotFound)?;
    let account = form
        .get("account")
        .parse()
        .map_err(|_| PageError::NotFound)?;
    web.service
        .name_referent(&session, person(&id)?, accompaniment, account)
        .await?;
    Ok(see(&format!("/dossiers/{id}/suivi")))
}

async fn close(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, accompaniment)): Path<(String, String)>,
    mut form: Form,
) -> Page {
    let accompaniment: AccompanimentId = accompaniment.parse().map_err(|_| PageError::NotFound)?;
    let (reason_field, words_field) = (
        format!("reason-{accompaniment}"),
        format!("words-{accompaniment}"),
    );
    let Some(reason) = ClosingReason::from_word(form.get(&reason_field)) else {
        form.fail(&reason_field, "error-closing");
        return followup_page(&web, &session, &id, form).await;
    };
    let words = form.get(&words_field).trim().chars().take(1000).collect();
    let person = person(&id)?;
    match web
        .service
        .close_accompaniment(&session, person, accompaniment, reason, words)
        .await
    {
        Ok(()) => Ok(see(&format!("/dossiers/{id}/suivi"))),
        Err(ServiceError::Invalid { key, .. }) => {
            form.fail(&words_field, key);
            followup_page(&web, &session, &id, form).await
        }
        Err(error) => Err(error.into()),
    }
}
