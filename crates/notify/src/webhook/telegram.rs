use serde_json::{Value, json};

use super::Event;

/// `sendMessage`, as plain text: without a `parse_mode` nothing in it means anything.
pub(super) fn body(event: &Event<'_>, chat: &str) -> Value {
    let text = format!("{}\n\n{}\n\n{}", event.line(str::to_owned), event.excerpt(), event.link());
    json!({ "chat_id": chat, "text": text, "link_preview_options": { "is_disabled": true } })
}
