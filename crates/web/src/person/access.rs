//! Who may read me: giving access by question pages, taking it back in one.

use crate::{
    Access, Web,
    form::{Choice, Form},
    guard::AsPerson,
    page::{Page, PageError, Shell, see, show, show_as},
    routes::{Route, on_get, on_post},
};
use askama::Template;
use axum::extract::{Path, State};
use domain::{Compartment, Compartments, id::GrantId};
use jiff::ToSpan;
use service::{MayRead, NewAccess, ServiceError, Who};

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get("/e/acces", Access::Person, list),
        on_get("/e/acces/donner", Access::Person, give_page),
        on_post("/e/acces/donner", Access::Person, give),
        on_post("/e/acces/{grant}/reprendre", Access::Person, take_back),
    ]
}

/// An access in words.
pub(crate) struct AccessLine {
    pub(crate) id: GrantId,
    pub(crate) to: String,
    pub(crate) compartments: String,
    pub(crate) purpose: String,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) live: bool,
    pub(crate) mine: bool,
    pub(crate) mission: bool,
}

/// Names of compartments, one after the other.
pub(crate) fn names(s: &Shell, compartments: Compartments) -> String {
    compartments
        .iter()
        .map(|c| s.l.compartment(c))
        .collect::<Vec<_>>()
        .join(", ")
}

impl AccessLine {
    pub(crate) fn new(s: &Shell, m: &MayRead) -> Self {
        Self {
            id: m.grant,
            to: if m.to.is_empty() {
                s.t("access-keepers")
            } else {
                m.to.clone()
            },
            compartments: names(s, m.compartments),
            purpose: if m.mission {
                s.t("access-mission")
            } else {
                m.purpose.clone()
            },
            from: s.l.day_of(m.from),
            until: m.until.map(|d| s.l.day(d)).unwrap_or_default(),
            live: m.live,
            mine: m.mine,
            mission: m.mission,
        }
    }
}

/// The compartments that can be given.
pub(crate) fn compartment_choices(s: &Shell, among: Compartments) -> Vec<Choice> {
    Compartment::SHARED
        .into_iter()
        .filter(|c| among.contains(*c))
        .map(|c| Choice::new(c.word(), s.l.compartment(c)))
        .collect()
}

/// Ends offered for an access, in days.
const ENDS: [i64; 4] = [7, 31, 182, 365];

pub(crate) fn ends(s: &Shell) -> Vec<Choice> {
    ENDS.iter()
        .map(|d| Choice::new(d.to_string(), s.t(&format!("access-days-{d}"))))
        .collect()
}

/// What the form asks to give.
pub(crate) fn new_access(form: &Form, today: jiff::civil::Date) -> NewAccess {
    let days: i64 = form.get("days").parse().unwrap_or(0);
    let days = if ENDS.contains(&days) { days } else { 0 };
    NewAccess {
        compartments: form
            .all("compartments")
            .filter_map(Compartment::from_word)
            .collect(),
        purpose: form.get("purpose").trim().chars().take(200).collect(),
        until: today.saturating_add((days - 1).days()),
    }
}

#[derive(Template)]
#[template(path = "person/access.html")]
struct AccessPage {
    s: Shell,
    lines: Vec<AccessLine>,
}

async fn list(State(web): State<Web>, session: AsPerson) -> Page {
    let all = web.service.who_may_read(&Who::Person(&session)).await?;
    let s = Shell::person(&session, web.service.now());
    let lines = all.iter().map(|m| AccessLine::new(&s, m)).collect();
    Ok(show(&AccessPage { s, lines }))
}

/// The question asked now; earlier answers are carried unseen.
#[derive(Template)]
#[template(path = "person/give.html")]
struct GivePage {
    s: Shell,
    form: Form,
    step: &'static str,
    target: String,
    choices: Vec<Choice>,
    ends: Vec<Choice>,
    compartments: String,
    until: String,
}

async fn give_page(State(web): State<Web>, session: AsPerson) -> Page {
    let s = Shell::person(&session, web.service.now());
    Ok(show(&question(s, Form::default(), "code", String::new())))
}

fn question(s: Shell, form: Form, step: &'static str, target: String) -> GivePage {
    let choices = compartment_choices(&s, Compartment::SHARED.into_iter().collect());
    let ends = ends(&s);
    GivePage {
        s,
        form,
        step,
        target,
        choices,
        ends,
        compartments: String::new(),
        until: String::new(),
    }
}

async fn give(State(web): State<Web>, session: AsPerson, mut form: Form) -> Page {
    let s = Shell::person(&session, web.service.now());
    let target = match web.service.read_short_code(form.get("code")).await {
        Ok(target) => format!("{} ({})", target.name, target.organisation),
        Err(ServiceError::Invalid { key, .. }) => {
            form.fail("code", key);
            return Ok(show_as(
                form.status(),
                &question(s, form, "code", String::new()),
            ));
        }
        Err(error) => return Err(error.into()),
    };
    let access = new_access(&form, web.service.today());
    let asked = form.get("asked").to_owned();
    let step = match asked.as_str() {
        "code" => "who",
        "who" => "compartments",
        "compartments" if access.compartments.is_empty() => {
            form.fail("compartments", "error-compartments-empty");
            "compartments"
        }
        "compartments" => "purpose",
        "purpose" if access.purpose.is_empty() => {
            form.fail("purpose", "error-purpose-empty");
            "purpose"
        }
        "purpose" => "days",
        "days" if access.until < web.service.today() => {
            form.fail("days", "error-until");
            "days"
        }
        "days" => "check",
        _ => match web
            .service
            .give_access(&session, form.get("code"), &access)
            .await
        {
            Ok(_) => return Ok(see("/e/acces")),
            Err(ServiceError::Invalid { field, key }) => {
                form.fail(field, key);
                "compartments"
            }
            Err(error) => return Err(error.into()),
        },
    };
    let compartments = names(&s, access.compartments);
    let until = s.l.day(access.until);
    let mut page = question(s, form, step, target);
    page.compartments = compartments;
    page.until = until;
    Ok(show_as(page.form.status(), &page))
}

async fn take_back(
    State(web): State<Web>,
    session: AsPerson,
    Path(id): Path<String>,
    _form: Form,
) -> Page {
    let id: GrantId = id.parse().map_err(|_| PageError::NotFound)?;
    web.service.take_back(&Who::Person(&session), id).await?;
    Ok(see("/e/acces"))
}
