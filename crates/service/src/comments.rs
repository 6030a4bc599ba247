use actix_web::{HttpRequest, HttpResponse, web};
use ardoise_model::Draft;

use crate::decode;
use crate::names::OURS;
use crate::service::Service;
use crate::take::take;
use crate::trouble::Trouble;
use crate::{answer, body, page};

/// `POST /comments`: a form or JSON.
pub(crate) async fn post(request: HttpRequest, body: Result<web::Bytes, actix_web::Error>, service: web::Data<Service>) -> HttpResponse {
    if decode::wants_json(&request) {
        return match post_json(&request, body, &service).await {
            Ok(answer) => answer,
            Err(trouble) => answer::problem(&trouble),
        };
    }
    match decode::form(&request, body, &OURS) {
        Ok(draft) => finish(&request, &service, &draft).await,
        Err((trouble, draft)) => page::trouble(&request, &service, &OURS, &trouble, &draft),
    }
}

async fn finish(request: &HttpRequest, service: &web::Data<Service>, draft: &Draft) -> HttpResponse {
    match take(service, request, draft).await {
        Ok(_) => answer::back_to_article(request, service, draft),
        Err(trouble) => page::trouble(request, service, &OURS, &trouble, draft),
    }
}

async fn post_json(
    request: &HttpRequest,
    body: Result<web::Bytes, actix_web::Error>,
    service: &web::Data<Service>,
) -> Result<HttpResponse, Trouble> {
    let draft = decode::json(body, body::json)?;
    let receipt = take(service, request, &draft).await?;
    // What was taken in has passed the same check.
    Ok(answer::accepted(&receipt, &ardoise_model::preview(&draft.text).unwrap_or_default(), service.grace))
}
