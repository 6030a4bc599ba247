//! Numbers in the settings: each has a range, and what is outside of it is an error that names the line and the range.

use serde::{Deserialize, Deserializer};
use toml::Value;

/// A whole number from `LEAST` to `MOST`. The error of the TOML reader around it shows the line, with the key.
pub(super) fn number<'de, D: Deserializer<'de>, T: TryFrom<i64>, const LEAST: i64, const MOST: i64>(
    deserializer: D,
) -> Result<T, D::Error> {
    let written = Value::deserialize(deserializer)?;
    let fits = written.as_integer().filter(|number| (LEAST..=MOST).contains(number)).and_then(|number| T::try_from(number).ok());
    fits.ok_or_else(|| serde::de::Error::custom(format!("invalid value: {written} is not a whole number from {LEAST} to {MOST}")))
}
