//! Retention: comments and hashes that are deleted after some time.

use ardoise_model::{Status, Timestamp};
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::error::StoreError;
use crate::operations::erase::erase;
use crate::schema::{bans, comments, decisions, edits, jobs, moderation_log};
use crate::tables::subscribers;

/// The number of comments that one transaction changes, so that new comments do not wait long.
const BATCH_SIZE: i64 = 200;
/// Statuses whose comments are deleted after some time.
const REFUSED_STATUSES: [Status; 3] = [Status::Rejected, Status::Spam, Status::Deleted];

/// The times before which data is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionLimits {
    /// Rejected comments, spam and deleted comments from before this time are removed, unless there was a decision about them since. `None`
    /// to keep them.
    pub refused_since: Option<Timestamp>,
    /// Hashes of networks from before this time are removed. Their key is gone, so that they are of no use.
    pub networks_since: Timestamp,
}

/// What was deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RetentionReport {
    /// The number of removed comments.
    pub removed: u64,
    /// The number of comments whose content was erased. Their place in the thread stays, because others answer them.
    pub emptied: u64,
    /// The number of removed hashes of networks, in comments and in bans.
    pub networks: u64,
}

/// Which comments of a kind are overdue.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Overdue {
    /// Those without answers, which are removed.
    Unanswered,
    /// Those with answers that are not empty yet, whose content is erased.
    Answered,
}

impl Store {
    /// Counts the comments that are overdue.
    pub fn overdue(&self, limits: RetentionLimits) -> Result<u64, StoreError> {
        let Some(since) = limits.refused_since else { return Ok(0) };
        self.read(|connection| {
            let answered = Overdue::Answered.load(connection, since, i64::MAX)?.len();
            Ok((answered + Overdue::Unanswered.load(connection, since, i64::MAX)?.len()) as u64)
        })
    }

    /// Deletes overdue data, in several transactions. Does nothing while the clock is not trusted ([`Store::trusts_clock`]).
    pub fn clear(&self, limits: RetentionLimits, now: Timestamp) -> Result<RetentionReport, StoreError> {
        let mut report = RetentionReport::default();
        if !self.trusts_clock(now)? {
            return Ok(report);
        }
        if let Some(since) = limits.refused_since {
            // Each removal may leave a parent without answers, which the next round removes.
            while let removed @ 1.. = self.clear_overdue(Overdue::Unanswered, since)? {
                report.removed += removed;
            }
            while let emptied @ 1.. = self.clear_overdue(Overdue::Answered, since)? {
                report.emptied += emptied;
            }
        }
        while let networks @ 1.. = self.clear_networks(limits.networks_since)? {
            report.networks += networks;
        }
        if report != RetentionReport::default() {
            self.truncate_wal()?;
        }
        Ok(report)
    }

    /// Removes or erases one batch of overdue comments. Returns their number, 0 if none is left.
    fn clear_overdue(&self, overdue: Overdue, since: Timestamp) -> Result<u64, StoreError> {
        if self.read(|connection| overdue.load(connection, since, 1))?.is_empty() {
            return Ok(0);
        }
        self.write(|connection| {
            let ids = overdue.load(connection, since, BATCH_SIZE)?;
            for id in &ids {
                match overdue {
                    Overdue::Unanswered => remove(connection, id)?,
                    Overdue::Answered => erase(connection, id)?,
                }
            }
            Ok(ids.len() as u64)
        })
    }

    /// Removes one batch of networks' hashes. Returns their number, 0 if none is left.
    fn clear_networks(&self, since: Timestamp) -> Result<u64, StoreError> {
        let of_comments = |limit: i64| {
            let old = comments::table.filter(comments::network.is_not_null()).filter(comments::created_at.lt(since.0));
            old.limit(limit).select(comments::id)
        };
        let of_bans = || bans::table.filter(bans::kind.eq("network")).filter(bans::banned_at.lt(since.0));
        let is_any_left = self.read(|connection| {
            let comment = of_comments(1).first::<String>(connection).optional()?;
            Ok(comment.is_some() || of_bans().select(bans::id).first::<i64>(connection).optional()?.is_some())
        })?;
        if !is_any_left {
            return Ok(0);
        }
        self.write(|connection| {
            let ids = of_comments(BATCH_SIZE).load::<String>(connection)?;
            let old = comments::table.filter(comments::id.eq_any(ids));
            let cleared = diesel::update(old).set(comments::network.eq(None::<String>)).execute(connection)?;
            Ok((cleared + diesel::delete(of_bans()).execute(connection)?) as u64)
        })
    }
}

impl Overdue {
    /// Returns the ids of overdue comments, `limit` at most.
    fn load(self, connection: &mut Connection, since: Timestamp, limit: i64) -> Result<Vec<String>, StoreError> {
        let answers = diesel::alias!(comments as answers);
        let decided_since = decisions::table.filter(decisions::comment_id.eq(comments::id)).filter(decisions::decided_at.ge(since.0));
        let answer = answers.filter(answers.field(comments::parent_id).eq(comments::id.nullable()));
        let old = comments::table
            .filter(comments::status.eq_any(REFUSED_STATUSES.map(Status::as_str)))
            .filter(comments::created_at.lt(since.0))
            .filter(not(exists(decided_since)))
            .limit(limit)
            .select(comments::id);
        Ok(match self {
            Self::Unanswered => old.filter(not(exists(answer))).load(connection)?,
            Self::Answered => old.filter(exists(answer)).filter(comments::text.ne("")).load(connection)?,
        })
    }
}

/// Removes a comment and every row that references it. Bans and log entries stay, without the reference.
fn remove(connection: &mut Connection, id: &str) -> Result<(), StoreError> {
    subscribers::end_subscriptions(connection, id)?;
    diesel::delete(edits::table.filter(edits::comment_id.eq(id))).execute(connection)?;
    diesel::delete(decisions::table.filter(decisions::comment_id.eq(id))).execute(connection)?;
    diesel::delete(jobs::table.filter(jobs::comment_id.eq(id))).execute(connection)?;
    diesel::update(moderation_log::table.filter(moderation_log::comment_id.eq(id)))
        .set(moderation_log::comment_id.eq(None::<String>))
        .execute(connection)?;
    diesel::update(bans::table.filter(bans::comment_id.eq(id))).set(bans::comment_id.eq(None::<String>)).execute(connection)?;
    diesel::delete(comments::table.find(id)).execute(connection)?;
    Ok(())
}
