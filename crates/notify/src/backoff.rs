/// The back-off after the first failure, in milliseconds; it doubles with each further one.
const MIN_BACKOFF_MILLIS: i64 = 10_000;

/// Returns the back-off after `failures` earlier failures, in milliseconds, at most `max`.
pub(crate) fn backoff_millis(failures: u32, max: i64) -> i64 {
    MIN_BACKOFF_MILLIS.saturating_mul(1_i64.checked_shl(failures.min(62)).unwrap_or(i64::MAX)).min(max)
}

#[cfg(test)]
mod tests {
    use super::backoff_millis;

    #[test]
    fn doubles_up_to_a_limit() {
        let six_hours = 6 * 60 * 60 * 1000;
        assert_eq!([0, 1, 2, 3].map(|failures| backoff_millis(failures, six_hours)), [10_000, 20_000, 40_000, 80_000]);
        assert_eq!(
            [11, 12, 40, 63, u32::MAX].map(|failures| backoff_millis(failures, six_hours)),
            [20_480_000, six_hours, six_hours, six_hours, six_hours]
        );
        assert_eq!(backoff_millis(9, 1_000), 1_000);
    }
}
