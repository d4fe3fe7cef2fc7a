//! The keys that open the interface, known by their hashes alone, and how often each may ask.

use axum::extract::FromRef;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use rights::Law;
use std::{
    num::NonZeroU32,
    sync::{Arc, PoisonError, RwLock},
};
use tokio::sync::Semaphore;

/// What keys are hashed with: a hash of this kind is of no use anywhere else.
const CONTEXT: &str = "conatus 2026-11 key of the interface for calculating rights";

/// A key, as it is kept: what was shown once cannot be had from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// What its holder is called here.
    pub name: String,
    /// The hash of the key.
    pub hash: [u8; 32],
    /// The most requests a second, on each node; one second's worth may come at once.
    pub rate: u32,
}

impl ApiKey {
    /// The hash by which a key is known. Keys are 256 bits of chance: nothing slower is needed.
    #[must_use]
    pub fn hash_of(key: &str) -> [u8; 32] {
        blake3::derive_key(CONTEXT, key.as_bytes())
    }
}

/// Why a request is not let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Denied {
    Unknown,
    TooMany,
}

struct Held {
    key: ApiKey,
    limit: DefaultDirectRateLimiter,
}

/// The law that is asked, and who may ask it.
pub struct Calculator {
    pub(super) law: Arc<Law>,
    keys: RwLock<Vec<Held>>,
    /// One core at least stays for pages, where there are several.
    pub(super) turns: Arc<Semaphore>,
}

impl std::fmt::Debug for Calculator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Calculator")
    }
}

impl Calculator {
    /// Answers by that law, to those keys.
    #[must_use]
    pub fn new(law: Arc<Law>, keys: Vec<ApiKey>) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let calculator = Self {
            law,
            keys: RwLock::new(Vec::new()),
            turns: Arc::new(Semaphore::new(cores.saturating_sub(1).max(1))),
        };
        calculator.set_keys(keys);
        calculator
    }

    /// Takes those keys and no other from now on. A key that stays keeps count of what it asked.
    pub fn set_keys(&self, keys: Vec<ApiKey>) {
        let mut held = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let mut before = std::mem::take(&mut *held);
        for key in keys {
            let same = before.iter().position(|h| h.key == key);
            held.push(match same {
                Some(at) => before.swap_remove(at),
                None => {
                    let rate = NonZeroU32::new(key.rate).unwrap_or(NonZeroU32::MIN);
                    let limit = RateLimiter::direct(Quota::per_second(rate));
                    Held { key, limit }
                }
            });
        }
    }

    pub(super) fn admit(&self, shown: Option<&str>) -> Result<(), Denied> {
        let shown = shown.ok_or(Denied::Unknown)?;
        // Equality of these hashes takes the same time wherever they differ.
        let shown = blake3::Hash::from_bytes(ApiKey::hash_of(shown));
        let held = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let mut found = None;
        for one in held.iter() {
            if blake3::Hash::from_bytes(one.key.hash) == shown {
                found = Some(one);
            }
        }
        let found = found.ok_or(Denied::Unknown)?;
        found.limit.check().map_err(|_| Denied::TooMany)
    }
}

/// What answers here is given the law and the keys, and none of the use cases.
impl FromRef<crate::Web> for Option<Arc<Calculator>> {
    fn from_ref(web: &crate::Web) -> Self {
        web.calculator.clone()
    }
}
