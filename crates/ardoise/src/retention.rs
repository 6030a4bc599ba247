//! The thread that clears away what has had its time: at the start of `serve`, and then each day.

use std::time::Duration;

use ardoise_generator::StopSignal;
use ardoise_store::{RetentionReport, Store};

use crate::config::Privacy;
use crate::wire;

const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// After a failure, or while the clock may be wrong: the database may be back by then, and the clock right.
const SOON: Duration = Duration::from_secs(5 * 60);

pub(crate) fn run(store: &Store, privacy: &Privacy, stop: &StopSignal) {
    loop {
        let now = wire::now();
        let cleared = store.trusts_clock(now).and_then(|believed| Ok((believed, store.clear(privacy.keep(now), now)?)));
        let pause = match cleared {
            Ok((false, _)) => {
                tracing::info!(
                    "the clock may be wrong: it is far from the last moment known here. Nothing is cleared away before it has run evenly for ten minutes"
                );
                SOON
            }
            Ok((true, cleared)) if cleared == RetentionReport::default() => A_DAY,
            Ok((true, RetentionReport { removed, emptied, networks })) => {
                tracing::info!(removed, emptied, networks, "cleared away what has had its time ([privacy])");
                A_DAY
            }
            Err(error) => {
                tracing::warn!("what has had its time could not be cleared away; it is tried again in five minutes: {error}");
                SOON
            }
        };
        if stop.wait(pause) {
            return;
        }
    }
}
