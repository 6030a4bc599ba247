//! The clock, and a monitor that tells whether it can be trusted. On a machine that has just started it may be wrong for a while, and jump.

use std::time::{Duration, Instant};

use ardoise_model::Timestamp;
use ardoise_store::Store;

/// A clock that has run evenly this long is trusted.
const STEADY_AFTER: Duration = Duration::from_secs(10 * 60);
/// A larger deviation is a jump, in milliseconds; smaller corrections happen all the time.
const MAX_DRIFT_MILLIS: i64 = 30_000;

/// Returns the current time. All other crates get the clock as an argument.
pub(crate) fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_millisecond())
}

/// Returns the current time in the file system's type.
pub(crate) fn system_now() -> std::time::SystemTime {
    jiff::Timestamp::now().into()
}

/// Compares the wall clock with the monotonic clock.
pub(crate) struct ClockMonitor {
    /// Both clocks at the start, or at the last jump.
    reference: (Instant, Timestamp),
}

impl ClockMonitor {
    pub(crate) fn start() -> Self {
        Self::started((Instant::now(), now()))
    }

    fn started(now: (Instant, Timestamp)) -> Self {
        Self { reference: now }
    }

    /// Reports to the store whether the clock is trusted. The store removes nothing for good while it is not.
    pub(crate) fn report(&mut self, store: &Store) {
        let now = (Instant::now(), now());
        let is_steady = self.is_steady(now);
        if let Err(error) = store.confirm_clock(now.1, is_steady) {
            tracing::debug!("the time could not be recorded in the database: {error}");
        }
    }

    fn is_steady(&mut self, now: (Instant, Timestamp)) -> bool {
        let (instant, wall) = self.reference;
        let expected = wall.0 + i64::try_from((now.0 - instant).as_millis()).unwrap_or(i64::MAX);
        if (now.1.0 - expected).abs() > MAX_DRIFT_MILLIS {
            *self = Self::started(now);
        }
        now.0 - self.reference.0 >= STEADY_AFTER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_restarts_the_wait() {
        let (start, wall) = (Instant::now(), Timestamp(1_000_000));
        let at = |seconds: u64, off: i64| {
            (start + Duration::from_secs(seconds), Timestamp(wall.0 + i64::try_from(seconds).expect("few") * 1000 + off))
        };
        let mut clock = ClockMonitor::started((start, wall));
        assert!(!clock.is_steady(at(599, 0)));
        assert!(clock.is_steady(at(600, 1_000)));
        assert!(!clock.is_steady(at(605, -400_000_000_000)), "it was years ahead");
        assert!(!clock.is_steady(at(1204, -400_000_000_000)));
        assert!(clock.is_steady(at(1205, -400_000_000_000)));
    }
}
