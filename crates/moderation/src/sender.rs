use std::collections::HashMap;
use std::time::Duration;

use ardoise_model::Timestamp;
use ardoise_store::{Message, Store, StoreError};

use crate::backoff::pause;
use crate::deliver::Outcome;
use crate::mail::server::Connection;
use crate::outgoing::{Means, Outgoing};
use crate::webhook;

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
/// As many kinds of messages are looked at in one go.
const MOST_DUE: u32 = 100;
/// After a mail, a moderator is left in peace for so many times the time in which comments gather.
const PEACE: i64 = 6;
/// How often it is looked for readers who did not confirm.
const TIDYING: i64 = Timestamp::HOUR;

/// Sends what the store has for people outside, while `serve` runs.
pub struct Sender {
    pub(crate) store: Store,
    pub(crate) outgoing: Outgoing,
    pub(crate) means: Means,
    pub(crate) agent: ureq::Agent,
}

/// What the sender has in hand.
#[derive(Default)]
struct Hand {
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

impl Sender {
    /// Sends what `outgoing` says, out of `store`.
    pub fn new(store: Store, outgoing: Outgoing, means: Means) -> Self {
        Self { store, outgoing, means, agent: webhook::agent() }
    }

    /// Works until `wait` says that it is to stop. `wait` returns early when there may be something new.
    ///
    /// What is not sent then waits in the store.
    pub fn run(&self, wait: impl Fn(Duration) -> bool) {
        let mut hand = Hand::default();
        if let Err(error) = self.store.try_again(self.now()) {
            tracing::warn!("messages that wait could not be looked at: {error}");
        }
        loop {
            let next = self.round(&mut hand, &|| wait(Duration::ZERO));
            if let Some(connection) = hand.connection.take() {
                connection.close();
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

    pub(crate) fn now(&self) -> Timestamp {
        (self.means.clock)()
    }

    /// Sends all that is due; says when to look again.
    fn round(&self, hand: &mut Hand, stopping: &dyn Fn() -> bool) -> Result<Duration, StoreError> {
        self.tidy(hand)?;
        loop {
            let now = self.now();
            hand.held.retain(|_, until| *until > now.0);
            let mail = self.outgoing.mail.is_some() && hand.server.1 <= now.0;
            let mut due = self.store.due(now, mail, MOST_DUE)?;
            due.retain(|(channel, _)| !hand.held.contains_key(channel));
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
        let next = self.store.next_due()?.map_or(POLL, |next| Duration::from_millis((next.0 - now.0).max(0).unsigned_abs()));
        // What is long due and still there is held back.
        Ok(if next.is_zero() { SOON } else { next.min(POLL) })
    }

    /// One delivery, and what became of it.
    fn send(&self, hand: &mut Hand, channel: &str, kind: &str) -> Result<(), StoreError> {
        if hand.server.1 > self.now().0 && !channel.starts_with("webhook ") {
            return Ok(());
        }
        let messages = self.store.claim(channel, kind, self.now(), LEASE, MOST_TOGETHER)?;
        if messages.is_empty() {
            return Ok(());
        }
        let ids: Vec<i64> = messages.iter().map(|message| message.id).collect();
        match self.deliver(&mut hand.connection, channel, kind, &messages)? {
            Outcome::Taken => {
                // First of all: whoever is killed before this sends it again.
                self.store.sent(&ids)?;
                tracing::info!(to = channel, kind, messages = ids.len(), "sent");
                if kind == "pending" && channel.starts_with("mail ") {
                    hand.held.insert(channel.to_owned(), self.now().0 + self.outgoing.pace.gather * PEACE);
                }
                if hand.server.0 > 0 && !channel.starts_with("webhook ") {
                    hand.server = (0, 0);
                    hand.said.clear();
                    tracing::info!("the mail server takes mail again");
                    // Others that failed with it need wait no longer.
                    self.store.try_again(self.now())?;
                }
                Ok(())
            }
            Outcome::Pointless => self.store.sent(&ids),
            Outcome::ServerDown(error) => {
                hand.connection = None;
                let until = self.now().0 + pause(hand.server.0, LONGEST_FOR_SERVER);
                hand.server = (hand.server.0 + 1, until);
                self.store.failed(&ids, &error, Timestamp(until))?;
                if hand.said != error {
                    tracing::warn!("mail waits, and is tried again until it is taken: {error}");
                    hand.said = error;
                }
                Ok(())
            }
            Outcome::Refused(error) => {
                let until = self.now().0 + pause(attempts(&messages), LONGEST);
                hand.held.insert(channel.to_owned(), until);
                self.store.failed(&ids, &error, Timestamp(until))?;
                tracing::warn!(to = channel, kind, messages = ids.len(), "not taken, and tried again later: {error}");
                Ok(())
            }
        }
    }

    fn tidy(&self, hand: &mut Hand) -> Result<(), StoreError> {
        let now = self.now();
        if now.0 - hand.tidied < TIDYING {
            return Ok(());
        }
        hand.tidied = now.0;
        let forgotten = self.store.forget_unconfirmed(Timestamp(now.0 - self.means.links.lifetime), now)?;
        if forgotten > 0 {
            tracing::info!(forgotten, "addresses that nobody confirmed in time");
        }
        Ok(())
    }
}

fn attempts(messages: &[Message]) -> u32 {
    messages.iter().map(|message| message.attempts).max().unwrap_or_default()
}
