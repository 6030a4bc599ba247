//! Headers of requests, read the same way everywhere.

use actix_web::HttpRequest;
use actix_web::http::header;

/// The value of `Retry-After` in a 503, in seconds.
pub(crate) const RETRY_AFTER: &str = "10";

/// The format of a body, by its `Content-Type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyFormat {
    Form,
    Json,
    Multipart,
    Unknown,
}

impl BodyFormat {
    pub(crate) fn of(headers: &header::HeaderMap) -> Self {
        let value = headers.get(header::CONTENT_TYPE).map(header::HeaderValue::as_bytes).unwrap_or_default();
        match value.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii().to_ascii_lowercase().as_slice() {
            b"application/x-www-form-urlencoded" => Self::Form,
            b"application/json" => Self::Json,
            b"multipart/form-data" => Self::Multipart,
            _ => Self::Unknown,
        }
    }
}

/// Returns all lines of a header as one text, or `None` if the header is absent. Bytes that are not UTF-8 are replaced rather than
/// dropped: an unreadable header must not pass for an absent one.
pub(crate) fn header_text(headers: &header::HeaderMap, name: &header::HeaderName) -> Option<String> {
    let lines: Vec<_> = headers.get_all(name).map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// Whether the client is a program, which is answered in JSON, rather than a browser's form.
pub(crate) fn is_json(request: &HttpRequest) -> bool {
    BodyFormat::of(request.headers()) == BodyFormat::Json
}
