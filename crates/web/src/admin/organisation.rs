//! The organisation, for its administrator.

use crate::{
    Access, Web,
    form::{Choice, Form},
    guard::AsWorker,
    page::{Page, PageError, Shell, see, show, show_as},
    routes::{Route, on_get, on_post},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::id::{AccountId, SessionId};
use service::{Administration, Invitation, MemberState, NewMember, ServiceError};

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get("/administration", Access::Administrator, page),
        on_post("/administration/equipes", Access::Administrator, add_team),
        on_post("/administration/membres", Access::Administrator, invite),
        on_post(
            "/administration/membres/{account}/attester",
            Access::Administrator,
            state_keys,
        ),
        on_post(
            "/administration/membres/{account}/equipe",
            Access::Administrator,
            join,
        ),
        on_post(
            "/administration/membres/{account}/quitter",
            Access::Administrator,
            leave,
        ),
        on_post(
            "/administration/membres/{account}/renouveler",
            Access::Administrator,
            reset,
        ),
        on_post(
            "/administration/membres/{account}/terminer",
            Access::Administrator,
            end,
        ),
        on_post(
            "/administration/sessions/{session}",
            Access::Administrator,
            end_session,
        ),
    ]
}

struct Member {
    id: AccountId,
    name: String,
    job: String,
    state: String,
    teams: Vec<(String, String, bool)>,
    fingerprint: String,
    enrolled: bool,
    active: bool,
    administrator: bool,
    ended: bool,
}

#[derive(Template)]
#[template(path = "admin/organisation.html")]
struct OrganisationPage {
    s: Shell,
    form: Form,
    organisation: String,
    teams: Vec<Choice>,
    members: Vec<Member>,
    locked: Vec<(String, String)>,
    sessions: Vec<(SessionId, String, String, bool)>,
    statements: Vec<(String, String, String, String)>,
}

fn member(s: &Shell, m: &service::MemberAdmin) -> Member {
    let state = match m.state {
        MemberState::Invited => "member-invited",
        MemberState::Enrolled => "member-enrolled",
        MemberState::Active => "member-active",
        MemberState::Ended => "member-ended",
    };
    Member {
        id: m.account,
        name: m.name.clone(),
        job: m.job.clone(),
        state: s.t(state),
        teams: m
            .teams
            .iter()
            .map(|(t, lead)| (t.id.to_string(), t.name.clone(), *lead))
            .collect(),
        fingerprint: m.fingerprint.clone().unwrap_or_default(),
        enrolled: m.state == MemberState::Enrolled,
        active: m.state == MemberState::Active,
        administrator: m.administrator,
        ended: m.state == MemberState::Ended,
    }
}

async fn show_page(web: &Web, session: &AsWorker, form: Form) -> Page {
    let s = Shell::worker(session);
    let all: Administration = web.service.administration(session).await?;
    let page = OrganisationPage {
        organisation: session.organisation_name.clone(),
        teams: all
            .teams
            .iter()
            .map(|t| Choice::new(t.id.to_string(), &t.name))
            .collect(),
        members: all.members.iter().map(|m| member(&s, m)).collect(),
        locked: all
            .locked_cards
            .iter()
            .map(|c| (c.team.clone(), s.l.day_of(c.made)))
            .collect(),
        sessions: all
            .sessions
            .iter()
            .map(|l| (l.id, l.name.clone(), s.l.moment(l.opened), l.own))
            .collect(),
        statements: all
            .statements
            .iter()
            .map(|l| {
                let kind = s.l.word("statement", l.kind);
                (kind, l.about.clone(), l.by.clone(), s.l.moment(l.at))
            })
            .collect(),
        form,
        s,
    };
    Ok(show_as(page.form.status(), &page))
}

async fn page(State(web): State<Web>, session: AsWorker) -> Page {
    show_page(&web, &session, Form::default()).await
}

async fn again(
    web: &Web,
    session: &AsWorker,
    mut form: Form,
    error: ServiceError,
    to: &str,
) -> Page {
    match error {
        ServiceError::Invalid { key, .. } => {
            form.fail(to, key);
            show_page(web, session, form).await
        }
        error => Err(error.into()),
    }
}

async fn add_team(State(web): State<Web>, session: AsWorker, form: Form) -> Page {
    match web.service.add_team(&session, form.get("team_name")).await {
        Ok(_) => Ok(see("/administration")),
        Err(error) => again(&web, &session, form, error, "team_name").await,
    }
}

#[derive(Template)]
#[template(path = "admin/invitation.html")]
struct InvitationPage {
    s: Shell,
    name: String,
    code: String,
    until: String,
}

fn invitation(session: &AsWorker, name: &str, invitation: &Invitation) -> Response {
    let s = Shell::worker(session);
    let until = s.l.moment(invitation.until);
    show(&InvitationPage {
        s,
        name: name.to_owned(),
        code: invitation.code.clone(),
        until,
    })
}

async fn invite(State(web): State<Web>, session: AsWorker, form: Form) -> Page {
    let new = NewMember {
        name: form.get("name").to_owned(),
        job: form.get("job").to_owned(),
    };
    match web.service.invite(&session, &new).await {
        Ok(made) => Ok(invitation(&session, &new.name, &made)),
        Err(error) => again(&web, &session, form, error, "name").await,
    }
}

fn account(id: &str) -> Result<AccountId, PageError> {
    id.parse().map_err(|_| PageError::NotFound)
}

async fn state_keys(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    _form: Form,
) -> Page {
    web.service.state_keys(&session, account(&id)?).await?;
    Ok(see("/administration"))
}

async fn join(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    form: Form,
) -> Page {
    let team = form.get("team").parse().map_err(|_| PageError::NotFound)?;
    let lead = form.has("lead", "yes");
    match web
        .service
        .join_team(&session, account(&id)?, team, lead)
        .await
    {
        Ok(()) => Ok(see("/administration")),
        Err(error) => again(&web, &session, form, error, "name").await,
    }
}

async fn leave(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    form: Form,
) -> Page {
    let team = form.get("team").parse().map_err(|_| PageError::NotFound)?;
    web.service
        .leave_team(&session, account(&id)?, team)
        .await?;
    Ok(see("/administration"))
}

async fn reset(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    form: Form,
) -> Page {
    let made = web.service.reset_member(&session, account(&id)?).await?;
    Ok(invitation(&session, form.get("shown_name"), &made))
}

async fn end(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    _form: Form,
) -> Page {
    web.service.end_member(&session, account(&id)?).await?;
    Ok(see("/administration"))
}

async fn end_session(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    _form: Form,
) -> Page {
    let id: SessionId = id.parse().map_err(|_| PageError::NotFound)?;
    web.service.end_session(&session, id).await?;
    Ok(see("/administration"))
}
