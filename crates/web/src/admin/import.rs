//! Bringing people in from a spreadsheet: send, check what was understood, confirm.

use crate::{
    Access, Web,
    form::{Choice, Form},
    guard::AsWorker,
    page::{Page, PageError, Shell, render, show_as},
    routes::{Route, on_get, on_post},
    upload::take_the_rest,
};
use askama::Template;
use axum::{
    body::Body,
    extract::{Multipart, State},
    http::header,
    response::{IntoResponse, Response},
};
use domain::id::TeamId;
use futures_util::StreamExt;
use service::{ImportDone, ImportFault, ImportPlan};

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get("/personnes/importer", Access::Lead, page),
        on_post("/personnes/importer", Access::Lead, send),
    ]
}

/// The most bytes of a spreadsheet.
const LARGEST: usize = 10 * 1024 * 1024;

#[derive(Template)]
#[template(path = "admin/import.html")]
struct ImportPage {
    s: Shell,
    form: Form,
    teams: Vec<Choice>,
    plan: Option<Plan>,
}

struct Plan {
    new: usize,
    there: usize,
    understood: Vec<(String, String)>,
    faults: Vec<(String, String, String)>,
    rows: Vec<(String, String, String)>,
}

/// A fault in words: where, what, how to mend.
fn fault(s: &Shell, f: &ImportFault) -> (String, String, String) {
    let place = s.l.t2(
        "import-place",
        ("row", &f.row.to_string()),
        ("column", &f.column),
    );
    let what = s.t1(&format!("import-{}", f.kind), "value", &f.value);
    let mend = s.t(&format!("import-{}-mend", f.kind));
    (place, what, mend)
}

fn plan(s: &Shell, plan: &ImportPlan) -> Plan {
    Plan {
        new: plan.rows.iter().filter(|r| !r.there).count(),
        there: plan.rows.iter().filter(|r| r.there).count(),
        understood: plan
            .columns
            .iter()
            .map(|c| {
                let field = c.field.map_or_else(
                    || s.t("import-kept"),
                    |field| s.t(&format!("import-field-{field}")),
                );
                (c.heading.clone(), field)
            })
            .collect(),
        faults: plan.faults.iter().map(|f| fault(s, f)).collect(),
        rows: plan
            .rows
            .iter()
            .map(|r| {
                let state = if r.there {
                    s.t("import-there")
                } else {
                    s.t("import-new")
                };
                (r.row.to_string(), r.name.clone(), state)
            })
            .collect(),
    }
}

fn blank(session: &AsWorker, form: Form) -> ImportPage {
    let led = session.teams.iter().filter(|t| t.lead);
    ImportPage {
        teams: led
            .map(|t| Choice::new(t.team.id.to_string(), &t.team.name))
            .collect(),
        s: Shell::worker(session),
        form,
        plan: None,
    }
}

async fn page(session: AsWorker) -> Page {
    let page = blank(&session, Form::default());
    Ok(show_as(page.form.status(), &page))
}

struct Sent {
    form: Form,
    name: String,
    bytes: Vec<u8>,
}

async fn take(mut parts: Multipart) -> Result<Sent, PageError> {
    let mut sent = Sent {
        form: Form::default(),
        name: String::new(),
        bytes: Vec::new(),
    };
    while let Some(mut field) = parts.next_field().await.map_err(|_| PageError::TooLarge)? {
        let name = field.name().unwrap_or_default().to_owned();
        let file = (name == "file").then(|| field.file_name().unwrap_or_default().to_owned());
        let mut value = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(|_| PageError::TooLarge)? {
            value.extend_from_slice(&chunk);
            if value.len() > LARGEST {
                drop(field);
                take_the_rest(&mut parts).await;
                return Err(PageError::TooLarge);
            }
        }
        match file {
            Some(file) => (sent.name, sent.bytes) = (file, value),
            None => sent
                .form
                .add(&name, String::from_utf8_lossy(&value).into_owned()),
        }
    }
    Ok(sent)
}

/// Nothing is kept between checking and confirming: the file is sent again, which costs a moment
/// and leaves no plaintext anywhere.
async fn send(State(web): State<Web>, session: AsWorker, parts: Multipart) -> Page {
    let mut sent = take(parts).await?;
    if sent.form.get("form_token") != session.form_token {
        return Err(PageError::Stale);
    }
    let team: TeamId = sent
        .form
        .get("team")
        .parse()
        .map_err(|_| PageError::NotFound)?;
    if sent.bytes.is_empty() {
        sent.form.fail("file", "error-file-none");
        let page = blank(&session, sent.form);
        return Ok(show_as(page.form.status(), &page));
    }
    let checked = web
        .service
        .check_import(&session, team, &sent.name, &sent.bytes, None)
        .await;
    let checked = match checked {
        Ok(plan) => plan,
        Err(service::ServiceError::Invalid { key, .. }) => {
            sent.form.fail("file", key);
            let page = blank(&session, sent.form);
            return Ok(show_as(page.form.status(), &page));
        }
        Err(error) => return Err(error.into()),
    };
    let skip = sent.form.has("skip", "yes");
    let sure = sent.form.has("sure", "yes") && (checked.faults.is_empty() || skip);
    let mut page = blank(&session, sent.form);
    if sure {
        return Ok(bring_in(web, session, checked, skip, page));
    }
    page.plan = Some(plan(&page.s, &checked));
    Ok(show_as(page.form.status(), &page))
}

/// Where the page waits while people come in.
const WAITING: &str = "<!-- people come in here -->";

#[derive(Template)]
#[template(path = "admin/importing.html")]
struct ImportingPage {
    s: Shell,
    waiting: &'static str,
}

/// Brings people in while the page arrives: its beginning at once, a line for each group that came
/// in, its end when all did. A browser without scripts sees the same.
fn bring_in(
    web: Web,
    session: AsWorker,
    checked: ImportPlan,
    skip: bool,
    done_page: ImportPage,
) -> Response {
    let s = Shell::worker(&session);
    let l = s.l;
    let whole = render(&ImportingPage {
        s,
        waiting: WAITING,
    })
    .unwrap_or_default();
    let (head, tail) = whole.split_once(WAITING).unwrap_or((&whole, ""));
    let (head, tail) = (head.to_owned(), tail.to_owned());
    let (lines, arriving) = tokio::sync::mpsc::unbounded_channel::<String>();
    // A page that was left has no reader: people come in all the same.
    let tell = move |line: String| drop(lines.send(line));
    tell(head);
    tokio::spawn(async move {
        let progress = |done: usize, all: usize| {
            let (done, all) = (done.to_string(), all.to_string());
            let words = l.t2("import-progress", ("done", &done), ("all", &all));
            tell(format!("<p>{words}</p>\n"));
        };
        let ended = web
            .service
            .run_import(&session, &checked, skip, &progress)
            .await;
        tell(match ended {
            Ok(done) => ended_well(done_page.s, done),
            Err(error) => {
                tracing::error!(%error, "an import stopped");
                format!("<p role=\"alert\">{}</p>", l.t("import-stopped"))
            }
        });
        tell(tail);
    });
    let body = futures_util::stream::unfold(arriving, |mut arriving| async move {
        let line = arriving.recv().await?;
        Some((Ok::<_, std::convert::Infallible>(line), arriving))
    })
    // Compression asks again after the end, which `unfold` answers with a panic.
    .fuse();
    let html = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (html, Body::from_stream(body)).into_response()
}

#[derive(Template)]
#[template(path = "admin/imported.html")]
struct ImportedPart {
    s: Shell,
    done: ImportDone,
}

fn ended_well(s: Shell, done: ImportDone) -> String {
    render(&ImportedPart { s, done }).unwrap_or_default()
}
