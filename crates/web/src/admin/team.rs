//! A team, for its lead: welcome members, decide which compartments each opens.

use crate::{
    Access, Web,
    form::{Choice, Form},
    guard::AsWorker,
    page::{Page, PageError, Shell, see, show_as},
    person::compartment_choices,
    routes::{Route, on_get, on_post},
};
use askama::Template;
use axum::extract::{Path, State};
use domain::{
    Compartment,
    id::{AccountId, TeamId},
};
use service::ServiceError;

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get("/equipe/{team}", Access::Worker, page),
        on_post("/equipe/{team}/membres/{account}", Access::Lead, welcome),
        on_post("/equipe/{team}/membres/{account}/fin", Access::Lead, end),
    ]
}

struct Member {
    id: AccountId,
    name: String,
    job: String,
    lead: bool,
    waiting: bool,
    keyed: bool,
    own: bool,
    compartments: Vec<(String, String, bool)>,
}

#[derive(Template)]
#[template(path = "admin/team.html")]
struct TeamPage {
    s: Shell,
    form: Form,
    id: TeamId,
    name: String,
    lead: bool,
    members: Vec<Member>,
}

async fn show_page(web: &Web, session: &AsWorker, id: &str, form: Form) -> Page {
    let id: TeamId = id.parse().map_err(|_| PageError::NotFound)?;
    let s = Shell::worker(session);
    web.service.keep_team_keys(session).await?;
    let team = web.service.team(session, id).await?;
    let mine = session
        .membership(id)
        .map(|m| m.compartments)
        .unwrap_or_default();
    let choices: Vec<Choice> = compartment_choices(&s, mine);
    let members = team
        .members
        .iter()
        .map(|m| Member {
            id: m.account,
            name: m.name.clone(),
            job: m.job.clone(),
            lead: m.lead,
            waiting: m.waiting,
            keyed: m.keyed,
            own: m.account == session.account,
            compartments: choices
                .iter()
                .map(|c| {
                    let open = Compartment::from_word(&c.value).is_some_and(|word| {
                        let usual = domain::Compartments::usual().contains(word);
                        m.compartments.contains(word) || (m.waiting && usual)
                    });
                    (c.value.clone(), c.label.clone(), open)
                })
                .collect(),
        })
        .collect();
    let page = TeamPage {
        s,
        form,
        id,
        name: team.team.name,
        lead: team.lead,
        members,
    };
    Ok(show_as(page.form.status(), &page))
}

async fn page(State(web): State<Web>, session: AsWorker, Path(id): Path<String>) -> Page {
    show_page(&web, &session, &id, Form::default()).await
}

async fn welcome(
    State(web): State<Web>,
    session: AsWorker,
    Path((team, account)): Path<(String, String)>,
    mut form: Form,
) -> Page {
    let id: TeamId = team.parse().map_err(|_| PageError::NotFound)?;
    let account: AccountId = account.parse().map_err(|_| PageError::NotFound)?;
    let compartments = form
        .all("compartments")
        .filter_map(Compartment::from_word)
        .collect();
    match web
        .service
        .welcome(&session, id, account, compartments)
        .await
    {
        Ok(()) => Ok(see(&format!("/equipe/{team}"))),
        Err(ServiceError::Invalid { key, .. }) => {
            form.fail("compartments", key);
            show_page(&web, &session, &team, form).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn end(
    State(web): State<Web>,
    session: AsWorker,
    Path((team, account)): Path<(String, String)>,
    _form: Form,
) -> Page {
    let id: TeamId = team.parse().map_err(|_| PageError::NotFound)?;
    let account: AccountId = account.parse().map_err(|_| PageError::NotFound)?;
    web.service.end_membership(&session, id, account).await?;
    Ok(see(&format!("/equipe/{team}")))
}
