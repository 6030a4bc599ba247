//! The addresses of a person.

use ardoise_model::{CommentId, Timestamp};
use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::consumers::{MAIL_QUEUE, Recipient};
use crate::error::StoreError;
use crate::schema::{jobs, subscribers, subscriptions};
use crate::tables::rows::IdColumn;

/// The number of rows that one query names.
pub(super) const QUERY_BATCH: usize = 200;

/// An address that is notified of answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The subscriber's number.
    pub id: i64,
    /// The e-mail address.
    pub email: String,
    /// When the notifications were requested.
    pub asked_at: Timestamp,
    /// When the address was confirmed.
    pub confirmed_at: Option<Timestamp>,
    /// When a mail was last sent to it.
    pub mailed_at: Option<Timestamp>,
    /// The comments to whose answers it is subscribed.
    pub comments: Vec<CommentId>,
    /// The number of mails that wait to be sent to it.
    pub waiting: u64,
}

type Row = (i64, String, i64, Option<i64>, Option<i64>);

/// Loads the addresses of subscribers, with three queries for each batch.
pub(super) fn load_addresses(connection: &mut Connection, ids: &[i64]) -> Result<Vec<Address>, StoreError> {
    let columns = (subscribers::id, subscribers::email, subscribers::asked_at, subscribers::confirmed_at, subscribers::mailed_at);
    let mut addresses = Vec::new();
    for batch in ids.chunks(QUERY_BATCH) {
        let rows = subscribers::table.filter(subscribers::id.eq_any(batch)).order(subscribers::id).select(columns);
        let rows = rows.load::<Row>(connection)?;
        let subscribed = subscriptions::table.filter(subscriptions::subscriber_id.eq_any(batch)).order(subscriptions::id);
        let subscribed =
            subscribed.select((subscriptions::subscriber_id, subscriptions::comment_id)).load::<(i64, IdColumn)>(connection)?;
        let waiting = jobs::table
            .filter(jobs::queue.eq(MAIL_QUEUE))
            .filter(jobs::subject.eq_any(batch.iter().map(|id| Recipient::reader(*id).subject)));
        let waiting = waiting.group_by(jobs::subject).select((jobs::subject, count_star())).load::<(String, i64)>(connection)?;
        for (id, email, asked_at, confirmed_at, mailed_at) in rows {
            let comments = subscribed.iter().filter(|(subscriber, _)| *subscriber == id).map(|(_, IdColumn(comment))| comment.clone());
            let count = waiting.iter().find(|(of, _)| *of == Recipient::reader(id).subject).map_or(0, |(_, count)| *count);
            addresses.push(Address {
                id,
                email,
                asked_at: Timestamp(asked_at),
                confirmed_at: confirmed_at.map(Timestamp),
                mailed_at: mailed_at.map(Timestamp),
                comments: comments.collect(),
                waiting: count.unsigned_abs(),
            });
        }
    }
    Ok(addresses)
}
