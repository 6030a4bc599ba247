//! Numbers in the settings. Each has a range; a number outside is an error that names the line and the range.

use std::ops::RangeInclusive;

use serde::{Deserialize, Deserializer};
use toml::Value;

/// Deserialises a whole number from `MIN` to `MAX`.
pub(super) fn number<'de, D: Deserializer<'de>, T: TryFrom<i64>, const MIN: i64, const MAX: i64>(deserializer: D) -> Result<T, D::Error> {
    within(deserializer, MIN..=MAX, |written| format!("invalid value: {written} is not a whole number from {MIN} to {MAX}"))
}

/// Deserialises a whole number in `range`; `wrong` returns the message for any other value.
pub(super) fn within<'de, D: Deserializer<'de>, T: TryFrom<i64>>(
    deserializer: D,
    range: RangeInclusive<i64>,
    wrong: impl FnOnce(&Value) -> String,
) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let fits = value.as_integer().filter(|number| range.contains(number)).and_then(|number| T::try_from(number).ok());
    fits.ok_or_else(|| serde::de::Error::custom(wrong(&value)))
}
