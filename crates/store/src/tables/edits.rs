use ardoise_model::{Actor, CommentId, Timestamp, Via};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::error::StoreError;
use crate::schema::edits;
use crate::tables::rows::ActorRow;

/// A former text of a comment, with the change that replaced it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The former text.
    pub text: String,
    /// The time of the change.
    pub at: Timestamp,
    /// Who made the change, and by which way.
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
        self.read_one(|connection| is_by_author(connection, id))
    }

    /// Returns the `first` and the `last` changes of a comment's text, oldest first, and the number of changes between them.
    ///
    /// The result is limited because texts are long, and moderators may change them any number of times.
    pub fn edits_at_both_ends(&self, id: &CommentId, first: u32, last: u32) -> Result<(Vec<Edit>, u64), StoreError> {
        self.read(|connection| {
            let ids = edits::table.filter(edits::comment_id.eq(id.as_str())).order(edits::id).select(edits::id).load::<i64>(connection)?;
            let (first, last) = (first as usize, last as usize);
            let between = ids.len().saturating_sub(first + last);
            let shown = ids.iter().take(first).chain(ids.iter().skip(first + between)).copied().collect::<Vec<_>>();
            let rows = edits::table.filter(edits::id.eq_any(shown)).order(edits::id).select(COLUMNS).load::<Row>(connection)?;
            Ok((rows.into_iter().map(Edit::from).collect(), between as u64))
        })
    }

    /// Returns the changes of a comment's text, oldest first.
    pub fn edits(&self, id: &CommentId) -> Result<Vec<Edit>, StoreError> {
        self.read_one(|connection| of_comment(connection, id))
    }
}

/// Returns the changes of a comment's text, oldest first.
pub(crate) fn of_comment(connection: &mut Connection, id: &CommentId) -> Result<Vec<Edit>, StoreError> {
    let rows = edits::table.filter(edits::comment_id.eq(id.as_str())).order(edits::id).select(COLUMNS);
    Ok(rows.load::<Row>(connection)?.into_iter().map(Edit::from).collect())
}

/// Counts the changes by the comment's author.
pub(crate) fn count_by_author(connection: &mut Connection, id: &CommentId) -> Result<i64, StoreError> {
    let own = edits::table.filter(edits::comment_id.eq(id.as_str())).filter(edits::via.eq(Via::Author.as_str()));
    Ok(own.count().get_result(connection)?)
}

/// Whether the comment's author has changed it.
pub(crate) fn is_by_author(connection: &mut Connection, id: &CommentId) -> Result<bool, StoreError> {
    let own = edits::table.filter(edits::comment_id.eq(id.as_str())).filter(edits::via.eq(Via::Author.as_str())).select(edits::id);
    Ok(own.first::<i64>(connection).optional()?.is_some())
}

/// Inserts the former text of a comment.
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
