//! The author's own change: `PATCH` and `DELETE` of `/comments/{id}`, by the edit token that the answer to his submission had.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use ardoise_model::{Comment, CommentId, Draft, Submission, Timestamp};
use ardoise_store::{AuthorClaim, AuthorOutcome, StoreError};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::oneshot;

use crate::decode::{self, Format};
use crate::service::Service;
use crate::trouble::Trouble;
use crate::{answer, take};

/// What the author wants to say instead. What is absent stays as it is.
#[derive(Deserialize)]
struct Change {
    #[serde(default)]
    edit_token: String,
    text: Option<String>,
    author: Option<String>,
    site: Option<String>,
}

/// `PATCH /comments/{id}`, JSON: 200 with what `POST` answers, but for the token.
pub(crate) async fn patch(
    request: HttpRequest,
    id: web::Path<String>,
    body: Result<web::Bytes, actix_web::Error>,
    service: web::Data<Service>,
) -> HttpResponse {
    match change(&request, &id, body, &service).await {
        Ok(comment) => HttpResponse::Ok().json(json!({
            "id": comment.id.as_str(),
            "status": answer::status_word(comment.status),
            "html": ardoise_model::preview(&comment.text).unwrap_or_default(),
        })),
        Err(trouble) => answer::problem(&trouble),
    }
}

/// `DELETE /comments/{id}` with `Authorization: Bearer TOKEN`: 204.
pub(crate) async fn delete(request: HttpRequest, id: web::Path<String>, service: web::Data<Service>) -> HttpResponse {
    match withdraw(&request, &id, &service).await {
        Ok(_) => HttpResponse::NoContent().finish(),
        Err(trouble) => answer::problem(&trouble),
    }
}

async fn change(
    request: &HttpRequest,
    id: &str,
    body: Result<web::Bytes, actix_web::Error>,
    service: &web::Data<Service>,
) -> Result<Comment, Trouble> {
    if decode::format(request.headers()) != Format::Json {
        return Err(Trouble::UnknownType);
    }
    let wanted: Change = decode::json(body, |bytes| serde_json::from_slice(bytes))?;
    let now = (service.clock)();
    let claim = claim(service, id, wanted.edit_token.clone(), now)?;
    let place = service.crowd.enter().ok_or(Trouble::Unavailable)?;
    let (sender, told) = oneshot::channel();
    let origin = service.origin.clone();
    let policy = service.keeper.policy().for_changes();
    let questions = policy.questions(now);
    let rules = take::rules_for_changes(service, policy, now);
    let submission = move |comment: &Comment| Submission::check(&draft(comment, &wanted), &origin);
    service.store.change_by_author(claim, questions, submission, rules, now, move |changed| {
        let _ = sender.send(changed);
        drop(place);
    });
    done("changed", told.await)
}

async fn withdraw(request: &HttpRequest, id: &str, service: &web::Data<Service>) -> Result<Comment, Trouble> {
    let now = (service.clock)();
    let claim = claim(service, id, bearer(request).ok_or(Trouble::NotYours)?, now)?;
    let place = service.crowd.enter().ok_or(Trouble::Unavailable)?;
    let (sender, told) = oneshot::channel();
    service.store.withdraw_by_author(claim, now, move |gone| {
        let _ = sender.send(gone);
        drop(place);
    });
    done("withdrawn", told.await)
}

/// What is no id at all is no other's secret: it is answered like an id that nobody has.
fn claim(service: &Service, id: &str, token: String, now: Timestamp) -> Result<AuthorClaim, Trouble> {
    let id: CommentId = id.parse().map_err(|_| Trouble::NotYours)?;
    Ok(AuthorClaim { id, token, since: Timestamp(now.0 - service.grace) })
}

fn bearer(request: &HttpRequest) -> Option<String> {
    let credentials = decode::text(request.headers(), &header::AUTHORIZATION)?;
    let (scheme, token) = credentials.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

/// The comment as a draft, with what its author wants changed. His address is not kept in it: it is not his to change here.
fn draft(comment: &Comment, wanted: &Change) -> Draft {
    let or = |wanted: &Option<String>, is: &str| wanted.clone().unwrap_or_else(|| is.to_owned());
    Draft {
        article: comment.article.to_url_path(),
        author: or(&wanted.author, &comment.author),
        text: or(&wanted.text, &comment.text),
        site: or(&wanted.site, comment.site.as_deref().unwrap_or_default()),
        reply_to: comment.parent.as_ref().map(ToString::to_string).unwrap_or_default(),
        ..Draft::default()
    }
}

fn done(what: &str, told: Result<Result<AuthorOutcome, StoreError>, oneshot::error::RecvError>) -> Result<Comment, Trouble> {
    match told.map_err(|_| Trouble::Unavailable)?? {
        AuthorOutcome::Done(comment) => {
            tracing::info!(id = %comment.id, status = %comment.status, "comment {what} by its author");
            Ok(comment)
        }
        AuthorOutcome::Refused(refusals) => Err(Trouble::Refused(refusals)),
        AuthorOutcome::NotYours => Err(Trouble::NotYours),
        AuthorOutcome::TooLate => Err(Trouble::TooLate),
        AuthorOutcome::TooOften(most) => Err(Trouble::TooOften(most)),
    }
}
