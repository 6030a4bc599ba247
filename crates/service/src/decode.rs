//! Requests: how their bodies are written, and whether those arrived whole. What is in them is for `body.rs`.

use actix_multipart::MultipartError;
use actix_multipart::form::text::TextError;
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::{HttpRequest, web};
use ardoise_model::{Draft, Refusal, Rule};

use crate::body;
use crate::names::Names;
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
    let value = headers.get(header::CONTENT_TYPE).map(header::HeaderValue::as_bytes).unwrap_or_default();
    match value.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii().to_ascii_lowercase().as_slice() {
        b"application/x-www-form-urlencoded" => Format::Form,
        b"application/json" => Format::Json,
        b"multipart/form-data" => Format::Multipart,
        _ => Format::Unknown,
    }
}

/// All lines of a header as one text. What is not UTF-8 is replaced, not dropped: a header that cannot be read is not a header that is
/// missing. None: there is no such header.
pub(crate) fn text(headers: &header::HeaderMap, name: &header::HeaderName) -> Option<String> {
    let lines: Vec<_> = headers.get_all(name).map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// The body, unless it is too large or breaks off.
pub(crate) fn whole(body: Result<web::Bytes, actix_web::Error>) -> Result<web::Bytes, Trouble> {
    body.map_err(
        |error| if overflowed(&error) { Trouble::TooLarge } else { Trouble::Unreadable("the body did not arrive whole".to_owned()) },
    )
}

/// A form's fields; or what is wrong with it, with as much of it as can be read.
pub(crate) fn form(
    request: &HttpRequest,
    body: Result<web::Bytes, actix_web::Error>,
    names: &Names,
) -> Result<Draft, (Trouble, Box<Draft>)> {
    if format(request.headers()) != Format::Form {
        return Err((Trouble::UnknownType, Box::default()));
    }
    let body = whole(body).map_err(|trouble| (trouble, Box::default()))?;
    let (draft, refusals) = (body::form(&body, names), body::not_utf8(&body, names));
    if refusals.is_empty() { Ok(draft) } else { Err((Trouble::Refused(refusals), Box::new(draft))) }
}

/// What a JSON body says, as `read` reads it.
pub(crate) fn json<T>(body: Result<web::Bytes, actix_web::Error>, read: impl FnOnce(&[u8]) -> serde_json::Result<T>) -> Result<T, Trouble> {
    let body = whole(body)?;
    let refusals = body::json_not_utf8(&body);
    if refusals.is_empty() { Ok(read(&body)?) } else { Err(Trouble::Refused(refusals)) }
}

/// What is wrong with a multipart form that cannot be read: its parser names the field that is not UTF-8.
pub(crate) fn multipart(error: &actix_web::Error, names: &Names) -> Trouble {
    if overflowed(error) {
        return Trouble::TooLarge;
    }
    match error.as_error::<MultipartError>() {
        Some(MultipartError::Field { name, source }) if matches!(source.as_error::<TextError>(), Some(TextError::Utf8Error(_))) => {
            match names.refusable(name) {
                Some(field) => Trouble::Refused(vec![Refusal { field, rule: Rule::NotUtf8 }]),
                None => Trouble::Unreadable(format!("the field {name:?} of the form is not UTF-8")),
            }
        }
        _ => Trouble::Unreadable("the form cannot be read".to_owned()),
    }
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
