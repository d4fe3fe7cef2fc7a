//! Procedures in words, for workers' pages and the person's: where they stand, what each asks for,
//! what comes and where its day comes from, what was done and by whom.

pub(crate) mod strip;
pub(crate) mod told;

use crate::{
    page::Shell,
    person::{MandateLine, Paper, who},
};
use domain::{
    document::Validity,
    entry::Entry,
    id::{DeadlineId, PieceId, ProcedureId},
    procedure::{
        DeadlineEnd, DeadlineSource, DeadlineView, LetterView, PieceStanding, PieceView, Procedure,
        Way, WayView,
    },
    record::Record,
    step::Ground,
    words::{AppointmentShow, Conduct},
};
use jiff::{ToSpan, civil::Date};

/// How many days before its day a deadline is said to be near.
const NEAR_DAYS: i64 = 14;

/// A procedure in a list.
pub(crate) struct Line {
    pub(crate) id: ProcedureId,
    pub(crate) title: String,
    pub(crate) state: String,
    pub(crate) theme: String,
    pub(crate) organisation: String,
    pub(crate) follower: String,
    /// Its next deadline, in words.
    pub(crate) next: String,
    /// How many pieces are to be found.
    pub(crate) lacking: usize,
}

impl Line {
    pub(crate) fn new(s: &Shell, record: &Record, p: &Procedure, today: Date) -> Self {
        let shown = |d: &&DeadlineView| !s.own || d.deadline.show != AppointmentShow::Hidden;
        let next = p.live_deadlines().filter(shown);
        let next = next.map(|d| &d.deadline).find(|d| d.on >= today);
        Self {
            id: p.id,
            title: p.facts.title.clone(),
            state: s.l.word("state", p.standing().state().word()),
            theme: s.l.word("theme", p.facts.theme.word()),
            organisation: p.facts.organisation.clone(),
            follower: p
                .follower
                .as_ref()
                .map(|f| f.name.clone())
                .unwrap_or_default(),
            next: next
                .map(|d| format!("{}, {}", s.l.day(d.on), s.l.word("deadline", d.kind.word())))
                .unwrap_or_default(),
            lacking: if p.goes_on() {
                p.lacking(&record.documents, today).count()
            } else {
                0
            },
        }
    }
}

/// A piece and how it is met, in words.
pub(crate) struct PieceLine {
    pub(crate) id: PieceId,
    pub(crate) label: String,
    pub(crate) case: String,
    pub(crate) words: String,
    /// Whether it must still be found.
    pub(crate) lacks: bool,
    /// Whether what meets it ends soon.
    pub(crate) look: bool,
}

impl PieceLine {
    pub(crate) fn new(s: &Shell, record: &Record, view: &PieceView, today: Date) -> Self {
        let standing = view.standing(&record.documents, today);
        let words = match &standing {
            PieceStanding::Missing => s.t("piece-missing"),
            PieceStanding::Document(id, _) => record.document(*id).map_or_else(String::new, |d| {
                let paper = Paper::new(s, d, today);
                if paper.validity.is_empty() {
                    paper.title
                } else {
                    format!("{}. {}", paper.title, paper.validity)
                }
            }),
            PieceStanding::DocumentElsewhere => s.t("piece-elsewhere"),
            PieceStanding::Given(day) => s.t1("piece-given", "day", s.l.day(*day)),
            PieceStanding::NotNeeded(reason) => s.t1("piece-needless", "reason", reason),
        };
        Self {
            id: view.piece.id,
            label: view.piece.label.clone(),
            case: view.piece.case.clone(),
            words,
            lacks: standing.lacks(),
            look: matches!(standing, PieceStanding::Document(_, Validity::EndsSoon)),
        }
    }
}

/// A deadline in words, with where its day comes from.
pub(crate) struct DeadlineLine {
    pub(crate) id: DeadlineId,
    pub(crate) kind: String,
    pub(crate) day: String,
    pub(crate) words: String,
    pub(crate) source: String,
    /// The text the source rests on, where it is a rule.
    pub(crate) rests_on: String,
    pub(crate) past: bool,
    pub(crate) near: bool,
    /// How it ended; empty while it holds.
    pub(crate) ended: String,
    /// How the person sees it.
    pub(crate) show: String,
}

impl DeadlineLine {
    pub(crate) fn new(s: &Shell, record: &Record, view: &DeadlineView, today: Date) -> Self {
        let d = &view.deadline;
        let (source, rests_on) = source(s, record, &d.source);
        Self {
            id: d.id,
            kind: s.l.word("deadline", d.kind.word()),
            day: s.l.day(d.on),
            words: d.words.clone(),
            source,
            rests_on,
            past: d.on < today,
            near: d.on >= today && d.on <= today.saturating_add(NEAR_DAYS.days()),
            ended: match view.ended.as_ref().map(|e| e.0) {
                None => String::new(),
                Some(DeadlineEnd::Done) => s.t("deadline-done"),
                Some(DeadlineEnd::Cancelled) => s.t("deadline-cancelled"),
            },
            show: s.t(&format!("show-{}", d.show.word())),
        }
    }
}

/// Where a deadline's day comes from, and the text a rule rests on.
fn source(s: &Shell, record: &Record, source: &DeadlineSource) -> (String, String) {
    match source {
        DeadlineSource::Rule { rule, from } => (
            s.l.t2(
                "deadline-counted",
                ("rule", &s.l.word("rule", rule.word())),
                ("from", &s.l.day(*from)),
            ),
            s.t(&format!("rule-{}-source", rule.word())),
        ),
        DeadlineSource::Document(id) => {
            let found = record.document(*id).map(|d| {
                let facts = &d.document.facts;
                if facts.title.is_empty() {
                    s.l.word("document_kind", facts.kind.word())
                } else {
                    facts.title.clone()
                }
            });
            let title = found.unwrap_or_else(|| s.t("piece-elsewhere"));
            (s.t1("deadline-of-document", "title", title), String::new())
        }
        DeadlineSource::Said(words) => (s.t1("deadline-said", "words", words), String::new()),
    }
}

/// A letter left to the person, in words.
pub(crate) struct LetterLine {
    pub(crate) word: &'static str,
    pub(crate) name: String,
    /// Who left it, and when.
    pub(crate) told: String,
}

impl LetterLine {
    pub(crate) fn new(s: &Shell, view: &LetterView) -> Self {
        let by = who(s, &view.author);
        let day = s.l.day_of(view.at);
        let key = if s.own {
            "person-letter-by"
        } else {
            "letter-left"
        };
        Self {
            word: view.kind.word(),
            name: s.l.word("letter", view.kind.word()),
            told: s.l.t2(key, ("name", &by), ("day", &day)),
        }
    }
}

/// A way to ask, in words.
pub(crate) struct WayLine {
    pub(crate) kind: String,
    pub(crate) words: String,
    pub(crate) address: String,
    /// The host, where the address is one of the web, shown as a link that opens nothing by itself.
    pub(crate) host: String,
    /// Who noted it; empty where the page tells of it.
    pub(crate) noted: String,
}

impl WayLine {
    /// A way that a page of the catalogue tells of.
    pub(crate) fn offered(s: &Shell, way: &Way) -> Self {
        Self {
            kind: s.l.word("way", way.kind.word()),
            words: way.words.clone(),
            address: way.address.clone(),
            host: crate::fiche::host(&way.address)
                .map(|host| host.strip_prefix("www.").unwrap_or(host).to_owned())
                .unwrap_or_default(),
            noted: String::new(),
        }
    }

    fn new(s: &Shell, view: &WayView) -> Self {
        Self {
            noted: view
                .noted
                .as_ref()
                .map(|(at, author)| format!("{}, {}", who(s, author), s.l.day_of(*at)))
                .unwrap_or_default(),
            ..Self::offered(s, &view.way)
        }
    }
}

/// The ways to ask: without a computer, then online. Both are always shown.
pub(crate) fn ways(s: &Shell, p: &Procedure) -> (Vec<WayLine>, Vec<WayLine>) {
    let (without, online): (Vec<&WayView>, Vec<&WayView>) =
        p.ways.iter().partition(|w| w.way.needs_no_computer());
    let lines = |all: Vec<&WayView>| all.into_iter().map(|w| WayLine::new(s, w)).collect();
    (lines(without), lines(online))
}

/// The amounts of a procedure, in words: asked, granted.
pub(crate) fn amounts(s: &Shell, p: &Procedure) -> (String, String) {
    let per = s.l.word("per", p.facts.per.word());
    let said = |amount: Option<domain::procedure::Amount>| {
        amount.map(|a| format!("{a} €, {per}")).unwrap_or_default()
    };
    (said(p.facts.asked), said(p.facts.granted))
}

/// The entries that tell of that procedure.
pub(crate) fn entries_of(record: &Record, id: ProcedureId) -> impl Iterator<Item = &Entry> {
    record.entries.iter().filter(move |e| {
        matches!(&e.body.content, domain::entry::Content::Procedure(said) if said.procedure == id)
    })
}

/// The mandates on which someone acted in the person's place for it.
pub(crate) fn mandates_used(
    s: &Shell,
    record: &Record,
    p: &Procedure,
    today: Date,
) -> Vec<MandateLine> {
    let used = |id| {
        p.steps.iter().any(|view| {
            view.step.conduct == Conduct::InPlace
                && view
                    .step
                    .in_place
                    .as_ref()
                    .is_some_and(|why| why.ground == Ground::Mandate(id))
        })
    };
    let all = record.mandates.iter().filter(|m| used(m.mandate.id));
    all.map(|m| MandateLine::new(s, m, today)).collect()
}
