//! Webhooks: another program is told by a POST. One file per shape of what is sent.

mod discord;
mod json;
mod matrix;
mod mattermost;
mod slack;
mod telegram;

use std::str::FromStr;
use std::time::Duration;

use ardoise_model::Timestamp;
use ardoise_store::CommentDetail;
use data_encoding::HEXLOWER;
use hmac::Mac;
use serde_json::Value;
use ureq::tls::{RootCerts, TlsConfig};

use crate::mail::Secret;
use crate::notifications::{Notifications, title};
use crate::signed::keyed;

/// How long all of it may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Of a text that goes to a chat, so many characters: every one of them takes this much.
const LONGEST_EXCERPT: usize = 800;

/// A program that is told.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Its name, in logs and queues; unique.
    pub name: String,
    /// Where it listens. Chats put a secret into it.
    pub url: Secret,
    /// Signs what is sent; none: nothing is signed.
    pub secret: Option<Secret>,
    /// It is told of comments that wait.
    pub pending: bool,
    /// It is told of comments that were published.
    pub approved: bool,
    /// What it understands.
    pub format: Format,
}

/// What a program understands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// Our own JSON, described in docs/mail.md.
    Json,
    /// Slack's incoming webhooks; Rocket.Chat takes the same.
    Slack,
    /// Mattermost's incoming webhooks.
    Mattermost,
    /// Discord's webhooks.
    Discord,
    /// Matrix, by a generic webhook bridge such as Hookshot.
    Matrix,
    /// Telegram's `sendMessage`, for a chat.
    Telegram {
        /// The chat's number, or its name with an `@`.
        chat: String,
    },
}

/// What a program is told.
pub(crate) struct Event<'a> {
    /// `pending` or `approved`.
    pub(crate) kind: &'a str,
    pub(crate) detail: &'a CommentDetail,
    pub(crate) url: String,
    pub(crate) queue: String,
    pub(crate) site: &'a str,
}

impl Event<'_> {
    fn title(&self) -> &str {
        title(self.detail)
    }

    /// One line that says it all, each part of it escaped for where it goes.
    fn line(&self, escape: fn(&str) -> String) -> String {
        let what = if self.kind == "pending" { "A comment waits" } else { "A new comment" };
        format!("{what} on {}: {} on {}", escape(self.site), escape(&self.detail.comment.author), escape(self.title()))
    }

    /// The beginning of the text, on one line.
    fn excerpt(&self) -> String {
        let line = self.detail.comment.text.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(LONGEST_EXCERPT) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line,
        }
    }

    /// Where somebody looks at it: it is decided in the queue, and read in its place.
    fn link(&self) -> &str {
        if self.kind == "pending" { &self.queue } else { &self.url }
    }
}

impl Webhook {
    pub(crate) fn channel(&self) -> String {
        format!("webhook {}", self.name)
    }

    /// Tells of one comment. A second time, when the first may not have arrived, it is told the same under the same identity.
    pub(crate) fn tell(&self, agent: &ureq::Agent, event: &Event<'_>, identity: &str, now: Timestamp) -> Result<(), String> {
        let body = self.body(event).to_string();
        let mut request = agent.post(&self.url.0).content_type("application/json").header("Ardoise-Delivery", identity);
        if let Some(Secret(secret)) = &self.secret {
            let time = now.0.div_euclid(1000).to_string();
            request = request.header("Ardoise-Signature", sign(secret, &time, &body)).header("Ardoise-Timestamp", time);
        }
        // The address holds a secret, and so may an error.
        let answer = request.send(&body).map_err(|error| error.to_string().replace(&self.url.0, "its address"))?;
        if answer.status().is_success() { Ok(()) } else { Err(format!("it answered {}", answer.status())) }
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

/// With all that means something in any Markdown escaped, addresses too.
fn escape_markdown(text: &str) -> String {
    let special = |c: char| "\\*_~`|<>[]()!#+-:@".contains(c);
    text.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}

/// Of the moment and the body, so that neither can be another's.
fn sign(secret: &str, time: &str, body: &str) -> String {
    let mut mac = keyed(secret.as_bytes());
    mac.update(format!("{time}.{body}").as_bytes());
    format!("sha256={}", HEXLOWER.encode(&mac.finalize().into_bytes()))
}

/// Follows no redirects: what is told is told to whom the owner named.
pub(crate) fn agent() -> ureq::Agent {
    let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).timeout_global(Some(PATIENCE)).tls_config(tls);
    config.user_agent(concat!("Ardoise/", env!("CARGO_PKG_VERSION"))).build().into()
}

pub(crate) fn event<'a>(outgoing: &'a Notifications, moderation_url: &str, kind: &'a str, detail: &'a CommentDetail) -> Event<'a> {
    let url = if kind == "pending" { outgoing.article_url(&detail.comment) } else { outgoing.comment_url(&detail.comment) };
    Event { kind, detail, url, queue: format!("{moderation_url}moderation"), site: &outgoing.title }
}

impl FromStr for Format {
    type Err = String;

    /// But for Telegram's, which needs a chat.
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
