use serde_json::{Value, json};

use super::Event;

/// A text in which three characters mean something, and nothing of what a stranger wrote is made into a link or calls anybody.
pub(super) fn body(event: &Event<'_>) -> Value {
    let text = format!("{}\n> {}\n<{}>", event.line(escape), escape(&event.excerpt()), event.link());
    json!({ "text": text, "mrkdwn": false, "unfurl_links": false, "link_names": false })
}

/// `@` calls people in Rocket.Chat: a character without width behind it keeps it from that.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('@', "@\u{200b}")
}
