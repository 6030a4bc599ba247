use serde_json::{Value, json};

use super::Event;

/// Returns the body of `sendMessage`. Without a `parse_mode` the text is plain.
pub(super) fn body(event: &Event<'_>, chat: &str) -> Value {
    let text = format!("{}\n\n{}\n\n{}", event.line(str::to_owned), event.excerpt(), event.link());
    json!({ "chat_id": chat, "text": text, "link_preview_options": { "is_disabled": true } })
}
