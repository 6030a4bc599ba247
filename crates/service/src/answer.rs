//! Answers to programs, and redirects.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use ardoise_model::{ArticlePath, Draft, Refusal, Rule, Status};
use ardoise_store::Receipt;
use serde_json::{Value, json};

use crate::foreign;
use crate::service::Service;
use crate::trouble::Trouble;

/// Where the article's page shows a word of thanks, without a script: the stylesheet shows what the address points at.
const THANKS: &str = "#ardoise-thanks";
/// When to come back after a 503, in seconds.
pub(crate) const RETRY_AFTER: &str = "10";

/// 202: stored. A robot reads the same as anyone. The author sees his text as it will be published.
pub(crate) fn accepted(receipt: &Receipt, html: &str, grace: i64) -> HttpResponse {
    let Receipt { id, edit_token, status, .. } = receipt;
    HttpResponse::Accepted().json(json!({
        "id": id.as_str(),
        "status": status_word(*status),
        "edit_token": edit_token,
        "edit_seconds": grace / 1000,
        "html": html,
    }))
}

/// What its author is told of a comment's status: whether everybody sees it.
pub(crate) fn status_word(status: Status) -> &'static str {
    if status == Status::Approved { status } else { Status::Pending }.as_str()
}

/// 303 to the page that the form stood on.
pub(crate) fn back_to_article(request: &HttpRequest, service: &Service, draft: &Draft) -> HttpResponse {
    let path = ArticlePath::parse(&draft.article, &service.origin).map(|path| path.to_url_path()).unwrap_or_default();
    see(request, service, &format!("{path}{THANKS}"))
}

/// 303 to a page of the site, under the name by which the reader knows it, or to a URL as it is.
pub(crate) fn see(request: &HttpRequest, service: &Service, page: &str) -> HttpResponse {
    let home = foreign::home(&service.origin, request.headers());
    let url = if page.starts_with('/') { format!("{home}{page}") } else { page.to_owned() };
    HttpResponse::SeeOther().insert_header((header::LOCATION, url)).finish()
}

fn error(refusal: &Refusal) -> Value {
    let mut error = json!({ "field": refusal.field.as_str(), "rule": refusal.rule.name(), "detail": refusal.rule.to_string() });
    // So that a script can say it in other words.
    if let Rule::Unwelcome(word) = &refusal.rule {
        error["word"] = json!(word);
    }
    error
}

/// RFC 9457: each refusal names the field and the rule.
pub(crate) fn problem(trouble: &Trouble) -> HttpResponse {
    let status = status(trouble);
    let mut body = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or_default(),
        "status": status.as_u16(),
        "detail": detail(trouble),
    });
    let token = |rule: &str| json!([{ "field": "edit_token", "rule": rule, "detail": body["detail"] }]);
    let errors = match trouble {
        Trouble::Refused(refusals) => refusals.iter().map(error).collect(),
        Trouble::NotYours => token("not_yours"),
        Trouble::TooLate => token("too_late"),
        Trouble::TooOften(_) => token("too_many_changes"),
        _ => Value::Null,
    };
    if !errors.is_null() {
        body["errors"] = errors;
    }
    respond(status, trouble).content_type("application/problem+json").body(body.to_string())
}

/// The status line and headers that belong to a trouble, whatever the body.
pub(crate) fn respond(status: StatusCode, trouble: &Trouble) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    match trouble {
        Trouble::Unavailable => drop(response.insert_header((header::RETRY_AFTER, RETRY_AFTER))),
        Trouble::TooMany(seconds) => drop(response.insert_header((header::RETRY_AFTER, seconds.to_string()))),
        _ => {}
    }
    response
}

pub(crate) fn status(trouble: &Trouble) -> StatusCode {
    match trouble {
        Trouble::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Trouble::Unreadable(_) => StatusCode::BAD_REQUEST,
        Trouble::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Trouble::UnknownType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Trouble::NotYours => StatusCode::NOT_FOUND,
        Trouble::TooLate | Trouble::TooOften(_) => StatusCode::FORBIDDEN,
        Trouble::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        Trouble::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Trouble::Broken => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn detail(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Refused(refusals) => refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        Trouble::Unreadable(reason) => reason.clone(),
        Trouble::TooLarge => "the request is larger than any comment may be".to_owned(),
        Trouble::UnknownType => "send application/json or application/x-www-form-urlencoded".to_owned(),
        Trouble::NotYours => "there is no such comment with this edit token".to_owned(),
        Trouble::TooLate => "this comment was sent too long ago to be changed here; ask the site's owner".to_owned(),
        Trouble::TooOften(most) => {
            format!("this comment was changed {most} times, which is as often as it may be; it stays as it is, and can be deleted")
        }
        Trouble::TooMany(seconds) => format!("too many requests came from your network; nothing was kept, send it again in {seconds} s"),
        Trouble::Unavailable => "the comment could not be stored just now; nothing was kept, send it again later".to_owned(),
        Trouble::Broken => "the comment could not be stored because of a fault in the service; nothing was kept".to_owned(),
    }
}
