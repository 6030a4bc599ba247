use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use ardoise_model::{Actor, Comment, Via};
use ardoise_notify::DecisionLink;
use ardoise_store::{CommentDetail, SeenComment};
use url::form_urlencoded;

use super::words::Words;
use super::{Button, Failure, Said, Shown, Way, answered};
use crate::service::Service;
use crate::trace;

/// From the page of a link to the queue, relative: a proxy may have put a prefix before it.
const QUEUE: &str = "../../moderation";

/// `GET /moderation/link/{token}`: the comment, and a button.
pub(crate) async fn show(request: HttpRequest, token: web::Path<String>, service: web::Data<Service>) -> HttpResponse {
    answered(request, move |words| {
        let link = service.links.read_decision(&token, (service.clock)())?;
        let detail = service.store.detail(&link.comment)?;
        if let Some(said) = used_up(&service, words, &link, &detail) {
            return Ok(said);
        }
        if detail.comment.text.is_empty() {
            return Err(Failure::Gone);
        }
        let status = detail.comment.status;
        let message = if status == link.decision.status() { (words.already)(status) } else { (words.is)(status) };
        Ok(offered(&service, words, &link, message, detail))
    })
    .await
}

/// `POST /moderation/link/{token}`: the act, as the moderator's to whom the link was sent. The form names the version that it shows.
pub(crate) async fn act(request: HttpRequest, token: web::Path<String>, body: web::Bytes, service: web::Data<Service>) -> HttpResponse {
    let version = form_urlencoded::parse(&body).find(|(name, _)| name == "read").map(|(_, version)| version.into_owned());
    answered(request, move |words| {
        let now = (service.clock)();
        let link = service.links.read_decision(&token, now)?;
        let actor = Actor { moderator: link.moderator.clone(), via: Via::Mail };
        let unread = version.is_none();
        let seen = SeenComment { id: link.comment.clone(), version, rulings: Some(link.rulings) };
        let outcome = service.store.decide(&[seen], link.decision, &actor, now)?;
        trace::decided(&outcome.decided, &actor);
        let detail = service.store.detail(&link.comment)?;
        if !outcome.overtaken.is_empty() {
            return used_up(&service, words, &link, &detail).ok_or(Failure::Gone);
        }
        if !outcome.changed.is_empty() {
            let message = if unread { words.unread } else { words.changed };
            return Ok(offered(&service, words, &link, message.to_owned(), detail).with(StatusCode::CONFLICT));
        }
        let message = (words.now)(detail.comment.status);
        let ways = ways(&service, words, &detail.comment);
        Ok(Said { comment: Some(shown(&service, words, detail)), ways, ..Said::done(words.done, message) })
    })
    .await
}

/// What a link says that was used, or whose comment was decided in another way; none: it is still good. It shows nothing of the comment: addresses
/// stand in logs that others read.
fn used_up(service: &Service, words: &Words, link: &DecisionLink, detail: &CommentDetail) -> Option<Said> {
    let last = detail.decisions.iter().rev().find(|past| past.is_ruling()).filter(|_| detail.rulings() != link.rulings)?;
    let date = last.at.to_string();
    let by = if last.by.moderator.is_empty() { words.command_line } else { &last.by.moderator };
    let mut message = (words.used)(last.status, by, date.get(..10).unwrap_or_default());
    // Its author may have changed it since, and put it back by that.
    if detail.comment.status != last.status {
        message.push(' ');
        message.push_str(&(words.is)(detail.comment.status));
    }
    let ways = ways(service, words, &detail.comment);
    Some(Said { ways, ..Said::done(words.used_title, message).with(StatusCode::GONE) })
}

/// The comment as it is now, and a button; none where there is nothing left to do.
fn offered(service: &Service, words: &Words, link: &DecisionLink, message: String, detail: CommentDetail) -> Said {
    let button = Button { label: (words.decision)(link.decision), action: String::new(), read: detail.comment.version() };
    let is_done = detail.comment.status == link.decision.status();
    let ways = ways(service, words, &detail.comment);
    Said {
        buttons: if is_done { vec![] } else { vec![button] },
        comment: Some(shown(service, words, detail)),
        ways,
        ..Said::done((words.decision)(link.decision), message)
    }
}

/// Where a moderator may want to go next.
fn ways(service: &Service, words: &Words, comment: &Comment) -> Vec<Way> {
    vec![
        Way { label: words.article, url: service.article_url(&comment.article) },
        Way { label: words.in_queue, url: format!("{QUEUE}/comments/{}", comment.id) },
        Way { label: words.queue, url: QUEUE.to_owned() },
    ]
}

fn shown(service: &Service, words: &Words, detail: CommentDetail) -> Shown {
    let CommentDetail { comment, article, .. } = detail;
    Shown {
        url: service.article_url(&comment.article),
        article: if article.title.is_empty() { article.path.as_str().to_owned() } else { article.title },
        layer: comment.layer.map(|layer| format!("{}{layer}", words.held_by)),
        html: ardoise_model::to_html(&comment.text),
        author: comment.author,
    }
}
