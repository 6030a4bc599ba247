use serde_json::{Value, json};

use super::Event;

/// Markdown, of which all that means something is escaped.
pub(super) fn body(event: &Event<'_>) -> Value {
    json!({ "text": format!("{}\n> {}\n<{}>", event.line(escape), escape(&event.excerpt()), event.link()) })
}

/// An escaped `@` would still call people: a character without width behind it keeps it from that.
fn escape(text: &str) -> String {
    super::escape_markdown(text).replace('@', "@\u{200b}")
}
