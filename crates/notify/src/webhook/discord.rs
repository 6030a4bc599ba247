use serde_json::{Value, json};

use super::{Event, escape_markdown};

/// No preview of what a link leads to.
const SUPPRESS_EMBEDS: u32 = 1 << 2;

/// Markdown, of which all that means something is escaped; and nobody is called by it.
pub(super) fn body(event: &Event<'_>) -> Value {
    let text = format!("{}\n> {}\n<{}>", event.line(escape_markdown), escape_markdown(&event.excerpt()), event.link());
    json!({ "content": text, "allowed_mentions": { "parse": [] }, "flags": SUPPRESS_EMBEDS })
}
