//! Decodes the bodies of submissions: checks their format, size and encoding. `body.rs` parses their contents.

use actix_multipart::MultipartError;
use actix_multipart::form::text::TextError;
use actix_web::error::PayloadError;
use actix_web::{HttpRequest, web};
use ardoise_model::{Draft, Refusal, Rule};

use super::body;
use super::error::SubmissionError;
use super::field_names::FieldNames;
use crate::http::BodyFormat;

/// Returns the body, unless it is too large or incomplete.
fn complete(body: Result<web::Bytes, actix_web::Error>) -> Result<web::Bytes, SubmissionError> {
    body.map_err(|error| {
        if is_overflow(&error) {
            SubmissionError::TooLarge
        } else {
            SubmissionError::Unreadable("the body did not arrive whole".to_owned())
        }
    })
}

/// Decodes a form. The error carries as much of the draft as can be read, for the error page.
pub(crate) fn form(
    request: &HttpRequest,
    body: Result<web::Bytes, actix_web::Error>,
    names: &FieldNames,
) -> Result<Draft, (SubmissionError, Box<Draft>)> {
    if BodyFormat::of(request.headers()) != BodyFormat::Form {
        return Err((SubmissionError::UnsupportedType, Box::default()));
    }
    let body = complete(body).map_err(|error| (error, Box::default()))?;
    let (draft, refusals) = (body::form(&body, names), body::form_not_utf8(&body, names));
    if refusals.is_empty() { Ok(draft) } else { Err((SubmissionError::Refused(refusals), Box::new(draft))) }
}

/// Decodes a JSON body with `parse`.
pub(crate) fn json<T>(
    body: Result<web::Bytes, actix_web::Error>,
    parse: impl FnOnce(&[u8]) -> serde_json::Result<T>,
) -> Result<T, SubmissionError> {
    let body = complete(body)?;
    let refusals = body::json_not_utf8(&body);
    if refusals.is_empty() { Ok(parse(&body)?) } else { Err(SubmissionError::Refused(refusals)) }
}

/// Converts the error of a multipart form. Its parser names the field that is not UTF-8.
pub(crate) fn multipart_error(error: &actix_web::Error, names: &FieldNames) -> SubmissionError {
    if is_overflow(error) {
        return SubmissionError::TooLarge;
    }
    match error.as_error::<MultipartError>() {
        Some(MultipartError::Field { name, source }) if matches!(source.as_error::<TextError>(), Some(TextError::Utf8Error(_))) => {
            match names.refusable(name) {
                Some(field) => SubmissionError::Refused(vec![Refusal { field, rule: Rule::NotUtf8 }]),
                None => SubmissionError::Unreadable(format!("the field {name:?} of the form is not UTF-8")),
            }
        }
        _ => SubmissionError::Unreadable("the form cannot be read".to_owned()),
    }
}

/// Whether a body exceeded the size limit, however deeply the parser has wrapped that error.
fn is_overflow(error: &actix_web::Error) -> bool {
    match error.as_error::<MultipartError>() {
        Some(MultipartError::Payload(PayloadError::Overflow)) => true,
        Some(MultipartError::Field { source, .. }) => is_overflow(source),
        _ => matches!(error.as_error::<PayloadError>(), Some(PayloadError::Overflow)),
    }
}
