//! The outbox: messages to people and programs. A row stays until its recipient's server has accepted the message.

use ardoise_model::{CommentId, Timestamp};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::engine::wakeup;
use crate::error::StoreError;
use crate::schema::messages;
use crate::tables::rows::IdColumn;

/// A message that was claimed for sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The row's number, for [`Store::remove_messages`] once the message was accepted.
    pub id: i64,
    /// The comment that the message is about.
    pub comment: Option<CommentId>,
    /// The number of earlier attempts.
    pub attempts: u32,
}

/// Where messages are sent. Destinations do not wait for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination<'a> {
    /// The mail server, for moderators and readers.
    Mail,
    /// The webhook with this channel.
    Webhook(&'a str),
}

impl Destination<'_> {
    /// A channel of the destination, and a `LIKE` pattern. The destination has this channel, and every channel that does not match the
    /// pattern.
    fn channel_and_excluded(&self) -> (&str, &'static str) {
        match self {
            Self::Mail => ("", "webhook %"),
            Self::Webhook(channel) => (channel, "%"),
        }
    }
}

/// The messages that were not accepted yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backlog {
    /// The number of messages.
    pub messages: u64,
    /// The error of the last failed attempt, if any message waits for a retry.
    pub error: Option<String>,
}

/// The number, the comment and the attempts.
type Row = (i64, Option<IdColumn>, i64);

impl From<Row> for Message {
    fn from((id, comment, attempts): Row) -> Self {
        Self { id, comment: comment.map(|IdColumn(id)| id), attempts: u32::try_from(attempts).unwrap_or(u32::MAX) }
    }
}

impl Store {
    /// Returns the channels and kinds for which a message to the destination is due, `limit` at most.
    pub fn due(&self, now: Timestamp, destination: Destination<'_>, limit: u32) -> Result<Vec<(String, String)>, StoreError> {
        let (channel, excluded) = destination.channel_and_excluded();
        self.read_one(|connection| {
            let due = messages::table.filter(messages::due_at.le(now.0));
            let due = due.filter(messages::channel.eq(channel).or(messages::channel.not_like(excluded)));
            Ok(due.select((messages::channel, messages::kind)).distinct().limit(limit.into()).load(connection)?)
        })
    }

    /// Returns when the next message to the destination is due, which may be long ago.
    pub fn next_due(&self, destination: Destination<'_>) -> Result<Option<Timestamp>, StoreError> {
        let (channel, excluded) = destination.channel_and_excluded();
        let next: Option<i64> = self.read_one(|connection| {
            let to_destination = messages::table.filter(messages::channel.eq(channel).or(messages::channel.not_like(excluded)));
            Ok(to_destination.select(diesel::dsl::min(messages::due_at)).get_result(connection)?)
        })?;
        Ok(next.map(Timestamp))
    }

    /// Removes the messages to all webhooks but those with these channels: the settings no longer name the others. Returns the number of
    /// messages.
    pub fn remove_other_webhooks(&self, channels: &[String]) -> Result<usize, StoreError> {
        let unknown = || messages::table.filter(messages::channel.like("webhook %")).filter(messages::channel.ne_all(channels));
        if self.read_one(|connection| Ok(unknown().select(messages::id).first::<i64>(connection).optional()?))?.is_none() {
            return Ok(0);
        }
        self.write(|connection| Ok(diesel::delete(unknown()).execute(connection)?))
    }

    /// Claims messages of one kind to one channel, `limit` at most. No other caller can claim them for `lease` milliseconds.
    ///
    /// If a process dies with claimed messages, exactly these messages are claimed together again once the lease is over, because they may
    /// have been delivered.
    pub fn claim(&self, channel: &str, kind: &str, now: Timestamp, lease: i64, limit: u32) -> Result<Vec<Message>, StoreError> {
        self.write(|connection| {
            let of_kind = || messages::table.filter(messages::channel.eq(channel)).filter(messages::kind.eq(kind));
            let first = of_kind().filter(messages::due_at.le(now.0)).order((messages::due_at, messages::id));
            let first =
                first.select((messages::due_at, messages::attempts, messages::error.is_null())).first::<(i64, i64, bool)>(connection);
            let all = of_kind().order(messages::id).limit(limit.into()).select((messages::id, messages::comment_id, messages::attempts));
            let rows: Vec<Row> = match first.optional()? {
                None => return Ok(vec![]),
                // An attempt without an error: its process died.
                Some((due, 1.., true)) => all.filter(messages::due_at.eq(due)).filter(messages::attempts.gt(0)).load(connection)?,
                Some(_) => all.filter(messages::attempts.eq(0).or(messages::error.is_not_null())).load(connection)?,
            };
            let claimed =
                (messages::attempts.eq(messages::attempts + 1), messages::error.eq(None::<String>), messages::due_at.eq(now.0 + lease));
            let ids = rows.iter().map(|(id, ..)| *id).collect::<Vec<_>>();
            diesel::update(messages::table.filter(messages::id.eq_any(ids))).set(claimed).execute(connection)?;
            Ok(rows.into_iter().map(Message::from).collect())
        })
    }

    /// Removes messages that were accepted, or that are no longer needed.
    pub fn remove_messages(&self, ids: &[i64]) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        self.write(|connection| Ok(diesel::delete(messages::table.filter(messages::id.eq_any(ids))).execute(connection).map(drop)?))
    }

    /// Records that messages were not accepted: the error, and when the next attempt is due.
    pub fn postpone_messages(&self, ids: &[i64], error: &str, due: Timestamp) -> Result<(), StoreError> {
        let set = (messages::error.eq(error), messages::due_at.eq(due.0));
        self.write(|connection| {
            Ok(diesel::update(messages::table.filter(messages::id.eq_any(ids))).set(set).execute(connection).map(drop)?)
        })
    }

    /// Makes all failed messages due now: the cause may have been removed before this start.
    pub fn retry_failed(&self, now: Timestamp) -> Result<(), StoreError> {
        let waiting = messages::table.filter(messages::error.is_not_null()).filter(messages::due_at.gt(now.0));
        if self.read_one(|connection| Ok(waiting.select(messages::id).first::<i64>(connection).optional()?))?.is_none() {
            return Ok(());
        }
        self.write(|connection| Ok(diesel::update(waiting).set(messages::due_at.eq(now.0)).execute(connection).map(drop)?))
    }

    /// Returns the messages that were not accepted yet.
    pub fn backlog(&self) -> Result<Backlog, StoreError> {
        self.read(|connection| {
            let last = messages::table.filter(messages::error.is_not_null()).order((messages::due_at.desc(), messages::id.desc()));
            Ok(Backlog {
                messages: messages::table.count().get_result::<i64>(connection)?.unsigned_abs(),
                error: last.select(messages::error).first::<Option<String>>(connection).optional()?.flatten(),
            })
        })
    }

    /// Adds a message that is not about a comment, such as a moderator's sign-in mail, unless one of that kind is waiting already.
    pub fn enqueue(&self, channel: &str, kind: &str, now: Timestamp) -> Result<(), StoreError> {
        self.write(|connection| {
            if is_waiting(connection, channel, kind)? {
                return Ok(());
            }
            add(connection, &NewMessage { channel, kind, comment: None, created_at: now, due_at: now })
        })
    }
}

/// A message to be added.
pub(crate) struct NewMessage<'a> {
    pub(crate) channel: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) comment: Option<&'a CommentId>,
    pub(crate) created_at: Timestamp,
    pub(crate) due_at: Timestamp,
}

/// Adds a message, and notifies the listeners.
pub(crate) fn add(connection: &mut Connection, message: &NewMessage<'_>) -> Result<(), StoreError> {
    let row = (
        messages::channel.eq(message.channel),
        messages::kind.eq(message.kind),
        messages::comment_id.eq(message.comment.map(CommentId::as_str)),
        messages::created_at.eq(message.created_at.0),
        messages::due_at.eq(message.due_at.0),
    );
    diesel::insert_into(messages::table).values(row).execute(connection)?;
    wakeup::notify(connection)
}

/// Whether a message of this kind to this channel is waiting.
pub(crate) fn is_waiting(connection: &mut Connection, channel: &str, kind: &str) -> Result<bool, StoreError> {
    let waiting = messages::table.filter(messages::channel.eq(channel)).filter(messages::kind.eq(kind)).select(messages::id);
    Ok(waiting.first::<i64>(connection).optional()?.is_some())
}
