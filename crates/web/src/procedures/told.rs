//! What an entry says of a procedure, in words, for the thread and for what the person reads.

use crate::page::Shell;
use domain::{
    id::PieceId,
    procedure::{DeadlineEnd, Met, Procedure, ProcedureEntry, ProcedureEvent},
    record::Record,
    step::Step,
    words::AppointmentShow,
};

/// The step that an entry of a procedure tells, where it tells one.
pub(crate) fn step_of(event: &ProcedureEvent) -> Option<&Step> {
    match event {
        ProcedureEvent::Moved { step, .. } | ProcedureEvent::Acted(step) => Some(step),
        _ => None,
    }
}

/// Whether it tells of a deadline that must not show on shared phones, as it was set or as it is
/// now.
pub(crate) fn is_hidden(record: &Record, said: &ProcedureEntry) -> bool {
    let id = match &said.event {
        ProcedureEvent::DeadlineSet(set) if set.show == AppointmentShow::Hidden => return true,
        ProcedureEvent::DeadlineSet(set) => set.id,
        ProcedureEvent::DeadlineEnded { deadline, .. } => *deadline,
        _ => return false,
    };
    let mut deadlines = record
        .procedure(said.procedure)
        .into_iter()
        .flat_map(|p| &p.deadlines);
    deadlines.any(|d| d.deadline.id == id && d.deadline.show == AppointmentShow::Hidden)
}

fn label(procedure: Option<&Procedure>, piece: PieceId, s: &Shell) -> String {
    let mut pieces = procedure.iter().flat_map(|p| &p.pieces);
    pieces.find(|p| p.piece.id == piece).map_or_else(
        || s.t("procedure-told-piece"),
        |found| found.piece.label.clone(),
    )
}

/// The lines that tell it; `sequence` is the entry's.
pub(crate) fn lines(
    s: &Shell,
    record: &Record,
    sequence: u64,
    said: &ProcedureEntry,
) -> Vec<String> {
    let l = s.l;
    let procedure = record.procedure(said.procedure);
    let title = procedure.map(|p| p.facts.title.clone()).unwrap_or_default();
    match &said.event {
        ProcedureEvent::Opened { facts, page, .. } => {
            let mut lines = vec![l.t1("procedure-told-opened", "title", &facts.title)];
            lines.extend(
                page.as_ref()
                    .map(|p| l.t1("procedure-told-page", "title", &p.title)),
            );
            lines
        }
        ProcedureEvent::Changed(facts) => {
            vec![l.t1("procedure-told-changed", "title", &facts.title)]
        }
        ProcedureEvent::Followed(who) => vec![l.t2(
            "procedure-told-followed",
            ("title", &title),
            ("name", &who.name),
        )],
        ProcedureEvent::Moved { to, refusal, .. } => {
            let state = l.word("state", to.word());
            let mut lines =
                vec![l.t2("procedure-told-moved", ("title", &title), ("state", &state))];
            lines.extend(refusal.as_ref().map(|r| {
                let day = l.day(r.notified);
                l.t2(
                    "procedure-told-refusal",
                    ("day", &day),
                    ("reason", &r.reason),
                )
            }));
            let steps = procedure.map(|p| p.steps.as_slice()).unwrap_or_default();
            let mine = steps.iter().find(|view| view.sequence == sequence);
            let mistaken = mine.and_then(|view| view.taken_back.as_ref());
            lines.extend(
                mistaken.map(|reason| l.t1("procedure-told-was-taken-back", "reason", reason)),
            );
            lines
        }
        ProcedureEvent::Acted(_) => vec![l.t1("procedure-told-acted", "title", &title)],
        ProcedureEvent::TakenBack { reason } => vec![l.t2(
            "procedure-told-taken-back",
            ("title", &title),
            ("reason", reason),
        )],
        other => pieces_and_dates(s, procedure, &title, other),
    }
}

/// The lines that tell of pieces, dates, ways and brakes.
fn pieces_and_dates(
    s: &Shell,
    procedure: Option<&Procedure>,
    title: &str,
    event: &ProcedureEvent,
) -> Vec<String> {
    let l = s.l;
    let count = |n: usize| n.to_string();
    match event {
        ProcedureEvent::PiecesChecked { kept } => vec![l.t2(
            "procedure-told-checked",
            ("title", title),
            ("count", &count(kept.len())),
        )],
        ProcedureEvent::PieceAsked(piece) => vec![l.t2(
            "procedure-told-asked",
            ("title", title),
            ("label", &piece.label),
        )],
        ProcedureEvent::PieceMet { piece, met } => {
            let label = label(procedure, *piece, s);
            vec![met_line(s, &label, met)]
        }
        ProcedureEvent::DeadlineSet(deadline) => {
            let kind = l.word("deadline", deadline.kind.word());
            let day = l.day(deadline.on);
            let mut lines = vec![l.t2("procedure-told-deadline", ("kind", &kind), ("day", &day))];
            lines.extend((!deadline.words.is_empty()).then(|| deadline.words.clone()));
            lines
        }
        ProcedureEvent::DeadlineEnded { deadline, end } => {
            let all = procedure
                .map(|p| p.deadlines.as_slice())
                .unwrap_or_default();
            let found = all.iter().find(|d| d.deadline.id == *deadline);
            let word = found.map_or("other", |d| d.deadline.kind.word());
            let key = match end {
                DeadlineEnd::Done => "procedure-told-deadline-done",
                DeadlineEnd::Cancelled => "procedure-told-deadline-cancelled",
            };
            vec![l.t1(key, "kind", l.word("deadline", word))]
        }
        ProcedureEvent::BrakeMet(brake) => {
            let kind = l.word("brake", brake.kind.word());
            let service = l.word("service", brake.service.word());
            let mut lines = vec![l.t2(
                "procedure-told-brake",
                ("service", &service),
                ("kind", &kind),
            )];
            lines.extend((!brake.words.is_empty()).then(|| brake.words.clone()));
            lines
        }
        ProcedureEvent::WayNoted(way) => {
            let kind = l.word("way", way.kind.word());
            vec![l.t2("procedure-told-way", ("kind", &kind), ("words", &way.words))]
        }
        ProcedureEvent::PiecesBrought { pieces, to } => {
            let told = l.t3(
                "procedure-told-brought",
                ("title", title),
                ("count", &count(pieces.len())),
                ("to", to),
            );
            vec![told]
        }
        ProcedureEvent::LetterLeft { kind, .. } => vec![l.t2(
            "procedure-told-letter",
            ("title", title),
            ("letter", &l.word("letter", kind.word())),
        )],
        _ => Vec::new(),
    }
}

fn met_line(s: &Shell, label: &str, met: &Met) -> String {
    let l = s.l;
    match met {
        Met::Document(_) => l.t1("procedure-told-met-document", "label", label),
        Met::GivenOn(day) => l.t2(
            "procedure-told-met-given",
            ("label", label),
            ("day", &l.day(*day)),
        ),
        Met::NotNeeded(reason) => l.t2(
            "procedure-told-met-not-needed",
            ("label", label),
            ("reason", reason),
        ),
        Met::NotYet => l.t1("procedure-told-met-not-yet", "label", label),
    }
}
