use ardoise_model::{Actor, CommentId, Status, Timestamp, Via};
use diesel::dsl::{exists, max};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::error::StoreError;
use crate::schema::decisions;
use crate::tables::rows::{ActorRow, StatusColumn};

/// A past decision about a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRecord {
    /// The status that the decision gave to the comment.
    pub status: Status,
    /// The time of the decision.
    pub at: Timestamp,
    /// The person who decided.
    pub by: Actor,
}

impl DecisionRecord {
    /// Whether a moderator decided. The other records are consequences of an author's change.
    pub fn is_ruling(&self) -> bool {
        self.by.via != Via::Author
    }
}

impl Store {
    /// Returns the number of the last decision. While it stays the same, there are no new training samples.
    pub fn last_decision(&self) -> Result<i64, StoreError> {
        let last = decisions::table.select(max(decisions::id));
        self.read_one(|connection| Ok(last.first::<Option<i64>>(connection)?.unwrap_or_default()))
    }
}

/// Inserts a decision.
pub(crate) fn add(connection: &mut Connection, id: &CommentId, status: Status, actor: &Actor, now: Timestamp) -> Result<(), StoreError> {
    let row = (
        decisions::comment_id.eq(id.as_str()),
        decisions::status.eq(status.as_str()),
        decisions::decided_at.eq(now.0),
        decisions::moderator.eq(&actor.moderator),
        decisions::via.eq(actor.via.as_str()),
    );
    diesel::insert_into(decisions::table).values(row).execute(connection)?;
    Ok(())
}

/// Returns the decisions about a comment, oldest first.
pub(crate) fn of_comment(connection: &mut Connection, id: &CommentId) -> Result<Vec<DecisionRecord>, StoreError> {
    let rows = decisions::table
        .filter(decisions::comment_id.eq(id.as_str()))
        .order(decisions::id)
        .select((decisions::status, decisions::decided_at, (decisions::moderator, decisions::via)))
        .load::<(StatusColumn, i64, ActorRow)>(connection)?;
    Ok(rows.into_iter().map(|(status, at, by)| DecisionRecord { status: status.0, at: Timestamp(at), by: by.into() }).collect())
}

/// Counts the decisions of moderators about a comment.
pub(crate) fn count_rulings(connection: &mut Connection, id: &CommentId) -> Result<u64, StoreError> {
    let rulings = decisions::table.filter(decisions::comment_id.eq(id.as_str())).filter(decisions::via.ne(Via::Author.as_str()));
    Ok(rulings.count().get_result::<i64>(connection)?.unsigned_abs())
}

/// Whether a decision has approved the comment before.
pub(crate) fn was_approved(connection: &mut Connection, id: &CommentId) -> Result<bool, StoreError> {
    let approvals = decisions::table
        .filter(decisions::comment_id.eq(id.as_str()))
        .filter(decisions::status.eq(Status::Approved.as_str()))
        .select(decisions::id);
    Ok(diesel::select(exists(approvals)).get_result(connection)?)
}
