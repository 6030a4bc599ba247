//! The bodies for chats. Nothing that a visitor wrote becomes a link or notifies a user.

use serde_json::{Value, json};

use crate::webhook::event::Event;

/// The message flag that suppresses link previews.
const SUPPRESS_EMBEDS: u32 = 1 << 2;

/// Returns a plain message for Slack or Rocket.Chat.
pub(super) fn slack(event: &Event<'_>) -> Value {
    let text = format!("{}\n> {}\n<{}>", event.line(escape_slack), escape_slack(&event.excerpt()), event.link());
    json!({ "text": text, "mrkdwn": false, "unfurl_links": false, "link_names": false })
}

/// Escapes Slack's three control characters. In Rocket.Chat `@` notifies users; a zero-width space after it prevents that.
fn escape_slack(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('@', "@\u{200b}")
}

/// Returns a message in escaped Markdown for Mattermost.
pub(super) fn mattermost(event: &Event<'_>) -> Value {
    json!({ "text": format!("{}\n> {}\n<{}>", event.line(escape_mattermost), escape_mattermost(&event.excerpt()), event.link()) })
}

/// Escapes Markdown. An escaped `@` still notifies users; a zero-width space after it prevents that.
fn escape_mattermost(text: &str) -> String {
    escape_markdown(text).replace('@', "@\u{200b}")
}

/// Returns a message in escaped Markdown for Discord. `allowed_mentions` keeps it from notifying anyone.
pub(super) fn discord(event: &Event<'_>) -> Value {
    let text = format!("{}\n> {}\n<{}>", event.line(escape_markdown), escape_markdown(&event.excerpt()), event.link());
    json!({ "content": text, "allowed_mentions": { "parse": [] }, "flags": SUPPRESS_EMBEDS })
}

/// Returns the body for Matrix, through Hookshot's generic webhooks: plain text, and the same as HTML.
pub(super) fn matrix(event: &Event<'_>) -> Value {
    let plain = format!("{}\n> {}\n{}", event.line(str::to_owned), event.excerpt(), event.link());
    let link = escape_html(event.link());
    let html =
        format!("{}<blockquote>{}</blockquote><a href=\"{link}\">{link}</a>", event.line(escape_html), escape_html(&event.excerpt()));
    json!({ "text": plain, "html": html })
}

fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Returns the body of Telegram's `sendMessage`. Without a `parse_mode` the text is plain.
pub(super) fn telegram(event: &Event<'_>, chat: &str) -> Value {
    let text = format!("{}\n\n{}\n\n{}", event.line(str::to_owned), event.excerpt(), event.link());
    json!({ "chat_id": chat, "text": text, "link_preview_options": { "is_disabled": true } })
}

/// Escapes every character with a meaning in any dialect of Markdown, including those that make links of addresses.
fn escape_markdown(text: &str) -> String {
    let special = |c: char| "\\*_~`|<>[]()!#+-:@".contains(c);
    text.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}
