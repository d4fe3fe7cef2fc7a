//! The official pages of rights and procedures, « Vos droits et démarches »: taking an edition in,
//! keeping it, finding a page, and reading from it what a procedure needs.
//!
//! What never lives here: a clock, chance, the network, anything of a person. A search leaves no
//! trace.

mod edition;
mod fold;
mod import;
pub mod model;
mod pieces;
mod sample;
mod search;
mod shelf;
pub mod text;
mod ways;

pub use edition::{Edition, EditionError, Listed};
pub use fold::fold;
pub use import::{
    ImportError, Limits, Progress, Refused, Report, day_in_name, import, page_of_json, page_of_xml,
};
pub use model::{Kind, Page, PageId};
pub use pieces::Piece;
pub use search::{Found, relevance};
pub use shelf::{Look, Shelf};
pub use ways::{Way, WayKind};
