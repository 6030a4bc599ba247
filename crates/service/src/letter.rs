//! Pages behind the links in mails. Mail scanners open links: a `GET` shows what the link is for and a button, and the `POST` of the button acts.

mod decision;
mod subscription;
mod words;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use ardoise_notify::BadLink;
use ardoise_store::StoreError;
use askama::Template;

use crate::page::{STYLE, STYLE_HASH};
use crate::service::Service;
use crate::{answer, reading};
use words::Words;

/// To be said before the queue's own routes.
pub(crate) fn for_moderators(app: &mut web::ServiceConfig) {
    app.service(web::resource("/moderation/link/{token}").route(web::get().to(decision::show)).route(web::post().to(decision::act)));
}

pub(crate) fn for_readers(app: &mut web::ServiceConfig) {
    let resource = web::resource("/subscription/{token}").route(web::get().to(subscription::show)).route(web::post().to(subscription::act));
    app.service(resource.default_service(web::to(reading::refuse)));
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Page<'a> {
    words: &'a Words,
    style: &'static str,
    site: &'a str,
    home: &'a str,
    said: Said,
}

/// A comment, as a moderator sees it.
struct Shown {
    author: String,
    article: String,
    url: String,
    layer: Option<String>,
    html: String,
}

/// A form of one button.
struct Button {
    label: &'static str,
    /// Empty: this very page's address.
    action: String,
    /// The version of the comment that the page shows; empty where it shows none.
    read: String,
}

/// A link to another page.
struct Way {
    label: &'static str,
    url: String,
}

/// Why nothing could be done.
enum Failure {
    Link(BadLink),
    Store(StoreError),
    /// What the link is about is gone.
    Gone,
}

impl From<BadLink> for Failure {
    fn from(bad: BadLink) -> Self {
        Self::Link(bad)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        if matches!(error, StoreError::NoSuchComment(_) | StoreError::Erased(_)) { Self::Gone } else { Self::Store(error) }
    }
}

/// What a page says: its title, a sentence, perhaps a comment, its buttons, and where to go from there.
struct Said {
    status: StatusCode,
    title: String,
    message: String,
    comment: Option<Shown>,
    buttons: Vec<Button>,
    ways: Vec<Way>,
}

impl Said {
    fn done(title: impl Into<String>, message: impl Into<String>) -> Self {
        Self { status: StatusCode::OK, title: title.into(), message: message.into(), comment: None, buttons: vec![], ways: vec![] }
    }

    fn with(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }
}

/// Asks the store away from the threads that serve, and shows what came of it.
async fn answered(request: HttpRequest, ask: impl FnOnce(&'static Words) -> Result<Said, Failure> + Send + 'static) -> HttpResponse {
    let words = words::for_request(&request);
    match web::block(move || ask(words)).await {
        Ok(Ok(said)) => page(&request, words, said),
        Ok(Err(failure)) => page(&request, words, refused(words, &failure)),
        // It panicked, and the panic is in the log.
        Err(_) => page(&request, words, Said::done(words.not_done, words.fault).with(StatusCode::INTERNAL_SERVER_ERROR)),
    }
}

fn refused(words: &'static Words, failure: &Failure) -> Said {
    let (status, message) = match failure {
        Failure::Link(BadLink::Unknown) => (StatusCode::NOT_FOUND, words.unknown),
        Failure::Link(BadLink::Expired) => (StatusCode::GONE, words.expired),
        Failure::Gone => (StatusCode::GONE, words.gone),
        Failure::Store(StoreError::Unavailable(cause)) => {
            tracing::error!("a link in a mail could not be followed, its reader was asked to try again: {cause}");
            (StatusCode::SERVICE_UNAVAILABLE, words.unavailable)
        }
        Failure::Store(error) => {
            tracing::error!(cause = ?error, "a link in a mail could not be followed: {error}");
            (StatusCode::INTERNAL_SERVER_ERROR, words.fault)
        }
    };
    Said::done(words.not_done, message).with(status)
}

/// The answer to a form that came too often.
pub(crate) fn limited(request: &HttpRequest, seconds: u64) -> HttpResponse {
    let words = words::for_request(request);
    let said = Said::done(words.not_done, crate::words::for_request(request).busy).with(StatusCode::TOO_MANY_REQUESTS);
    let mut response = page(request, words, said);
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    response
}

fn page(request: &HttpRequest, words: &'static Words, said: Said) -> HttpResponse {
    let status = said.status;
    let service = request.app_data::<web::Data<Service>>();
    let (site, home) = service.map_or(("", ""), |service| (service.title.as_str(), service.home.as_str()));
    let Ok(html) = (Page { words, style: STYLE, site, home, said }).render() else {
        return HttpResponse::InternalServerError().finish();
    };
    let policy =
        format!("default-src 'none'; style-src 'sha256-{}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", *STYLE_HASH);
    let mut response = HttpResponse::build(status);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.insert_header((header::RETRY_AFTER, answer::RETRY_AFTER));
    }
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // The address acts: nobody else is to learn it.
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .content_type("text/html; charset=utf-8")
        .body(html)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_database_that_is_unavailable_asks_to_come_back() {
        let request = actix_web::test::TestRequest::default().to_http_request();
        let words = words::for_request(&request);
        let answer = |error| page(&request, words, refused(words, &Failure::from(error)));
        let later = answer(StoreError::Unavailable("locked".into()));
        assert_eq!((later.status().as_u16(), later.headers().contains_key(header::RETRY_AFTER)), (503, true));
        for fault in [StoreError::Unreadable("a status".into()), StoreError::Migration("none".into())] {
            let answer = answer(fault);
            assert_eq!((answer.status().as_u16(), answer.headers().contains_key(header::RETRY_AFTER)), (500, false));
        }
    }
}
