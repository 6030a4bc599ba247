use std::net::SocketAddr;

use serde::{Deserialize, Deserializer};

/// Where the moderators' queue is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// An address of its own; none: it is where the service is.
    #[serde(deserialize_with = "listen")]
    pub(crate) listen: Option<SocketAddr>,
    /// Where browsers reach it, without `moderation`; empty: where they reach the service.
    #[serde(deserialize_with = "super::service_url")]
    pub(crate) url: String,
}

fn listen<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SocketAddr>, D::Error> {
    super::listen(deserializer).map(Some)
}
