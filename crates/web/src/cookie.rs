//! The two cookies: a session's token, and the secret an enrolled device keeps. Neither is ever
//! seen by a script.

use axum::http::{HeaderMap, HeaderValue, header};
use service::{Possession, SessionToken};

const SESSION: &str = "__Host-s";
const DEVICE: &str = "__Host-d";
/// How long a device keeps its secret, in seconds: 400 days, the longest browsers allow.
const DEVICE_AGE: u32 = 400 * 24 * 3600;

fn find<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, _)| *n == name)
        .map(|(_, value)| value)
}

pub(crate) fn session(headers: &HeaderMap) -> Option<SessionToken> {
    SessionToken::from_cookie(find(headers, SESSION)?)
}

pub(crate) fn device(headers: &HeaderMap) -> Option<Possession> {
    Possession::parse(find(headers, DEVICE)?).ok()
}

fn cookie(name: &str, value: &str, age: Option<u32>) -> Option<HeaderValue> {
    let age = age.map(|a| format!("; Max-Age={a}")).unwrap_or_default();
    let text = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Strict{age}");
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

pub(crate) fn set_session(headers: &mut HeaderMap, token: &SessionToken) {
    headers.extend(cookie(SESSION, &token.to_cookie(), None).map(|c| (header::SET_COOKIE, c)));
}

pub(crate) fn clear_session(headers: &mut HeaderMap) {
    headers.extend(cookie(SESSION, "", Some(0)).map(|c| (header::SET_COOKIE, c)));
}

pub(crate) fn set_device(headers: &mut HeaderMap, device: &Possession) {
    let code = device.to_code();
    headers.extend(cookie(DEVICE, &code, Some(DEVICE_AGE)).map(|c| (header::SET_COOKIE, c)));
}
