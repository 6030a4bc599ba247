use ardoise_model::Timestamp;
use ardoise_store::RetentionLimits;
use serde::{Deserialize, Deserializer};

use super::number::within;

/// What is kept for how long.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Privacy {
    /// Comments that are rejected, spam or deleted; 0: for ever.
    #[serde(deserialize_with = "days")]
    pub(crate) refused_days: u32,
    /// The hashed network that a comment came from, and the key that it is hashed with.
    #[serde(deserialize_with = "hours")]
    pub(crate) network_hours: u32,
}

impl Default for Privacy {
    fn default() -> Self {
        Self { refused_days: 90, network_hours: 24 }
    }
}

impl Privacy {
    pub(crate) fn keep(&self, now: Timestamp) -> RetentionLimits {
        RetentionLimits {
            refused_since: (self.refused_days > 0).then(|| Timestamp(now.0 - i64::from(self.refused_days) * Timestamp::DAY)),
            networks_since: Timestamp(now.0 - i64::from(self.network_hours) * Timestamp::HOUR),
        }
    }
}

/// Ten years are for ever.
const MOST_DAYS: i64 = 3650;
const MOST_HOURS: i64 = 24 * 366;

fn days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    within(deserializer, 0..=MOST_DAYS, |written| format!("{written} is no number of days from 0 (for ever) to {MOST_DAYS}"))
}

fn hours<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let wrong = |written: &toml::Value| format!("{written} is no number of hours from 1 to {MOST_HOURS}: no network is kept for ever");
    within(deserializer, 1..=MOST_HOURS, wrong)
}
