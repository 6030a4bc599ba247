//! Readers who asked to be told of answers. An address is kept from the moment a reader asks until he leaves, and only as long as there is
//! hope that it is his.

use ardoise_model::{CommentId, Status, Timestamp};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::schema::{comments, messages, subscribers, subscriptions};
use crate::tables::comments::parse_id;
use crate::tables::outbox;
use crate::{Channels, Store, StoreError};

/// One address is asked to confirm so often.
const ASKED_EVERY: i64 = Timestamp::DAY;
/// After the last comment of a subscriber who has not confirmed was declined, the address is kept for so long: the decision can be undone.
const KEPT_FOR_UNDO: i64 = Timestamp::DAY;
/// After so many mails in a row that could not be delivered, an address is forgotten.
const MOST_BOUNCES: i64 = 3;
/// So far up it is looked for who asked to be told of answers: nobody answers deeper, and a damaged database may have circles.
const HIGHEST: usize = 500;

/// A reader who asked to be told of answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// His number.
    pub id: i64,
    /// His address.
    pub email: String,
    /// Whether he has said that it is his.
    pub confirmed: bool,
}

impl Store {
    /// The subscriber with a number; none where he has left.
    pub fn subscriber(&self, id: i64) -> Result<Option<Subscriber>, StoreError> {
        let row = self.ask(|connection| {
            let row = subscribers::table.find(id).select((subscribers::email, subscribers::confirmed_at.is_not_null()));
            Ok(row.first::<(String, bool)>(connection).optional()?)
        })?;
        Ok(row.map(|(email, confirmed)| Subscriber { id, email, confirmed }))
    }

    /// The newest comment whose answers a subscriber hears of.
    pub fn newest_subscription(&self, id: i64) -> Result<Option<CommentId>, StoreError> {
        let newest = subscriptions::table.filter(subscriptions::subscriber_id.eq(id)).order(subscriptions::id.desc());
        let newest = newest.select(subscriptions::comment_id);
        let newest = self.ask(|connection| Ok(newest.first::<String>(connection).optional()?))?;
        newest.as_deref().map(parse_id).transpose()
    }

    /// The address is its reader's: from now on he is told. False: he is not there any more.
    pub fn confirm(&self, id: i64, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|connection| {
            let unconfirmed = subscribers::table.find(id).filter(subscribers::confirmed_at.is_null());
            diesel::update(unconfirmed)
                .set((subscribers::confirmed_at.eq(now.0), subscribers::dismissed_at.eq(None::<i64>)))
                .execute(connection)?;
            Ok(subscribers::table.find(id).select(subscribers::id).get_result::<i64>(connection).optional()?.is_some())
        })
    }

    /// He hears no more of answers below a comment, or of none at all. With his last comment, his address is forgotten.
    pub fn unsubscribe(&self, id: i64, from: Option<&CommentId>) -> Result<(), StoreError> {
        self.write(|connection| {
            let Some(comment) = from else { return forget(connection, id) };
            let his = subscriptions::table.filter(subscriptions::subscriber_id.eq(id));
            diesel::delete(his.filter(subscriptions::comment_id.eq(comment.as_str()))).execute(connection)?;
            forget_without_comments(connection, id)
        })
    }

    /// The subscriber's own comment that another one answers, directly or not; none where he does not want to hear of it any more.
    pub fn subscribed_above(&self, id: i64, answer: &CommentId) -> Result<Option<CommentId>, StoreError> {
        self.read(|connection| {
            let own = subscriptions::table.filter(subscriptions::subscriber_id.eq(id)).select(subscriptions::comment_id);
            let own = own.load::<String>(connection)?;
            let found = above(connection, answer.as_str())?.into_iter().find(|comment| own.contains(comment));
            found.as_deref().map(parse_id).transpose()
        })
    }

    /// A mail to him was taken over.
    pub fn mailed(&self, id: i64, now: Timestamp) -> Result<(), StoreError> {
        let set = (subscribers::mailed_at.eq(now.0), subscribers::bounces.eq(0));
        self.write(|connection| Ok(diesel::update(subscribers::table.find(id)).set(set).execute(connection).map(drop)?))
    }

    /// His mail server says that there is no such address. True: that was once too often, or he had not confirmed it, and it is forgotten.
    pub fn bounced(&self, id: i64) -> Result<bool, StoreError> {
        self.write(|connection| {
            diesel::update(subscribers::table.find(id)).set(subscribers::bounces.eq(subscribers::bounces + 1)).execute(connection)?;
            let hopeless = subscribers::bounces.ge(MOST_BOUNCES).or(subscribers::confirmed_at.is_null());
            let hopeless = subscribers::table.filter(subscribers::id.eq(id)).filter(hopeless).select(subscribers::id);
            match hopeless.first::<i64>(connection).optional()? {
                Some(id) => forget(connection, id).map(|()| true),
                None => Ok(false),
            }
        })
    }

    /// Forgets subscribers who were asked to confirm their address before a moment, and have not; and those whose last comment was declined a
    /// day ago. Returns how many: none, while the clock is not to be believed.
    pub fn forget_unconfirmed(&self, asked_before: Timestamp, now: Timestamp) -> Result<usize, StoreError> {
        let late = subscribers::mailed_at.lt(asked_before.0).or(subscribers::dismissed_at.le(now.0 - KEPT_FOR_UNDO));
        let late = subscribers::table.filter(subscribers::confirmed_at.is_null()).filter(late);
        let late = late.select(subscribers::id);
        if self.ask(|connection| Ok(late.first::<i64>(connection).optional()?))?.is_none() || !self.believes(now)? {
            return Ok(0);
        }
        self.write(|connection| {
            let ids = late.load::<i64>(connection)?;
            ids.iter().try_for_each(|id| forget(connection, *id))?;
            Ok(ids.len())
        })
    }
}

/// The author of a comment wants to be told of answers to it.
pub(crate) fn ask(connection: &mut Connection, email: &str, comment: &CommentId, now: Timestamp) -> Result<(), StoreError> {
    // Who is who on a host, only the host knows; its own name has no capitals.
    let email = email.rsplit_once('@').map_or_else(|| email.to_owned(), |(name, host)| format!("{name}@{}", host.to_lowercase()));
    let known = subscribers::table.filter(subscribers::email.eq(&email)).select(subscribers::id).first::<i64>(connection).optional()?;
    let id = match known {
        Some(id) => {
            diesel::update(subscribers::table.find(id)).set(subscribers::dismissed_at.eq(None::<i64>)).execute(connection)?;
            id
        }
        None => diesel::insert_into(subscribers::table)
            .values((subscribers::email.eq(&email), subscribers::asked_at.eq(now.0)))
            .returning(subscribers::id)
            .get_result(connection)?,
    };
    let row = (subscriptions::subscriber_id.eq(id), subscriptions::comment_id.eq(comment.as_str()));
    diesel::insert_into(subscriptions::table).values(row).execute(connection)?;
    Ok(())
}

/// A comment is published: its author is asked whether the address is his, and those above are told.
pub(crate) fn tell(connection: &mut Connection, channels: &Channels, comment: &CommentId, now: Timestamp) -> Result<(), StoreError> {
    ask_to_confirm(connection, comment, now)?;
    let author = subscriptions::table.filter(subscriptions::comment_id.eq(comment.as_str())).select(subscriptions::subscriber_id);
    let author = author.load::<i64>(connection)?;
    let key: Option<String> = comments::table.find(comment.as_str()).select(comments::author_key).get_result(connection)?;
    let above = above(connection, comment.as_str())?;
    let listening = subscriptions::table
        .inner_join(subscribers::table)
        .inner_join(comments::table)
        .filter(subscriptions::comment_id.eq_any(above))
        .filter(subscribers::confirmed_at.is_not_null())
        .order(subscribers::id)
        .select((subscribers::id, subscribers::mailed_at, comments::author_key));
    let mut listening = listening.load::<(i64, Option<i64>, Option<String>)>(connection)?;
    // Nobody is told of his own answers.
    listening.retain(|(id, _, own)| !author.contains(id) && (own.is_none() || *own != key));
    listening.dedup_by_key(|(id, ..)| *id);
    for (id, mailed_at, _) in listening {
        let due = (now.0 + channels.gather).max(mailed_at.map_or(0, |mailed_at| mailed_at + channels.replies_every));
        outbox::add(connection, &channel(id), "reply", Some(comment), (now, due))?;
    }
    Ok(())
}

/// The author of a comment is asked whether the address is theirs, unless they were asked a short time ago.
pub(crate) fn ask_to_confirm(connection: &mut Connection, comment: &CommentId, now: Timestamp) -> Result<(), StoreError> {
    let asking = subscriptions::table
        .inner_join(subscribers::table)
        .filter(subscriptions::comment_id.eq(comment.as_str()))
        .filter(subscribers::confirmed_at.is_null())
        .filter(subscribers::mailed_at.is_null().or(subscribers::mailed_at.le(now.0 - ASKED_EVERY)))
        .select(subscribers::id);
    for id in asking.load::<i64>(connection)? {
        if !outbox::is_waiting(connection, &channel(id), "confirm")? {
            outbox::add(connection, &channel(id), "confirm", Some(comment), (now, now.0))?;
        }
    }
    Ok(())
}

/// A comment may be published again: its subscriber is kept.
pub(crate) fn readmit(connection: &mut Connection, comment: &CommentId) -> Result<(), StoreError> {
    let own = subscriptions::table.filter(subscriptions::comment_id.eq(comment.as_str())).select(subscriptions::subscriber_id);
    let dismissed = subscribers::table.filter(subscribers::id.eq_any(own)).filter(subscribers::dismissed_at.is_not_null());
    diesel::update(dismissed).set(subscribers::dismissed_at.eq(None::<i64>)).execute(connection)?;
    Ok(())
}

/// A comment will not be published. A subscriber who has no other one, and has not confirmed the address, is forgotten unless the decision is undone
/// soon.
pub(crate) fn dismiss(connection: &mut Connection, comment: &CommentId, now: Timestamp) -> Result<(), StoreError> {
    let unconfirmed = subscriptions::table
        .inner_join(subscribers::table)
        .filter(subscriptions::comment_id.eq(comment.as_str()))
        .filter(subscribers::confirmed_at.is_null())
        .select(subscribers::id);
    for id in unconfirmed.load::<i64>(connection)? {
        let hopeful = subscriptions::table
            .inner_join(comments::table)
            .filter(subscriptions::subscriber_id.eq(id))
            .filter(subscriptions::comment_id.ne(comment.as_str()))
            .filter(comments::status.eq_any([Status::Pending.as_str(), Status::Approved.as_str()]))
            .select(subscriptions::id);
        if hopeful.first::<i64>(connection).optional()?.is_none() {
            diesel::update(subscribers::table.find(id)).set(subscribers::dismissed_at.eq(now.0)).execute(connection)?;
        }
    }
    Ok(())
}

/// Nobody hears of answers to a comment any more. Whoever wanted to hear of no other is forgotten.
pub(crate) fn part(connection: &mut Connection, comment: &str) -> Result<(), StoreError> {
    let of_comment = || subscriptions::table.filter(subscriptions::comment_id.eq(comment));
    let parted = of_comment().select(subscriptions::subscriber_id).load::<i64>(connection)?;
    diesel::delete(of_comment()).execute(connection)?;
    parted.into_iter().try_for_each(|id| forget_without_comments(connection, id))
}

fn forget_without_comments(connection: &mut Connection, id: i64) -> Result<(), StoreError> {
    let left = subscriptions::table.filter(subscriptions::subscriber_id.eq(id)).select(subscriptions::id);
    match left.first::<i64>(connection).optional()? {
        Some(_) => Ok(()),
        None => forget(connection, id),
    }
}

/// His address, what he wanted to hear of, and what he was to be told.
pub(crate) fn forget(connection: &mut Connection, id: i64) -> Result<(), StoreError> {
    diesel::delete(messages::table.filter(messages::channel.eq(channel(id)))).execute(connection)?;
    diesel::delete(subscriptions::table.filter(subscriptions::subscriber_id.eq(id))).execute(connection)?;
    diesel::delete(subscribers::table.find(id)).execute(connection)?;
    Ok(())
}

/// What a comment answers, and what that one answers, and so on.
fn above(connection: &mut Connection, comment: &str) -> Result<Vec<String>, StoreError> {
    let mut above = Vec::new();
    let mut at = comment.to_owned();
    while above.len() < HIGHEST {
        match comments::table.find(&at).select(comments::parent_id).get_result::<Option<String>>(connection).optional()?.flatten() {
            Some(parent) => at.clone_from(&parent),
            None => break,
        }
        above.push(at.clone());
    }
    Ok(above)
}

pub(crate) fn channel(id: i64) -> String {
    format!("reader {id}")
}
