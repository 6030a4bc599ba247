use actix_web::{HttpRequest, HttpResponse, web};
use ardoise_model::{Actor, Decision, Via};
use ardoise_store::CommentDetail;
use url::form_urlencoded;

use super::words::Words;
use super::{Button, Said, Shown, answered};
use crate::service::Service;

/// `GET /moderation/link/{token}`: the comment, and a button.
pub(crate) async fn show(request: HttpRequest, token: web::Path<String>, service: web::Data<Service>) -> HttpResponse {
    answered(request, move |words| {
        let link = service.links.read_decision(&token, (service.clock)())?;
        let detail = service.store.detail(&link.comment)?;
        let status = detail.comment.status;
        let message = if status == link.decision.status() { (words.already)(status) } else { (words.is)(status) };
        Ok(offered(&service, words, link.decision, message, detail))
    })
    .await
}

/// `POST /moderation/link/{token}`: the act, as the moderator's to whom the link was sent.
pub(crate) async fn act(request: HttpRequest, token: web::Path<String>, body: web::Bytes, service: web::Data<Service>) -> HttpResponse {
    let read = form_urlencoded::parse(&body).find(|(name, _)| name == "read").map(|(_, version)| version.into_owned());
    answered(request, move |words| {
        let now = (service.clock)();
        let link = service.links.read_decision(&token, now)?;
        let actor = Actor { moderator: link.moderator, via: Via::Mail };
        let outcome = service.store.decide_as_seen(&[(link.comment.clone(), read)], link.decision, &actor, now)?;
        if !outcome.changed.is_empty() {
            let detail = service.store.detail(&link.comment)?;
            return Ok(offered(&service, words, link.decision, words.changed.to_owned(), detail));
        }
        tracing::info!(id = %link.comment, status = %link.decision.status(), by = %actor, "decided");
        let detail = service.store.detail(&link.comment)?;
        let message = (words.now)(detail.comment.status);
        Ok(Said { comment: Some(shown(&service, words, detail)), ..Said::done(words.done, message) })
    })
    .await
}

/// The comment as it is now, and a button; none where there is nothing left to do.
fn offered(service: &Service, words: &Words, decision: Decision, message: String, detail: CommentDetail) -> Said {
    let button = Button { label: (words.decision)(decision), action: String::new(), read: detail.comment.version() };
    let buttons = if detail.comment.status == decision.status() { vec![] } else { vec![button] };
    Said { title: (words.decision)(decision).to_owned(), message, comment: Some(shown(service, words, detail)), buttons }
}

fn shown(service: &Service, words: &Words, detail: CommentDetail) -> Shown {
    let CommentDetail { comment, article, .. } = detail;
    Shown {
        url: format!("{}{}", service.origin, comment.article.to_url_path()),
        article: if article.title.is_empty() { article.path.as_str().to_owned() } else { article.title },
        layer: comment.layer.map(|layer| format!("{}{layer}", words.held_by)),
        html: ardoise_model::to_html(&comment.text),
        author: comment.author,
    }
}
