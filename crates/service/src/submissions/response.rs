//! Responses to submissions that were accepted.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use ardoise_model::{ArticlePath, Draft, Status};
use ardoise_store::Receipt;
use serde_json::json;

use crate::origins;
use crate::state::AppState;

/// The fragment at which the article's page shows a word of thanks. The stylesheet shows the target of the fragment, without a script.
const THANKS_FRAGMENT: &str = "#ardoise-thanks";

/// 202: stored. `html` is the text as it will be published. A robot gets the same response as a person.
pub(crate) fn accepted(receipt: &Receipt, html: &str, grace_millis: i64) -> HttpResponse {
    let Receipt { id, edit_token, status, .. } = receipt;
    HttpResponse::Accepted().json(json!({
        "id": id.as_str(),
        "status": status_for_author(*status),
        "edit_token": edit_token,
        "edit_seconds": grace_millis / 1000,
        "html": html,
    }))
}

/// Returns the status that the author sees: `approved` if the comment is published, `pending` otherwise.
pub(crate) fn status_for_author(status: Status) -> &'static str {
    if status == Status::Approved { status } else { Status::Pending }.as_str()
}

/// 303 to the article's page.
pub(crate) fn redirect_to_article(request: &HttpRequest, state: &AppState, draft: &Draft) -> HttpResponse {
    let path = ArticlePath::parse(&draft.article, &state.origin).map(|path| path.to_url_path()).unwrap_or_default();
    redirect(request, state, &format!("{path}{THANKS_FRAGMENT}"))
}

/// 303 to a URL, or to a path on the site under the name by which the reader knows it.
pub(crate) fn redirect(request: &HttpRequest, state: &AppState, page: &str) -> HttpResponse {
    let site = origins::of_site(&state.origin, request.headers());
    let url = if page.starts_with('/') { format!("{site}{page}") } else { page.to_owned() };
    HttpResponse::SeeOther().insert_header((header::LOCATION, url)).finish()
}
