//! Readers who asked to be notified of answers. An address is stored from the request until the reader unsubscribes; unless it is
//! confirmed, only as long as a confirmation can be expected.

use ardoise_model::{CommentId, Status, Timestamp};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::consumers::Recipient;
use crate::engine::store::Store;
use crate::error::StoreError;
use crate::schema::{comments, jobs, subscribers, subscriptions};
use crate::tables::comments::ancestors;
use crate::tables::rows::IdColumn;

/// How long an unconfirmed address is kept after the last of its comments was declined, so that the decision can be undone.
const UNDO_MILLIS: i64 = Timestamp::DAY;
/// The number of undeliverable mails in a row after which an address is forgotten.
const MAX_BOUNCES: i64 = 3;

/// A reader who asked to be notified of answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// Their number.
    pub id: i64,
    /// Their e-mail address.
    pub email: String,
    /// Whether they confirmed the address.
    pub confirmed: bool,
}

impl Store {
    /// Returns the subscriber with a number; `None` if they have unsubscribed.
    pub fn subscriber(&self, id: i64) -> Result<Option<Subscriber>, StoreError> {
        let row = self.read_one(|connection| {
            let row = subscribers::table.find(id).select((subscribers::email, subscribers::confirmed_at.is_not_null()));
            Ok(row.first::<(String, bool)>(connection).optional()?)
        })?;
        Ok(row.map(|(email, confirmed)| Subscriber { id, email, confirmed }))
    }

    /// Returns the newest comment to whose answers the subscriber is subscribed.
    pub fn newest_subscription(&self, id: i64) -> Result<Option<CommentId>, StoreError> {
        let newest = subscriptions::table.filter(subscriptions::subscriber_id.eq(id)).order(subscriptions::id.desc());
        let newest = newest.select(subscriptions::comment_id);
        self.read_one(|connection| Ok(newest.first::<IdColumn>(connection).optional()?.map(|IdColumn(id)| id)))
    }

    /// Confirms a subscriber's address. Returns false if the subscriber does not exist any more.
    pub fn confirm(&self, id: i64, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|connection| {
            let unconfirmed = subscribers::table.find(id).filter(subscribers::confirmed_at.is_null());
            diesel::update(unconfirmed)
                .set((subscribers::confirmed_at.eq(now.0), subscribers::dismissed_at.eq(None::<i64>)))
                .execute(connection)?;
            Ok(subscribers::table.find(id).select(subscribers::id).get_result::<i64>(connection).optional()?.is_some())
        })
    }

    /// Ends the subscription to one comment, or to all. With the last subscription, the address is forgotten.
    pub fn unsubscribe(&self, id: i64, from: Option<&CommentId>) -> Result<(), StoreError> {
        self.write(|connection| {
            let Some(comment) = from else { return forget(connection, id) };
            let own = subscriptions::table.filter(subscriptions::subscriber_id.eq(id));
            diesel::delete(own.filter(subscriptions::comment_id.eq(comment.as_str()))).execute(connection)?;
            forget_if_unsubscribed(connection, id)
        })
    }

    /// Returns the nearest comment above `answer` to whose answers the subscriber is subscribed.
    pub fn subscribed_above(&self, id: i64, answer: &CommentId) -> Result<Option<CommentId>, StoreError> {
        self.read(|connection| {
            let own = subscriptions::table.filter(subscriptions::subscriber_id.eq(id)).select(subscriptions::comment_id);
            let own = own.load::<IdColumn>(connection)?;
            let nearest = |ancestor: &String| own.iter().find(|IdColumn(id)| id.as_str() == ancestor).map(|IdColumn(id)| id.clone());
            Ok(ancestors(connection, answer.as_str())?.iter().find_map(nearest))
        })
    }

    /// Records that a mail to the subscriber was accepted.
    pub fn record_mail(&self, id: i64, now: Timestamp) -> Result<(), StoreError> {
        let set = (subscribers::mailed_at.eq(now.0), subscribers::bounces.eq(0));
        self.write(|connection| Ok(diesel::update(subscribers::table.find(id)).set(set).execute(connection).map(drop)?))
    }

    /// Records that the mail server says that the address does not exist. Returns whether the address was forgotten: after several bounces
    /// in a row, or if it was not confirmed.
    pub fn record_bounce(&self, id: i64) -> Result<bool, StoreError> {
        self.write(|connection| {
            diesel::update(subscribers::table.find(id)).set(subscribers::bounces.eq(subscribers::bounces + 1)).execute(connection)?;
            let undeliverable = subscribers::bounces.ge(MAX_BOUNCES).or(subscribers::confirmed_at.is_null());
            let undeliverable = subscribers::table.filter(subscribers::id.eq(id)).filter(undeliverable).select(subscribers::id);
            match undeliverable.first::<i64>(connection).optional()? {
                Some(id) => forget(connection, id).map(|()| true),
                None => Ok(false),
            }
        })
    }

    /// Forgets unconfirmed subscribers who were asked to confirm before `asked_before`, and those whose last comment was declined a day
    /// ago. Returns their number. Does nothing while the clock is not trusted ([`Store::trusts_clock`]).
    pub fn forget_unconfirmed(&self, asked_before: Timestamp, now: Timestamp) -> Result<usize, StoreError> {
        let expired = subscribers::mailed_at.lt(asked_before.0).or(subscribers::dismissed_at.le(now.0 - UNDO_MILLIS));
        let expired = subscribers::table.filter(subscribers::confirmed_at.is_null()).filter(expired);
        let expired = expired.select(subscribers::id);
        if self.read_one(|connection| Ok(expired.first::<i64>(connection).optional()?))?.is_none() || !self.trusts_clock(now)? {
            return Ok(0);
        }
        self.write(|connection| {
            let ids = expired.load::<i64>(connection)?;
            ids.iter().try_for_each(|id| forget(connection, *id))?;
            Ok(ids.len())
        })
    }
}

/// Subscribes an address to the answers to a comment.
pub(crate) fn subscribe(connection: &mut Connection, email: &str, comment: &CommentId, now: Timestamp) -> Result<(), StoreError> {
    // Only the host knows whether capitals matter in the local part. They do not matter in the host's name.
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

/// Keeps the subscriber of a comment that may be published again.
pub(crate) fn readmit(connection: &mut Connection, comment: &CommentId) -> Result<(), StoreError> {
    let own = subscriptions::table.filter(subscriptions::comment_id.eq(comment.as_str())).select(subscriptions::subscriber_id);
    let dismissed = subscribers::table.filter(subscribers::id.eq_any(own)).filter(subscribers::dismissed_at.is_not_null());
    diesel::update(dismissed).set(subscribers::dismissed_at.eq(None::<i64>)).execute(connection)?;
    Ok(())
}

/// Dismisses the subscriber of a comment that will not be published, if the address is unconfirmed and none of their other comments may be
/// published. They are forgotten unless the decision is undone soon.
pub(crate) fn dismiss(connection: &mut Connection, comment: &CommentId, now: Timestamp) -> Result<(), StoreError> {
    let unconfirmed = subscriptions::table
        .inner_join(subscribers::table)
        .filter(subscriptions::comment_id.eq(comment.as_str()))
        .filter(subscribers::confirmed_at.is_null())
        .select(subscribers::id);
    for id in unconfirmed.load::<i64>(connection)? {
        let others = subscriptions::table
            .inner_join(comments::table)
            .filter(subscriptions::subscriber_id.eq(id))
            .filter(subscriptions::comment_id.ne(comment.as_str()))
            .filter(comments::status.eq_any([Status::Pending.as_str(), Status::Approved.as_str()]))
            .select(subscriptions::id);
        if others.first::<i64>(connection).optional()?.is_none() {
            diesel::update(subscribers::table.find(id)).set(subscribers::dismissed_at.eq(now.0)).execute(connection)?;
        }
    }
    Ok(())
}

/// Ends all subscriptions to a comment, and forgets subscribers who have no other.
pub(crate) fn end_subscriptions(connection: &mut Connection, comment: &str) -> Result<(), StoreError> {
    let of_comment = || subscriptions::table.filter(subscriptions::comment_id.eq(comment));
    let ended = of_comment().select(subscriptions::subscriber_id).load::<i64>(connection)?;
    diesel::delete(of_comment()).execute(connection)?;
    ended.into_iter().try_for_each(|id| forget_if_unsubscribed(connection, id))
}

fn forget_if_unsubscribed(connection: &mut Connection, id: i64) -> Result<(), StoreError> {
    let left = subscriptions::table.filter(subscriptions::subscriber_id.eq(id)).select(subscriptions::id);
    match left.first::<i64>(connection).optional()? {
        Some(_) => Ok(()),
        None => forget(connection, id),
    }
}

/// Removes a subscriber's address, subscriptions and waiting jobs.
pub(crate) fn forget(connection: &mut Connection, id: i64) -> Result<(), StoreError> {
    let Recipient { queue, subject } = Recipient::reader(id);
    diesel::delete(jobs::table.filter(jobs::queue.eq(queue)).filter(jobs::subject.eq(subject))).execute(connection)?;
    diesel::delete(subscriptions::table.filter(subscriptions::subscriber_id.eq(id))).execute(connection)?;
    diesel::delete(subscribers::table.find(id)).execute(connection)?;
    Ok(())
}
