use std::fmt;

/// A moment, as milliseconds since 1970-01-01T00:00:00Z.
///
/// Both databases keep it as a plain 64-bit integer, so their schemas stay the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, to the second: `2017-03-12T08:30:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.0.div_euclid(1000);
        // Years 0 to 9999 are all that RFC 3339 can write, and all that jiff takes.
        let time = jiff::Timestamp::from_second(whole).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        write!(f, "{time}")
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn is_written_in_utc_to_the_second() {
        assert_eq!(Timestamp(1_489_307_400_999).to_string(), "2017-03-12T08:30:00Z");
        assert_eq!(Timestamp(-1).to_string(), "1969-12-31T23:59:59Z");
    }
}
