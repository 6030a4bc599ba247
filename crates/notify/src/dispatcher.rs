use ardoise_model::Timestamp;
use ardoise_store::Store;

use crate::notifications::{DispatchContext, Notifications};
use crate::webhook;

/// Does the store's jobs for people and programs: mail, and requests to webhooks. Each receiver has a queue and a thread of its own, so that a slow
/// one delays no other.
pub struct Dispatcher {
    pub(crate) store: Store,
    pub(crate) notifications: Notifications,
    pub(crate) context: DispatchContext,
    /// The HTTP client for webhooks.
    pub(crate) agent: ureq::Agent,
}

impl Dispatcher {
    /// Creates a dispatcher for the jobs in `store` for the receivers in `notifications`.
    pub fn new(store: Store, notifications: Notifications, context: DispatchContext) -> Self {
        Self { store, notifications, context, agent: webhook::agent() }
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.context.clock)()
    }
}
