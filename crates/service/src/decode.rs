//! Bodies to drafts. What is not a known field is ignored: forms carry buttons and tokens of their own.

use actix_multipart::MultipartError;
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::{HttpRequest, web};
use ardoise_model::Draft;
use serde::Deserialize;

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

/// A form's fields, under the names that it has for them.
pub(crate) fn form(body: &[u8], names: &Names) -> Draft {
    let mut draft = Draft::default();
    for (name, value) in url::form_urlencoded::parse(body) {
        if let Some(field) = names.field(&mut draft, &name) {
            *field = value.into_owned();
        }
    }
    draft
}

#[derive(Deserialize)]
struct JsonDraft {
    article: Option<String>,
    author: Option<String>,
    text: Option<String>,
    email: Option<String>,
    site: Option<String>,
    reply_to: Option<String>,
    subject: Option<String>,
}

/// The contract's JSON. A field may be absent or null.
pub(crate) fn json(body: &[u8]) -> Result<Draft, Trouble> {
    let sent: JsonDraft = serde_json::from_slice(body).map_err(|error| Trouble::Unreadable(format!("the JSON cannot be read: {error}")))?;
    Ok(Draft {
        article: sent.article.unwrap_or_default(),
        author: sent.author.unwrap_or_default(),
        text: sent.text.unwrap_or_default(),
        email: sent.email.unwrap_or_default(),
        site: sent.site.unwrap_or_default(),
        reply_to: sent.reply_to.unwrap_or_default(),
        trap: sent.subject.unwrap_or_default(),
    })
}

/// Whether the sender is a program, which gets JSON back, or a browser's form.
pub(crate) fn wants_json(request: &HttpRequest) -> bool {
    format(request.headers()) == Format::Json
}
