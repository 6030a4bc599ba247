use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ardoise_model::{LogOnce, Timestamp, backoff_millis};
use ardoise_store::{JobGroup, MAIL_QUEUE, StoreError};

use crate::deliver::{Batch, DeliveryOutcome, LEASE_MILLIS, Receiver};
use crate::dispatcher::Dispatcher;
use crate::external_call::ExternalCall;
use crate::mail::server::Connection;

/// The store signals new jobs; this is the interval of polling in case a signal is lost.
const POLL_INTERVAL: Duration = Duration::from_secs(30);
/// The interval of polling while a job is due whose recipient, or mail server, is paused.
const PAUSED_POLL_INTERVAL: Duration = Duration::from_secs(1);
/// The pause after an error of the store.
const STORE_RETRY_INTERVAL: Duration = Duration::from_secs(5);
/// The back-off after the first failure; it doubles with each further one.
const MIN_BACKOFF_MILLIS: i64 = 10 * Timestamp::SECOND;
/// The longest back-off of a job that is refused.
const MAX_REFUSED_BACKOFF_MILLIS: i64 = 6 * Timestamp::HOUR;
/// The longest back-off of a mail server that does not respond. It is shorter, because an attempt costs little and mail should flow soon again.
const MAX_SERVER_BACKOFF_MILLIS: i64 = 10 * Timestamp::MINUTE;
/// The most jobs in one mail.
const MAX_MAIL_BATCH: u32 = 1000;
/// The most jobs for a webhook that are claimed at a time. Each takes a request, and the stop is noticed between two batches.
const MAX_WEBHOOK_BATCH: u32 = 10;
/// The most groups of jobs that one query returns.
const MAX_DUE: u32 = 100;
/// After a mail about pending comments, a moderator gets no other such mail for this many times the period in which comments gather.
const MODERATOR_PAUSE_FACTOR: i64 = 6;
/// The interval of removing subscribers who have not confirmed their address.
const CLEANUP_INTERVAL_MILLIS: i64 = Timestamp::HOUR;

/// The jobs for one receiver: the mail server or a webhook.
pub struct DeliveryQueue {
    dispatcher: Arc<Dispatcher>,
    /// The queue's name in the store: `mail`, or `webhook NAME`.
    name: String,
    call: ExternalCall,
}

/// What a queue remembers between rounds.
#[derive(Default)]
struct QueueState {
    /// The session with the mail server; it ends with the round.
    connection: Option<Connection>,
    /// Consecutive failures of the mail server.
    server_failures: u32,
    /// The end of the mail server's back-off, in milliseconds since the epoch.
    server_paused_until: i64,
    /// The ends of the pauses of recipients, in milliseconds since the epoch. A mail of another kind is not delayed: a sign-in mail is waited for.
    paused: HashMap<JobGroup, i64>,
    /// The time of the last removal of unconfirmed subscribers, in milliseconds since the epoch.
    last_cleanup: i64,
    /// Logs each failure of the mail server once.
    log_once: LogOnce,
}

impl Dispatcher {
    /// Returns a queue for each receiver.
    pub fn queues(self) -> Vec<DeliveryQueue> {
        let dispatcher = Arc::new(self);
        let mail = dispatcher.notifications.mail.is_some().then(|| MAIL_QUEUE.to_owned());
        let webhooks = dispatcher.notifications.webhooks.iter().map(|hook| hook.recipient().queue);
        let queue = |name| DeliveryQueue { dispatcher: dispatcher.clone(), name, call: ExternalCall::default() };
        mail.into_iter().chain(webhooks).map(queue).collect()
    }
}

impl DeliveryQueue {
    /// Returns the queue's name in the store: `mail`, or `webhook NAME`.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn is_mail(&self) -> bool {
        self.name == MAIL_QUEUE
    }

    /// Returns the guard around the queue's blocking calls.
    pub fn external_call(&self) -> ExternalCall {
        self.call.clone()
    }

    /// Delivers jobs until `wait` returns true. `wait` sleeps for the time that it is given, and returns early when there may be a new job.
    /// Jobs that are not delivered stay in the store.
    pub fn run(&self, wait: impl Fn(Duration) -> bool) {
        self.call.reset();
        let mut state = QueueState::default();
        // The cause of earlier failures may have been removed before this start.
        if let Err(error) = self.dispatcher.store.retry_failed(&self.name, self.dispatcher.now()) {
            tracing::warn!("pending messages could not be read: {error}");
        }
        loop {
            let next = self.round(&mut state, &|| wait(Duration::ZERO));
            if let Some(connection) = state.connection.take() {
                self.call.run(|| connection.close());
            }
            let next = next.unwrap_or_else(|error| {
                tracing::warn!("messages could not be read, or not marked as sent; trying again: {error}");
                STORE_RETRY_INTERVAL
            });
            if wait(next) {
                return;
            }
        }
    }

    /// Delivers all jobs that are due. Returns the time until the next round.
    fn round(&self, state: &mut QueueState, is_stopping: &dyn Fn() -> bool) -> Result<Duration, StoreError> {
        if self.is_mail() {
            self.remove_unconfirmed(state)?;
        }
        loop {
            let now = self.dispatcher.now();
            state.paused.retain(|_, until| *until > now.0);
            // However many are paused, others are among the result.
            let limit = MAX_DUE.saturating_add(u32::try_from(state.paused.len()).unwrap_or(u32::MAX));
            let is_paused = state.server_paused_until > now.0;
            let due = if is_paused { vec![] } else { self.dispatcher.store.due_jobs(&self.name, now, limit)? };
            let due: Vec<_> = due.into_iter().filter(|group| !state.paused.contains_key(group)).collect();
            if due.is_empty() {
                return self.time_to_next(now);
            }
            for group in due {
                if is_stopping() {
                    return Ok(Duration::ZERO);
                }
                self.deliver(state, &group)?;
            }
        }
    }

    fn time_to_next(&self, now: Timestamp) -> Result<Duration, StoreError> {
        let next = self.dispatcher.store.next_due(&self.name)?;
        let next = next.map_or(POLL_INTERVAL, |next| Duration::from_millis((next.0 - now.0).max(0).unsigned_abs()));
        // A job that is due and was not delivered belongs to a paused recipient, or the mail server is paused.
        Ok(if next.is_zero() { PAUSED_POLL_INTERVAL } else { next.min(POLL_INTERVAL) })
    }

    /// Claims one batch, delivers it, and records the outcome.
    fn deliver(&self, state: &mut QueueState, group: &JobGroup) -> Result<(), StoreError> {
        let Dispatcher { store, .. } = &*self.dispatcher;
        let now = || self.dispatcher.now();
        if state.server_paused_until > now().0 {
            return Ok(());
        }
        let limit = if self.is_mail() { MAX_MAIL_BATCH } else { MAX_WEBHOOK_BATCH };
        let Some(claim) = store.claim_group(&self.name, group, now(), LEASE_MILLIS, limit)? else { return Ok(()) };
        let batch = Batch { queue: &self.name, group, claim: &claim };
        let (to, kind, messages) = (batch.recipient(), &*group.kind, claim.jobs.len());
        let receiver = Receiver { connection: &mut state.connection, call: &self.call };
        match self.dispatcher.deliver(receiver, &batch)? {
            DeliveryOutcome::Delivered => {
                // Before anything else that can fail: jobs that are not removed are delivered again.
                store.finish_jobs(&claim)?;
                tracing::info!(to, kind, messages, "sent");
                self.after_delivery(state, group)
            }
            DeliveryOutcome::Obsolete => store.finish_jobs(&claim),
            DeliveryOutcome::ServerDown(error) => {
                state.connection = None;
                let until = now().0 + backoff_millis(state.server_failures, MIN_BACKOFF_MILLIS, MAX_SERVER_BACKOFF_MILLIS);
                state.server_failures += 1;
                state.server_paused_until = until;
                store.return_jobs(&claim, &error, Timestamp(until))?;
                if state.log_once.is_new(&error) {
                    tracing::warn!("mail is delayed until the server accepts it; it is tried again: {error}");
                }
                Ok(())
            }
            DeliveryOutcome::Refused(error) => {
                let until = now().0 + backoff_millis(claim.attempts(), MIN_BACKOFF_MILLIS, MAX_REFUSED_BACKOFF_MILLIS);
                state.paused.insert(group.clone(), until);
                store.postpone_jobs(&claim, &error, Timestamp(until))?;
                tracing::warn!(to, kind, messages, "not accepted, trying again later: {error}");
                Ok(())
            }
        }
    }

    /// Pauses a moderator who got a mail, and ends the mail server's back-off.
    fn after_delivery(&self, state: &mut QueueState, group: &JobGroup) -> Result<(), StoreError> {
        let Dispatcher { store, notifications, .. } = &*self.dispatcher;
        if self.is_mail() && group.kind == "pending" {
            let until = self.dispatcher.now().0 + notifications.timing.gather * MODERATOR_PAUSE_FACTOR;
            state.paused.insert(group.clone(), until);
        }
        if state.server_failures > 0 {
            state.server_failures = 0;
            state.server_paused_until = 0;
            state.log_once.clear();
            tracing::info!("the mail server accepts mail again");
            // All failed mails are due at once. Those of paused recipients still wait.
            store.retry_failed(MAIL_QUEUE, self.dispatcher.now())?;
        }
        Ok(())
    }

    fn remove_unconfirmed(&self, state: &mut QueueState) -> Result<(), StoreError> {
        let now = self.dispatcher.now();
        if now.0 - state.last_cleanup < CLEANUP_INTERVAL_MILLIS {
            return Ok(());
        }
        state.last_cleanup = now.0;
        let confirmable_since = Timestamp(now.0 - self.dispatcher.context.links.lifetime);
        let forgotten = self.dispatcher.store.forget_unconfirmed(confirmable_since, now)?;
        if forgotten > 0 {
            tracing::info!(forgotten, "deleted addresses that were not confirmed in time");
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
