use serde_json::{Value, json};

use super::{Event, escape_markdown};

/// The message flag that suppresses link previews.
const SUPPRESS_EMBEDS: u32 = 1 << 2;

/// Returns a message in escaped Markdown. `allowed_mentions` keeps it from notifying anyone.
pub(super) fn body(event: &Event<'_>) -> Value {
    let text = format!("{}\n> {}\n<{}>", event.line(escape_markdown), escape_markdown(&event.excerpt()), event.link());
    json!({ "content": text, "allowed_mentions": { "parse": [] }, "flags": SUPPRESS_EMBEDS })
}
