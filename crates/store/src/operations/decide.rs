use ardoise_model::{Actor, ArticlePath, Comment, CommentId, Decision, Status, Timestamp, Via};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::consumers::Consumers;
use crate::engine::store::Store;
use crate::error::StoreError;
use crate::operations::announcements::{announce_approved, announce_pending, request_confirmation};
use crate::schema::{articles as article_rows, comments};
use crate::tables::comments::set_layer;
use crate::tables::rows::CommentRow;
use crate::tables::{articles, decisions, subscribers};

/// A comment as a moderator saw it before they decided.
///
/// A decision that publishes needs `version`. There is no default, so that each caller has to say what was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenComment {
    /// The comment.
    pub id: CommentId,
    /// The version that was read, as [`Comment::version`] returns it. `None` if the text was not read: then no decision publishes it.
    pub version: Option<String>,
    /// The number of decisions, as [`CommentDetail::rulings`](crate::CommentDetail::rulings) returns it. The decision is not applied if
    /// there was another since. `None` to apply it in any case.
    pub rulings: Option<u64>,
}

impl SeenComment {
    /// A comment whose text was read.
    pub fn read(comment: &Comment) -> Self {
        Self { id: comment.id.clone(), version: Some(comment.version()), rulings: None }
    }

    /// A comment whose text was not read. Sufficient for every decision that does not publish it.
    pub const fn unread(id: CommentId) -> Self {
        Self { id, version: None, rulings: None }
    }
}

/// The effect of a decision on a comment.
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
    /// Its version. With `rulings`, it allows to undo the decision.
    pub version: String,
    /// The number of decisions now.
    pub rulings: u64,
}

/// The outcome of a decision on several comments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DecideOutcome {
    /// Comments to which the decision was applied.
    pub decided: Vec<Decided>,
    /// Comments that were changed since they were read, or were not read. They are not published.
    pub changed: Vec<CommentId>,
    /// Comments about which there is another decision since, or which were removed. They stay as they are.
    pub overtaken: Vec<CommentId>,
}

impl Store {
    /// Takes down comments that cannot be rendered, and puts them into the moderators' queue. `layer` names the reason. Comments that are
    /// no longer approved stay as they are.
    pub fn hold_published(&self, ids: &[CommentId], layer: &str, actor: &Actor, now: Timestamp) -> Result<(), StoreError> {
        self.write(|connection| {
            for id in ids {
                let approved = comments::table.find(id.as_str()).filter(comments::status.eq(Status::Approved.as_str()));
                if approved.select(comments::id).first::<String>(connection).optional()?.is_some() {
                    decide_one(connection, &self.consumers, id, Decision::Hold, actor, now)?;
                    set_layer(connection, id, layer)?;
                    announce_pending(connection, &self.consumers, id, now)?;
                }
            }
            Ok(())
        })
    }

    /// Applies a decision to comments as they were seen. If one does not exist, nothing is changed.
    ///
    /// The same transaction adds a row of work for each article whose published files change, and the jobs of those who are notified.
    pub fn decide(&self, seen: &[SeenComment], decision: Decision, actor: &Actor, now: Timestamp) -> Result<DecideOutcome, StoreError> {
        self.write(|connection| {
            let mut outcome = DecideOutcome::default();
            for comment in seen {
                match compare(connection, comment, decision)? {
                    Comparison::Applicable => {
                        outcome.decided.push(decide_one(connection, &self.consumers, &comment.id, decision, actor, now)?);
                    }
                    Comparison::Changed => outcome.changed.push(comment.id.clone()),
                    Comparison::Overtaken => outcome.overtaken.push(comment.id.clone()),
                }
            }
            Ok(outcome)
        })
    }
}

/// How a comment compares with what was seen of it.
enum Comparison {
    Applicable,
    Changed,
    Overtaken,
}

fn compare(connection: &mut Connection, seen: &SeenComment, decision: Decision) -> Result<Comparison, StoreError> {
    let row = comments::table.find(seen.id.as_str()).select(CommentRow::as_select()).get_result::<CommentRow>(connection).optional()?;
    let Some(row) = row else {
        let missing = || StoreError::NoSuchComment(seen.id.to_string());
        return if seen.rulings.is_some() { Ok(Comparison::Overtaken) } else { Err(missing()) };
    };
    // The article is not part of a version.
    let comment = row.into_comment(ArticlePath::from_stored(String::new()));
    if let Some(rulings) = seen.rulings
        && (comment.text.is_empty() || rulings != decisions::count_rulings(connection, &seen.id)?)
    {
        return Ok(Comparison::Overtaken);
    }
    // A comment without a text is refused by `decide_one`, whatever was seen.
    let publishes = decision == Decision::Approve && comment.status != Status::Approved && !comment.text.is_empty();
    let is_applicable = !publishes || seen.version.as_deref() == Some(comment.version().as_str());
    Ok(if is_applicable { Comparison::Applicable } else { Comparison::Changed })
}

/// Applies a decision to one comment, within the caller's transaction.
pub(crate) fn decide_one(
    connection: &mut Connection,
    consumers: &Consumers,
    id: &CommentId,
    decision: Decision,
    actor: &Actor,
    now: Timestamp,
) -> Result<Decided, StoreError> {
    let (article_id, path, row) = comments::table
        .inner_join(article_rows::table)
        .filter(comments::id.eq(id.as_str()))
        .select((comments::article_id, article_rows::path, CommentRow::as_select()))
        .first::<(i64, String, CommentRow)>(connection)
        .optional()?
        .ok_or_else(|| StoreError::NoSuchComment(id.to_string()))?;
    let comment = row.into_comment(ArticlePath::from_stored(path));
    let (before, after) = (comment.status, decision.status());
    if comment.text.is_empty() && after != Status::Deleted {
        return Err(StoreError::Erased(id.clone()));
    }
    if before != after {
        // Before the decision is added: whether the comment was approved before matters.
        announce(connection, consumers, id, after, actor, now)?;
        diesel::update(comments::table.find(id.as_str())).set(comments::status.eq(after.as_str())).execute(connection)?;
        decisions::add(connection, id, after, actor, now)?;
    }
    if decision.changes_published(before) {
        let difference = i64::from(after == Status::Approved) - i64::from(before == Status::Approved);
        articles::record_published_change(connection, article_id, difference)?;
    }
    let (version, rulings) = (comment.version(), decisions::count_rulings(connection, id)?);
    Ok(Decided { id: comment.id, article: comment.article, before, after, version, rulings })
}

/// Adds the jobs that report a decision, and keeps or dismisses the comment's subscriber.
fn announce(
    connection: &mut Connection,
    consumers: &Consumers,
    id: &CommentId,
    after: Status,
    actor: &Actor,
    now: Timestamp,
) -> Result<(), StoreError> {
    if matches!(after, Status::Approved | Status::Pending) {
        subscribers::readmit(connection, id)?;
    }
    match after {
        // A repeated approval is not announced again, but the request to confirm the author's address may have been dropped meanwhile.
        Status::Approved if decisions::was_approved(connection, id)? => {
            if consumers.replies {
                request_confirmation(connection, id, now)
            } else {
                Ok(())
            }
        }
        Status::Approved => announce_approved(connection, consumers, id, now),
        // A moderator who puts a comment back into the queue needs no message.
        Status::Pending if actor.via == Via::Author => announce_pending(connection, consumers, id, now),
        Status::Pending => Ok(()),
        Status::Rejected | Status::Spam | Status::Deleted => subscribers::dismiss(connection, id, now),
    }
}
