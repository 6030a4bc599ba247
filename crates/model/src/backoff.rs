/// Returns the delay before the next attempt after `failures` earlier failures, in milliseconds: `min` after the first failure, doubled with
/// each further one, `max` at most.
pub fn backoff_millis(failures: u32, min: i64, max: i64) -> i64 {
    min.saturating_mul(1_i64.checked_shl(failures.min(62)).unwrap_or(i64::MAX)).min(max)
}

#[cfg(test)]
mod tests {
    use super::backoff_millis;

    #[test]
    fn doubles_up_to_a_limit() {
        let six_hours = 6 * 60 * 60 * 1000;
        let after = |failures| backoff_millis(failures, 10_000, six_hours);
        assert_eq!([0, 1, 2, 3].map(after), [10_000, 20_000, 40_000, 80_000]);
        assert_eq!([11, 12, 40, 63, u32::MAX].map(after), [20_480_000, six_hours, six_hours, six_hours, six_hours]);
        assert_eq!(backoff_millis(9, 10_000, 1_000), 1_000);
    }
}
