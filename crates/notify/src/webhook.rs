//! Webhooks: POST requests that notify other programs. Each format of the body is a file.

mod discord;
mod json;
mod matrix;
mod mattermost;
mod slack;
mod telegram;

use std::str::FromStr;
use std::time::Duration;

use ardoise_model::Timestamp;
use ardoise_store::{CommentDetail, Recipient};
use data_encoding::HEXLOWER;
use hmac::Mac;
use serde_json::Value;
use ureq::tls::{RootCerts, TlsConfig};

use crate::mail::Secret;
use crate::signed::hmac_sha256;

/// The time limit of a request.
const TIMEOUT: Duration = Duration::from_secs(20);
/// The most characters of a text that goes to a chat. All supported chats accept this many.
const MAX_EXCERPT: usize = 800;

/// A webhook: a URL that is called with events.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// The name in logs and queues; unique.
    pub name: String,
    /// The URL. Those of chats contain a secret.
    pub url: Secret,
    /// The key of the signature. `None`: requests are not signed.
    pub secret: Option<Secret>,
    /// Whether it is called for pending comments.
    pub pending: bool,
    /// Whether it is called for published comments.
    pub approved: bool,
    /// The format of the body.
    pub format: Format,
}

/// The format of the body of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// Ardoise's own JSON, described in docs/mail.md.
    Json,
    /// Slack's incoming webhooks; Rocket.Chat accepts the same.
    Slack,
    /// Mattermost's incoming webhooks.
    Mattermost,
    /// Discord's webhooks.
    Discord,
    /// Matrix, through a generic webhook bridge such as Hookshot.
    Matrix,
    /// Telegram's `sendMessage`, for a chat.
    Telegram {
        /// The id of the chat, or its name with an `@`.
        chat: String,
    },
}

/// An event: a comment that is pending or published.
pub(crate) struct Event<'a> {
    /// `pending` or `approved`.
    pub(crate) kind: &'a str,
    pub(crate) detail: &'a CommentDetail,
    /// The URL of the comment, or of the article if the comment is pending.
    pub(crate) url: String,
    /// The URL of the moderators' queue.
    pub(crate) queue: String,
    /// The title of the site.
    pub(crate) site: &'a str,
}

impl Event<'_> {
    fn title(&self) -> &str {
        self.detail.article.display_title()
    }

    /// Returns a summary in one line; `escape` is applied to every part that a visitor or the site wrote.
    fn line(&self, escape: fn(&str) -> String) -> String {
        let what = if self.kind == "pending" { "A comment waits" } else { "A new comment" };
        format!("{what} on {}: {} on {}", escape(self.site), escape(&self.detail.comment.author), escape(self.title()))
    }

    /// Returns the beginning of the text, on one line.
    fn excerpt(&self) -> String {
        let line = self.detail.comment.text.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(MAX_EXCERPT) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line,
        }
    }

    /// Returns the URL to follow: the queue for a pending comment, the comment itself for a published one.
    fn link(&self) -> &str {
        if self.kind == "pending" { &self.queue } else { &self.url }
    }
}

impl Webhook {
    /// Returns the recipient of its jobs in the store.
    pub(crate) fn recipient(&self) -> Recipient {
        Recipient::webhook(&self.name)
    }

    /// Sends an event. A repetition, after a request that may not have arrived, has the same identity.
    pub(crate) fn send(&self, agent: &ureq::Agent, event: &Event<'_>, identity: &str, now: Timestamp) -> Result<(), String> {
        let body = self.body(event).to_string();
        let mut request = agent.post(&self.url.0).content_type("application/json").header("Ardoise-Delivery", identity);
        if let Some(Secret(secret)) = &self.secret {
            let time = now.0.div_euclid(1000).to_string();
            request = request.header("Ardoise-Signature", sign(secret, &time, &body)).header("Ardoise-Timestamp", time);
        }
        // The URL contains a secret, and the error may contain the URL.
        let response = request.send(&body).map_err(|error| error.to_string().replace(&self.url.0, "its address"))?;
        if response.status().is_success() { Ok(()) } else { Err(format!("it answered {}", response.status())) }
    }

    fn body(&self, event: &Event<'_>) -> Value {
        match &self.format {
            Format::Json => json::body(event),
            Format::Slack => slack::body(event),
            Format::Mattermost => mattermost::body(event),
            Format::Discord => discord::body(event),
            Format::Matrix => matrix::body(event),
            Format::Telegram { chat } => telegram::body(event, chat),
        }
    }
}

/// Escapes every character with a meaning in any dialect of Markdown, including those that make links of addresses.
fn escape_markdown(text: &str) -> String {
    let special = |c: char| "\\*_~`|<>[]()!#+-:@".contains(c);
    text.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}

/// Returns the signature of time and body together, so that a request cannot be replayed at another time.
fn sign(secret: &str, time: &str, body: &str) -> String {
    let mut mac = hmac_sha256(secret.as_bytes());
    mac.update(format!("{time}.{body}").as_bytes());
    format!("sha256={}", HEXLOWER.encode(&mac.finalize().into_bytes()))
}

/// Returns the HTTP client. It follows no redirects, so that events go only to the URLs in the settings.
pub(crate) fn agent() -> ureq::Agent {
    let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).timeout_global(Some(TIMEOUT)).tls_config(tls);
    config.user_agent(concat!("Ardoise/", env!("CARGO_PKG_VERSION"))).build().into()
}

impl FromStr for Format {
    type Err = String;

    /// Parses a name. Telegram's chat is empty, and is set by the caller.
    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "json" => Ok(Self::Json),
            "slack" => Ok(Self::Slack),
            "mattermost" => Ok(Self::Mattermost),
            "discord" => Ok(Self::Discord),
            "matrix" => Ok(Self::Matrix),
            "telegram" => Ok(Self::Telegram { chat: String::new() }),
            _ => Err(format!(
                "{word:?} is no format; write one of \"json\", \"slack\", \"mattermost\", \"discord\", \"matrix\", \"telegram\""
            )),
        }
    }
}

#[cfg(test)]
#[path = "webhook_tests.rs"]
mod tests;
