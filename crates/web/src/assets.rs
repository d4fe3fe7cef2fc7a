//! The style sheet and the one script, each under a path that holds its hash.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use std::sync::OnceLock;

const CSS: &str = include_str!("../assets/conatus.css");
const JS: &str = include_str!("../assets/person.js");

fn hashed(content: &str, name: &str) -> String {
    let hash = blake3::hash(content.as_bytes()).to_hex();
    format!("/a/{}/{name}", &hash[..12])
}

pub(crate) fn css_path() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| hashed(CSS, "conatus.css"))
}

pub(crate) fn js_path() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| hashed(JS, "person.js"))
}

fn serve(content: &'static str, media_type: &'static str) -> Response {
    let mut response = content.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    headers.insert(header::CACHE_CONTROL, forever);
    response
}

pub(crate) async fn css() -> Response {
    serve(CSS, "text/css; charset=utf-8")
}

pub(crate) async fn js() -> Response {
    serve(JS, "text/javascript; charset=utf-8")
}
