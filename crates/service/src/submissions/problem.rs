//! Error responses for programs (`application/problem+json`, RFC 9457).

use actix_web::http::header;
use actix_web::{HttpResponse, HttpResponseBuilder};
use ardoise_model::{Refusal, Rule};
use serde_json::{Value, json};

use super::error::SubmissionError;
use crate::http::RETRY_AFTER;

/// Returns the response to a program. Each of its `errors` names a field and a rule.
pub(crate) fn response(error: &SubmissionError) -> HttpResponse {
    let status = error.status();
    let mut body = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or_default(),
        "status": status.as_u16(),
        "detail": detail(error),
    });
    let token = |rule: &str| json!([{ "field": "edit_token", "rule": rule, "detail": body["detail"] }]);
    let errors = match error {
        SubmissionError::Refused(refusals) => refusals.iter().map(field_error).collect(),
        SubmissionError::NotYours => token("not_yours"),
        SubmissionError::TooLate => token("too_late"),
        SubmissionError::TooOften(_) => token("too_many_changes"),
        _ => Value::Null,
    };
    if !errors.is_null() {
        body["errors"] = errors;
    }
    builder(error).content_type("application/problem+json").body(body.to_string())
}

fn field_error(refusal: &Refusal) -> Value {
    let mut error = json!({ "field": refusal.field.as_str(), "rule": refusal.rule.name(), "detail": refusal.rule.to_string() });
    // The word on its own, so that a script can write its own message.
    if let Rule::Unwelcome(word) = &refusal.rule {
        error["word"] = json!(word);
    }
    error
}

/// Returns a builder with the status and the headers of an error, for any body.
pub(crate) fn builder(error: &SubmissionError) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(error.status());
    match error {
        SubmissionError::Unavailable => drop(response.insert_header((header::RETRY_AFTER, RETRY_AFTER))),
        SubmissionError::TooManyRequests(seconds) => drop(response.insert_header((header::RETRY_AFTER, seconds.to_string()))),
        _ => {}
    }
    response
}

fn detail(error: &SubmissionError) -> String {
    match error {
        SubmissionError::Refused(refusals) => refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        SubmissionError::Unreadable(reason) => reason.clone(),
        SubmissionError::TooLarge => "the request is larger than any comment may be".to_owned(),
        SubmissionError::UnsupportedType => "send application/json or application/x-www-form-urlencoded".to_owned(),
        SubmissionError::NotYours => "there is no such comment with this edit token".to_owned(),
        SubmissionError::TooLate => "this comment was sent too long ago to be changed here; ask the site's owner".to_owned(),
        SubmissionError::TooOften(max) => {
            format!("this comment was changed {max} times, which is as often as it may be; it stays as it is, and can be deleted")
        }
        SubmissionError::TooManyRequests(seconds) => {
            format!("too many requests came from your network; nothing was kept, send it again in {seconds} s")
        }
        SubmissionError::Unavailable => "the comment could not be stored just now; nothing was kept, send it again later".to_owned(),
        SubmissionError::Fault => "the comment could not be stored because of a fault in the service; nothing was kept".to_owned(),
    }
}
