use actix_web::{HttpRequest, HttpResponse, web};
use ardoise_moderation::{ReaderLink, Wish};

use super::words::Words;
use super::{Button, Failure, Said, answered};
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
            (Wish::Confirm, None) => return Err(Failure::Gone),
            (Wish::Confirm, Some(subscriber)) if subscriber.confirmed => (words.confirmed, vec![leave_all()]),
            (Wish::Confirm, Some(_)) => (words.confirm_what, vec![here(words.confirm), leave_all()]),
            (Wish::Leave(_), None) => (words.left, vec![]),
            (Wish::Leave(None), Some(_)) => (words.leave_what, vec![here(words.leave_all)]),
            (Wish::Leave(Some(_)), Some(_)) => (words.leave_what, vec![here(words.leave_thread), leave_all()]),
        };
        Ok(Said { title: title(words).to_owned(), message: message.to_owned(), comment: None, buttons })
    })
    .await
}

/// `POST /subscription/{token}`: the button, or a mail program whose reader has pressed one of its own (RFC 8058).
pub(crate) async fn act(request: HttpRequest, token: web::Path<String>, service: web::Data<Service>) -> HttpResponse {
    answered(request, move |words| {
        let now = (service.clock)();
        let ReaderLink { reader, wish } = service.links.read_reader(&token, now)?;
        let message = match wish {
            Wish::Confirm if service.store.confirm(reader, now)? => words.confirmed,
            Wish::Confirm => return Err(Failure::Gone),
            Wish::Leave(comment) => {
                service.store.unsubscribe(reader, comment.as_ref())?;
                if comment.is_some() { words.left_thread } else { words.left }
            }
        };
        Ok(Said::done(title(words), message))
    })
    .await
}

fn title(words: &Words) -> &'static str {
    words.answers
}

fn last_part(url: &str) -> String {
    url.rsplit('/').next().unwrap_or_default().to_owned()
}
