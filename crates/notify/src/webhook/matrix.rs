use serde_json::{Value, json};

use super::Event;

/// Returns the body for Hookshot's generic webhooks: plain text, and the same as HTML.
pub(super) fn body(event: &Event<'_>) -> Value {
    let plain = format!("{}\n> {}\n{}", event.line(str::to_owned), event.excerpt(), event.link());
    let link = escape(event.link());
    let html = format!("{}<blockquote>{}</blockquote><a href=\"{link}\">{link}</a>", event.line(escape), escape(&event.excerpt()));
    json!({ "text": plain, "html": html })
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
