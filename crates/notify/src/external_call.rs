//! Conversations with somebody outside, who may take as long as they like.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Says whether a thread is in such a conversation, and keeps it from coming back to a program that has ended without it: a thread that
/// uses its connection to the database while the process ends may crash it.
#[derive(Debug, Clone, Default)]
pub struct ExternalCall(Arc<Mutex<Whereabouts>>);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Whereabouts {
    #[default]
    Inside,
    ExternalCall,
    /// Nobody waits for it any more.
    Left,
}

impl ExternalCall {
    /// Holds a conversation. Does not return once the thread was left behind.
    pub(crate) fn talk<T>(&self, conversation: impl FnOnce() -> T) -> T {
        self.set(Whereabouts::ExternalCall);
        let said = conversation();
        if self.set(Whereabouts::Inside) == Whereabouts::Left {
            self.set(Whereabouts::Left);
            loop {
                thread::park();
            }
        }
        said
    }

    /// Leaves the thread behind if it is in a conversation; says whether it was.
    pub fn leave(&self) -> bool {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *now == Whereabouts::ExternalCall {
            *now = Whereabouts::Left;
        }
        *now == Whereabouts::Left
    }

    /// After a panic.
    pub(crate) fn reset(&self) {
        self.set(Whereabouts::Inside);
    }

    fn set(&self, whereabouts: Whereabouts) -> Whereabouts {
        std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), whereabouts)
    }
}
