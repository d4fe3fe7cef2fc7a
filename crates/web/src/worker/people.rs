//! People of my teams, and bringing someone in.

use crate::{
    Access, Web,
    form::{Choice, Form},
    guard::AsWorker,
    page::{Page, Shell, see, show, show_as},
    routes::{Route, on_get, on_post},
};
use askama::Template;
use axum::extract::State;
use domain::{entry::Profile, words::Title};
use service::{NewPerson, PEOPLE_SHOWN, PersonLine, ServiceError, WorkerSession};

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get("/personnes", Access::Worker, list),
        on_post("/personnes", Access::Worker, search),
        on_get("/personnes/nouvelle", Access::Worker, new_page),
        on_post("/personnes/nouvelle", Access::Worker, create),
    ]
}

/// A person in a list, in words.
struct Row {
    path: String,
    name: String,
    usual: String,
    born: String,
    team: String,
}

fn row(s: &Shell, session: &WorkerSession, line: &PersonLine) -> Row {
    let team = line
        .team
        .and_then(|t| session.membership(t))
        .map(|m| m.team.name.clone());
    Row {
        path: format!("/dossiers/{}", line.person),
        name: line.name.clone(),
        usual: line.usual_name.clone(),
        born: line.born.map(|d| s.l.day(d)).unwrap_or_default(),
        team: team.unwrap_or_else(|| s.t("people-by-consent")),
    }
}

pub(crate) fn teams(session: &WorkerSession) -> Vec<Choice> {
    session
        .teams
        .iter()
        .map(|t| Choice::new(t.team.id.to_string(), &t.team.name))
        .collect()
}

#[derive(Template)]
#[template(path = "worker/people.html")]
struct PeoplePage {
    s: Shell,
    form: Form,
    teams: Vec<Choice>,
    rows: Vec<Row>,
    asked: bool,
    hidden: usize,
    waiting: bool,
}

async fn list(State(web): State<Web>, session: AsWorker) -> Page {
    found(&web, &session, Form::default()).await
}

/// Names that are looked for travel in the body: an address would keep them in the browser's
/// history and in a proxy's log.
async fn search(State(web): State<Web>, session: AsWorker, form: Form) -> Page {
    found(&web, &session, form).await
}

async fn found(web: &Web, session: &AsWorker, form: Form) -> Page {
    let typed = form.get("q");
    let team = form.get("equipe").parse().ok();
    let page = web.service.people(session, typed, team).await?;
    let s = Shell::worker(session);
    let mut choices = vec![Choice::new("", s.t("people-all-teams"))];
    choices.extend(teams(session));
    Ok(show(&PeoplePage {
        rows: page
            .lines
            .iter()
            .map(|line| row(&s, session, line))
            .collect(),
        hidden: page.total.saturating_sub(PEOPLE_SHOWN),
        asked: !typed.trim().is_empty(),
        waiting: session.teams.iter().all(|t| t.compartments.is_empty()),
        teams: choices,
        form,
        s,
    }))
}

/// A profile as typed.
pub(crate) fn profile(form: &mut Form) -> Profile {
    let born = form.day("born");
    let text = |name: &str| form.get(name).trim().chars().take(200).collect::<String>();
    Profile {
        title: Title::from_word(form.get("title")),
        birth_name: text("birth_name"),
        given_names: text("given_names"),
        usual_name: text("usual_name"),
        born,
        birth_place: text("birth_place"),
        phone: text("phone"),
        email: text("email"),
        address: text("address"),
        languages: text("languages"),
        outside_id: text("outside_id"),
    }
}

#[derive(Template)]
#[template(path = "worker/new_person.html")]
struct NewPage {
    s: Shell,
    form: Form,
    teams: Vec<Choice>,
    titles: Vec<Choice>,
    referent: Vec<Choice>,
    recovery: Vec<Choice>,
    duplicates: Option<Found>,
}

struct Found {
    mine: Vec<Row>,
    elsewhere: bool,
}

fn new_form(session: &WorkerSession, mut form: Form, duplicates: Option<Found>) -> NewPage {
    let s = Shell::worker(session);
    if form.get("team").is_empty()
        && let Some(first) = session.teams.first()
    {
        form.set("team", first.team.id.to_string());
    }
    for (name, default) in [("title", "unsaid"), ("recovery", "yes")] {
        if form.get(name).is_empty() {
            form.set(name, default);
        }
    }
    NewPage {
        teams: teams(session),
        titles: Choice::words("title", Title::ALL.iter().map(|t| t.word())),
        referent: vec![Choice::new("yes", s.t("new-referent-me"))],
        recovery: vec![
            Choice::new("yes", s.t("new-recovery-yes")),
            Choice::new("no", s.t("new-recovery-no")),
        ],
        duplicates,
        form,
        s,
    }
}

async fn new_page(session: AsWorker) -> Page {
    let mut form = Form::default();
    form.set("referent", "yes");
    Ok(show(&new_form(&session, form, None)))
}

async fn create(State(web): State<Web>, session: AsWorker, mut form: Form) -> Page {
    let profile = profile(&mut form);
    let team = form.get("team").parse().ok();
    if form.failed() {
        return Ok(show_as(form.status(), &new_form(&session, form, None)));
    }
    if form.get("confirmed") != "yes" {
        let found = web.service.duplicates(&session, &profile).await?;
        if found.elsewhere || !found.mine.is_empty() {
            let s = Shell::worker(&session);
            let mine = found
                .mine
                .iter()
                .map(|line| row(&s, &session, line))
                .collect();
            let found = Found {
                mine,
                elsewhere: found.elsewhere,
            };
            return Ok(show(&new_form(&session, form, Some(found))));
        }
    }
    let new = NewPerson {
        profile,
        recovery: form.get("recovery") != "no",
        referent: form.has("referent", "yes"),
    };
    let Some(team) = team else {
        form.fail("team", "error-team");
        return Ok(show_as(form.status(), &new_form(&session, form, None)));
    };
    match web.service.new_person(&session, team, new).await {
        Ok(person) => Ok(see(&format!("/dossiers/{person}/carte"))),
        Err(ServiceError::Invalid { field, key }) => {
            form.fail(field, key);
            Ok(show_as(form.status(), &new_form(&session, form, None)))
        }
        Err(error) => Err(error.into()),
    }
}
