//! How often one address, or one name or card, may try to sign in.

use axum::{extract::ConnectInfo, http::HeaderMap};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    num::NonZeroU32,
};

/// Limits of tries, counted by address and by name.
#[derive(Debug)]
pub struct Limits {
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    names: DefaultKeyedRateLimiter<[u8; 32]>,
}

const fn some(n: u32) -> NonZeroU32 {
    match NonZeroU32::new(n) {
        Some(n) => n,
        None => NonZeroU32::MIN,
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

impl Limits {
    /// Sixty tries at once then one a second from an address (offices share one); twenty at once
    /// then six a minute for a name or card.
    #[must_use]
    pub fn new() -> Self {
        Self {
            addresses: RateLimiter::keyed(Quota::per_second(some(1)).allow_burst(some(60))),
            names: RateLimiter::keyed(Quota::per_minute(some(6)).allow_burst(some(20))),
        }
    }

    /// Whether one more try may be made.
    pub(crate) fn allow(&self, address: IpAddr, name: &str) -> bool {
        // Names and codes are kept as hashes only.
        let name = *blake3::hash(name.trim().as_bytes()).as_bytes();
        self.addresses.check_key(&address).is_ok() && self.names.check_key(&name).is_ok()
    }
}

/// The address a request came from: the peer's, or what the last trusted proxy wrote, counted from
/// the right of `X-Forwarded-For` (what is further left anyone may write).
pub(crate) fn client(
    headers: &HeaderMap,
    peer: Option<&ConnectInfo<SocketAddr>>,
    trusted_hops: usize,
) -> IpAddr {
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |c| c.0.ip());
    if trusted_hops == 0 {
        return peer;
    }
    let written: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','))
        .map(str::trim)
        .collect();
    let at = written.len().checked_sub(trusted_hops);
    at.and_then(|at| written.get(at)?.parse().ok())
        .unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hops_are_counted_from_the_right() {
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-forwarded-for",
            "6.6.6.6, 10.0.0.9, 10.0.0.2".parse().unwrap(),
        );
        let peer = ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 9)));
        for (hops, expected) in [
            (0, "127.0.0.1"),
            (1, "10.0.0.2"),
            (2, "10.0.0.9"),
            (9, "127.0.0.1"),
        ] {
            assert_eq!(
                client(&headers, Some(&peer), hops).to_string(),
                expected,
                "{hops}"
            );
        }
    }
}
