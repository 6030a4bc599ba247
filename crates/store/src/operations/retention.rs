//! What is not kept for ever: comments that nobody publishes, and the networks that comments came from.

use ardoise_model::{Status, Timestamp};
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::operations::erase;
use crate::schema::{bans, comments, decisions, edits, messages, moderation_log};
use crate::tables::subscribers;
use crate::{Store, StoreError};

/// As many comments go at a time: nobody who has one to store waits long.
const TOGETHER: i64 = 200;
/// Statuses whose time runs out.
const REFUSED: [Status; 3] = [Status::Rejected, Status::Spam, Status::Deleted];

/// Until when what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionLimits {
    /// Rejected comments, spam and deleted ones that nobody has decided about since; none: for ever.
    pub refused_since: Option<Timestamp>,
    /// Networks of comments from before this moment belong to nobody any more: their key is gone.
    pub networks_since: Timestamp,
}

/// What was cleared away, or is to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RetentionReport {
    /// Comments that went.
    pub removed: u64,
    /// Comments of which only their place is left, because others answer them.
    pub emptied: u64,
    /// Hashes of networks, of comments and of bans.
    pub networks: u64,
}

impl Store {
    /// How many comments have had their time.
    pub fn overdue(&self, keep: RetentionLimits) -> Result<u64, StoreError> {
        let Some(since) = keep.refused_since else { return Ok(0) };
        self.read(|connection| {
            let answered = overdue(connection, since, true, i64::MAX)?.len();
            Ok((answered + overdue(connection, since, false, i64::MAX)?.len()) as u64)
        })
    }

    /// Clears away what has had its time, some rows at a time. Nothing, while the clock is not to be believed ([`Store::believes`]).
    pub fn clear(&self, keep: RetentionLimits, now: Timestamp) -> Result<RetentionReport, StoreError> {
        let mut cleared = RetentionReport::default();
        if !self.believes(now)? {
            return Ok(cleared);
        }
        if let Some(since) = keep.refused_since {
            // What was answered by what is removed may be removed in the next round.
            while let removed @ 1.. = self.remove(since)? {
                cleared.removed += removed;
            }
            while let emptied @ 1.. = self.empty(since)? {
                cleared.emptied += emptied;
            }
        }
        while let networks @ 1.. = self.forget_networks(keep.networks_since)? {
            cleared.networks += networks;
        }
        if cleared != RetentionReport::default() {
            self.settle()?;
        }
        Ok(cleared)
    }

    fn remove(&self, since: Timestamp) -> Result<u64, StoreError> {
        if self.read(|connection| overdue(connection, since, false, 1))?.is_empty() {
            return Ok(0);
        }
        self.write(|connection| {
            let ids = overdue(connection, since, false, TOGETHER)?;
            ids.iter().try_for_each(|id| remove(connection, id))?;
            Ok(ids.len() as u64)
        })
    }

    fn empty(&self, since: Timestamp) -> Result<u64, StoreError> {
        if self.read(|connection| overdue(connection, since, true, 1))?.is_empty() {
            return Ok(0);
        }
        self.write(|connection| {
            let ids = overdue(connection, since, true, TOGETHER)?;
            ids.iter().try_for_each(|id| erase::one(connection, id))?;
            Ok(ids.len() as u64)
        })
    }

    /// Some of them; 0 when none is left.
    fn forget_networks(&self, since: Timestamp) -> Result<u64, StoreError> {
        let of_comments = |most: i64| {
            let old = comments::table.filter(comments::network.is_not_null()).filter(comments::created_at.lt(since.0));
            old.limit(most).select(comments::id)
        };
        let of_bans = || bans::table.filter(bans::kind.eq("network")).filter(bans::banned_at.lt(since.0));
        let there = self.read(|connection| {
            let comment = of_comments(1).first::<String>(connection).optional()?;
            Ok(comment.is_some() || of_bans().select(bans::id).first::<i64>(connection).optional()?.is_some())
        })?;
        if !there {
            return Ok(0);
        }
        self.write(|connection| {
            let ids = of_comments(TOGETHER).load::<String>(connection)?;
            let old = comments::table.filter(comments::id.eq_any(ids));
            let gone = diesel::update(old).set(comments::network.eq(None::<String>)).execute(connection)?;
            Ok((gone + diesel::delete(of_bans()).execute(connection)?) as u64)
        })
    }
}

/// Comments that have had their time: those that are answered, and are not empty yet, or those that are not.
fn overdue(connection: &mut Connection, since: Timestamp, answered: bool, most: i64) -> Result<Vec<String>, StoreError> {
    let answers = diesel::alias!(comments as answers);
    let decided = decisions::table.filter(decisions::comment_id.eq(comments::id)).filter(decisions::decided_at.ge(since.0));
    let answer = answers.filter(answers.field(comments::parent_id).eq(comments::id.nullable()));
    let old = comments::table
        .filter(comments::status.eq_any(REFUSED.map(Status::as_str)))
        .filter(comments::created_at.lt(since.0))
        .filter(not(exists(decided)))
        .limit(most)
        .select(comments::id);
    Ok(if answered {
        old.filter(exists(answer)).filter(comments::text.ne("")).load(connection)?
    } else {
        old.filter(not(exists(answer))).load(connection)?
    })
}

/// A comment and every row that names it, except for a ban and its lines in the log, which stay without it.
fn remove(connection: &mut Connection, id: &str) -> Result<(), StoreError> {
    subscribers::part(connection, id)?;
    diesel::delete(edits::table.filter(edits::comment_id.eq(id))).execute(connection)?;
    diesel::delete(decisions::table.filter(decisions::comment_id.eq(id))).execute(connection)?;
    diesel::delete(messages::table.filter(messages::comment_id.eq(id))).execute(connection)?;
    diesel::update(moderation_log::table.filter(moderation_log::comment_id.eq(id)))
        .set(moderation_log::comment_id.eq(None::<String>))
        .execute(connection)?;
    diesel::update(bans::table.filter(bans::comment_id.eq(id))).set(bans::comment_id.eq(None::<String>)).execute(connection)?;
    diesel::delete(comments::table.find(id)).execute(connection)?;
    Ok(())
}
