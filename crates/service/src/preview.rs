use actix_web::{HttpResponse, web};
use ardoise_model::{Field, Refusal};
use serde_json::json;

use crate::service::Service;
use crate::trouble::Trouble;
use crate::{answer, body, decode};

/// `POST /preview`, JSON with a `text`: 200 with the `html` that would be published. Stores nothing.
pub(crate) async fn post(body: Result<web::Bytes, actix_web::Error>, service: web::Data<Service>) -> HttpResponse {
    match preview(body, &service) {
        Ok(html) => HttpResponse::Ok().json(json!({ "html": html })),
        Err(trouble) => answer::problem(&trouble),
    }
}

fn preview(body: Result<web::Bytes, actix_web::Error>, service: &Service) -> Result<String, Trouble> {
    let draft = decode::json(body, body::json)?;
    // Who only looks must not keep out who sends.
    let _place = service.crowd.enter().ok_or(Trouble::Unavailable)?;
    ardoise_model::preview(&draft.text).map_err(|rule| Trouble::Refused(vec![Refusal { field: Field::Text, rule }]))
}
