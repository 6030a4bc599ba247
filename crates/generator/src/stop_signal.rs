use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Tells threads to finish, or to look again; cheap to clone, all clones are one.
#[derive(Debug, Clone, Default)]
pub struct StopSignal(Arc<(Mutex<State>, Condvar)>);

#[derive(Debug, Default)]
struct State {
    set: bool,
    rung: bool,
    /// When those who were asked to finish have to have finished.
    deadline: Option<Instant>,
}

impl StopSignal {
    /// Asks all who wait to finish.
    pub fn set(&self) {
        self.state().set = true;
        self.0.1.notify_all();
    }

    /// Asks all who wait to finish, within `time`. What is not done then is done at the next start.
    pub fn set_within(&self, time: Duration) {
        self.state().deadline = Some(Instant::now() + time);
        self.set();
    }

    /// Whether the time that was given to finish is over.
    pub fn is_overdue(&self) -> bool {
        self.state().deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Asks the one who waits for it to look again.
    pub fn wake(&self) {
        self.state().rung = true;
        self.0.1.notify_all();
    }

    /// Whether it was set.
    pub fn is_set(&self) -> bool {
        self.state().set
    }

    /// Waits until it is set, `time` at most; says whether it is.
    pub fn wait(&self, time: Duration) -> bool {
        self.wait_while(time, |state| !state.set).set
    }

    /// Waits until it is set or was rung since the last time, `time` at most.
    pub fn wait_for_wake(&self, time: Duration) {
        self.wait_while(time, |state| !state.set && !state.rung).rung = false;
    }

    fn wait_while(&self, time: Duration, idle: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        self.0.1.wait_timeout_while(self.state(), time, |state| idle(state)).unwrap_or_else(PoisonError::into_inner).0
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
