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
use crate::{answer, body, page};

pub(crate) fn is_multipart(context: &GuardContext<'_>) -> bool {
    decode::format(&context.head().headers) == Format::Multipart
}

pub(crate) async fn post(request: HttpRequest, body: Result<web::Bytes, actix_web::Error>, service: web::Data<Service>) -> HttpResponse {
    let draft = match decode::format(request.headers()) {
        Format::Form => decode::whole(body).map(|body| body::form(&body, &STACOSYS)),
        _ => Err(Trouble::UnknownType),
    };
    finish(&request, &service, draft).await
}

pub(crate) async fn post_multipart(
    request: HttpRequest,
    sent: Result<MultipartForm<Sent>, actix_web::Error>,
    service: web::Data<Service>,
) -> HttpResponse {
    let draft = sent.map(|form| form.into_inner().into()).map_err(|error| {
        if decode::overflowed(&error) { Trouble::TooLarge } else { Trouble::Unreadable("the form cannot be read".to_owned()) }
    });
    finish(&request, &service, draft).await
}

async fn finish(request: &HttpRequest, service: &web::Data<Service>, draft: Result<Draft, Trouble>) -> HttpResponse {
    let draft = match draft {
        Ok(draft) => draft,
        Err(trouble) => return page::trouble(request, service, &STACOSYS, &trouble, &Draft::default()),
    };
    match take(service, request, &draft).await {
        Ok(_) => match &service.stacosys_redirect {
            Some(page) => answer::see(service, page),
            None => answer::back_to_article(service, &draft),
        },
        Err(trouble) => page::trouble(request, service, &STACOSYS, &trouble, &draft),
    }
}
