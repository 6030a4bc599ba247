/// The first pause after a failure, in milliseconds; each one is twice as long as the one before.
const FIRST: i64 = 10_000;

/// How long to wait after so many failures, at most so long.
pub(crate) fn pause(failures: u32, longest: i64) -> i64 {
    FIRST.saturating_mul(1_i64.checked_shl(failures.min(62)).unwrap_or(i64::MAX)).min(longest)
}

#[cfg(test)]
mod tests {
    use super::pause;

    #[test]
    fn doubles_up_to_a_limit() {
        let six_hours = 6 * 60 * 60 * 1000;
        assert_eq!([0, 1, 2, 3].map(|failures| pause(failures, six_hours)), [10_000, 20_000, 40_000, 80_000]);
        assert_eq!(
            [11, 12, 40, 63, u32::MAX].map(|failures| pause(failures, six_hours)),
            [20_480_000, six_hours, six_hours, six_hours, six_hours]
        );
        assert_eq!(pause(9, 1_000), 1_000);
    }
}
