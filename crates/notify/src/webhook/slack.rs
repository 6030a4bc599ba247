use serde_json::{Value, json};

use super::Event;

/// Returns a plain message: nothing that a visitor wrote becomes a link or notifies a user.
pub(super) fn body(event: &Event<'_>) -> Value {
    let text = format!("{}\n> {}\n<{}>", event.line(escape), escape(&event.excerpt()), event.link());
    json!({ "text": text, "mrkdwn": false, "unfurl_links": false, "link_names": false })
}

/// Escapes Slack's three control characters. In Rocket.Chat `@` notifies users; a zero-width space after it prevents that.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('@', "@\u{200b}")
}
