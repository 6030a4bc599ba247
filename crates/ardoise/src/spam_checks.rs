//! The part that keeps the spam checks up to date: learns from decisions, draws challenges and replaces keys.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ardoise_generator::StopSignal;
use ardoise_model::LogOnce;
use ardoise_service::ScreeningCache;
use ardoise_store::Store;

use crate::clock::{self, ClockMonitor};

const REFRESH_INTERVAL: Duration = Duration::from_secs(5);

/// Refreshes `screening` until `stop` is set. Reports the state of the clock as often.
pub(crate) fn run(screening: &ScreeningCache, clock_monitor: &Mutex<ClockMonitor>, store: &Store, stop: &StopSignal) {
    let mut log_once = LogOnce::default();
    while !stop.wait(REFRESH_INTERVAL) {
        clock_monitor.lock().unwrap_or_else(PoisonError::into_inner).report(store);
        refresh(screening, &mut log_once);
    }
}

/// Refreshes `screening` once. After an error it keeps what it had.
pub(crate) fn refresh(screening: &ScreeningCache, log_once: &mut LogOnce) {
    match screening.refresh(clock::now()) {
        Ok(()) => log_once.clear(),
        Err(error) => {
            if log_once.is_new(&error.to_string()) {
                tracing::warn!("the spam checks could not be refreshed and use their previous state: {error}");
            }
        }
    }
}
