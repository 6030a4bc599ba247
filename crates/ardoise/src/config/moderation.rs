use std::net::SocketAddr;

use ardoise_notify::Language;
use serde::{Deserialize, Deserializer};

/// Where the moderators' queue is, how moderators are told, and for how long they may act on it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// An address of its own; none: it is where the service is.
    #[serde(deserialize_with = "listen")]
    pub(crate) listen: Option<SocketAddr>,
    /// Where browsers reach it, without `moderation`; empty: where they reach the service.
    #[serde(deserialize_with = "super::fields::service_url")]
    pub(crate) url: String,
    /// In which language mails are written.
    #[serde(deserialize_with = "super::fields::parsed")]
    pub(crate) language: Language,
    /// For how many days the links in mails are good.
    #[serde(deserialize_with = "super::number::number::<_, _, 1, 365>")]
    pub(crate) link_days: u16,
}

impl Default for Settings {
    fn default() -> Self {
        Self { listen: None, url: String::new(), language: Language::default(), link_days: 7 }
    }
}

fn listen<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SocketAddr>, D::Error> {
    super::fields::listen(deserializer).map(Some)
}
