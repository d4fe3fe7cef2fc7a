//! Who the person is, who they live with, whom they are tied to.

use super::{
    people, person,
    record::{Side, open},
};
use crate::{
    Access, Web,
    form::{Choice, Form},
    guard::AsWorker,
    page::{Page, Shell, see, show_as},
    routes::{Route, on_get, on_post},
};
use askama::Template;
use axum::extract::{Path, State};
use domain::{
    entry::Tie,
    words::{TieKind, Title},
};
use service::ServiceError;

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get("/dossiers/{person}/identite", Access::Record, page),
        on_post("/dossiers/{person}/identite", Access::Record, change),
        on_post("/dossiers/{person}/menage", Access::Record, household),
        on_post("/dossiers/{person}/liens", Access::Record, tie),
    ]
}

#[derive(Template)]
#[template(path = "worker/profile.html")]
struct ProfilePage {
    s: Shell,
    side: Side,
    form: Form,
    titles: Vec<Choice>,
    ties: Vec<(Tie, String, String)>,
    kinds: Vec<Choice>,
}

async fn show_page(web: &Web, session: &AsWorker, id: &str, typed: Option<Form>) -> Page {
    let (s, opened, side) = open(web, session, id, "profile").await?;
    let record = &opened.record;
    let mut form = typed.unwrap_or_default();
    // The page has three forms: what was typed in one stands beside what the record says.
    if form.get("title").is_empty() {
        let p = record.profile.clone().unwrap_or_default();
        form.set("title", p.title.unwrap_or(Title::Unsaid).word());
        form.set("born", p.born.map(|d| d.to_string()).unwrap_or_default());
        for (name, value) in [
            ("birth_name", p.birth_name),
            ("given_names", p.given_names),
            ("usual_name", p.usual_name),
            ("birth_place", p.birth_place),
            ("phone", p.phone),
            ("email", p.email),
            ("address", p.address),
            ("languages", p.languages),
            ("outside_id", p.outside_id),
        ] {
            form.set(name, value);
        }
    }
    if let Some(h) = &record.household {
        form.set("members", h.members.join("\n"));
        form.set("composition", h.composition.as_str());
    }
    let ties = record
        .ties
        .iter()
        .map(|t| {
            let born = t.born.map(|d| s.l.day(d)).unwrap_or_default();
            (t.clone(), s.l.word("tie", t.kind.word()), born)
        })
        .collect();
    let page = ProfilePage {
        titles: Choice::words("title", Title::ALL.iter().map(|t| t.word())),
        kinds: Choice::words("tie", TieKind::ALL.iter().map(|t| t.word())),
        ties,
        s,
        side,
        form,
    };
    Ok(show_as(page.form.status(), &page))
}

async fn page(State(web): State<Web>, session: AsWorker, Path(id): Path<String>) -> Page {
    show_page(&web, &session, &id, None).await
}

async fn change(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    mut form: Form,
) -> Page {
    let profile = people::profile(&mut form);
    if !form.failed() {
        match web
            .service
            .change_profile(&session, person(&id)?, profile)
            .await
        {
            Ok(_) => return Ok(see(&format!("/dossiers/{id}/identite"))),
            Err(ServiceError::Invalid { field, key }) => form.fail(field, key),
            Err(error) => return Err(error.into()),
        }
    }
    show_page(&web, &session, &id, Some(form)).await
}

async fn household(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    form: Form,
) -> Page {
    let members = form
        .get("members")
        .lines()
        .map(|m| m.trim().chars().take(120).collect::<String>())
        .filter(|m| !m.is_empty())
        .take(30)
        .collect();
    let composition = form.get("composition").trim().chars().take(200).collect();
    web.service
        .set_household(&session, person(&id)?, members, composition)
        .await?;
    Ok(see(&format!("/dossiers/{id}/identite")))
}

async fn tie(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    mut form: Form,
) -> Page {
    let born = form.day("tie_born");
    let kind = TieKind::from_word(form.get("tie_kind")).unwrap_or(TieKind::Other);
    let name: String = form.get("tie_name").trim().chars().take(120).collect();
    if name.is_empty() {
        form.fail("tie_name", "error-name-empty");
    }
    if form.failed() {
        return show_page(&web, &session, &id, Some(form)).await;
    }
    let ended = form.has("ended", "yes");
    let tie = Tie {
        kind,
        name,
        born,
        person: None,
        ended,
    };
    web.service.set_tie(&session, person(&id)?, tie).await?;
    Ok(see(&format!("/dossiers/{id}/identite")))
}
