//! Files made for someone and given once: always as an attachment, under a neutral name, since they
//! may land on a borrowed phone or a shared desk.

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};

/// A PDF.
pub(crate) fn pdf(name: &'static str, content: Vec<u8>) -> Response {
    let length = HeaderValue::from(content.len());
    let mut response = attached(name, "application/pdf", Body::from(content));
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, length);
    response
}

/// A file of that kind, as it comes.
pub(crate) fn attached(name: &'static str, kind: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox"),
    );
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    headers.extend(disposition.ok().map(|d| (header::CONTENT_DISPOSITION, d)));
    response
}
