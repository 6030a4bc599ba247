use actix_web::{HttpResponse, web};
use ardoise_model::{Field, Refusal};
use serde_json::json;

use super::error::SubmissionError;
use super::{body, decode, problem};
use crate::state::AppState;

/// `POST /preview`, JSON with a `text`: 200 with the `html` that would be published. It stores nothing.
pub(crate) async fn post(body: Result<web::Bytes, actix_web::Error>, state: web::Data<AppState>) -> HttpResponse {
    match preview(body, &state) {
        Ok(html) => HttpResponse::Ok().json(json!({ "html": html })),
        Err(error) => problem::response(&error),
    }
}

fn preview(body: Result<web::Bytes, actix_web::Error>, state: &AppState) -> Result<String, SubmissionError> {
    let draft = decode::json(body, body::json)?;
    // Previews count as submissions in progress, which bounds their memory as well.
    let _permit = state.submission_permit().ok_or(SubmissionError::Unavailable)?;
    ardoise_model::preview(&draft.text).map_err(|rule| SubmissionError::Refused(vec![Refusal { field: Field::Text, rule }]))
}
