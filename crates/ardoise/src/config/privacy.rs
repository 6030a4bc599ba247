use ardoise_model::Timestamp;
use ardoise_store::RetentionLimits;
use serde::{Deserialize, Deserializer};

use super::number::within;

/// `[privacy]`: the retention times.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Privacy {
    /// Days after which rejected, spam and deleted comments are removed; 0: never.
    #[serde(deserialize_with = "days")]
    pub(crate) refused_days: u32,
    /// Hours after which the hashed network of a comment, and the key of the hash, are removed.
    #[serde(deserialize_with = "hours")]
    pub(crate) network_hours: u32,
}

impl Default for Privacy {
    fn default() -> Self {
        Self { refused_days: 90, network_hours: 24 }
    }
}

impl Privacy {
    /// Returns the limits at `now`: what is older is removed.
    pub(crate) fn limits(&self, now: Timestamp) -> RetentionLimits {
        RetentionLimits {
            refused_since: (self.refused_days > 0).then(|| Timestamp(now.0 - i64::from(self.refused_days) * Timestamp::DAY)),
            networks_since: Timestamp(now.0 - i64::from(self.network_hours) * Timestamp::HOUR),
        }
    }
}

/// Ten years.
const MAX_DAYS: i64 = 3650;
const MAX_HOURS: i64 = 24 * 366;

fn days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    within(deserializer, 0..=MAX_DAYS, |written| format!("{written} is no number of days from 0 (for ever) to {MAX_DAYS}"))
}

fn hours<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let wrong = |written: &toml::Value| format!("{written} is no number of hours from 1 to {MAX_HOURS}: no network is kept for ever");
    within(deserializer, 1..=MAX_HOURS, wrong)
}
