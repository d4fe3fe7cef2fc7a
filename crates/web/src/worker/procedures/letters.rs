//! Letters of a procedure: prepared from the organisation's template, read again and mended on the
//! page, then shown alone to be printed and signed, or left to the person. Nothing else of it is kept.

use super::{Found, find};
use crate::{
    Access, Web,
    form::Form,
    guard::AsWorker,
    page::{Page, PageError, Shell, see, show, show_as},
    routes::{Route, on_get, on_post},
    worker::{person, record::Side},
};
use axum::extract::{Path, State};
use domain::{
    letter::{LONGEST_TEMPLATE, Letter, LetterKind, Template},
    words::Title,
};
use service::{Who, WorkerSession};
use std::collections::BTreeMap;

pub(super) fn routes() -> Vec<Route> {
    const LIST: &str = "/dossiers/{person}/demarches/{procedure}/courriers";
    const ONE: &str = "/dossiers/{person}/demarches/{procedure}/courriers/{letter}";
    vec![
        on_get(LIST, Access::Record, list),
        on_get(ONE, Access::Record, prepare),
        on_post(ONE, Access::Record, print),
    ]
}

#[derive(askama::Template)]
#[template(path = "worker/letters/list.html")]
struct ListPage {
    s: Shell,
    side: Side,
    id: String,
    title: String,
    letters: Vec<(&'static str, String, String)>,
}

#[derive(askama::Template)]
#[template(path = "worker/letters/prepare.html")]
struct PreparePage {
    s: Shell,
    side: Side,
    form: Form,
    id: String,
    word: &'static str,
    name: String,
    /// What is left to write by hand, in words.
    missing: Vec<String>,
}

#[derive(askama::Template)]
#[template(path = "worker/letters/print.html")]
struct PrintPage {
    s: Shell,
    id: String,
    person: String,
    name: String,
    text: String,
}

type Ids = Path<(String, String, String)>;

async fn list(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, procedure)): Path<(String, String)>,
) -> Page {
    let found = find(&web, &session, &id, &procedure).await?;
    let s = &found.s;
    let line = |kind: LetterKind| {
        let word = kind.word();
        (
            word,
            s.l.word("letter", word),
            s.t(&format!("letter-{word}-what")),
        )
    };
    let page = ListPage {
        letters: LetterKind::ALL.into_iter().map(line).collect(),
        title: found.procedure()?.facts.title.clone(),
        id: found.id.to_string(),
        side: found.side,
        s: found.s,
    };
    Ok(show(&page))
}

fn kind(word: &str) -> Result<LetterKind, PageError> {
    LetterKind::from_word(word).ok_or(PageError::NotFound)
}

/// What the record and the procedure say, by the names of places.
fn values(
    web: &Web,
    session: &WorkerSession,
    found: &Found,
) -> Result<BTreeMap<&'static str, String>, PageError> {
    let s = &found.s;
    let p = found.procedure()?;
    let mut values = BTreeMap::from([
        ("date", s.l.day(web.service.today())),
        ("organisme", p.facts.organisation.clone()),
        ("reference", p.facts.reference.clone()),
        ("demarche", p.facts.title.clone()),
        ("droit", p.facts.right.clone()),
        ("structure", session.organisation_name.clone()),
        ("professionnel", session.name.clone()),
        ("metier", session.job.clone()),
        ("montant_demande", crate::procedures::amounts(s, p).0),
    ]);
    if let Some(day) = p.standing().filed() {
        values.insert("date_depot", s.l.day(day));
    }
    if let Some(refusal) = p.refusal() {
        values.insert("date_refus", s.l.day(refusal.notified));
        values.insert("motif_refus", refusal.reason.clone());
        values.insert("voie_recours", refusal.way.clone());
        if let Some(rule) = refusal.rule {
            let word = rule.word();
            values.insert("delai", s.l.word("rule", word));
            values.insert("source_delai", s.t(&format!("rule-{word}-source")));
        }
    }
    if let Some(profile) = &found.opened.record.profile {
        let title = match profile.title {
            Some(Title::Madam) => s.t("letter-madam"),
            Some(Title::Sir) => s.t("letter-sir"),
            _ => String::new(),
        };
        values.extend([
            ("civilite", title),
            ("prenom", profile.given_names.clone()),
            ("nom", profile.birth_name.clone()),
            ("nom_usage", profile.usual_name.clone()),
            (
                "date_naissance",
                profile.born.map(|d| s.l.day(d)).unwrap_or_default(),
            ),
            ("lieu_naissance", profile.birth_place.clone()),
            ("adresse", profile.address.clone()),
            ("telephone", profile.phone.clone()),
            ("courriel", profile.email.clone()),
        ]);
    }
    Ok(values)
}

async fn prepare(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, procedure, letter)): Ids,
) -> Page {
    let kind = kind(&letter)?;
    let found = find(&web, &session, &id, &procedure).await?;
    if let Some(left) = found.procedure()?.letter(kind) {
        let mut form = Form::default();
        form.set("text", left.text.clone());
        return Ok(prepared_page(found, kind, form, Vec::new()));
    }
    let template = web.service.letter(&session, kind).await?;
    // One that was kept was read then; the usual ones are read by a test.
    let template = Template::parse(&template.text).map_err(|_| PageError::Form)?;
    let prepared: Letter = template.fill(&values(&web, &session, &found)?);
    let mut form = Form::default();
    form.set("text", prepared.text);
    let missing = prepared.missing.iter();
    let missing = missing
        .map(|place| found.s.l.word("place", place))
        .collect();
    Ok(prepared_page(found, kind, form, missing))
}

fn prepared_page(
    found: Found,
    kind: LetterKind,
    form: Form,
    missing: Vec<String>,
) -> axum::response::Response {
    let page = PreparePage {
        name: found.s.l.word("letter", kind.word()),
        word: kind.word(),
        id: found.id.to_string(),
        side: found.side,
        s: found.s,
        form,
        missing,
    };
    show_as(page.form.status(), &page)
}

/// The letter alone on its page, once that is in the journal.
async fn print(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, procedure, letter)): Ids,
    mut form: Form,
) -> Page {
    let kind = kind(&letter)?;
    let found = find(&web, &session, &id, &procedure).await?;
    let text = form.get("text").replace("\r\n", "\n");
    if text.trim().is_empty() || text.chars().count() > LONGEST_TEMPLATE {
        form.fail("text", "error-letter");
        return Ok(prepared_page(found, kind, form, Vec::new()));
    }
    if form.get("act") == "leave" {
        let person = person(&id)?;
        web.service
            .leave_letter(&session, person, found.id, kind, text)
            .await?;
        return Ok(see(&super::at(&id, found.id, "#lettres")));
    }
    let name = found.s.l.word("letter", kind.word());
    let compartment = found.procedure()?.compartment;
    let who = Who::Worker(&session, person(&id)?);
    web.service
        .note_taken(&who, compartment, name.clone(), *found.id.as_bytes())
        .await?;
    Ok(show(&PrintPage {
        s: found.s,
        id: found.id.to_string(),
        person: id,
        name,
        text,
    }))
}
