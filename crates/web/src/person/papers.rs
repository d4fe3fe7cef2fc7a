//! My papers: see, take out, put in.

use crate::{
    Access, Web,
    form::{Choice, Form},
    guard::AsPerson,
    page::{Page, PageError, Shell, see, show, show_as},
    routes::{Route, on_get, on_post},
    upload::{self, Taken},
};
use askama::Template;
use axum::{
    extract::{Multipart, Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::{
    Compartment,
    document::{DocumentFacts, Validity, usual_end},
    id::DocumentId,
    record::DocumentView,
    words::DocumentKind,
};
use jiff::civil::Date;
use service::{Which, Who};

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get("/e/papiers", Access::Person, list),
        on_get("/e/papiers/ajouter", Access::Person, add_page),
        on_post("/e/papiers/ajouter", Access::Person, add),
        on_get("/e/papiers/{document}", Access::Person, one),
        on_get("/e/papiers/{document}/changer", Access::Person, change_page),
        on_post("/e/papiers/{document}/changer", Access::Person, change),
        on_get(
            "/e/papiers/{document}/retirer",
            Access::Person,
            withdraw_page,
        ),
        on_post("/e/papiers/{document}/retirer", Access::Person, withdraw),
        on_get("/e/papiers/{document}/image", Access::Person, image),
        on_get("/e/papiers/{document}/fichier", Access::Person, file),
    ]
}

/// A document in words.
pub(crate) struct Paper {
    pub(crate) id: DocumentId,
    pub(crate) title: String,
    pub(crate) kind: String,
    pub(crate) compartment: String,
    pub(crate) validity: String,
    pub(crate) look: bool,
    pub(crate) added: String,
    pub(crate) by: String,
    pub(crate) shown: bool,
    pub(crate) format: &'static str,
    pub(crate) size: String,
}

impl Paper {
    pub(crate) fn new(s: &Shell, view: &DocumentView, today: Date) -> Self {
        let facts = &view.document.facts;
        let kind = s.l.word("document_kind", facts.kind.word());
        let day = facts.valid_until.map(|d| s.l.day(d)).unwrap_or_default();
        let state = facts.validity(today);
        let validity = match state {
            Validity::NoEnd => String::new(),
            Validity::Valid => s.t1("paper-valid", "day", day),
            Validity::EndsSoon => s.t1("paper-ends", "day", day),
            Validity::Ended => s.t1("paper-ended", "day", day),
        };
        let author = &view.author;
        Self {
            id: view.document.id,
            title: if facts.title.is_empty() {
                kind.clone()
            } else {
                facts.title.clone()
            },
            kind,
            compartment: s.l.compartment(view.compartment),
            validity,
            look: matches!(state, Validity::EndsSoon | Validity::Ended),
            added: s.l.day_of(view.at),
            by: super::texts::who(s, author),
            shown: view.document.file_type.is_shown(),
            format: view.document.file_type.extension(),
            size: size(s, view.document.length),
        }
    }
}

fn size(s: &Shell, bytes: u64) -> String {
    if bytes < 1_000_000 {
        s.t1("size-kb", "n", bytes.div_ceil(1000))
    } else {
        s.t1("size-mb", "n", bytes.div_ceil(1_000_000))
    }
}

#[derive(Template)]
#[template(path = "person/papers.html")]
struct PapersPage {
    s: Shell,
    /// Those that ended or end soon, earliest end first.
    ending: Vec<Paper>,
    papers: Vec<Paper>,
}

async fn list(State(web): State<Web>, session: AsPerson) -> Page {
    let opened = web.service.open_own(&session, Which::All).await?;
    let s = Shell::person(&session, web.service.now());
    let today = web.service.today();
    let record = &opened.record;
    let ending = record.ending_documents(today);
    let ending = ending.iter().map(|d| Paper::new(&s, d, today)).collect();
    let all = record.documents.iter().rev();
    let papers = all.map(|d| Paper::new(&s, d, today)).collect();
    Ok(show(&PapersPage { s, ending, papers }))
}

#[derive(Template)]
#[template(path = "person/paper.html")]
struct PaperPage {
    s: Shell,
    paper: Paper,
    /// The usual end for that kind where none was said: as typed, and in words.
    usual: Option<(String, String)>,
    facts: DocumentFacts,
}

async fn one(State(web): State<Web>, session: AsPerson, Path(id): Path<String>) -> Page {
    let id: DocumentId = id.parse().map_err(|_| PageError::NotFound)?;
    let opened = web.service.open_own(&session, Which::All).await?;
    let view = opened.record.document(id).ok_or(PageError::NotFound)?;
    let s = Shell::person(&session, web.service.now());
    let paper = Paper::new(&s, view, web.service.today());
    let facts = view.document.facts.clone();
    // The usual end is offered, never imposed.
    let born = opened.record.profile.as_ref().and_then(|p| p.born);
    let usual = facts.issued.filter(|_| facts.valid_until.is_none());
    let usual = usual.and_then(|issued| usual_end(facts.kind, issued, born));
    let usual = usual.map(|d| (d.to_string(), s.l.day(d)));
    Ok(show(&PaperPage {
        s,
        paper,
        usual,
        facts,
    }))
}

#[derive(Template)]
#[template(path = "person/change_paper.html")]
struct ChangePage {
    s: Shell,
    form: Form,
    id: DocumentId,
    kinds: Vec<Choice>,
}

async fn change_page(State(web): State<Web>, session: AsPerson, Path(id): Path<String>) -> Page {
    let id: DocumentId = id.parse().map_err(|_| PageError::NotFound)?;
    let opened = web.service.open_own(&session, Which::All).await?;
    let view = opened.record.document(id).ok_or(PageError::NotFound)?;
    let facts = &view.document.facts;
    let written = |d: Option<Date>| d.map(|d| d.to_string()).unwrap_or_default();
    let mut form = Form::default();
    form.set("kind", facts.kind.word())
        .set("title", facts.title.as_str())
        .set("issued", written(facts.issued))
        .set("valid_until", written(facts.valid_until));
    // The usual end is offered, never imposed.
    let born = opened.record.profile.as_ref().and_then(|p| p.born);
    if facts.valid_until.is_none()
        && let Some(end) = facts.issued.and_then(|d| usual_end(facts.kind, d, born))
    {
        form.set("valid_until", end.to_string());
    }
    let s = Shell::person(&session, web.service.now());
    let kinds = kinds();
    Ok(show(&ChangePage { s, form, id, kinds }))
}

async fn change(
    State(web): State<Web>,
    session: AsPerson,
    Path(id): Path<String>,
    mut form: Form,
) -> Page {
    let id: DocumentId = id.parse().map_err(|_| PageError::NotFound)?;
    if let Some(facts) = upload::facts(&mut form) {
        let who = Who::Person(&session);
        web.service.change_document(&who, id, facts).await?;
        return Ok(see(&format!("/e/papiers/{id}")));
    }
    let s = Shell::person(&session, web.service.now());
    let kinds = kinds();
    let page = ChangePage { s, form, id, kinds };
    Ok(show_as(page.form.status(), &page))
}

#[derive(Template)]
#[template(path = "person/withdraw_paper.html")]
struct WithdrawPage {
    s: Shell,
    paper: Paper,
}

async fn withdraw_page(State(web): State<Web>, session: AsPerson, Path(id): Path<String>) -> Page {
    let id: DocumentId = id.parse().map_err(|_| PageError::NotFound)?;
    let opened = web.service.open_own(&session, Which::All).await?;
    let view = opened.record.document(id).ok_or(PageError::NotFound)?;
    let s = Shell::person(&session, web.service.now());
    let paper = Paper::new(&s, view, web.service.today());
    Ok(show(&WithdrawPage { s, paper }))
}

async fn withdraw(
    State(web): State<Web>,
    session: AsPerson,
    Path(id): Path<String>,
    form: Form,
) -> Page {
    let id: DocumentId = id.parse().map_err(|_| PageError::NotFound)?;
    let reason = form.get("reason").trim().chars().take(500).collect();
    let who = Who::Person(&session);
    web.service.withdraw_document(&who, id, reason).await?;
    Ok(see("/e/papiers"))
}

/// A document's picture, re-encoded.
pub(crate) async fn picture(web: &Web, who: Who<'_>, id: &str) -> Page {
    let id: DocumentId = id.parse().map_err(|_| PageError::NotFound)?;
    let image = web
        .service
        .document_image(&who, id, 1200)
        .await?
        .ok_or(PageError::NotFound)?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], image).into_response())
}

/// A document as it was put in, always as an attachment.
pub(crate) async fn attachment(web: &Web, who: Who<'_>, id: &str) -> Page {
    let id: DocumentId = id.parse().map_err(|_| PageError::NotFound)?;
    let opened = web.service.open_document(&who, id).await?;
    let document = &opened.view.document;
    // A neutral name: the file may land on a borrowed phone.
    let name = format!(
        "document-{}.{}",
        &document.id.to_string()[..8],
        document.file_type.extension()
    );
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let length = HeaderValue::from(document.length);
    let mut response = Response::new(axum::body::Body::from_stream(opened.stream));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    headers.insert(header::CONTENT_LENGTH, length);
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox"),
    );
    headers.extend(disposition.ok().map(|d| (header::CONTENT_DISPOSITION, d)));
    Ok(response)
}

async fn image(State(web): State<Web>, session: AsPerson, Path(id): Path<String>) -> Page {
    picture(&web, Who::Person(&session), &id).await
}

async fn file(State(web): State<Web>, session: AsPerson, Path(id): Path<String>) -> Page {
    attachment(&web, Who::Person(&session), &id).await
}

#[derive(Template)]
#[template(path = "person/add_paper.html")]
struct AddPage {
    s: Shell,
    form: Form,
    kinds: Vec<Choice>,
    places: Vec<Choice>,
}

/// The kinds of document, to choose from.
pub(crate) fn kinds() -> Vec<Choice> {
    Choice::words("document_kind", DocumentKind::ALL.iter().map(|k| k.word()))
}

fn add_form(s: Shell, mut form: Form) -> AddPage {
    if form.get("compartment").is_empty() {
        form.set("compartment", Compartment::Social.word());
    }
    if form.get("kind").is_empty() {
        form.set("kind", DocumentKind::Other.word());
    }
    let places = vec![
        Choice::new(Compartment::Social.word(), s.t("person-add-shared")),
        Choice::new(Compartment::Vault.word(), s.t("person-add-vault")),
    ];
    AddPage {
        s,
        form,
        kinds: kinds(),
        places,
    }
}

async fn add_page(State(web): State<Web>, session: AsPerson) -> Page {
    let s = Shell::person(&session, web.service.now());
    Ok(show(&add_form(s, Form::default())))
}

async fn add(State(web): State<Web>, session: AsPerson, parts: Multipart) -> Page {
    let token = session.form_token.clone();
    match upload::take(&web.service, Who::Person(&session), &token, parts).await? {
        Taken::Done(id) => Ok(see(&format!("/e/papiers/{id}"))),
        Taken::Failed(form) => {
            let s = Shell::person(&session, web.service.now());
            Ok(show_as(form.status(), &add_form(s, *form)))
        }
    }
}
