//! Links in mails to readers. They confirm or end subscriptions to answers.

use actix_web::{HttpRequest, HttpResponse, web};
use ardoise_notify::{ReaderAction, ReaderLink};
use ardoise_store::StoreError;

use super::error::LinkError;
use super::page::{Button, PageContent, PageLink, respond};
use super::words::LinkPageWords;
use crate::state::AppState;

/// `GET /subscription/{token}`: shows what the link does, and a button.
pub(crate) async fn show(request: HttpRequest, token: web::Path<String>, state: web::Data<AppState>) -> HttpResponse {
    respond(request, move |words| {
        let ReaderLink { reader, action } = state.links.read_reader(&token, (state.clock)())?;
        let subscriber = state.store.subscriber(reader)?;
        // The last segment alone: a web server may have added a prefix to both paths.
        let leave_all =
            || Button { label: words.leave_all, action: last_segment(&state.links.leave(reader, None)), version: String::new() };
        let this_link = |label| Button { label, action: String::new(), version: String::new() };
        let (message, buttons) = match (&action, subscriber) {
            (ReaderAction::Confirm, None) => return Err(LinkError::Gone),
            (ReaderAction::Confirm, Some(subscriber)) if subscriber.confirmed => (words.confirmed, vec![leave_all()]),
            (ReaderAction::Confirm, Some(_)) => (words.confirm_question, vec![this_link(words.confirm), leave_all()]),
            (ReaderAction::Leave(_), None) => (words.left, vec![]),
            (ReaderAction::Leave(None), Some(_)) => (words.leave_question, vec![this_link(words.leave_all)]),
            (ReaderAction::Leave(Some(_)), Some(_)) => (words.leave_question, vec![this_link(words.leave_thread), leave_all()]),
        };
        let links = links(&state, words, reader, &action)?;
        Ok(PageContent { buttons, links, ..PageContent::new(words.answers, message) })
    })
    .await
}

/// `POST /subscription/{token}`: sent by the button, or by a mail program's own unsubscribe button (RFC 8058).
pub(crate) async fn change(request: HttpRequest, token: web::Path<String>, state: web::Data<AppState>) -> HttpResponse {
    respond(request, move |words| {
        let now = (state.clock)();
        let ReaderLink { reader, action } = state.links.read_reader(&token, now)?;
        // Before unsubscribing, which deletes what the links are made of.
        let links = links(&state, words, reader, &action)?;
        let message = match action {
            ReaderAction::Confirm if state.store.confirm(reader, now)? => words.confirmed,
            ReaderAction::Confirm => return Err(LinkError::Gone),
            ReaderAction::Leave(comment) => {
                state.store.unsubscribe(reader, comment.as_ref())?;
                if comment.is_some() { words.left_thread } else { words.left }
            }
        };
        Ok(PageContent { links, ..PageContent::new(words.answers, message) })
    })
    .await
}

/// Returns links to the article that the reader commented on, if it is known, and to the site.
fn links(state: &AppState, words: &LinkPageWords, reader: i64, action: &ReaderAction) -> Result<Vec<PageLink>, LinkError> {
    let comment = match action {
        ReaderAction::Leave(Some(comment)) => Some(comment.clone()),
        ReaderAction::Confirm | ReaderAction::Leave(None) => state.store.newest_subscription(reader)?,
    };
    let detail = comment.map(|comment| state.store.detail(&comment)).transpose();
    let article = match detail {
        Ok(detail) => detail.map(|detail| PageLink { label: words.article, url: state.article_url(&detail.comment.article) }),
        // The comment was deleted since.
        Err(StoreError::NoSuchComment(_)) => None,
        Err(error) => return Err(error.into()),
    };
    Ok(article.into_iter().chain([PageLink { label: words.site, url: state.home.clone() }]).collect())
}

fn last_segment(url: &str) -> String {
    url.rsplit('/').next().unwrap_or_default().to_owned()
}
