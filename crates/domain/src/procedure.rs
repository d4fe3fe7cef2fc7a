//! Procedures (démarches): a right asked for, from the first question to the decision and its
//! appeal. What is written here is sealed entry by entry like the rest of a record;
//! [`Procedure`] is what they say together.

mod amount;
mod deadline;
mod piece;
mod state;
mod view;
mod words;

pub use amount::{Amount, InvalidAmount};
pub use deadline::{Deadline, DeadlineEnd, DeadlineRule, DeadlineSource, Standing as RuleStanding};
pub use piece::{Met, Piece, PieceStanding};
pub use state::{InvalidTransition, Standing};
pub use view::{
    Brought, DeadlineView, LetterView, PieceView, Procedure, Proposal, StepView, WayView,
};
pub use words::{AmountPer, BrakeKind, DeadlineKind, ProcedureState, ServiceConcerned, WayKind};

use crate::{
    entry::Referent,
    id::{DeadlineId, PieceId, ProcedureId},
    letter::LetterKind,
    step::Step,
    words::Theme,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The longest line typed about a procedure (a title, a name, a reference), in characters.
pub const LONGEST_LINE: usize = 300;

/// What is known of a procedure, as last written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcedureFacts {
    /// What it is called: the page's title, or the team's words.
    pub title: String,
    /// What it is about: mandates are given by theme.
    pub theme: Theme,
    /// The right aimed for; may be empty.
    #[serde(default)]
    pub right: String,
    /// The organisation it is addressed to; may be empty.
    #[serde(default)]
    pub organisation: String,
    /// The number under which that organisation knows it; may be empty.
    #[serde(default)]
    pub reference: String,
    /// What was asked for, where it is money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Amount>,
    /// What was granted, where it is money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<Amount>,
    /// What both amounts are paid for.
    #[serde(default = "once")]
    pub per: AmountPer,
}

fn once() -> AmountPer {
    AmountPer::Once
}

/// The page of the catalogue from which a procedure was opened. What it said is copied in the
/// entry, so that it stays readable whatever becomes of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageTaken {
    /// The page's identifier.
    pub page: String,
    /// The date of its edition.
    pub edition: Date,
    /// Its title then.
    pub title: String,
}

/// A way to ask: online, at a counter, on paper, by telephone, with someone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// Which.
    pub kind: WayKind,
    /// What to know of it: a name, a form's number, hours.
    pub words: String,
    /// Where: a web address, a telephone number, a street; may be empty.
    #[serde(default)]
    pub address: String,
}

impl Way {
    /// Whether it needs no computer.
    #[must_use]
    pub fn needs_no_computer(&self) -> bool {
        self.kind != WayKind::Online
    }
}

/// A refusal, as the decision says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The reason, in the decision's words.
    pub reason: String,
    /// The day the person was told: from it the time to appeal runs.
    pub notified: Date,
    /// The rule of the appeal, where one of those known applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<DeadlineRule>,
    /// How to appeal, as the decision says it; may be empty.
    #[serde(default)]
    pub way: String,
}

/// What blocked (frein). Its words stay in the record; the kind and the service are counted,
/// without any name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brake {
    /// What.
    pub kind: BrakeKind,
    /// At which service.
    pub service: ServiceConcerned,
    /// What happened; may be empty.
    #[serde(default)]
    pub words: String,
    /// When.
    pub on: Date,
}

/// What an entry says of a procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcedureEntry {
    /// Which.
    pub procedure: ProcedureId,
    /// What.
    pub event: ProcedureEvent,
}

/// What happened to a procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProcedureEvent {
    /// It was opened, to be started.
    Opened {
        /// What is known of it.
        facts: ProcedureFacts,
        /// The page it was opened from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        page: Option<PageTaken>,
        /// The pieces that the page proposes.
        #[serde(default)]
        pieces: Vec<Piece>,
        /// The ways that the page tells of.
        #[serde(default)]
        ways: Vec<Way>,
        /// Who follows it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        follower: Option<Referent>,
    },
    /// What is known of it was mended; all of it holds.
    Changed(ProcedureFacts),
    /// Another worker follows it.
    Followed(Referent),
    /// It went to another state, by that step.
    Moved {
        /// To which.
        to: ProcedureState,
        /// What was done for it and by whom.
        step: Step,
        /// The refusal, where it was refused.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refusal: Option<Refusal>,
    },
    /// Something was done for it that did not change its state.
    Acted(Step),
    /// Its last change of state was written by mistake: it stands as before. Both stay in the journal.
    TakenBack {
        /// Why.
        reason: String,
    },
    /// The list of pieces was checked by someone: these are asked for, proposed or not.
    PiecesChecked {
        /// Those kept.
        kept: Vec<PieceId>,
    },
    /// One more piece is asked for.
    PieceAsked(Piece),
    /// How a piece is met.
    PieceMet {
        /// Which.
        piece: PieceId,
        /// How.
        met: Met,
    },
    /// A deadline was set or changed; the latest of an identifier holds.
    DeadlineSet(Deadline),
    /// A deadline ended.
    DeadlineEnded {
        /// Which.
        deadline: DeadlineId,
        /// How.
        end: DeadlineEnd,
    },
    /// Something blocked.
    BrakeMet(Brake),
    /// A way that the team knows.
    WayNoted(Way),
    /// What was brought out of the safe for it, as one set, and to whom.
    PiecesBrought {
        /// The pieces of the set, in order.
        pieces: Vec<PieceId>,
        /// For whom or what, in words.
        to: String,
    },
    /// A letter was prepared and left to the person, to be read and signed; the last of a kind holds.
    LetterLeft {
        /// Which.
        kind: LetterKind,
        /// Its text.
        text: String,
    },
}

/// Why something cannot be written about a procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProcedureError {
    /// It cannot go there from where it stands.
    #[error(transparent)]
    Transition(#[from] InvalidTransition),
    /// A refusal without its reason.
    #[error("a refusal says its reason")]
    NoReason,
    /// A refusal told on a day that has not come.
    #[error("a refusal is told on a day that has come")]
    FutureRefusal,
    /// A refusal's reason where nothing was refused.
    #[error("only a refusal has a reason and an appeal")]
    NeedlessRefusal,
    /// There is no change of state to take back.
    #[error("no change of state can be taken back")]
    NothingToTakeBack,
    /// It is not one of its pieces.
    #[error("it is no piece of this procedure")]
    NoSuchPiece,
    /// It is not one of its deadlines, or it ended.
    #[error("it is no live deadline of this procedure")]
    NoSuchDeadline,
    /// The proposed pieces were not checked by anyone.
    #[error("the pieces that a page proposes are checked before they are used")]
    Unchecked,
}

#[cfg(test)]
mod tests;
