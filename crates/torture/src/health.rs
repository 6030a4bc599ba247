//! Records whether a fault is active. Delays that are allowed during a fault are findings afterwards.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The time after a fault or a decision during which changes may still be on their way to the files. A debug build on a busy machine takes
/// seconds for a full generation. After more than this, a reader would consider a comment lost.
pub(crate) const GRACE: Duration = Duration::from_secs(6);

/// The time since which no fault is active, shared by all workers. `None` while one is.
pub(crate) struct Health(Mutex<Option<Instant>>);

impl Health {
    /// Starts as faulty: nothing runs yet.
    pub(crate) fn new() -> Self {
        Self(Mutex::new(None))
    }

    pub(crate) fn mark_faulty(&self) {
        *self.lock() = None;
    }

    /// Called when everything was seen to work again.
    pub(crate) fn mark_healthy(&self) {
        self.lock().get_or_insert_with(Instant::now);
    }

    /// Whether no fault was active from `then` until now.
    pub(crate) fn was_healthy_since(&self, then: Instant) -> bool {
        self.lock().is_some_and(|since| since <= then)
    }

    /// Whether no fault has been active for longer than [`GRACE`], so that nothing may be late any more.
    pub(crate) fn is_settled(&self) -> bool {
        self.lock().is_some_and(|since| since.elapsed() > GRACE)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
