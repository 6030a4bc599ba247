//! Links in mails to moderators. Each decides about one comment.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use ardoise_model::{Actor, Comment, Via};
use ardoise_notify::DecisionLink;
use ardoise_store::{CommentDetail, SeenComment};
use url::form_urlencoded;

use super::error::LinkError;
use super::page::{Button, CommentView, PageContent, PageLink, respond};
use super::words::LinkPageWords;
use crate::audit_log;
use crate::state::AppState;

/// The relative URL of the queue: a proxy may have added a prefix to the page's path.
const QUEUE_URL: &str = "../../moderation";

/// `GET /moderation/link/{token}`: shows the comment and a button.
pub(crate) async fn show(request: HttpRequest, token: web::Path<String>, state: web::Data<AppState>) -> HttpResponse {
    respond(request, move |words| {
        let link = state.links.read_decision(&token, (state.clock)())?;
        let detail = state.store.detail(&link.comment)?;
        if let Some(content) = used_link(&state, words, &link, &detail) {
            return Ok(content);
        }
        if detail.comment.text.is_empty() {
            return Err(LinkError::Gone);
        }
        let status = detail.comment.status;
        let message = if status == link.decision.status() { (words.status_already)(status) } else { (words.status_is)(status) };
        Ok(with_button(&state, words, &link, message, detail))
    })
    .await
}

/// `POST /moderation/link/{token}`: decides in the name of the moderator that the link was sent to. The form names the version that it
/// shows.
pub(crate) async fn decide(request: HttpRequest, token: web::Path<String>, body: web::Bytes, state: web::Data<AppState>) -> HttpResponse {
    let version = form_urlencoded::parse(&body).find(|(name, _)| name == "read").map(|(_, version)| version.into_owned());
    respond(request, move |words| {
        let now = (state.clock)();
        let link = state.links.read_decision(&token, now)?;
        let actor = Actor { moderator: link.moderator.clone(), via: Via::Mail };
        let is_unread = version.is_none();
        let seen = SeenComment { id: link.comment.clone(), version, rulings: Some(link.rulings) };
        let outcome = state.store.decide(&[seen], link.decision, &actor, now)?;
        audit_log::decided(&outcome.decided, &actor);
        let detail = state.store.detail(&link.comment)?;
        if !outcome.overtaken.is_empty() {
            return used_link(&state, words, &link, &detail).ok_or(LinkError::Gone);
        }
        if !outcome.changed.is_empty() {
            let message = if is_unread { words.unread } else { words.changed };
            return Ok(with_button(&state, words, &link, message.to_owned(), detail).with_status(StatusCode::CONFLICT));
        }
        let message = (words.status_now)(detail.comment.status);
        let links = links(&state, words, &detail.comment);
        Ok(PageContent { comment: Some(comment_view(&state, words, detail)), links, ..PageContent::new(words.done, message) })
    })
    .await
}

/// Returns the page for a link that was used, or whose comment was decided in another way since, and `None` for a link that is still
/// valid. The page shows nothing of the comment: URLs stand in logs that others can read.
fn used_link(state: &AppState, words: &LinkPageWords, link: &DecisionLink, detail: &CommentDetail) -> Option<PageContent> {
    let last = detail.decisions.iter().rev().find(|past| past.is_ruling()).filter(|_| detail.rulings() != link.rulings)?;
    let date = last.at.to_string();
    let by = if last.by.moderator.is_empty() { words.command_line } else { &last.by.moderator };
    let mut message = (words.used_message)(last.status, by, date.get(..10).unwrap_or_default());
    // The author may have changed the comment since, which puts it back into the queue.
    if detail.comment.status != last.status {
        message.push(' ');
        message.push_str(&(words.status_is)(detail.comment.status));
    }
    let links = links(state, words, &detail.comment);
    Some(PageContent { links, ..PageContent::new(words.used_title, message).with_status(StatusCode::GONE) })
}

/// Returns a page with the current comment, and with a button unless the decision is already in effect.
fn with_button(state: &AppState, words: &LinkPageWords, link: &DecisionLink, message: String, detail: CommentDetail) -> PageContent {
    let button = Button { label: (words.decision)(link.decision), action: String::new(), version: detail.comment.version() };
    let is_done = detail.comment.status == link.decision.status();
    let links = links(state, words, &detail.comment);
    PageContent {
        buttons: if is_done { vec![] } else { vec![button] },
        comment: Some(comment_view(state, words, detail)),
        links,
        ..PageContent::new((words.decision)(link.decision), message)
    }
}

/// Returns links to the article, to the comment in the queue, and to the queue.
fn links(state: &AppState, words: &LinkPageWords, comment: &Comment) -> Vec<PageLink> {
    vec![
        PageLink { label: words.article, url: state.article_url(&comment.article) },
        PageLink { label: words.in_queue, url: format!("{QUEUE_URL}/comments/{}", comment.id) },
        PageLink { label: words.queue, url: QUEUE_URL.to_owned() },
    ]
}

fn comment_view(state: &AppState, words: &LinkPageWords, detail: CommentDetail) -> CommentView {
    let CommentDetail { comment, article, .. } = detail;
    CommentView {
        url: state.article_url(&comment.article),
        article: article.display_title().to_owned(),
        layer: comment.layer.map(|layer| format!("{}{layer}", words.held_by)),
        html: ardoise_model::to_html(&comment.text),
        author: comment.author,
    }
}
