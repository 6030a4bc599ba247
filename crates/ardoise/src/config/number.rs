//! Numbers in the settings: each has a range, and what is outside of it is an error that names the line and the range.

use std::ops::RangeInclusive;

use serde::{Deserialize, Deserializer};
use toml::Value;

/// A whole number from `LEAST` to `MOST`. The error of the TOML reader around it shows the line, with the key.
pub(super) fn number<'de, D: Deserializer<'de>, T: TryFrom<i64>, const LEAST: i64, const MOST: i64>(
    deserializer: D,
) -> Result<T, D::Error> {
    within(deserializer, LEAST..=MOST, |written| format!("invalid value: {written} is not a whole number from {LEAST} to {MOST}"))
}

/// The same, with other words for what is outside.
pub(super) fn within<'de, D: Deserializer<'de>, T: TryFrom<i64>>(
    deserializer: D,
    range: RangeInclusive<i64>,
    wrong: impl FnOnce(&Value) -> String,
) -> Result<T, D::Error> {
    let written = Value::deserialize(deserializer)?;
    let fits = written.as_integer().filter(|number| range.contains(number)).and_then(|number| T::try_from(number).ok());
    fits.ok_or_else(|| serde::de::Error::custom(wrong(&written)))
}
