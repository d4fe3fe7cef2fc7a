//! Forms on paper, and papers bound together: a blank PDF with fields (`AcroForm`), a mapping that says which answer goes where,
//! and the form given back filled. What never lives here: records, files on disk, pages.
//!
//! A form is a file that someone else made. It is read within limits (length, depth, what its
//! streams may inflate to), nothing in it is run, and it is never rewritten: what is filled is
//! appended to it, as an incremental update of ISO 32000. What is bound is copied page by page. A file whose tables point many times at the
//! same place can still take long to read: the program reads each form first in a process of its own,
//! held to 256 MB and 5 seconds, and here only what was read there.

mod answer;
mod appearance;
mod bind;
mod blank;
mod fill;
mod helvetica;
mod mapping;
mod print;
mod shelf;

pub use answer::{Answer, AnswerError, Answers, LONGEST_ANSWER};
pub use bind::{
    Bind, BindError, BindHere, Binder, LARGEST_BOOK, LARGEST_BOUND, MOST_BOUND, Paper,
    PaperContent, Unbound,
};
pub use blank::{Blank, Field, FieldKind};
pub use fill::{FillError, Filled, Values};
pub use mapping::{Choice, FACTS, Kind, LONGEST_MAPPING, Mapping, MappingError, Part, Question};
pub use print::{Print, print};
pub use shelf::{Sheet, Shelf, Unfit};

/// The longest form taken, in bytes.
pub const LARGEST_FORM: usize = 4 * 1024 * 1024;
/// The most any stream of a form may inflate to while it is read, in bytes.
pub const LARGEST_STREAM: usize = 1024 * 1024;
/// The most objects a form may hold.
pub const MOST_OBJECTS: usize = 100_000;
/// The most fields a form may have.
pub const MOST_FIELDS: usize = 2_000;
/// How deep fields may lie in one another.
pub const DEEPEST_FIELD: usize = 16;

/// Why a blank form is not taken. Never quotes what the file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// It is longer than forms are.
    #[error("the form is longer than {} MB", LARGEST_FORM / 1024 / 1024)]
    TooLong,
    /// It is no PDF, or a broken one.
    #[error("this is no PDF that can be read")]
    NotPdf,
    /// It is locked with a password or with rights.
    #[error("the form is encrypted: ask its publisher for one that is not")]
    Encrypted,
    /// It inflates to, or holds, more than a form does.
    #[error("the form holds more than a form does")]
    TooMuch,
    /// It has nothing to fill.
    #[error("this PDF has no field to fill")]
    NoField,
}
