//! Requests: how their bodies are written, and whether those arrived whole. What is in them is for `body.rs`.

use actix_multipart::MultipartError;
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::{HttpRequest, web};

use crate::trouble::Trouble;

/// How the body is written, by its `Content-Type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Form,
    Json,
    Multipart,
    Unknown,
}

pub(crate) fn format(headers: &header::HeaderMap) -> Format {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "application/x-www-form-urlencoded" => Format::Form,
        "application/json" => Format::Json,
        "multipart/form-data" => Format::Multipart,
        _ => Format::Unknown,
    }
}

/// The body, unless it is too large or breaks off.
pub(crate) fn whole(body: Result<web::Bytes, actix_web::Error>) -> Result<web::Bytes, Trouble> {
    body.map_err(
        |error| if overflowed(&error) { Trouble::TooLarge } else { Trouble::Unreadable("the body did not arrive whole".to_owned()) },
    )
}

/// Whether a body was cut off by our limit, however deep the parser has wrapped that up.
pub(crate) fn overflowed(error: &actix_web::Error) -> bool {
    match error.as_error::<MultipartError>() {
        Some(MultipartError::Payload(PayloadError::Overflow)) => true,
        Some(MultipartError::Field { source, .. }) => overflowed(source),
        _ => matches!(error.as_error::<PayloadError>(), Some(PayloadError::Overflow)),
    }
}

/// Whether the sender is a program, which gets JSON back, or a browser's form.
pub(crate) fn wants_json(request: &HttpRequest) -> bool {
    format(request.headers()) == Format::Json
}
