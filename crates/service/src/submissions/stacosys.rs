//! Compatibility with Stacosys, so that its users change no template: `POST /newcomment` with the fields `author`, `message`, `url`,
//! `site`, `email`, and `remarque`, which only robots fill in.

use actix_multipart::form::MultipartForm;
use actix_web::guard::GuardContext;
use actix_web::{HttpRequest, HttpResponse, web};
use ardoise_model::Draft;

use super::error::SubmissionError;
use super::field_names::STACOSYS;
use super::multipart::StacosysForm;
use super::submit::submit;
use super::{decode, error_page, response};
use crate::http::BodyFormat;
use crate::state::AppState;

/// Whether the body is `multipart/form-data`.
pub(crate) fn is_multipart(context: &GuardContext<'_>) -> bool {
    BodyFormat::of(&context.head().headers) == BodyFormat::Multipart
}

/// `POST /newcomment` with a URL-encoded form.
pub(crate) async fn post(request: HttpRequest, body: Result<web::Bytes, actix_web::Error>, state: web::Data<AppState>) -> HttpResponse {
    respond(&request, &state, decode::form(&request, body, &STACOSYS)).await
}

/// `POST /newcomment` with a multipart form.
pub(crate) async fn post_multipart(
    request: HttpRequest,
    form: Result<MultipartForm<StacosysForm>, actix_web::Error>,
    state: web::Data<AppState>,
) -> HttpResponse {
    let draft = form.map(|form| form.into_inner().into()).map_err(|error| (decode::multipart_error(&error, &STACOSYS), Box::default()));
    respond(&request, &state, draft).await
}

async fn respond(request: &HttpRequest, state: &web::Data<AppState>, draft: Result<Draft, (SubmissionError, Box<Draft>)>) -> HttpResponse {
    let draft = match draft {
        Ok(draft) => draft,
        Err((error, draft)) => return error_page::response(request, state, &STACOSYS, &error, &draft),
    };
    match submit(state, request, &draft).await {
        Ok(_) => match &state.stacosys_redirect {
            Some(page) => response::redirect(request, state, page),
            None => response::redirect_to_article(request, state, &draft),
        },
        Err(error) => error_page::response(request, state, &STACOSYS, &error, &draft),
    }
}
