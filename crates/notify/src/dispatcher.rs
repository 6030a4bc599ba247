use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ardoise_model::Timestamp;
use ardoise_store::{Destination, Message, Store, StoreError};

use crate::backoff::pause;
use crate::deliver::Outcome;
use crate::mail::server::Connection;
use crate::notifications::{DispatchContext, Notifications};
use crate::{ExternalCall, Webhook, webhook};

/// The store tells of messages when they come; where it cannot, it is asked this often.
const POLL: Duration = Duration::from_secs(30);
/// While something is due that is held back.
const SOON: Duration = Duration::from_secs(1);
/// After an error of the store's.
const RETRY: Duration = Duration::from_secs(5);
/// Longer than any delivery takes: whoever claimed messages and has not removed them by then is dead.
const LEASE: i64 = 5 * Timestamp::MINUTE;
/// A message that is refused is tried this seldom at last.
const LONGEST: i64 = 6 * Timestamp::HOUR;
/// A server that does not answer is asked this seldom at last: asking costs nothing, and its return should be noticed.
const LONGEST_FOR_SERVER: i64 = 10 * Timestamp::MINUTE;
/// As many messages go into one mail.
const MOST_TOGETHER: u32 = 1000;
/// As many messages to a webhook are claimed at a time. Each is a request of its own: all of them together must not take longer than the
/// lease, or another process sends the last ones too.
const MOST_REQUESTS: u32 = 10;
/// As many kinds of messages are looked at in one go.
const MOST_DUE: u32 = 100;
/// After a mail, a moderator is left in peace for so many times the time in which comments gather.
const PEACE: i64 = 6;
/// How often it is looked for readers who did not confirm.
const TIDYING: i64 = Timestamp::HOUR;

/// Sends what the store has for people outside, while `serve` runs: mail, and to each webhook, on threads of their own. Whoever is slow
/// holds up nobody else.
pub struct Dispatcher {
    pub(crate) store: Store,
    pub(crate) outgoing: Notifications,
    pub(crate) means: DispatchContext,
    pub(crate) agent: ureq::Agent,
}

/// The messages to one receiver: the mail server, or a webhook.
pub struct DeliveryQueue {
    sender: Arc<Dispatcher>,
    /// None: mail.
    webhook: Option<String>,
    outside: ExternalCall,
}

/// What a lane has in hand.
#[derive(Default)]
struct QueueState {
    /// A conversation with the mail server; it ends with the round.
    connection: Option<Connection>,
    /// How often the mail server did not answer, and until when it is left alone.
    server: (u32, i64),
    /// Until when nothing goes through a channel.
    held: HashMap<String, i64>,
    /// When it was last looked for readers who did not confirm.
    tidied: i64,
    /// The last trouble of the server's that was logged.
    said: String,
}

impl Dispatcher {
    /// Sends what `outgoing` says, out of `store`.
    pub fn new(store: Store, outgoing: Notifications, means: DispatchContext) -> Self {
        Self { store, outgoing, means, agent: webhook::agent() }
    }

    /// A lane for each receiver.
    pub fn queues(self) -> Vec<DeliveryQueue> {
        let sender = Arc::new(self);
        let mail = sender.outgoing.mail.is_some().then_some(None);
        let webhooks = sender.outgoing.webhooks.iter().map(|hook| Some(hook.channel()));
        let lane = |webhook| DeliveryQueue { sender: sender.clone(), webhook, outside: ExternalCall::default() };
        mail.into_iter().chain(webhooks).map(lane).collect()
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.means.clock)()
    }
}

impl DeliveryQueue {
    /// What it is called.
    pub fn name(&self) -> &str {
        self.webhook.as_deref().unwrap_or("mail")
    }

    /// Whether its thread is in a conversation with the receiver.
    pub fn outside(&self) -> ExternalCall {
        self.outside.clone()
    }

    /// Works until `wait` says that it is to stop. `wait` returns early when there may be something new.
    ///
    /// What is not sent then waits in the store.
    pub fn run(&self, wait: impl Fn(Duration) -> bool) {
        self.outside.reset();
        let mut hand = QueueState::default();
        if let Err(error) = self.begin() {
            tracing::warn!("messages that wait could not be looked at: {error}");
        }
        loop {
            let next = self.round(&mut hand, &|| wait(Duration::ZERO));
            if let Some(connection) = hand.connection.take() {
                self.outside.talk(|| connection.close());
            }
            let next = next.unwrap_or_else(|error| {
                tracing::warn!("messages could not be read or noted as sent, trying again: {error}");
                RETRY
            });
            if wait(next) {
                return;
            }
        }
    }

    fn begin(&self) -> Result<(), StoreError> {
        let known: Vec<String> = self.sender.outgoing.webhooks.iter().map(Webhook::channel).collect();
        self.sender.store.remove_other_webhooks(&known)?;
        self.sender.store.retry_failed(self.sender.now())
    }

    fn route(&self) -> Destination<'_> {
        self.webhook.as_deref().map_or(Destination::Mail, Destination::Webhook)
    }

    /// Sends all that is due; says when to look again.
    fn round(&self, hand: &mut QueueState, stopping: &dyn Fn() -> bool) -> Result<Duration, StoreError> {
        if self.webhook.is_none() {
            self.tidy(hand)?;
        }
        loop {
            let now = self.sender.now();
            hand.held.retain(|_, until| *until > now.0);
            let due = if hand.server.1 > now.0 { vec![] } else { self.sender.store.due(now, self.route(), MOST_DUE)? };
            let due: Vec<_> = due.into_iter().filter(|(channel, _)| !hand.held.contains_key(channel)).collect();
            if due.is_empty() {
                return self.pause(now);
            }
            for (channel, kind) in due {
                if stopping() {
                    return Ok(Duration::ZERO);
                }
                self.send(hand, &channel, &kind)?;
            }
        }
    }

    fn pause(&self, now: Timestamp) -> Result<Duration, StoreError> {
        let next = self.sender.store.next_due(self.route())?;
        let next = next.map_or(POLL, |next| Duration::from_millis((next.0 - now.0).max(0).unsigned_abs()));
        // What is long due and still there is held back.
        Ok(if next.is_zero() { SOON } else { next.min(POLL) })
    }

    /// One delivery, and what became of it.
    fn send(&self, hand: &mut QueueState, channel: &str, kind: &str) -> Result<(), StoreError> {
        let Dispatcher { store, outgoing, .. } = &*self.sender;
        let now = || self.sender.now();
        if hand.server.1 > now().0 {
            return Ok(());
        }
        let most = if self.webhook.is_none() { MOST_TOGETHER } else { MOST_REQUESTS };
        let messages = store.claim(channel, kind, now(), LEASE, most)?;
        if messages.is_empty() {
            return Ok(());
        }
        let ids: Vec<i64> = messages.iter().map(|message| message.id).collect();
        match self.sender.deliver((&mut hand.connection, &self.outside), channel, kind, &messages)? {
            Outcome::Taken => {
                // First of all: whoever is killed before this sends it again.
                store.remove_messages(&ids)?;
                tracing::info!(to = channel, kind, messages = ids.len(), "sent");
                if kind == "pending" && channel.starts_with("mail ") {
                    hand.held.insert(channel.to_owned(), now().0 + outgoing.pace.gather * PEACE);
                }
                if hand.server.0 > 0 {
                    hand.server = (0, 0);
                    hand.said.clear();
                    tracing::info!("the mail server takes mail again");
                    // Others that failed with it need wait no longer.
                    store.retry_failed(now())?;
                }
                Ok(())
            }
            Outcome::Pointless => store.remove_messages(&ids),
            Outcome::ServerDown(error) => {
                hand.connection = None;
                let until = now().0 + pause(hand.server.0, LONGEST_FOR_SERVER);
                hand.server = (hand.server.0 + 1, until);
                store.postpone_messages(&ids, &error, Timestamp(until))?;
                if hand.said != error {
                    tracing::warn!("mail waits, and is tried again until it is taken: {error}");
                    hand.said = error;
                }
                Ok(())
            }
            Outcome::Refused(error) => {
                let until = now().0 + pause(attempts(&messages), LONGEST);
                hand.held.insert(channel.to_owned(), until);
                store.postpone_messages(&ids, &error, Timestamp(until))?;
                tracing::warn!(to = channel, kind, messages = ids.len(), "not taken, and tried again later: {error}");
                Ok(())
            }
        }
    }

    fn tidy(&self, hand: &mut QueueState) -> Result<(), StoreError> {
        let now = self.sender.now();
        if now.0 - hand.tidied < TIDYING {
            return Ok(());
        }
        hand.tidied = now.0;
        let forgotten = self.sender.store.forget_unconfirmed(Timestamp(now.0 - self.sender.means.links.lifetime), now)?;
        if forgotten > 0 {
            tracing::info!(forgotten, "addresses that nobody confirmed in time");
        }
        Ok(())
    }
}

fn attempts(messages: &[Message]) -> u32 {
    messages.iter().map(|message| message.attempts).max().unwrap_or_default()
}
