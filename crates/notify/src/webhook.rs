//! Webhooks: POST requests that notify other programs.

mod chats;
mod event;
mod json;

use std::str::FromStr;
use std::time::Duration;

use ardoise_model::Timestamp;
use ardoise_store::Recipient;
use data_encoding::HEXLOWER;
use hmac::Mac;
use serde_json::Value;
use ureq::tls::{RootCerts, TlsConfig};

use crate::mail::Secret;
use crate::signed::hmac_sha256;

pub(crate) use self::event::Event;

/// The time limit of a request.
const TIMEOUT: Duration = Duration::from_secs(20);

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
            Format::Slack => chats::slack(event),
            Format::Mattermost => chats::mattermost(event),
            Format::Discord => chats::discord(event),
            Format::Matrix => chats::matrix(event),
            Format::Telegram { chat } => chats::telegram(event, chat),
        }
    }
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
