use serde_json::{Value, json};

use super::Event;

/// Returns a message in escaped Markdown.
pub(super) fn body(event: &Event<'_>) -> Value {
    json!({ "text": format!("{}\n> {}\n<{}>", event.line(escape), escape(&event.excerpt()), event.link()) })
}

/// Escapes Markdown. An escaped `@` still notifies users; a zero-width space after it prevents that.
fn escape(text: &str) -> String {
    super::escape_markdown(text).replace('@', "@\u{200b}")
}
