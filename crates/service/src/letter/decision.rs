use actix_web::{HttpRequest, HttpResponse, web};
use ardoise_model::{Actor, Via};
use ardoise_store::CommentDetail;

use super::words::Words;
use super::{Button, Said, Shown, answered};
use crate::service::Service;

/// `GET /moderation/link/{token}`: the comment, and a button.
pub(crate) async fn show(request: HttpRequest, token: web::Path<String>, service: web::Data<Service>) -> HttpResponse {
    answered(request, move |words| {
        let link = service.links.read_decision(&token, (service.clock)())?;
        let detail = service.store.detail(&link.comment)?;
        let status = detail.comment.status;
        let (message, buttons) = if status == link.decision.status() {
            ((words.already)(status), vec![])
        } else {
            ((words.is)(status), vec![Button { label: (words.decision)(link.decision), action: String::new() }])
        };
        Ok(Said { title: (words.decision)(link.decision).to_owned(), message, comment: Some(shown(&service, words, detail)), buttons })
    })
    .await
}

/// `POST /moderation/link/{token}`: the act, as the moderator's to whom the link was sent.
pub(crate) async fn act(request: HttpRequest, token: web::Path<String>, service: web::Data<Service>) -> HttpResponse {
    answered(request, move |words| {
        let now = (service.clock)();
        let link = service.links.read_decision(&token, now)?;
        let actor = Actor { moderator: link.moderator, via: Via::Mail };
        ardoise_moderation::decide(&service.store, &[link.comment.to_string()], link.decision, &actor, now)?;
        tracing::info!(id = %link.comment, status = %link.decision.status(), by = %actor, "decided");
        let detail = service.store.detail(&link.comment)?;
        let message = (words.now)(detail.comment.status);
        Ok(Said { comment: Some(shown(&service, words, detail)), ..Said::done(words.done, message) })
    })
    .await
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
