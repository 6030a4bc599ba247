use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ardoise_model::{LogOnce, Timestamp};
use ardoise_store::{Destination, Message, StoreError};

use crate::backoff::backoff_millis;
use crate::deliver::{Batch, DeliveryOutcome, Receiver};
use crate::dispatcher::Dispatcher;
use crate::external_call::ExternalCall;
use crate::mail::server::Connection;
use crate::webhook::Webhook;

/// The store signals new messages; this is the interval of polling in case a signal is lost.
const POLL_INTERVAL: Duration = Duration::from_secs(30);
/// The interval of polling while a message is due whose channel is paused.
const PAUSED_POLL_INTERVAL: Duration = Duration::from_secs(1);
/// The pause after an error of the store.
const STORE_RETRY_INTERVAL: Duration = Duration::from_secs(5);
/// The lease of claimed messages, longer than any delivery takes. When it ends, the process that claimed them is considered dead.
const LEASE_MILLIS: i64 = 5 * Timestamp::MINUTE;
/// The longest back-off of a message that is refused.
const MAX_REFUSED_BACKOFF_MILLIS: i64 = 6 * Timestamp::HOUR;
/// The longest back-off of a mail server that does not respond. It is shorter, because an attempt costs little and mail should flow soon again.
const MAX_SERVER_BACKOFF_MILLIS: i64 = 10 * Timestamp::MINUTE;
/// The most messages in one mail.
const MAX_MAIL_BATCH: u32 = 1000;
/// The most messages to a webhook that are claimed at a time. Each takes a request, and all of them must finish within the lease; otherwise
/// another process sends the last ones too.
const MAX_WEBHOOK_BATCH: u32 = 10;
/// The most pairs of channel and kind that one query returns.
const MAX_DUE: u32 = 100;
/// After a mail, a moderator gets no other one for this many times the period in which comments gather.
const MODERATOR_PAUSE_FACTOR: i64 = 6;
/// The interval of removing subscribers who have not confirmed their address.
const CLEANUP_INTERVAL_MILLIS: i64 = Timestamp::HOUR;

/// The messages to one receiver: the mail server or a webhook.
pub struct DeliveryQueue {
    dispatcher: Arc<Dispatcher>,
    /// The webhook's channel. `None`: the mail server.
    webhook: Option<String>,
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
    /// The ends of the pauses of channels, in milliseconds since the epoch.
    paused_channels: HashMap<String, i64>,
    /// The time of the last removal of unconfirmed subscribers, in milliseconds since the epoch.
    last_cleanup: i64,
    /// Logs each failure of the mail server once.
    log_once: LogOnce,
}

impl Dispatcher {
    /// Returns a queue for each receiver.
    pub fn queues(self) -> Vec<DeliveryQueue> {
        let dispatcher = Arc::new(self);
        let mail = dispatcher.notifications.mail.is_some().then_some(None);
        let webhooks = dispatcher.notifications.webhooks.iter().map(|hook| Some(hook.channel()));
        let queue = |webhook| DeliveryQueue { dispatcher: dispatcher.clone(), webhook, call: ExternalCall::default() };
        mail.into_iter().chain(webhooks).map(queue).collect()
    }
}

impl DeliveryQueue {
    /// Returns the receiver's name: `mail`, or the channel of a webhook.
    pub fn name(&self) -> &str {
        self.webhook.as_deref().unwrap_or("mail")
    }

    /// Returns the guard around the queue's blocking calls.
    pub fn external_call(&self) -> ExternalCall {
        self.call.clone()
    }

    /// Sends messages until `wait` returns true. `wait` sleeps for the time that it is given, and returns early when there may be a new
    /// message. Messages that are not sent stay in the store.
    pub fn run(&self, wait: impl Fn(Duration) -> bool) {
        self.call.reset();
        let mut state = QueueState::default();
        if let Err(error) = self.prepare() {
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

    /// Removes messages to webhooks that the settings do not name any more, and makes failed ones due.
    fn prepare(&self) -> Result<(), StoreError> {
        let known: Vec<String> = self.dispatcher.notifications.webhooks.iter().map(Webhook::channel).collect();
        self.dispatcher.store.remove_other_webhooks(&known)?;
        self.dispatcher.store.retry_failed(self.dispatcher.now())
    }

    fn destination(&self) -> Destination<'_> {
        self.webhook.as_deref().map_or(Destination::Mail, Destination::Webhook)
    }

    /// Sends all messages that are due. Returns the time until the next round.
    fn round(&self, state: &mut QueueState, is_stopping: &dyn Fn() -> bool) -> Result<Duration, StoreError> {
        if self.webhook.is_none() {
            self.remove_unconfirmed(state)?;
        }
        loop {
            let now = self.dispatcher.now();
            state.paused_channels.retain(|_, until| *until > now.0);
            let is_paused = state.server_paused_until > now.0;
            let due = if is_paused { vec![] } else { self.dispatcher.store.due(now, self.destination(), MAX_DUE)? };
            let due: Vec<_> = due.into_iter().filter(|(channel, _)| !state.paused_channels.contains_key(channel)).collect();
            if due.is_empty() {
                return self.time_to_next(now);
            }
            for (channel, kind) in due {
                if is_stopping() {
                    return Ok(Duration::ZERO);
                }
                self.send(state, &channel, &kind)?;
            }
        }
    }

    fn time_to_next(&self, now: Timestamp) -> Result<Duration, StoreError> {
        let next = self.dispatcher.store.next_due(self.destination())?;
        let next = next.map_or(POLL_INTERVAL, |next| Duration::from_millis((next.0 - now.0).max(0).unsigned_abs()));
        // A message that is due and was not sent belongs to a paused channel.
        Ok(if next.is_zero() { PAUSED_POLL_INTERVAL } else { next.min(POLL_INTERVAL) })
    }

    /// Claims one batch, delivers it, and records the outcome.
    fn send(&self, state: &mut QueueState, channel: &str, kind: &str) -> Result<(), StoreError> {
        let Dispatcher { store, .. } = &*self.dispatcher;
        let now = || self.dispatcher.now();
        if state.server_paused_until > now().0 {
            return Ok(());
        }
        let limit = if self.webhook.is_none() { MAX_MAIL_BATCH } else { MAX_WEBHOOK_BATCH };
        let messages = store.claim(channel, kind, now(), LEASE_MILLIS, limit)?;
        if messages.is_empty() {
            return Ok(());
        }
        let ids: Vec<i64> = messages.iter().map(|message| message.id).collect();
        let receiver = Receiver { connection: &mut state.connection, call: &self.call };
        match self.dispatcher.deliver(receiver, &Batch { channel, kind, messages: &messages })? {
            DeliveryOutcome::Delivered => {
                // Before anything else: after a crash before this line, the messages are sent again.
                store.remove_messages(&ids)?;
                tracing::info!(to = channel, kind, messages = ids.len(), "sent");
                self.after_delivery(state, channel, kind)
            }
            DeliveryOutcome::Obsolete => store.remove_messages(&ids),
            DeliveryOutcome::ServerDown(error) => {
                state.connection = None;
                let until = now().0 + backoff_millis(state.server_failures, MAX_SERVER_BACKOFF_MILLIS);
                state.server_failures += 1;
                state.server_paused_until = until;
                store.postpone_messages(&ids, &error, Timestamp(until))?;
                if state.log_once.is_new(&error) {
                    tracing::warn!("mail is delayed, and is sent again until the server accepts it: {error}");
                }
                Ok(())
            }
            DeliveryOutcome::Refused(error) => {
                let until = now().0 + backoff_millis(attempts(&messages), MAX_REFUSED_BACKOFF_MILLIS);
                state.paused_channels.insert(channel.to_owned(), until);
                store.postpone_messages(&ids, &error, Timestamp(until))?;
                tracing::warn!(to = channel, kind, messages = ids.len(), "not accepted, trying again later: {error}");
                Ok(())
            }
        }
    }

    /// Pauses the channel of a moderator who got a mail, and ends the mail server's back-off.
    fn after_delivery(&self, state: &mut QueueState, channel: &str, kind: &str) -> Result<(), StoreError> {
        let Dispatcher { store, notifications, .. } = &*self.dispatcher;
        if kind == "pending" && channel.starts_with("mail ") {
            let until = self.dispatcher.now().0 + notifications.timing.gather * MODERATOR_PAUSE_FACTOR;
            state.paused_channels.insert(channel.to_owned(), until);
        }
        if state.server_failures > 0 {
            state.server_failures = 0;
            state.server_paused_until = 0;
            state.log_once.clear();
            tracing::info!("the mail server accepts mail again");
            // Messages that failed because of the server are due at once.
            store.retry_failed(self.dispatcher.now())?;
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

/// Returns the most attempts that any of the messages has had.
fn attempts(messages: &[Message]) -> u32 {
    messages.iter().map(|message| message.attempts).max().unwrap_or_default()
}
