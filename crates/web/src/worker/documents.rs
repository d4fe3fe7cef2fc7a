//! The safe, seen by a worker.

use super::{
    acts::compartments,
    person,
    record::{Side, open},
};
use crate::{
    Access, Web,
    form::{Choice, Form},
    guard::AsWorker,
    page::{Page, PageError, Shell, see, show, show_as},
    person::{Paper, attachment, kinds, picture},
    routes::{Route, on_get, on_post},
    upload::{self, Taken},
};
use askama::Template;
use axum::extract::{Multipart, Path, Query, State};
use domain::{
    document::{DocumentFacts, usual_end},
    id::DocumentId,
    words::DocumentKind,
};
use service::Who;
use std::collections::HashMap;

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get("/dossiers/{person}/coffre", Access::Record, list),
        on_get(
            "/dossiers/{person}/coffre/deposer",
            Access::Record,
            put_page,
        ),
        on_post("/dossiers/{person}/coffre/deposer", Access::Record, put),
        on_get("/dossiers/{person}/coffre/{document}", Access::Record, one),
        on_post(
            "/dossiers/{person}/coffre/{document}",
            Access::Record,
            change,
        ),
        on_post(
            "/dossiers/{person}/coffre/{document}/retirer",
            Access::Record,
            withdraw,
        ),
        on_get(
            "/dossiers/{person}/coffre/{document}/image",
            Access::Record,
            image,
        ),
        on_get(
            "/dossiers/{person}/coffre/{document}/fichier",
            Access::Record,
            file,
        ),
    ]
}

#[derive(Template)]
#[template(path = "worker/safe.html")]
struct SafePage {
    s: Shell,
    side: Side,
    /// Those that ended or end soon, earliest end first.
    ending: Vec<Paper>,
    papers: Vec<Paper>,
}

async fn list(State(web): State<Web>, session: AsWorker, Path(id): Path<String>) -> Page {
    let (s, opened, side) = open(&web, &session, &id, "safe").await?;
    let today = web.service.today();
    let papers = opened
        .record
        .documents
        .iter()
        .rev()
        .map(|d| Paper::new(&s, d, today))
        .collect();
    let ending = opened.record.ending_documents(today);
    let ending = ending
        .into_iter()
        .map(|d| Paper::new(&s, d, today))
        .collect();
    Ok(show(&SafePage {
        s,
        side,
        ending,
        papers,
    }))
}

#[derive(Template)]
#[template(path = "worker/put.html")]
struct PutPage {
    s: Shell,
    side: Side,
    form: Form,
    kinds: Vec<Choice>,
    compartments: Vec<Choice>,
}

async fn put_form(web: &Web, session: &AsWorker, id: &str, mut form: Form) -> Page {
    let (s, opened, side) = open(web, session, id, "safe").await?;
    for (name, default) in [("compartment", "social"), ("kind", "other")] {
        if form.get(name).is_empty() {
            form.set(name, default);
        }
    }
    // The usual end of validity is offered, never imposed.
    if form.get("valid_until").is_empty()
        && let Some(kind) = DocumentKind::from_word(form.get("kind"))
        && let Some(issued) = domain::search::parse_day(form.get("issued"))
    {
        let born = opened.record.profile.as_ref().and_then(|p| p.born);
        if let Some(end) = usual_end(kind, issued, born) {
            form.set("valid_until", end.to_string());
        }
    }
    let page = PutPage {
        compartments: compartments(&s, &opened),
        kinds: kinds(),
        s,
        side,
        form,
    };
    Ok(show_as(page.form.status(), &page))
}

async fn put_page(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Page {
    let mut form = Form::default();
    for name in ["kind", "issued", "compartment", "title"] {
        if let Some(value) = query.get(name) {
            form.set(name, value.as_str());
        }
    }
    put_form(&web, &session, &id, form).await
}

async fn put(
    State(web): State<Web>,
    session: AsWorker,
    Path(id): Path<String>,
    parts: Multipart,
) -> Page {
    let who = Who::Worker(&session, person(&id)?);
    let token = session.form_token.clone();
    match upload::take(&web.service, who, &token, parts).await? {
        Taken::Done(document) => Ok(see(&format!("/dossiers/{id}/coffre/{document}"))),
        Taken::Failed(form) => put_form(&web, &session, &id, *form).await,
    }
}

#[derive(Template)]
#[template(path = "worker/document.html")]
struct DocumentPage {
    s: Shell,
    side: Side,
    form: Form,
    paper: Paper,
    kinds: Vec<Choice>,
    /// The usual end for that kind where another one stands: as typed, and in words.
    usual: Option<(String, String)>,
    facts: DocumentFacts,
}

async fn document(
    web: &Web,
    session: &AsWorker,
    id: &str,
    document: &str,
    typed: Option<Form>,
) -> Page {
    let document: DocumentId = document.parse().map_err(|_| PageError::NotFound)?;
    let (s, opened, side) = open(web, session, id, "safe").await?;
    let view = opened
        .record
        .document(document)
        .ok_or(PageError::NotFound)?;
    let facts = &view.document.facts;
    let mut form = typed.unwrap_or_default();
    if form.get("kind").is_empty() {
        form.set("kind", facts.kind.word())
            .set("title", facts.title.as_str());
        form.set(
            "issued",
            facts.issued.map(|d| d.to_string()).unwrap_or_default(),
        );
        form.set(
            "valid_until",
            facts.valid_until.map(|d| d.to_string()).unwrap_or_default(),
        );
    }
    let born = opened.record.profile.as_ref().and_then(|p| p.born);
    let usual = facts
        .issued
        .and_then(|issued| usual_end(facts.kind, issued, born));
    let usual = usual.filter(|u| Some(*u) != facts.valid_until);
    let paper = Paper::new(&s, view, web.service.today());
    let usual = usual.map(|d| (d.to_string(), s.l.day(d)));
    let facts = facts.clone();
    let page = DocumentPage {
        s,
        side,
        form,
        paper,
        kinds: kinds(),
        usual,
        facts,
    };
    Ok(show_as(page.form.status(), &page))
}

type Ids = Path<(String, String)>;

async fn one(State(web): State<Web>, session: AsWorker, Path((id, doc)): Ids) -> Page {
    document(&web, &session, &id, &doc, None).await
}

async fn change(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, doc)): Ids,
    mut form: Form,
) -> Page {
    let Some(facts) = upload::facts(&mut form) else {
        return document(&web, &session, &id, &doc, Some(form)).await;
    };
    let document: DocumentId = doc.parse().map_err(|_| PageError::NotFound)?;
    web.service
        .change_document(&Who::Worker(&session, person(&id)?), document, facts)
        .await?;
    Ok(see(&format!("/dossiers/{id}/coffre/{doc}")))
}

async fn withdraw(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, doc)): Ids,
    mut form: Form,
) -> Page {
    let document: DocumentId = doc.parse().map_err(|_| PageError::NotFound)?;
    let reason: String = form.get("reason").trim().chars().take(500).collect();
    if reason.is_empty() {
        form.fail("reason", "error-reason");
        return self::document(&web, &session, &id, &doc, Some(form)).await;
    }
    web.service
        .withdraw_document(&Who::Worker(&session, person(&id)?), document, reason)
        .await?;
    Ok(see(&format!("/dossiers/{id}/coffre")))
}

async fn image(State(web): State<Web>, session: AsWorker, Path((id, doc)): Ids) -> Page {
    picture(&web, Who::Worker(&session, person(&id)?), &doc).await
}

async fn file(State(web): State<Web>, session: AsWorker, Path((id, doc)): Ids) -> Page {
    attachment(&web, Who::Worker(&session, person(&id)?), &doc).await
}
