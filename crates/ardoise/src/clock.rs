//! Whether the clock runs evenly. On a machine that has just started it may be wrong for a while, and then jump.

use std::time::{Duration, Instant};

use ardoise_model::Timestamp;
use ardoise_store::Store;

use crate::wire;

/// A clock that has run evenly for so long is right.
const STEADY: Duration = Duration::from_secs(10 * 60);
/// More than that is a jump: clocks are corrected in small steps all the time.
const JUMP: i64 = 30_000;

/// Compares the wall clock with one that cannot be set.
pub(crate) struct Clock {
    /// When both were compared first, and what the wall clock said.
    begun: (Instant, Timestamp),
    /// Since when the two agree.
    even_since: Instant,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self::started((Instant::now(), wire::now()))
    }

    fn started(now: (Instant, Timestamp)) -> Self {
        Self { begun: now, even_since: now.0 }
    }

    /// Tells the store, which forgets nothing for good while the clock may be wrong.
    pub(crate) fn vouch(&mut self, store: &Store) {
        let now = (Instant::now(), wire::now());
        let steady = self.is_steady(now);
        if let Err(error) = store.confirm_clock(now.1, steady) {
            tracing::debug!("it could not be noted that the clock is right: {error}");
        }
    }

    fn is_steady(&mut self, now: (Instant, Timestamp)) -> bool {
        let (instant, wall) = self.begun;
        let expected = wall.0 + i64::try_from((now.0 - instant).as_millis()).unwrap_or(i64::MAX);
        if (now.1.0 - expected).abs() > JUMP {
            *self = Self::started(now);
        }
        now.0 - self.even_since >= STEADY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_begins_the_wait_anew() {
        let (begun, wall) = (Instant::now(), Timestamp(1_000_000));
        let at = |seconds: u64, off: i64| {
            (begun + Duration::from_secs(seconds), Timestamp(wall.0 + i64::try_from(seconds).expect("few") * 1000 + off))
        };
        let mut clock = Clock::started((begun, wall));
        assert!(!clock.is_steady(at(599, 0)));
        assert!(clock.is_steady(at(600, 1_000)));
        assert!(!clock.is_steady(at(605, -400_000_000_000)), "it was years ahead");
        assert!(!clock.is_steady(at(1204, -400_000_000_000)));
        assert!(clock.is_steady(at(1205, -400_000_000_000)));
    }
}
