//! Supervises the threads of `serve`: a part that panics, or returns before the stop, is logged by its name and restarted after a back-off.
//! `/health` names it until it has run for a while.

use std::any::Any;
use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle, Scope, ScopedJoinHandle};
use std::time::{Duration, Instant};

use ardoise_generator::StopSignal;

/// The back-off before the first restart; it doubles with each failure.
const MIN_BACKOFF: Duration = Duration::from_secs(1);
const MAX_BACKOFF: Duration = Duration::from_secs(60);
/// A part that has run this long since its last failure is healthy again.
const HEALTHY_AFTER: Duration = Duration::from_secs(10);

/// A handle to the state of all parts; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Supervisor(Arc<Mutex<BTreeMap<String, Part>>>);

#[derive(Debug, Default)]
struct Part {
    /// The failures since it was last healthy.
    failures: u32,
    /// The time of its last start. `None`: it waits for its restart.
    running_since: Option<Instant>,
}

impl Part {
    fn is_failed(&self) -> bool {
        self.failures > 0 && self.running_since.is_none_or(|since| since.elapsed() < HEALTHY_AFTER)
    }
}

impl Supervisor {
    /// Starts a part on a thread that the end of `scope` waits for.
    pub(crate) fn spawn<'scope>(
        &'scope self,
        scope: &'scope Scope<'scope, '_>,
        name: &'static str,
        stop: &'scope StopSignal,
        work: impl Fn() + Send + 'scope,
    ) -> io::Result<ScopedJoinHandle<'scope, ()>> {
        Builder::new().name(name.to_owned()).spawn_scoped(scope, move || self.supervise(name, stop, work))
    }

    /// Starts a part on a thread that the process need not wait for.
    pub(crate) fn spawn_detached(&self, name: String, stop: StopSignal, work: impl Fn() + Send + 'static) -> io::Result<JoinHandle<()>> {
        let supervisor = self.clone();
        Builder::new().name(name.clone()).spawn(move || supervisor.supervise(&name, &stop, work))
    }

    /// Returns the names of the parts that have failed and are not healthy again.
    pub(crate) fn failed_parts(&self) -> Vec<String> {
        self.parts().iter().filter(|(_, part)| part.is_failed()).map(|(name, _)| name.clone()).collect()
    }

    /// Runs `work`, and restarts it, until `stop` is set.
    fn supervise(&self, name: &str, stop: &StopSignal, work: impl Fn()) {
        loop {
            self.record_start(name);
            let ended = catch_unwind(AssertUnwindSafe(&work));
            if ended.is_ok() && stop.is_set() {
                break;
            }
            let why = ended.err().map_or_else(|| "the thread ended unexpectedly".to_owned(), |panic| message(&*panic));
            let backoff = self.record_failure(name);
            tracing::error!("{name} failed and restarts in {} s: {why}", backoff.as_secs());
            if stop.wait(backoff) {
                break;
            }
        }
    }

    fn record_start(&self, name: &str) {
        self.parts().entry(name.to_owned()).or_default().running_since = Some(Instant::now());
    }

    /// Counts a failure and returns the time until the restart.
    fn record_failure(&self, name: &str) -> Duration {
        let mut parts = self.parts();
        let part = parts.entry(name.to_owned()).or_default();
        if !part.is_failed() {
            part.failures = 0;
        }
        let backoff = MIN_BACKOFF.saturating_mul(1 << part.failures.min(16)).min(MAX_BACKOFF);
        *part = Part { failures: part.failures + 1, running_since: None };
        backoff
    }

    fn parts(&self) -> MutexGuard<'_, BTreeMap<String, Part>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns a panic's message.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without words".to_owned())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_part_that_panics_is_failed_and_restarted() {
        let (supervisor, stop) = (Supervisor::default(), StopSignal::default());
        let starts = Cell::new(0);
        let part = || {
            starts.set(starts.get() + 1);
            assert!(starts.get() > 1, "it panics on purpose");
            assert_eq!(supervisor.failed_parts(), ["mail"], "it has not run for long");
            stop.set();
        };
        supervisor.supervise("mail", &stop, part);
        assert_eq!(starts.get(), 2);
    }

    #[test]
    fn a_part_that_returns_before_the_stop_is_failed_too() {
        let (supervisor, stop) = (Supervisor::default(), StopSignal::default());
        let starts = Cell::new(0);
        supervisor.supervise("generator", &stop, || {
            starts.set(starts.get() + 1);
            if starts.get() == 2 {
                stop.set();
            }
        });
        assert_eq!(starts.get(), 2);
        assert_eq!(supervisor.failed_parts(), ["generator"]);
    }

    #[test]
    fn a_part_that_returns_at_the_stop_is_not_failed() {
        let (supervisor, stop) = (Supervisor::default(), StopSignal::default());
        supervisor.supervise("generator", &stop, || stop.set());
        assert_eq!(supervisor.failed_parts(), Vec::<String>::new());
    }

    #[test]
    fn back_offs_grow_up_to_a_limit() {
        let supervisor = Supervisor::default();
        let backoffs: Vec<_> = (0..9).map(|_| supervisor.record_failure("mail").as_secs()).collect();
        assert_eq!(backoffs, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }
}
