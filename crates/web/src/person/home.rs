//! The first page after the card, changing the PIN, leaving.

use crate::{
    Access, Web,
    form::Form,
    guard::AsPerson,
    page::{Page, Shell, see, show, show_as},
    public::{card_failed, leave},
    routes::{Route, on_get, on_post},
};
use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::IntoResponse,
};
use domain::{
    document::Validity, id::ProcedureId, procedure::Procedure, record::Record,
    words::AppointmentShow,
};
use jiff::civil::Date;
use service::{Digest, OwnDeadline, Which};

pub(super) fn routes() -> Vec<Route> {
    vec![
        on_get("/e", Access::Person, home),
        on_get("/e/code", Access::Person, pin_page),
        on_post("/e/code", Access::Person, change_pin),
        on_get("/e/rester", Access::Person, still_here),
        on_post("/e/rester", Access::Person, stay),
        on_post("/e/quitter", Access::Person, exit),
    ]
}

#[derive(Template)]
#[template(path = "person/home.html")]
struct HomePage {
    s: Shell,
    next: Option<String>,
    next_place: String,
    papers: usize,
    ending: usize,
    /// Papers to be found for procedures that go on.
    missing: usize,
    due: Vec<Due>,
}

/// A date of the morning's digest, and the procedure it leads to.
struct Due {
    procedure: ProcedureId,
    kind: String,
    day: String,
    past: bool,
}

/// How many dates the first page shows: the others are with the procedures.
const MOST_DUE: usize = 3;

/// What the digest prepared that still holds in the record, and that may be told on this phone.
fn due(s: &Shell, record: &Record, digest: &Digest<OwnDeadline>, today: Date) -> Vec<Due> {
    let holds = |own: &&OwnDeadline| {
        let procedure = record.procedure(own.procedure);
        let mut live = procedure.into_iter().flat_map(Procedure::live_deadlines);
        live.any(|d| d.deadline.id == own.deadline && d.deadline.show == AppointmentShow::Notified)
    };
    let shown = digest.due.iter().filter(holds).take(MOST_DUE);
    let line = |own: &OwnDeadline| Due {
        procedure: own.procedure,
        kind: s.l.word("deadline", own.kind.word()),
        day: s.l.day(own.day),
        past: own.day < today,
    };
    shown.map(line).collect()
}

async fn home(State(web): State<Web>, session: AsPerson) -> Page {
    let opened = web.service.open_own(&session, Which::All).await?;
    let today = web.service.today();
    let s = Shell::person(&session, web.service.now());
    let digest = web.service.own_digest(&session).await?;
    let shown = |a: &&domain::entry::Appointment| a.show != AppointmentShow::Hidden;
    let next = opened
        .record
        .coming_appointments(today)
        .find(shown)
        .cloned();
    let papers = &opened.record.documents;
    let ends = |v: Validity| v == Validity::EndsSoon || v == Validity::Ended;
    Ok(show(&HomePage {
        due: due(&s, &opened.record, &digest, today),
        next: next.as_ref().map(|a| s.l.clock(a.at)),
        next_place: next.map(|a| a.place).unwrap_or_default(),
        papers: papers.len(),
        ending: papers
            .iter()
            .filter(|d| ends(d.document.facts.validity(today)))
            .count(),
        missing: opened
            .record
            .procedures
            .iter()
            .filter(|p| p.goes_on())
            .map(|p| p.lacking(papers, today).count())
            .sum(),
        s,
    }))
}

#[derive(Template)]
#[template(path = "person/pin.html")]
struct PinPage {
    s: Shell,
    form: Form,
    done: bool,
}

async fn pin_page(State(web): State<Web>, session: AsPerson) -> Page {
    let s = Shell::person(&session, web.service.now());
    Ok(show(&PinPage {
        s,
        form: Form::default(),
        done: false,
    }))
}

async fn change_pin(State(web): State<Web>, session: AsPerson, mut form: Form) -> Page {
    let s = Shell::person(&session, web.service.now());
    if form.get("pin") == form.get("again") {
        let (code, old, new) = (form.get("code"), form.get("old"), form.get("pin"));
        match web.service.change_pin(&session, code, old, new).await {
            Ok(()) => {
                return Ok(show(&PinPage {
                    s,
                    form: Form::default(),
                    done: true,
                }));
            }
            Err(error) => card_failed(&mut form, error, "code", "old")?,
        }
    } else {
        form.fail("again", "error-pin-again");
    }
    for secret in ["old", "pin", "again"] {
        form.forget(secret);
    }
    Ok(show_as(
        form.status(),
        &PinPage {
            s,
            form,
            done: false,
        },
    ))
}

/// One transparent point.
const POINT: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\
    \0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

/// Keeps the session open while something is being written: the pages' policy lets a script ask for
/// an image and nothing else, and the image comes only while the session holds.
async fn still_here(_session: AsPerson) -> Page {
    Ok(([(header::CONTENT_TYPE, "image/gif")], POINT).into_response())
}

/// Using the session is what keeps it open.
async fn stay(_session: AsPerson, _form: Form) -> Page {
    Ok(see("/e"))
}

async fn exit(State(web): State<Web>, _session: AsPerson, headers: HeaderMap, _form: Form) -> Page {
    leave(&web, &headers, "/au-revoir").await
}
