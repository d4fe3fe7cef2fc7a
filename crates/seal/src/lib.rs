//! Keys, sealing, signatures, statements and cards: everything that decides whether a byte may be
//! read or believed.
//!
//! What never lives here: input or output, a clock, a source of randomness of its own (a generator
//! comes in), an async runtime. Secret types do not copy, do not serialise, print as `…` and are
//! wiped when dropped.

#[cfg(all(feature = "cheap-stretch", not(debug_assertions)))]
compile_error!("`cheap-stretch` is for tests: it may not be part of an optimised build");

mod account;
mod aead;
mod binding;
mod checkpoint;
mod code;
mod encoding;
mod error;
mod key;
mod pin;
mod record;
mod sharing;
mod sign;
mod signed;
mod statement;
mod stream;
mod stretch;
mod trust;
mod wrap;

pub use account::{AccountKeys, AccountPublic, open_account, seal_account, unlock_key};
pub use aead::{open, padme, seal, seal_exact};
pub use binding::{Binding, ContentType};
pub use checkpoint::{Checkpoint, Head, heads_hash};
pub use code::{CodeError, Pepper, Possession, RootKey, ShortCode};
pub use error::SealError;
pub use key::{ErasureShare, Key, effective_key};
pub use pin::{Pin, PinError};
pub use record::{EntryHeader, FileFact, ReadingHeader, genesis};
pub use sharing::{MOST_KEEPERS, RecoveryKeys, RecoverySheet, SharingError, combine, split};
pub use sign::{Signature, SigningKey, VerifyingKey};
pub use signed::{Signed, statement_link};
pub use statement::{Basis, CardReason, GrantRecipient, KeyFact, Statement, TeamRole};
pub use stream::{CHUNK, FileOpener, FileSealer, sealed_length};
pub use stretch::{StretchParameters, stretch};
pub use trust::{
    GrantFacts, PersonAccount, PersonTrust, RecoveryPublic, RootFingerprint, StandingGrant, Trust,
};
pub use wrap::{KemPublic, KemSecret, unwrap, wrap_to};
