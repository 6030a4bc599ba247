use ardoise_model::Timestamp;
use ardoise_store::Keep;
use serde::{Deserialize, Deserializer};

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
    pub(crate) fn keep(&self, now: Timestamp) -> Keep {
        Keep {
            refused_since: (self.refused_days > 0).then(|| Timestamp(now.0 - i64::from(self.refused_days) * Timestamp::DAY)),
            networks_since: Timestamp(now.0 - i64::from(self.network_hours) * Timestamp::HOUR),
        }
    }
}

/// Ten years are for ever.
const MOST_DAYS: u32 = 3650;
const MOST_HOURS: u32 = 24 * 366;

fn days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let days = i64::deserialize(deserializer)?;
    let fits = u32::try_from(days).ok().filter(|days| *days <= MOST_DAYS);
    fits.ok_or_else(|| serde::de::Error::custom(format!("{days} is no number of days from 0 (for ever) to {MOST_DAYS}")))
}

fn hours<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let hours = i64::deserialize(deserializer)?;
    let fits = u32::try_from(hours).ok().filter(|hours| (1..=MOST_HOURS).contains(hours));
    fits.ok_or_else(|| {
        serde::de::Error::custom(format!("{hours} is no number of hours from 1 to {MOST_HOURS}: no network is kept for ever"))
    })
}
