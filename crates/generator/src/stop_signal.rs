use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Asks threads to stop, or wakes them. Clones share one state.
#[derive(Debug, Clone, Default)]
pub struct StopSignal(Arc<(Mutex<State>, Condvar)>);

#[derive(Debug, Default)]
struct State {
    set: bool,
    woken: bool,
    /// When stopping threads must have finished.
    deadline: Option<Instant>,
}

impl StopSignal {
    /// Asks all threads to stop.
    pub fn set(&self) {
        self.state().set = true;
        self.0.1.notify_all();
    }

    /// Asks all threads to stop within `time`. Remaining work is left to the next start.
    pub fn set_with_deadline(&self, time: Duration) {
        self.state().deadline = Some(Instant::now() + time);
        self.set();
    }

    /// Returns whether the deadline has passed.
    pub fn is_overdue(&self) -> bool {
        self.state().deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Wakes the thread in [`StopSignal::wait_for_wake`].
    pub fn wake(&self) {
        self.state().woken = true;
        self.0.1.notify_all();
    }

    /// Returns whether threads should stop.
    pub fn is_set(&self) -> bool {
        self.state().set
    }

    /// Waits until the signal is set, `time` at most. Returns whether it is set.
    pub fn wait(&self, time: Duration) -> bool {
        self.wait_while(time, |state| !state.set).set
    }

    /// Waits until the signal is set or [`StopSignal::wake`] was called since the last time, `time` at most.
    pub fn wait_for_wake(&self, time: Duration) {
        self.wait_while(time, |state| !state.set && !state.woken).woken = false;
    }

    fn wait_while(&self, time: Duration, idle: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        self.0.1.wait_timeout_while(self.state(), time, |state| idle(state)).unwrap_or_else(PoisonError::into_inner).0
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
