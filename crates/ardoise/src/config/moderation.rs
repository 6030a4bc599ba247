use std::net::SocketAddr;

use ardoise_notify::Language;
use serde::{Deserialize, Deserializer};

/// `[moderation]`: the moderators' queue and the mails to moderators.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// The socket address of the moderators' own server. `None`: the main server has their pages.
    #[serde(deserialize_with = "listen")]
    pub(crate) listen: Option<SocketAddr>,
    /// The URL at which browsers reach the queue, without its last part `moderation`; empty: the URL of the service.
    #[serde(deserialize_with = "super::fields::service_url")]
    pub(crate) url: String,
    /// The language of mails.
    #[serde(deserialize_with = "super::fields::parsed")]
    pub(crate) language: Language,
    /// The lifetime of the links in mails to moderators and readers, in days.
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
