//! One procedure: where it stands, where it may go, what it asks for, what comes, how to ask with
//! and without a computer, and what was done by whom.

use super::{Found, at, find};
use crate::{
    Access, Web, fiche,
    form::{Choice, Form},
    guard::AsWorker,
    page::{Page, PageError, Shell, show_as},
    person::{Line as EntryLine, MandateLine},
    procedures::{
        DeadlineLine, LetterLine, PieceLine, WayLine, amounts, entries_of, mandates_used, ways,
    },
    routes::{Route, on_get},
    worker::record::Side,
};
use askama::Template;
use axum::extract::{Path, State};
use domain::procedure::{Procedure, ProcedureFacts, ProcedureState, WayKind};

pub(super) fn routes() -> Vec<Route> {
    vec![on_get(
        "/dossiers/{person}/demarches/{procedure}",
        Access::Record,
        one,
    )]
}

/// A state to go to: its word, and what it is called.
struct Next {
    word: &'static str,
    name: String,
}

/// A deadline that a rule proposes.
struct Proposed {
    rule: &'static str,
    from: String,
    day: String,
    what: String,
    source: String,
}

/// The pieces that a page proposes in one case; for everyone where it is not named.
struct CaseOfPieces {
    case: String,
    pieces: Vec<PieceLine>,
}

impl CaseOfPieces {
    /// The lines by case, those for everyone first, the others in the page's order.
    fn group(lines: impl Iterator<Item = PieceLine>) -> Vec<Self> {
        let mut groups: Vec<Self> = Vec::new();
        for line in lines {
            match groups.iter_mut().find(|g| g.case == line.case) {
                Some(group) => group.pieces.push(line),
                None => groups.push(Self {
                    case: line.case.clone(),
                    pieces: vec![line],
                }),
            }
        }
        groups.sort_by_key(|g| !g.case.is_empty());
        groups
    }
}

/// A refusal in words.
struct Refused {
    reason: String,
    notified: String,
    way: String,
    rule: String,
    source: String,
}

#[derive(Template)]
#[template(path = "worker/procedures/page.html")]
struct ProcedurePage {
    s: Shell,
    side: Side,
    form: Form,
    id: String,
    facts: ProcedureFacts,
    theme: String,
    state: String,
    compartment: String,
    asked: String,
    granted: String,
    follower: String,
    /// Whether its last change of state can be taken back.
    moved: bool,
    next: Vec<Next>,
    proposed: Vec<Proposed>,
    refused: Option<Refused>,
    to_check: bool,
    /// The pieces that the page proposes, to be kept or not, by case: some pages have twenty.
    proposed_pieces: Vec<CaseOfPieces>,
    pieces: Vec<PieceLine>,
    lacking: usize,
    deadlines: Vec<DeadlineLine>,
    ended: Vec<DeadlineLine>,
    letters: Vec<LetterLine>,
    without: Vec<WayLine>,
    online: Vec<WayLine>,
    way_kinds: Vec<Choice>,
    /// The page it was opened from and its edition, in words.
    page: String,
    /// Where that page is read as it was then; empty where it is no more.
    page_path: String,
    mandates: Vec<MandateLine>,
    lines: Vec<EntryLine>,
}

fn proposals(s: &Shell, p: &Procedure) -> Vec<Proposed> {
    p.proposals()
        .into_iter()
        .map(|proposal| Proposed {
            rule: proposal.rule.word(),
            from: proposal.from.to_string(),
            day: s.l.day(proposal.on),
            what: s.l.t2(
                "deadline-counted",
                ("rule", &s.l.word("rule", proposal.rule.word())),
                ("from", &s.l.day(proposal.from)),
            ),
            source: s.t(&format!("rule-{}-source", proposal.rule.word())),
        })
        .collect()
}

fn refused(s: &Shell, p: &Procedure) -> Option<Refused> {
    p.refusal().map(|r| Refused {
        reason: r.reason.clone(),
        notified: s.l.day(r.notified),
        way: r.way.clone(),
        rule: r
            .rule
            .map(|rule| s.l.word("rule", rule.word()))
            .unwrap_or_default(),
        source: r
            .rule
            .map(|rule| s.t(&format!("rule-{}-source", rule.word())))
            .unwrap_or_default(),
    })
}

/// The page of a procedure, with what was typed in one of its small forms.
pub(super) fn shown(web: &Web, found: Found, form: Form) -> Page {
    let today = web.service.today();
    let Found {
        s,
        opened,
        side,
        id,
    } = found;
    let record = &opened.record;
    let p = record.procedure(id).ok_or(PageError::NotFound)?;
    let standing = p.standing();
    let next = |to: &ProcedureState| Next {
        word: to.word(),
        name: s.l.word("state", to.word()),
    };
    let piece = |v| PieceLine::new(&s, record, v, today);
    let to_check = p.to_check();
    let proposed_pieces = p.pieces.iter().filter(|v| to_check && v.piece.from_page);
    let deadlines = |ended: bool| {
        let all = p.deadlines.iter().filter(|d| d.ended.is_some() == ended);
        all.map(|d| DeadlineLine::new(&s, record, d, today))
            .collect()
    };
    let (without, online) = ways(&s, p);
    let (asked, granted) = amounts(&s, p);
    let page = p.page.as_ref();
    let page_path = page
        .map(|taken| fiche::as_it_was(web, "/fiches", taken))
        .filter(|path| !path.is_empty())
        .map(|path| format!("{path}?dossier={}", side.person))
        .unwrap_or_default();
    let page = ProcedurePage {
        page_path,
        id: id.to_string(),
        facts: p.facts.clone(),
        theme: s.l.word("theme", p.facts.theme.word()),
        state: s.l.word("state", standing.state().word()),
        compartment: s.l.compartment(p.compartment),
        asked,
        granted,
        follower: p
            .follower
            .as_ref()
            .map(|f| f.name.clone())
            .unwrap_or_default(),
        moved: p.check_take_back().is_ok(),
        next: standing.next().iter().map(next).collect(),
        proposed: proposals(&s, p),
        refused: refused(&s, p),
        to_check,
        proposed_pieces: CaseOfPieces::group(proposed_pieces.map(piece)),
        pieces: p.asked_pieces().map(piece).collect(),
        lacking: p.lacking(&record.documents, today).count(),
        deadlines: deadlines(false),
        ended: deadlines(true),
        letters: p
            .letters_to_sign()
            .map(|l| LetterLine::new(&s, l))
            .collect(),
        without,
        online,
        way_kinds: Choice::words("way", WayKind::ALL.iter().map(|w| w.word())),
        page: page.map_or_else(String::new, |page| {
            s.l.t2(
                "procedure-from-page",
                ("title", &page.title),
                ("day", &s.l.day(page.edition)),
            )
        }),
        mandates: mandates_used(&s, record, p, today),
        lines: entries_of(record, id)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .map(|e| EntryLine::new(&s, record, e))
            .collect(),
        s,
        side,
        form,
    };
    Ok(show_as(page.form.status(), &page))
}

async fn one(
    State(web): State<Web>,
    session: AsWorker,
    Path((id, procedure)): Path<(String, String)>,
) -> Page {
    let found = find(&web, &session, &id, &procedure).await?;
    shown(&web, found, Form::default())
}

/// Back on the page after one of its small forms, or the page again with what to mend.
pub(super) async fn back(
    web: &Web,
    session: &AsWorker,
    (id, procedure): (&str, &str),
    mut form: Form,
    done: Result<(), service::ServiceError>,
) -> Page {
    match done {
        Ok(()) => Ok(crate::page::see(&at(id, procedure, ""))),
        Err(error) => {
            super::failed(&mut form, error)?;
            shown(web, find(web, session, id, procedure).await?, form)
        }
    }
}
