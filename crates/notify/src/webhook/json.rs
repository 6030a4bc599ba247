use serde_json::{Value, json};

use crate::webhook::event::Event;

/// Returns Ardoise's own format; docs/mail.md describes it. It contains no e-mail address.
pub(super) fn body(event: &Event<'_>) -> Value {
    let comment = &event.detail.comment;
    json!({
        "version": 1,
        "event": event.kind,
        "site": event.site,
        "comment": {
            "id": comment.id.as_str(),
            "status": comment.status.as_str(),
            "parent": comment.parent.as_ref().map(ardoise_model::CommentId::as_str),
            "author": comment.author,
            "site": comment.site,
            "date": comment.created_at.to_string(),
            "layer": comment.layer,
            "text": comment.text,
            "html": ardoise_model::to_html(&comment.text),
        },
        "article": { "path": comment.article.as_str(), "title": event.detail.article.title, "url": event.url },
        "queue": event.queue,
    })
}
