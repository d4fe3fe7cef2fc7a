//! The number a person remembers beside their card.

use zeroize::{Zeroize, ZeroizeOnDrop};

/// Four to six digits.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Pin(String);

/// Why a PIN cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// Not four to six digits.
    #[error("a PIN is four to six digits")]
    Form,
}

impl std::fmt::Debug for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pin(…)")
    }
}

impl Pin {
    /// The PIN typed, spaces left out.
    ///
    /// # Errors
    /// [`PinError::Form`] where it is not four to six digits.
    pub fn parse(typed: &str) -> Result<Self, PinError> {
        let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        let form = (4..=6).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if form {
            Ok(Self(digits))
        } else {
            Err(PinError::Form)
        }
    }

    /// Its digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is among the first that anyone would try: one digit repeated, or a run.
    #[must_use]
    pub fn is_too_simple(&self) -> bool {
        let digits = self.0.as_bytes();
        let steps = |step: i16| {
            digits
                .windows(2)
                .all(|w| i16::from(w[1]) - i16::from(w[0]) == step)
        };
        steps(0) || steps(1) || steps(-1)
    }
}
