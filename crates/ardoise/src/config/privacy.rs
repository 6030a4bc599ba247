use ardoise_model::Timestamp;
use ardoise_store::Keep;
use serde::Deserialize;

/// What is kept for how long.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Privacy {
    /// Comments that are rejected, spam or deleted; 0: for ever.
    #[serde(deserialize_with = "super::number::number::<_, _, 0, 3_650>")]
    pub(crate) refused_days: u32,
    /// The hashed network that a comment came from, and the key that it is hashed with. No network is kept for ever.
    #[serde(deserialize_with = "super::number::number::<_, _, 1, 8_784>")]
    pub(crate) network_hours: u32,
}

impl Default for Privacy {
    fn default() -> Self {
        Self { refused_days: 90, network_hours: 24 }
    }
}

impl Privacy {
    pub(crate) fn keep(&self, now: Timestamp) -> Keep {
        Keep {
            refused_since: (self.refused_days > 0).then(|| Timestamp(now.0 - i64::from(self.refused_days) * Timestamp::DAY)),
            networks_since: Timestamp(now.0 - i64::from(self.network_hours) * Timestamp::HOUR),
        }
    }
}
