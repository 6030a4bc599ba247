//! Blocking calls to receivers, which may take longer than the process waits for at its end.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// A guard around the blocking calls of one thread.
///
/// At the stop, the process abandons a thread whose call takes too long. If the call then returns, the guard parks the thread for good,
/// because a thread that uses its database connection while the process exits may crash it.
#[derive(Debug, Clone, Default)]
pub struct ExternalCall(Arc<Mutex<CallState>>);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum CallState {
    #[default]
    Idle,
    Calling,
    /// The process does not wait for the call any more.
    Abandoned,
}

impl ExternalCall {
    /// Runs a blocking call. Never returns if the thread was abandoned meanwhile.
    pub(crate) fn run<T>(&self, call: impl FnOnce() -> T) -> T {
        self.replace(CallState::Calling);
        let result = call();
        if self.replace(CallState::Idle) == CallState::Abandoned {
            self.replace(CallState::Abandoned);
            loop {
                thread::park();
            }
        }
        result
    }

    /// Abandons the thread if it is in a call. Returns whether it is abandoned.
    pub fn abandon(&self) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *state == CallState::Calling {
            *state = CallState::Abandoned;
        }
        *state == CallState::Abandoned
    }

    /// Marks the thread as idle: a call that panicked has not done so.
    pub(crate) fn reset(&self) {
        self.replace(CallState::Idle);
    }

    fn replace(&self, state: CallState) -> CallState {
        std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), state)
    }
}
