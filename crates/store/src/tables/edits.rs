use ardoise_model::{Actor, CommentId, Timestamp, Via};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::error::StoreError;
use crate::schema::edits;
use crate::tables::rows::ActorRow;

/// A change of a comment's text. If the author changed only the name or the site, that is stored as a change too, with the same text, unless
/// a change by the author is stored already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The text before the change.
    pub text: String,
    /// The time of the change.
    pub at: Timestamp,
    /// The person who made the change, and the way in which it was made.
    pub by: Actor,
}

type Row = (String, i64, ActorRow);

impl From<Row> for Edit {
    fn from((text, at, by): Row) -> Self {
        Self { text, at: Timestamp(at), by: by.into() }
    }
}

type Columns = (edits::text, edits::edited_at, (edits::moderator, edits::via));

const COLUMNS: Columns = (edits::text, edits::edited_at, (edits::moderator, edits::via));

impl Store {
    /// Whether a comment's author has changed its text, name or site since it was sent.
    pub fn is_changed_by_author(&self, id: &CommentId) -> Result<bool, StoreError> {
        self.read_one(|connection| is_changed_by_author(connection, id))
    }

    /// Returns up to `oldest` of the oldest changes and up to `newest` of the newest, oldest first, and the number of changes left out
    /// between them.
    ///
    /// The result is limited because texts are long, and moderators may change them any number of times.
    pub fn edits_at_both_ends(&self, id: &CommentId, oldest: u32, newest: u32) -> Result<(Vec<Edit>, u64), StoreError> {
        self.read(|connection| {
            let ids = edits::table.filter(edits::comment_id.eq(id.as_str())).order(edits::id).select(edits::id).load::<i64>(connection)?;
            let (oldest, newest) = (oldest as usize, newest as usize);
            let between = ids.len().saturating_sub(oldest + newest);
            let shown = ids.iter().take(oldest).chain(ids.iter().skip(oldest + between)).copied().collect::<Vec<_>>();
            let rows = edits::table.filter(edits::id.eq_any(shown)).order(edits::id).select(COLUMNS).load::<Row>(connection)?;
            Ok((rows.into_iter().map(Edit::from).collect(), between as u64))
        })
    }

    /// Returns the changes of a comment, oldest first.
    pub fn edits(&self, id: &CommentId) -> Result<Vec<Edit>, StoreError> {
        self.read_one(|connection| of_comment(connection, id))
    }
}

/// Returns the changes of a comment, oldest first.
pub(crate) fn of_comment(connection: &mut Connection, id: &CommentId) -> Result<Vec<Edit>, StoreError> {
    let rows = edits::table.filter(edits::comment_id.eq(id.as_str())).order(edits::id).select(COLUMNS);
    Ok(rows.load::<Row>(connection)?.into_iter().map(Edit::from).collect())
}

/// Counts the changes by the comment's author.
pub(crate) fn count_by_author(connection: &mut Connection, id: &CommentId) -> Result<i64, StoreError> {
    let own = edits::table.filter(edits::comment_id.eq(id.as_str())).filter(edits::via.eq(Via::Author.as_str()));
    Ok(own.count().get_result(connection)?)
}

/// Whether the comment's author has changed its text, name or site.
pub(crate) fn is_changed_by_author(connection: &mut Connection, id: &CommentId) -> Result<bool, StoreError> {
    let own = edits::table.filter(edits::comment_id.eq(id.as_str())).filter(edits::via.eq(Via::Author.as_str())).select(edits::id);
    Ok(own.first::<i64>(connection).optional()?.is_some())
}

/// Records a change. `former` is the text before it.
pub(crate) fn add(connection: &mut Connection, id: &CommentId, former: &str, actor: &Actor, now: Timestamp) -> Result<(), StoreError> {
    let row = (
        edits::comment_id.eq(id.as_str()),
        edits::text.eq(former),
        edits::edited_at.eq(now.0),
        edits::moderator.eq(&actor.moderator),
        edits::via.eq(actor.via.as_str()),
    );
    diesel::insert_into(edits::table).values(row).execute(connection)?;
    Ok(())
}
