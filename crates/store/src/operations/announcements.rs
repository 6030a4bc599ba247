//! Announcements: the jobs that report a change of a comment.

use ardoise_model::{CommentId, Timestamp};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::consumers::{Consumers, Recipient};
use crate::error::StoreError;
use crate::schema::{comments, subscribers, subscriptions};
use crate::tables::comments::ancestors;
use crate::tables::jobs::{self, NewJob};

/// The minimum time between two requests to one address to confirm it.
const CONFIRMATION_INTERVAL_MILLIS: i64 = Timestamp::DAY;

/// Notifies moderators of a comment that waits for a decision.
pub(crate) fn announce_pending(
    connection: &mut Connection,
    consumers: &Consumers,
    comment: &CommentId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let due_at = Timestamp(now.0 + consumers.gather);
    consumers.pending.iter().try_for_each(|recipient| {
        jobs::add(connection, &NewJob { recipient, kind: "pending", comment: Some(comment), created_at: now, due_at })
    })
}

/// Notifies webhooks and subscribers of a published comment.
pub(crate) fn announce_approved(
    connection: &mut Connection,
    consumers: &Consumers,
    comment: &CommentId,
    now: Timestamp,
) -> Result<(), StoreError> {
    for recipient in &consumers.approved {
        jobs::add(connection, &NewJob { recipient, kind: "approved", comment: Some(comment), created_at: now, due_at: now })?;
    }
    if consumers.replies {
        request_confirmation(connection, comment, now)?;
        notify_subscribers(connection, consumers, comment, now)?;
    }
    Ok(())
}

/// Asks the author of a comment to confirm their address, unless they were asked a short time ago.
pub(crate) fn request_confirmation(connection: &mut Connection, comment: &CommentId, now: Timestamp) -> Result<(), StoreError> {
    let unconfirmed = subscriptions::table
        .inner_join(subscribers::table)
        .filter(subscriptions::comment_id.eq(comment.as_str()))
        .filter(subscribers::confirmed_at.is_null())
        .filter(subscribers::mailed_at.is_null().or(subscribers::mailed_at.le(now.0 - CONFIRMATION_INTERVAL_MILLIS)))
        .select(subscribers::id);
    for id in unconfirmed.load::<i64>(connection)? {
        let recipient = &Recipient::reader(id);
        if !jobs::exists(connection, recipient, "confirm")? {
            jobs::add(connection, &NewJob { recipient, kind: "confirm", comment: Some(comment), created_at: now, due_at: now })?;
        }
    }
    Ok(())
}

/// Notifies those who are subscribed to a comment above, except the author of the answer.
fn notify_subscribers(connection: &mut Connection, consumers: &Consumers, comment: &CommentId, now: Timestamp) -> Result<(), StoreError> {
    let authors = subscriptions::table.filter(subscriptions::comment_id.eq(comment.as_str())).select(subscriptions::subscriber_id);
    let authors = authors.load::<i64>(connection)?;
    let author_key: Option<String> = comments::table.find(comment.as_str()).select(comments::author_key).get_result(connection)?;
    let above = ancestors(connection, comment.as_str())?;
    let subscribed = subscriptions::table
        .inner_join(subscribers::table)
        .inner_join(comments::table)
        .filter(subscriptions::comment_id.eq_any(above))
        .filter(subscribers::confirmed_at.is_not_null())
        .order(subscribers::id)
        .select((subscribers::id, subscribers::mailed_at, comments::author_key));
    let mut subscribed = subscribed.load::<(i64, Option<i64>, Option<String>)>(connection)?;
    subscribed.retain(|(id, _, key)| !authors.contains(id) && (key.is_none() || *key != author_key));
    subscribed.dedup_by_key(|(id, ..)| *id);
    for (id, mailed_at, _) in subscribed {
        let due_at = (now.0 + consumers.gather).max(mailed_at.map_or(0, |mailed_at| mailed_at + consumers.replies_every));
        let recipient = &Recipient::reader(id);
        jobs::add(connection, &NewJob { recipient, kind: "reply", comment: Some(comment), created_at: now, due_at: Timestamp(due_at) })?;
    }
    Ok(())
}
