//! Stretching what people remember: Argon2id, with a floor that no stored parameter can lower
//! and a ceiling that none can raise.

use crate::{Key, SealError};
use argon2::{Algorithm, Argon2, Params, Version};

/// What one stretch costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StretchParameters {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl StretchParameters {
    /// 64 MiB, three passes, one lane.
    #[cfg(not(feature = "cheap-stretch"))]
    pub const DEFAULT: Self = Self {
        memory_kib: 64 * 1024,
        passes: 3,
        lanes: 1,
    };
    /// For the tests of other crates.
    #[cfg(feature = "cheap-stretch")]
    pub const DEFAULT: Self = Self {
        memory_kib: 256,
        passes: 1,
        lanes: 1,
    };

    /// The least this program ever accepts.
    pub const FLOOR: Self = Self::DEFAULT;

    /// The most it ever accepts, so that what is stored cannot exhaust the machine: 1 GiB, sixteen
    /// passes, eight lanes.
    pub const CEILING: Self = Self {
        memory_kib: 1024 * 1024,
        passes: 16,
        lanes: 8,
    };

    const fn any_below(&self, other: &Self) -> bool {
        self.memory_kib < other.memory_kib || self.passes < other.passes || self.lanes < other.lanes
    }
}

/// A key stretched from something known.
///
/// # Errors
/// [`SealError::WeakParameters`] below the floor, [`SealError::CostlyParameters`] above the ceiling.
pub fn stretch(
    secret: &[u8],
    salt: &[u8; 16],
    parameters: &StretchParameters,
) -> Result<Key, SealError> {
    if parameters.any_below(&StretchParameters::FLOOR) {
        return Err(SealError::WeakParameters);
    }
    if StretchParameters::CEILING.any_below(parameters) {
        return Err(SealError::CostlyParameters);
    }
    let params = Params::new(
        parameters.memory_kib,
        parameters.passes,
        parameters.lanes,
        Some(32),
    )
    .map_err(|_| SealError::WeakParameters)?;
    let mut out = zeroize::Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(secret, salt, &mut *out)
        .map_err(|_| SealError::WeakParameters)?;
    Ok(Key::from_bytes(*out))
}
