//! What is to be told to somebody outside: a row is there until it was taken over there.

use ardoise_model::{CommentId, Timestamp};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::schema::messages;
use crate::tables::comments::parse_id;
use crate::tables::subscribers;
use crate::tables::work;
use crate::{Channels, Store, StoreError};

/// Something that is to be told to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The row, to be given to [`Store::sent`] once it was taken over.
    pub id: i64,
    /// The comment that it tells of.
    pub comment: Option<CommentId>,
    /// How often it was tried before.
    pub attempts: u32,
}

/// Where messages go: one route waits for no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination<'a> {
    /// Through the mail server, to moderators and readers.
    Mail,
    /// To the webhook that has this channel.
    Webhook(&'a str),
}

impl Destination<'_> {
    /// A channel on the route, and a pattern that no other channel on it is like.
    fn patterns(&self) -> (&str, &'static str) {
        match self {
            Self::Mail => ("", "webhook %"),
            Self::Webhook(channel) => (channel, "%"),
        }
    }
}

/// What has not gone out yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backlog {
    /// How many messages.
    pub messages: u64,
    /// What the last failure said, of those that wait because of one.
    pub error: Option<String>,
}

/// Number, comment, attempts.
type Row = (i64, Option<String>, i64);

fn message((id, comment, attempts): Row) -> Result<Message, StoreError> {
    let comment = comment.as_deref().map(parse_id).transpose()?;
    Ok(Message { id, comment, attempts: u32::try_from(attempts).unwrap_or(u32::MAX) })
}

impl Store {
    /// Channels and kinds of which a message is due on a route, so many at most.
    pub fn due(&self, now: Timestamp, route: Destination<'_>, most: u32) -> Result<Vec<(String, String)>, StoreError> {
        let (channel, unlike) = route.patterns();
        self.ask(|connection| {
            let due = messages::table.filter(messages::due_at.le(now.0));
            let due = due.filter(messages::channel.eq(channel).or(messages::channel.not_like(unlike)));
            Ok(due.select((messages::channel, messages::kind)).distinct().limit(most.into()).load(connection)?)
        })
    }

    /// When the next message on a route is due; it may be long past.
    pub fn next_due(&self, route: Destination<'_>) -> Result<Option<Timestamp>, StoreError> {
        let (channel, unlike) = route.patterns();
        let next: Option<i64> = self.ask(|connection| {
            let on_route = messages::table.filter(messages::channel.eq(channel).or(messages::channel.not_like(unlike)));
            Ok(on_route.select(diesel::dsl::min(messages::due_at)).get_result(connection)?)
        })?;
        Ok(next.map(Timestamp))
    }

    /// Removes messages to webhooks that are not among these channels: nobody knows where they listen. Says how many.
    pub fn remove_other_webhooks(&self, channels: &[String]) -> Result<usize, StoreError> {
        let strangers = || messages::table.filter(messages::channel.like("webhook %")).filter(messages::channel.ne_all(channels));
        if self.ask(|connection| Ok(strangers().select(messages::id).first::<i64>(connection).optional()?))?.is_none() {
            return Ok(0);
        }
        self.write(|connection| Ok(diesel::delete(strangers()).execute(connection)?))
    }

    /// Takes messages of one kind that go to the same place, so many at most: whoever else asks gets others, for so many milliseconds.
    ///
    /// What was taken by somebody who died over it comes back as it was, and nothing else with it: it may have been delivered.
    pub fn claim(&self, channel: &str, kind: &str, now: Timestamp, lease: i64, most: u32) -> Result<Vec<Message>, StoreError> {
        self.write(|connection| {
            let of_kind = || messages::table.filter(messages::channel.eq(channel)).filter(messages::kind.eq(kind));
            let first = of_kind().filter(messages::due_at.le(now.0)).order((messages::due_at, messages::id));
            let first =
                first.select((messages::due_at, messages::attempts, messages::error.is_null())).first::<(i64, i64, bool)>(connection);
            let all = of_kind().order(messages::id).limit(most.into()).select((messages::id, messages::comment_id, messages::attempts));
            let rows: Vec<Row> = match first.optional()? {
                None => return Ok(vec![]),
                Some((due, 1.., true)) => all.filter(messages::due_at.eq(due)).filter(messages::attempts.gt(0)).load(connection)?,
                Some(_) => all.filter(messages::attempts.eq(0).or(messages::error.is_not_null())).load(connection)?,
            };
            let claimed =
                (messages::attempts.eq(messages::attempts + 1), messages::error.eq(None::<String>), messages::due_at.eq(now.0 + lease));
            let ids = rows.iter().map(|(id, ..)| *id).collect::<Vec<_>>();
            diesel::update(messages::table.filter(messages::id.eq_any(ids))).set(claimed).execute(connection)?;
            rows.into_iter().map(message).collect()
        })
    }

    /// Removes messages that were taken over, or that do not matter any more.
    pub fn sent(&self, ids: &[i64]) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        self.write(|connection| Ok(diesel::delete(messages::table.filter(messages::id.eq_any(ids))).execute(connection).map(drop)?))
    }

    /// Messages that were not taken over: why, and when they are tried next.
    pub fn failed(&self, ids: &[i64], error: &str, due: Timestamp) -> Result<(), StoreError> {
        let set = (messages::error.eq(error), messages::due_at.eq(due.0));
        self.write(|connection| {
            Ok(diesel::update(messages::table.filter(messages::id.eq_any(ids))).set(set).execute(connection).map(drop)?)
        })
    }

    /// Whatever waits after a failure is due now: the cause may have been mended before this start.
    pub fn retry_failed(&self, now: Timestamp) -> Result<(), StoreError> {
        let late = messages::table.filter(messages::error.is_not_null()).filter(messages::due_at.gt(now.0));
        if self.ask(|connection| Ok(late.select(messages::id).first::<i64>(connection).optional()?))?.is_none() {
            return Ok(());
        }
        self.write(|connection| Ok(diesel::update(late).set(messages::due_at.eq(now.0)).execute(connection).map(drop)?))
    }

    /// How much has not gone out yet.
    pub fn backlog(&self) -> Result<Backlog, StoreError> {
        self.read(|connection| {
            let last = messages::table.filter(messages::error.is_not_null()).order((messages::due_at.desc(), messages::id.desc()));
            Ok(Backlog {
                messages: messages::table.count().get_result::<i64>(connection)?.unsigned_abs(),
                error: last.select(messages::error).first::<Option<String>>(connection).optional()?.flatten(),
            })
        })
    }

    /// Asks for a mail that tells of no comment, such as a moderator's way in. One that waits already is enough.
    pub fn enqueue(&self, channel: &str, kind: &str, now: Timestamp) -> Result<(), StoreError> {
        self.write(
            |connection| if is_waiting(connection, channel, kind)? { Ok(()) } else { add(connection, channel, kind, None, (now, now.0)) },
        )
    }
}

pub(crate) fn tell_pending(
    connection: &mut Connection,
    channels: &Channels,
    comment: &CommentId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let due = now.0 + channels.gather;
    channels.pending.iter().try_for_each(|channel| add(connection, channel, "pending", Some(comment), (now, due)))
}

pub(crate) fn tell_approved(
    connection: &mut Connection,
    channels: &Channels,
    comment: &CommentId,
    now: Timestamp,
) -> Result<(), StoreError> {
    channels.approved.iter().try_for_each(|channel| add(connection, channel, "approved", Some(comment), (now, now.0)))?;
    if channels.replies { subscribers::tell(connection, channels, comment, now) } else { Ok(()) }
}

pub(crate) fn add(
    connection: &mut Connection,
    channel: &str,
    kind: &str,
    comment: Option<&CommentId>,
    (now, due): (Timestamp, i64),
) -> Result<(), StoreError> {
    let row = (
        messages::channel.eq(channel),
        messages::kind.eq(kind),
        messages::comment_id.eq(comment.map(CommentId::as_str)),
        messages::created_at.eq(now.0),
        messages::due_at.eq(due),
    );
    diesel::insert_into(messages::table).values(row).execute(connection)?;
    work::notify(connection)
}

pub(crate) fn is_waiting(connection: &mut Connection, channel: &str, kind: &str) -> Result<bool, StoreError> {
    let waiting = messages::table.filter(messages::channel.eq(channel)).filter(messages::kind.eq(kind)).select(messages::id);
    Ok(waiting.first::<i64>(connection).optional()?.is_some())
}

/// The number of the newest message; 0 where there is none.
pub(crate) fn newest(connection: &mut Connection) -> Result<i64, StoreError> {
    Ok(messages::table.select(messages::id).order(messages::id.desc()).first::<i64>(connection).optional()?.unwrap_or_default())
}

/// Whether the newest message was never tried: then somebody should hear of it.
pub(crate) fn has_new(connection: &mut Connection) -> Result<bool, StoreError> {
    let (message, newest) = diesel::alias!(messages as message, messages as newest);
    let newest = newest.select(diesel::dsl::max(newest.field(messages::id))).single_value();
    let is_new = message.filter(message.field(messages::id).nullable().eq(newest)).filter(message.field(messages::attempts).eq(0));
    Ok(diesel::select(diesel::dsl::exists(is_new)).get_result(connection)?)
}
