use std::fmt;
use std::str::FromStr;

/// A point in time, as milliseconds since 1970-01-01T00:00:00Z.
///
/// Both databases store it as a 64-bit integer, so that their schemas are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// A second in milliseconds.
    pub const SECOND: i64 = 1000;
    /// A minute in milliseconds.
    pub const MINUTE: i64 = 60 * Self::SECOND;
    /// An hour in milliseconds.
    pub const HOUR: i64 = 60 * Self::MINUTE;
    /// A day in milliseconds.
    pub const DAY: i64 = 24 * Self::HOUR;
}

impl fmt::Display for Timestamp {
    /// Writes RFC 3339 in UTC, to the second: `2017-03-12T08:30:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.0.div_euclid(1000);
        // Both RFC 3339 and jiff cover the years 0 to 9999 only.
        let time = jiff::Timestamp::from_second(whole).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        write!(f, "{time}")
    }
}

impl FromStr for Timestamp {
    type Err = String;

    /// Parses RFC 3339, or a date alone, which stands for midnight UTC.
    fn from_str(text: &str) -> Result<Self, String> {
        // Stricter than the parser: other forms mean another time in a browser, or none.
        let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"-:.+TZ".contains(&byte)) && text.get(4..5) == Some("-");
        let moment = text.parse::<jiff::Timestamp>().ok().filter(|_| plain && text.len() > 10);
        let midnight = |day: jiff::civil::Date| day.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|day| day.timestamp());
        let date = || text.parse::<jiff::civil::Date>().ok().filter(|_| plain && text.len() == 10).and_then(midnight);
        let moment = moment.or_else(date).ok_or_else(|| format!("{text:?} is no date such as 2017-03-12 or 2017-03-12T08:30:00Z"))?;
        Ok(Self(moment.as_millisecond()))
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn is_read_with_or_without_a_time() {
        let read = |text: &str| text.parse::<Timestamp>().map(|moment| moment.to_string());
        assert_eq!(read("2017-03-12T09:30:00+01:00"), Ok("2017-03-12T08:30:00Z".into()));
        assert_eq!(read("2017-03-12"), Ok("2017-03-12T00:00:00Z".into()));
        for bad in ["", "soon", "2017", "2017-13-01", "12/03/2017", "20170312", "2017-03-12T23:59:59", "2017-03-12T23:59:59[Europe/Paris]"]
        {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn is_written_in_utc_to_the_second() {
        assert_eq!(Timestamp(1_489_307_400_999).to_string(), "2017-03-12T08:30:00Z");
        assert_eq!(Timestamp(-1).to_string(), "1969-12-31T23:59:59Z");
    }
}
