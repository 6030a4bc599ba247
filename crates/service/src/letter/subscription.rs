use actix_web::{HttpRequest, HttpResponse, web};
use ardoise_notify::{ReaderAction, ReaderLink};
use ardoise_store::StoreError;

use super::words::Words;
use super::{Button, Failure, Said, Way, answered};
use crate::service::Service;

/// `GET /subscription/{token}`: what the link is for, and a button.
pub(crate) async fn show(request: HttpRequest, token: web::Path<String>, service: web::Data<Service>) -> HttpResponse {
    answered(request, move |words| {
        let ReaderLink { reader, wish } = service.links.read_reader(&token, (service.clock)())?;
        let known = service.store.subscriber(reader)?;
        // Beside this page, under whatever prefix a web server has put before both.
        let leave_all = || Button { label: words.leave_all, action: last_part(&service.links.leave(reader, None)), read: String::new() };
        let here = |label| Button { label, action: String::new(), read: String::new() };
        let (message, buttons) = match (&wish, known) {
            (ReaderAction::Confirm, None) => return Err(Failure::Gone),
            (ReaderAction::Confirm, Some(subscriber)) if subscriber.confirmed => (words.confirmed, vec![leave_all()]),
            (ReaderAction::Confirm, Some(_)) => (words.confirm_what, vec![here(words.confirm), leave_all()]),
            (ReaderAction::Leave(_), None) => (words.left, vec![]),
            (ReaderAction::Leave(None), Some(_)) => (words.leave_what, vec![here(words.leave_all)]),
            (ReaderAction::Leave(Some(_)), Some(_)) => (words.leave_what, vec![here(words.leave_thread), leave_all()]),
        };
        let ways = ways(&service, words, reader, &wish)?;
        Ok(Said { buttons, ways, ..Said::done(title(words), message) })
    })
    .await
}

/// `POST /subscription/{token}`: the button, or a mail program whose reader has pressed one of its own (RFC 8058).
pub(crate) async fn act(request: HttpRequest, token: web::Path<String>, service: web::Data<Service>) -> HttpResponse {
    answered(request, move |words| {
        let now = (service.clock)();
        let ReaderLink { reader, wish } = service.links.read_reader(&token, now)?;
        // Before the reader leaves: afterwards nothing is known any more.
        let ways = ways(&service, words, reader, &wish)?;
        let message = match wish {
            ReaderAction::Confirm if service.store.confirm(reader, now)? => words.confirmed,
            ReaderAction::Confirm => return Err(Failure::Gone),
            ReaderAction::Leave(comment) => {
                service.store.unsubscribe(reader, comment.as_ref())?;
                if comment.is_some() { words.left_thread } else { words.left }
            }
        };
        Ok(Said { ways, ..Said::done(title(words), message) })
    })
    .await
}

/// Back to what the reader wrote below, if it is known, and to the site.
fn ways(service: &Service, words: &Words, reader: i64, wish: &ReaderAction) -> Result<Vec<Way>, Failure> {
    let comment = match wish {
        ReaderAction::Leave(Some(comment)) => Some(comment.clone()),
        ReaderAction::Confirm | ReaderAction::Leave(None) => service.store.newest_subscription(reader)?,
    };
    let detail = comment.map(|comment| service.store.detail(&comment)).transpose();
    let article = match detail {
        Ok(detail) => detail.map(|detail| Way { label: words.article, url: service.article_url(&detail.comment.article) }),
        // Removed since.
        Err(StoreError::NoSuchComment(_)) => None,
        Err(error) => return Err(error.into()),
    };
    Ok(article.into_iter().chain([Way { label: words.site, url: service.home.clone() }]).collect())
}

fn title(words: &Words) -> &'static str {
    words.answers
}

fn last_part(url: &str) -> String {
    url.rsplit('/').next().unwrap_or_default().to_owned()
}
