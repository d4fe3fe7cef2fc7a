//! Why something sealed or signed is refused. No variant holds a secret or what was sealed.

/// A refusal of this crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Bytes that are not in the expected form.
    #[error("malformed {0}")]
    Malformed(&'static str),
    /// A format version or suite that this program does not know.
    #[error("unknown format version")]
    Version,
    /// The key is not the one it was sealed under.
    #[error("sealed under another key")]
    Commitment,
    /// Changed bytes, or bytes sealed for another place.
    #[error("changed, or sealed for another place")]
    Opening,
    /// A signature that does not hold.
    #[error("a signature does not hold")]
    Signature,
    /// A statement whose signer had no right to it.
    #[error("not chained to the root: {0}")]
    Untrusted(&'static str),
    /// Stretch parameters below the compiled-in floor.
    #[error("stretch parameters below the floor")]
    WeakParameters,
    /// Stretch parameters above the compiled-in ceiling.
    #[error("stretch parameters above the ceiling")]
    CostlyParameters,
    /// More than the format can hold.
    #[error("too long")]
    TooLong,
}
