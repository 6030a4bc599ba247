//! Changes by the author: `PATCH` and `DELETE` of `/comments/{id}`, with the edit token from the response to the submission.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use ardoise_model::{Comment, CommentId, Draft, Submission, Timestamp};
use ardoise_store::{AuthorClaim, AuthorOutcome, StoreError};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::oneshot;

use super::error::SubmissionError;
use super::{decode, problem, response, submit};
use crate::http;
use crate::state::AppState;

/// The body of a `PATCH`. An absent field stays as it is.
#[derive(Deserialize)]
struct Change {
    #[serde(default)]
    edit_token: String,
    text: Option<String>,
    author: Option<String>,
    site: Option<String>,
}

/// `PATCH /comments/{id}`, JSON: 200 with the body of `POST`'s response, without the token.
pub(crate) async fn patch(
    request: HttpRequest,
    id: web::Path<String>,
    body: Result<web::Bytes, actix_web::Error>,
    state: web::Data<AppState>,
) -> HttpResponse {
    match change(&request, &id, body, &state).await {
        Ok(comment) => HttpResponse::Ok().json(json!({
            "id": comment.id.as_str(),
            "status": response::status_for_author(comment.status),
            "html": ardoise_model::preview(&comment.text).unwrap_or_default(),
        })),
        Err(error) => problem::response(&error),
    }
}

/// `DELETE /comments/{id}` with `Authorization: Bearer TOKEN`: 204.
pub(crate) async fn delete(request: HttpRequest, id: web::Path<String>, state: web::Data<AppState>) -> HttpResponse {
    match withdraw(&request, &id, &state).await {
        Ok(_) => HttpResponse::NoContent().finish(),
        Err(error) => problem::response(&error),
    }
}

async fn change(
    request: &HttpRequest,
    id: &str,
    body: Result<web::Bytes, actix_web::Error>,
    state: &web::Data<AppState>,
) -> Result<Comment, SubmissionError> {
    if !http::is_json(request) {
        return Err(SubmissionError::UnsupportedType);
    }
    let change: Change = decode::json(body, |bytes| serde_json::from_slice(bytes))?;
    let now = (state.clock)();
    let claim = claim(state, id, change.edit_token.clone(), now)?;
    let permit = state.submission_permit().ok_or(SubmissionError::Unavailable)?;
    let (sender, result) = oneshot::channel();
    let origin = state.origin.clone();
    let policy = state.screening.policy().for_changes();
    let questions = policy.questions(now);
    let rules = submit::rules_for_changes(state, policy, now);
    let submission = move |comment: &Comment| Submission::check(&changed_draft(comment, &change), &origin);
    state.store.change_by_author(claim, questions, submission, rules, now, move |outcome| {
        let _ = sender.send(outcome);
        drop(permit);
    });
    changed_comment("changed", result.await)
}

async fn withdraw(request: &HttpRequest, id: &str, state: &web::Data<AppState>) -> Result<Comment, SubmissionError> {
    let now = (state.clock)();
    let claim = claim(state, id, bearer_token(request).ok_or(SubmissionError::NotYours)?, now)?;
    let permit = state.submission_permit().ok_or(SubmissionError::Unavailable)?;
    let (sender, result) = oneshot::channel();
    state.store.withdraw_by_author(claim, now, move |outcome| {
        let _ = sender.send(outcome);
        drop(permit);
    });
    changed_comment("withdrawn", result.await)
}

/// Returns the author's claim. A malformed id is answered like the id of a comment that does not exist.
fn claim(state: &AppState, id: &str, token: String, now: Timestamp) -> Result<AuthorClaim, SubmissionError> {
    let id: CommentId = id.parse().map_err(|_| SubmissionError::NotYours)?;
    Ok(AuthorClaim { id, token, since: Timestamp(now.0 - state.grace_millis) })
}

fn bearer_token(request: &HttpRequest) -> Option<String> {
    let credentials = http::header_text(request.headers(), &header::AUTHORIZATION)?;
    let (scheme, token) = credentials.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

/// Returns the changed comment as a draft. It has no e-mail address: an author cannot change it here.
fn changed_draft(comment: &Comment, change: &Change) -> Draft {
    let or = |changed: &Option<String>, current: &str| changed.clone().unwrap_or_else(|| current.to_owned());
    Draft {
        article: comment.article.to_url_path(),
        author: or(&change.author, &comment.author),
        text: or(&change.text, &comment.text),
        site: or(&change.site, comment.site.as_deref().unwrap_or_default()),
        reply_to: comment.parent.as_ref().map(ToString::to_string).unwrap_or_default(),
        ..Draft::default()
    }
}

fn changed_comment(
    what: &str,
    result: Result<Result<AuthorOutcome, StoreError>, oneshot::error::RecvError>,
) -> Result<Comment, SubmissionError> {
    match result.map_err(|_| SubmissionError::Unavailable)?? {
        AuthorOutcome::Done(comment) => {
            tracing::info!(id = %comment.id, status = %comment.status, "comment {what} by its author");
            Ok(comment)
        }
        AuthorOutcome::Refused(refusals) => Err(SubmissionError::Refused(refusals)),
        AuthorOutcome::NotYours => Err(SubmissionError::NotYours),
        AuthorOutcome::TooLate => Err(SubmissionError::TooLate),
        AuthorOutcome::TooOften(max) => Err(SubmissionError::TooOften(max)),
    }
}
