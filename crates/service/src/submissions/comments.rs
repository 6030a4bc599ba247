use actix_web::{HttpRequest, HttpResponse, web};
use ardoise_model::Draft;

use super::error::SubmissionError;
use super::field_names::ARDOISE;
use super::submit::submit;
use super::{body, decode, error_page, problem, response};
use crate::http;
use crate::state::AppState;

/// `POST /comments`: a form or JSON.
pub(crate) async fn post(request: HttpRequest, body: Result<web::Bytes, actix_web::Error>, state: web::Data<AppState>) -> HttpResponse {
    if http::is_json(&request) {
        return match post_json(&request, body, &state).await {
            Ok(response) => response,
            Err(error) => problem::response(&error),
        };
    }
    match decode::form(&request, body, &ARDOISE) {
        Ok(draft) => post_form(&request, &state, &draft).await,
        Err((error, draft)) => error_page::response(&request, &state, &ARDOISE, &error, &draft),
    }
}

async fn post_form(request: &HttpRequest, state: &web::Data<AppState>, draft: &Draft) -> HttpResponse {
    match submit(state, request, draft).await {
        Ok(_) => response::redirect_to_article(request, state, draft),
        Err(error) => error_page::response(request, state, &ARDOISE, &error, draft),
    }
}

async fn post_json(
    request: &HttpRequest,
    body: Result<web::Bytes, actix_web::Error>,
    state: &web::Data<AppState>,
) -> Result<HttpResponse, SubmissionError> {
    let draft = decode::json(body, body::json)?;
    let receipt = submit(state, request, &draft).await?;
    // An accepted text passes the checks of the preview.
    Ok(response::accepted(&receipt, &ardoise_model::preview(&draft.text).unwrap_or_default(), state.grace_millis))
}
