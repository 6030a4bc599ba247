//! Stacosys' way in, so that its users change no template: `POST /newcomment` with the fields `author`, `message`, `url`, `site`,
//! `email`, and `remarque`, which only robots fill.

use actix_multipart::form::MultipartForm;
use actix_web::guard::GuardContext;
use actix_web::{HttpRequest, HttpResponse, web};
use ardoise_model::Draft;

use crate::decode::{self, Format};
use crate::multipart::Sent;
use crate::names::STACOSYS;
use crate::service::Service;
use crate::take::take;
use crate::trouble::Trouble;
use crate::{answer, page};

pub(crate) fn is_multipart(context: &GuardContext<'_>) -> bool {
    decode::format(&context.head().headers) == Format::Multipart
}

pub(crate) async fn post(request: HttpRequest, body: Result<web::Bytes, actix_web::Error>, service: web::Data<Service>) -> HttpResponse {
    finish(&request, &service, decode::form(&request, body, &STACOSYS)).await
}

pub(crate) async fn post_multipart(
    request: HttpRequest,
    sent: Result<MultipartForm<Sent>, actix_web::Error>,
    service: web::Data<Service>,
) -> HttpResponse {
    let draft = sent.map(|form| form.into_inner().into()).map_err(|error| (decode::multipart(&error, &STACOSYS), Box::default()));
    finish(&request, &service, draft).await
}

async fn finish(request: &HttpRequest, service: &web::Data<Service>, draft: Result<Draft, (Trouble, Box<Draft>)>) -> HttpResponse {
    let draft = match draft {
        Ok(draft) => draft,
        Err((trouble, draft)) => return page::trouble(request, service, &STACOSYS, &trouble, &draft),
    };
    match take(service, request, &draft).await {
        Ok(_) => match &service.stacosys_redirect {
            Some(page) => answer::see(request, service, page),
            None => answer::back_to_article(request, service, &draft),
        },
        Err(trouble) => page::trouble(request, service, &STACOSYS, &trouble, &draft),
    }
}
