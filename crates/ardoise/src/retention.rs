//! The part that removes what is past its retention time: at the start of `serve`, and then daily.

use std::time::Duration;

use ardoise_generator::StopSignal;
use ardoise_store::{RetentionReport, Store};

use crate::clock;
use crate::config::Privacy;

const INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);
/// The interval after a failure, or while the clock is not trusted.
const RETRY_INTERVAL: Duration = Duration::from_secs(5 * 60);

/// Runs until `stop` is set.
pub(crate) fn run(store: &Store, privacy: &Privacy, stop: &StopSignal) {
    loop {
        let now = clock::now();
        let cleared = store.trusts_clock(now).and_then(|is_trusted| Ok((is_trusted, store.clear(privacy.limits(now), now)?)));
        let pause = match cleared {
            Ok((false, _)) => {
                tracing::info!(
                    "the clock may be wrong: it is far from the last time known to the database. Nothing is deleted until it has been steady for ten minutes"
                );
                RETRY_INTERVAL
            }
            Ok((true, cleared)) if cleared == RetentionReport::default() => INTERVAL,
            Ok((true, RetentionReport { removed, emptied, networks })) => {
                tracing::info!(removed, emptied, networks, "deleted expired data ([privacy])");
                INTERVAL
            }
            Err(error) => {
                tracing::warn!("expired data could not be deleted; trying again in five minutes: {error}");
                RETRY_INTERVAL
            }
        };
        if stop.wait(pause) {
            return;
        }
    }
}
