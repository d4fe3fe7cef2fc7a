//! A procedure as its entries tell it together. Everything here is derived; nothing is stored.

use super::{
    Brake, Deadline, DeadlineEnd, DeadlineKind, DeadlineRule, Met, PageTaken, Piece, PieceStanding,
    ProcedureError, ProcedureEvent, ProcedureFacts, ProcedureState, Refusal, Standing, Way,
};
use crate::{
    Compartment,
    entry::{Author, Entry, Referent},
    id::{DeadlineId, PieceId, ProcedureId},
    letter::LetterKind,
    record::DocumentView,
    step::Step,
};
use jiff::{Timestamp, civil::Date};

/// A procedure and where it stands.
#[derive(Debug, Clone)]
pub struct Procedure {
    /// Its identifier.
    pub id: ProcedureId,
    /// The compartment it is written in.
    pub compartment: Compartment,
    /// When it was opened.
    pub at: Timestamp,
    /// By whom.
    pub author: Author,
    /// What is known of it now.
    pub facts: ProcedureFacts,
    /// The page it was opened from.
    pub page: Option<PageTaken>,
    /// Who follows it now.
    pub follower: Option<Referent>,
    /// What it asks for, in the page's order, then what was added.
    pub pieces: Vec<PieceView>,
    /// When and by whom the proposed pieces were checked.
    pub checked: Option<(Timestamp, Author)>,
    /// The ways to ask: those of the page, then what the team knows.
    pub ways: Vec<WayView>,
    /// Its deadlines, earliest day first; those that ended too.
    pub deadlines: Vec<DeadlineView>,
    /// What blocked, in the order it was written.
    pub brakes: Vec<(Brake, Timestamp, Author)>,
    /// What was done, in the order it was written.
    pub steps: Vec<StepView>,
    /// Sets of pieces that were brought out of the safe.
    pub brought: Vec<Brought>,
    /// Letters left to the person, the last of each kind.
    pub letters: Vec<LetterView>,
    /// Where it stood, each time that changed: the last one holds.
    stood: Vec<(Standing, Option<Refusal>)>,
}

/// A piece and how it is met.
#[derive(Debug, Clone)]
pub struct PieceView {
    /// What is asked for.
    pub piece: Piece,
    /// How it is met, since when, as who said.
    pub met: Option<(Met, Timestamp, Author)>,
}

/// A way to ask and, where the team knows it, who noted it.
#[derive(Debug, Clone)]
pub struct WayView {
    /// The way.
    pub way: Way,
    /// When and by whom it was noted; `None` where the page tells of it.
    pub noted: Option<(Timestamp, Author)>,
}

/// A deadline and whether it ended.
#[derive(Debug, Clone)]
pub struct DeadlineView {
    /// As last set.
    pub deadline: Deadline,
    /// When it was last set.
    pub at: Timestamp,
    /// By whom.
    pub author: Author,
    /// How it ended, when and as who said.
    pub ended: Option<(DeadlineEnd, Timestamp, Author)>,
}

/// Something done for a procedure.
#[derive(Debug, Clone)]
pub struct StepView {
    /// The entry that tells it.
    pub sequence: u64,
    /// When it was written.
    pub at: Timestamp,
    /// By whom.
    pub author: Author,
    /// What was done, and by whom from the person's side.
    pub step: Step,
    /// The state it led to, where it changed it.
    pub to: Option<ProcedureState>,
    /// Why it was taken back, where it was written by mistake.
    pub taken_back: Option<String>,
}

/// A set of pieces brought out of the safe.
#[derive(Debug, Clone)]
pub struct Brought {
    /// The pieces, in order.
    pub pieces: Vec<PieceId>,
    /// For whom or what.
    pub to: String,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub author: Author,
}

/// A letter left to the person, to be read and signed.
#[derive(Debug, Clone)]
pub struct LetterView {
    /// Which.
    pub kind: LetterKind,
    /// Its text.
    pub text: String,
    /// When it was left.
    pub at: Timestamp,
    /// By whom.
    pub author: Author,
}

/// A deadline that a rule proposes and that nobody has set yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposal {
    /// The rule.
    pub rule: DeadlineRule,
    /// The day it counts from.
    pub from: Date,
    /// The day it gives.
    pub on: Date,
}

impl Procedure {
    /// The procedure that this entry opens; `None` where it opens none.
    #[must_use]
    pub fn begin(entry: &Entry, id: ProcedureId, event: &ProcedureEvent) -> Option<Self> {
        let ProcedureEvent::Opened {
            facts,
            page,
            pieces,
            ways,
            follower,
        } = event
        else {
            return None;
        };
        let piece = |piece: &Piece| PieceView {
            piece: piece.clone(),
            met: None,
        };
        let way = |way: &Way| WayView {
            way: way.clone(),
            noted: None,
        };
        Some(Self {
            id,
            compartment: entry.compartment,
            at: entry.body.at,
            author: entry.body.author.clone(),
            facts: facts.clone(),
            page: page.clone(),
            follower: follower.clone(),
            pieces: pieces.iter().map(piece).collect(),
            checked: None,
            ways: ways.iter().map(way).collect(),
            deadlines: Vec::new(),
            brakes: Vec::new(),
            steps: Vec::new(),
            brought: Vec::new(),
            letters: Vec::new(),
            stood: vec![(Standing::default(), None)],
        })
    }

    /// Takes in what a later entry says of it.
    pub fn take(&mut self, entry: &Entry, event: &ProcedureEvent) {
        let by = || (entry.body.at, entry.body.author.clone());
        match event {
            ProcedureEvent::Opened { .. } => {}
            ProcedureEvent::Changed(facts) => self.facts = facts.clone(),
            ProcedureEvent::Followed(referent) => self.follower = Some(referent.clone()),
            ProcedureEvent::Moved { to, step, refusal } => {
                // Written by two people at once, one of two moves may no longer be possible: what
                // was done is kept as an act, and the state is what the first one made it.
                let moved = self.standing().go(*to, step.on);
                if let Ok(standing) = moved {
                    self.stood.push((standing, refusal.clone()));
                }
                self.act(entry, step, moved.is_ok().then_some(*to));
            }
            ProcedureEvent::Acted(step) => self.act(entry, step, None),
            ProcedureEvent::TakenBack { reason } => {
                let last = self.last_move();
                if let Some(step) = last.and_then(|at| self.steps.get_mut(at)) {
                    step.taken_back = Some(reason.clone());
                    self.stood.pop();
                }
            }
            ProcedureEvent::PiecesChecked { kept } => {
                self.pieces
                    .retain(|p| !p.piece.from_page || kept.contains(&p.piece.id));
                self.checked = Some(by());
            }
            ProcedureEvent::PieceAsked(piece) => self.pieces.push(PieceView {
                piece: piece.clone(),
                met: None,
            }),
            ProcedureEvent::PieceMet { piece, met } => {
                let (at, author) = by();
                if let Some(view) = self.pieces.iter_mut().find(|p| p.piece.id == *piece) {
                    view.met = Some((met.clone(), at, author));
                }
            }
            ProcedureEvent::DeadlineSet(deadline) => self.set(entry, deadline),
            ProcedureEvent::DeadlineEnded { deadline, end } => {
                let (at, author) = by();
                let mut all = self.deadlines.iter_mut();
                if let Some(view) = all.find(|d| d.deadline.id == *deadline) {
                    view.ended.get_or_insert((*end, at, author));
                }
            }
            ProcedureEvent::BrakeMet(brake) => {
                let (at, author) = by();
                self.brakes.push((brake.clone(), at, author));
            }
            ProcedureEvent::WayNoted(way) => self.ways.push(WayView {
                way: way.clone(),
                noted: Some(by()),
            }),
            ProcedureEvent::LetterLeft { kind, text } => {
                let (at, author) = by();
                self.letters.retain(|l| l.kind != *kind);
                self.letters.push(LetterView {
                    kind: *kind,
                    text: text.clone(),
                    at,
                    author,
                });
            }
            ProcedureEvent::PiecesBrought { pieces, to } => {
                let (at, author) = by();
                self.brought.push(Brought {
                    pieces: pieces.clone(),
                    to: to.clone(),
                    at,
                    author,
                });
            }
        }
    }

    fn act(&mut self, entry: &Entry, step: &Step, to: Option<ProcedureState>) {
        self.steps.push(StepView {
            sequence: entry.sequence,
            at: entry.body.at,
            author: entry.body.author.clone(),
            step: step.clone(),
            to,
            taken_back: None,
        });
    }

    fn set(&mut self, entry: &Entry, deadline: &Deadline) {
        self.deadlines.retain(|d| d.deadline.id != deadline.id);
        self.deadlines.push(DeadlineView {
            deadline: deadline.clone(),
            at: entry.body.at,
            author: entry.body.author.clone(),
            ended: None,
        });
        self.deadlines.sort_by_key(|d| d.deadline.on);
    }

    fn last_move(&self) -> Option<usize> {
        self.steps
            .iter()
            .rposition(|s| s.to.is_some() && s.taken_back.is_none())
    }

    /// Where it stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.stood.last().map_or_else(Standing::default, |s| s.0)
    }

    /// The refusal, while it stands refused or in appeal against it.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        if self.standing().state().is_over() {
            return None;
        }
        // A file that was filed again answers to no earlier refusal.
        let since = |s: &&(Standing, _)| {
            let state = s.0.state();
            state != ProcedureState::Submitted && state != ProcedureState::ToStart
        };
        let mut back = self.stood.iter().rev().take_while(since);
        back.find_map(|(_, r)| r.as_ref())
    }

    /// What was done last, unless it was taken back.
    #[must_use]
    pub fn last_step(&self) -> Option<&StepView> {
        self.steps.iter().rfind(|s| s.taken_back.is_none())
    }

    /// Whether it goes on: something is awaited from someone.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        !self.standing().state().is_over()
    }

    /// The letter of that kind that waits to be signed: none once nothing more is awaited.
    #[must_use]
    pub fn letter(&self, kind: LetterKind) -> Option<&LetterView> {
        self.letters_to_sign().find(|l| l.kind == kind)
    }

    /// The letters that wait to be signed, in the order they were left.
    pub fn letters_to_sign(&self) -> impl Iterator<Item = &LetterView> {
        let waits = self.goes_on();
        self.letters.iter().filter(move |_| waits)
    }

    /// Its deadlines that did not end, earliest day first.
    pub fn live_deadlines(&self) -> impl Iterator<Item = &DeadlineView> {
        self.deadlines.iter().filter(|d| d.ended.is_none())
    }

    /// Whether someone must still check the pieces that its page proposes.
    #[must_use]
    pub fn to_check(&self) -> bool {
        self.checked.is_none() && self.pieces.iter().any(|p| p.piece.from_page)
    }

    /// The pieces asked for: none that a page proposes and nobody checked.
    pub fn asked_pieces(&self) -> impl Iterator<Item = &PieceView> {
        self.pieces
            .iter()
            .filter(|p| !p.piece.from_page || self.checked.is_some())
    }

    /// The pieces that must still be found that day.
    pub fn lacking<'a>(
        &'a self,
        documents: &'a [DocumentView],
        today: Date,
    ) -> impl Iterator<Item = &'a PieceView> {
        self.asked_pieces()
            .filter(move |p| p.standing(documents, today).lacks())
    }

    /// The deadlines that rules propose now and that nobody has set.
    #[must_use]
    pub fn proposals(&self) -> Vec<Proposal> {
        let standing = self.standing();
        let known = |kind: DeadlineKind, from: Date| {
            self.deadlines
                .iter()
                .any(|d| d.deadline.kind == kind && d.deadline.on >= from)
        };
        let mut found = Vec::new();
        let mut propose = |rule: DeadlineRule, from: Date| {
            if !known(rule.kind(), from) {
                let on = rule.day(from);
                found.push(Proposal { rule, from, on });
            }
        };
        match standing.state() {
            ProcedureState::Refused => {
                let refusal = self.refusal();
                if let Some((rule, r)) = refusal.and_then(|r| r.rule.map(|rule| (rule, r))) {
                    propose(rule, r.notified);
                }
            }
            // While pieces are awaited the time may not run: nothing is proposed then.
            ProcedureState::Submitted | ProcedureState::UnderReview => {
                if let Some(filed) = standing.filed() {
                    propose(DeadlineRule::Silence, filed);
                }
            }
            ProcedureState::Appealed => {
                if let Some(day) = standing.appealed() {
                    propose(DeadlineRule::Silence, day);
                }
            }
            _ => {}
        }
        found
    }

    /// Whether it may go there, by a step of that day, with that refusal.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check_move(
        &self,
        to: ProcedureState,
        refusal: Option<&Refusal>,
        on: Date,
        today: Date,
    ) -> Result<Standing, ProcedureError> {
        let standing = self.standing().go(to, on)?;
        match (to, refusal) {
            (ProcedureState::Refused, None) => Err(ProcedureError::NoReason),
            (ProcedureState::Refused, Some(r)) if r.reason.trim().is_empty() => {
                Err(ProcedureError::NoReason)
            }
            (ProcedureState::Refused, Some(r)) if r.notified > today => {
                Err(ProcedureError::FutureRefusal)
            }
            (ProcedureState::Refused, Some(_)) | (_, None) => Ok(standing),
            (_, Some(_)) => Err(ProcedureError::NeedlessRefusal),
        }
    }

    /// Whether its last change of state may be taken back.
    ///
    /// # Errors
    /// [`ProcedureError::NothingToTakeBack`] where there is none.
    pub fn check_take_back(&self) -> Result<(), ProcedureError> {
        match self.last_move() {
            Some(_) => Ok(()),
            None => Err(ProcedureError::NothingToTakeBack),
        }
    }

    /// That piece.
    ///
    /// # Errors
    /// Where it is none of this procedure, or is proposed and unchecked.
    pub fn piece(&self, id: PieceId) -> Result<&PieceView, ProcedureError> {
        let mut all = self.pieces.iter();
        let view = all.find(|p| p.piece.id == id);
        let view = view.ok_or(ProcedureError::NoSuchPiece)?;
        if view.piece.from_page && self.checked.is_none() {
            return Err(ProcedureError::Unchecked);
        }
        Ok(view)
    }

    /// That deadline, which did not end.
    ///
    /// # Errors
    /// [`ProcedureError::NoSuchDeadline`] otherwise.
    pub fn live_deadline(&self, id: DeadlineId) -> Result<&DeadlineView, ProcedureError> {
        self.live_deadlines()
            .find(|d| d.deadline.id == id)
            .ok_or(ProcedureError::NoSuchDeadline)
    }
}

impl PieceView {
    /// How it stands that day, among the documents that the reader opens.
    #[must_use]
    pub fn standing(&self, documents: &[DocumentView], today: Date) -> PieceStanding {
        match self.met.as_ref().map(|m| &m.0) {
            None | Some(Met::NotYet) => PieceStanding::Missing,
            Some(Met::GivenOn(day)) => PieceStanding::Given(*day),
            Some(Met::NotNeeded(reason)) => PieceStanding::NotNeeded(reason.clone()),
            Some(Met::Document(id)) => documents
                .iter()
                .find(|d| d.document.id == *id)
                .map_or(PieceStanding::DocumentElsewhere, |d| {
                    PieceStanding::Document(*id, d.document.facts.validity(today))
                }),
        }
    }
}
