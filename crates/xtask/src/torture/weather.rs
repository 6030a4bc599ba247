//! Whether a fault is in force. What may be late during a storm must be right in calm.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long after a fault, or after a decision, things may still be on their way. A debug build on a busy machine takes seconds
/// for a full generation; a reader's patience is what bounds it from above.
pub(crate) const GRACE: Duration = Duration::from_secs(6);

/// Shared by all who look.
pub(crate) struct Weather(Mutex<Option<Instant>>);

impl Weather {
    /// It begins with a storm: nothing has started yet.
    pub(crate) fn new() -> Self {
        Self(Mutex::new(None))
    }

    pub(crate) fn storm(&self) {
        *self.lock() = None;
    }

    /// Everything was seen to work again.
    pub(crate) fn calm(&self) {
        self.lock().get_or_insert_with(Instant::now);
    }

    /// Whether nothing was wrong from `then` until now.
    pub(crate) fn was_calm_since(&self, then: Instant) -> bool {
        self.lock().is_some_and(|since| since <= then)
    }

    /// Whether nothing has been wrong for so long that nothing can be late any more.
    pub(crate) fn is_settled(&self) -> bool {
        self.lock().is_some_and(|since| since.elapsed() > GRACE)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
