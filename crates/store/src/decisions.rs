use ardoise_model::{Actor, ArticlePath, CommentId, Decision, Status, Timestamp, Via};
use diesel::prelude::*;

use crate::comments::CommentRow;
use crate::connection::Connection;
use crate::schema::{articles, comments, decisions};
use crate::{Channels, Store, StoreError, outbox, subscribers};

/// What a decision did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The comment.
    pub id: CommentId,
    /// Its article.
    pub article: ArticlePath,
    /// Its status before.
    pub before: Status,
    /// Its status now.
    pub after: Status,
}

/// What became of a decision about comments that somebody has read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AsSeen {
    /// What was decided.
    pub decided: Vec<Decided>,
    /// Those that say something else by now: nothing was decided about them.
    pub changed: Vec<CommentId>,
}

/// What was once decided about a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The status that it was given.
    pub status: Status,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
}

impl Store {
    /// Applies a decision to comments: to all of them or, when one does not exist, to none.
    ///
    /// In the same transaction, a row of work for each article whose published file this changes, and one for each who is to be told.
    pub fn decide(&self, ids: &[CommentId], decision: Decision, actor: &Actor, now: Timestamp) -> Result<Vec<Decided>, StoreError> {
        self.write(|connection| ids.iter().map(|id| decide_one(connection, &self.channels, id, decision, (actor, now))).collect())
    }

    /// The same about comments that were read, each with the [`ardoise_model::Comment::version`] that was, where it is known. Whoever approves one does not approve
    /// what its author has made of it since.
    pub fn decide_as_seen(
        &self,
        seen: &[(CommentId, Option<String>)],
        decision: Decision,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<AsSeen, StoreError> {
        self.write(|connection| {
            let mut outcome = AsSeen::default();
            for (id, version) in seen {
                if decision == Decision::Approve && has_changed(connection, id, version.as_deref())? {
                    outcome.changed.push(id.clone());
                } else {
                    outcome.decided.push(decide_one(connection, &self.channels, id, decision, (actor, now))?);
                }
            }
            Ok(outcome)
        })
    }
}

fn has_changed(connection: &mut Connection, id: &CommentId, version: Option<&str>) -> Result<bool, StoreError> {
    let Some(version) = version else { return Ok(false) };
    let row = comments::table.find(id.as_str()).select(CommentRow::as_select()).first::<CommentRow>(connection).optional()?;
    let row = row.ok_or_else(|| StoreError::NoSuchComment(id.to_string()))?;
    // Its article is no part of what it says.
    Ok(row.into_comment(ArticlePath::from_stored(String::new()))?.version() != version)
}

pub(crate) fn decide_one(
    connection: &mut Connection,
    channels: &Channels,
    id: &CommentId,
    decision: Decision,
    (actor, now): (&Actor, Timestamp),
) -> Result<Decided, StoreError> {
    let (article_id, path, before, text) = comments::table
        .inner_join(articles::table)
        .filter(comments::id.eq(id.as_str()))
        .select((comments::article_id, articles::path, comments::status, comments::text))
        .first::<(i64, String, String, String)>(connection)
        .optional()?
        .ok_or_else(|| StoreError::NoSuchComment(id.to_string()))?;
    let before: Status = before.parse().map_err(StoreError::Unreadable)?;
    let after = decision.status();
    if text.is_empty() && after != Status::Deleted {
        return Err(StoreError::Erased(id.clone()));
    }
    if before != after {
        tell(connection, channels, id, after, (actor, now))?;
        diesel::update(comments::table.find(id.as_str())).set(comments::status.eq(after.as_str())).execute(connection)?;
        diesel::insert_into(decisions::table)
            .values((
                decisions::comment_id.eq(id.as_str()),
                decisions::status.eq(after.as_str()),
                decisions::decided_at.eq(now.0),
                decisions::moderator.eq(&actor.moderator),
                decisions::via.eq(actor.via.as_str()),
            ))
            .execute(connection)?;
    }
    if decision.changes_published(before) {
        let by = i64::from(after == Status::Approved) - i64::from(before == Status::Approved);
        crate::articles::published_change(connection, article_id, by)?;
    }
    Ok(Decided { id: id.clone(), article: ArticlePath::from_stored(path), before, after })
}

/// Writes down who is to hear of it, before it is among the decisions.
fn tell(
    connection: &mut Connection,
    channels: &Channels,
    id: &CommentId,
    after: Status,
    (actor, now): (&Actor, Timestamp),
) -> Result<(), StoreError> {
    match after {
        // Who takes an approval back and gives it again tells nobody twice.
        Status::Approved if was_approved(connection, id)? => Ok(()),
        Status::Approved => outbox::tell_approved(connection, channels, id, now),
        // A moderator who puts it back knows of it.
        Status::Pending if actor.via == Via::Author => outbox::tell_pending(connection, channels, id, now),
        Status::Pending => Ok(()),
        Status::Rejected | Status::Spam | Status::Deleted => subscribers::dismiss(connection, id),
    }
}

fn was_approved(connection: &mut Connection, id: &CommentId) -> Result<bool, StoreError> {
    let approvals = decisions::table
        .filter(decisions::comment_id.eq(id.as_str()))
        .filter(decisions::status.eq(Status::Approved.as_str()))
        .select(decisions::id);
    Ok(approvals.first::<i64>(connection).optional()?.is_some())
}

pub(crate) fn of(connection: &mut Connection, id: &CommentId) -> Result<Vec<Past>, StoreError> {
    let rows = decisions::table
        .filter(decisions::comment_id.eq(id.as_str()))
        .order(decisions::id)
        .select((decisions::status, decisions::decided_at, decisions::moderator, decisions::via))
        .load::<(String, i64, String, String)>(connection)?;
    let past = |(status, at, moderator, via): (String, i64, String, String)| {
        let by = Actor { moderator, via: via.parse().map_err(StoreError::Unreadable)? };
        Ok(Past { status: status.parse().map_err(StoreError::Unreadable)?, at: Timestamp(at), by })
    };
    rows.into_iter().map(past).collect()
}
