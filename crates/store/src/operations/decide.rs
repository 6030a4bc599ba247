use ardoise_model::{Actor, ArticlePath, Comment, CommentId, Decision, Status, Timestamp, Via};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::schema::{articles, comments, decisions};
use crate::tables::comments::CommentRow;
use crate::tables::outbox;
use crate::tables::subscribers;
use crate::{Channels, CommentDetail, Store, StoreError};

/// A comment as it was when somebody looked at it in order to decide.
///
/// A decision that publishes needs `version`. There is no default: each caller has to say what was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenComment {
    /// The comment.
    pub id: CommentId,
    /// What it said, as [`Comment::version`] gives it. None: its text was not seen, and no decision publishes it.
    pub version: Option<String>,
    /// How many decisions there were, as [`CommentDetail::rulings`] counts them: one that was taken since is not overruled. None: the
    /// decision holds whatever was decided meanwhile.
    pub rulings: Option<u64>,
}

impl SeenComment {
    /// A comment whose text was read.
    pub fn read(comment: &Comment) -> Self {
        Self { id: comment.id.clone(), version: Some(comment.version()), rulings: None }
    }

    /// A comment whose text was not read; enough for every decision that does not publish it.
    pub const fn unread(id: CommentId) -> Self {
        Self { id, version: None, rulings: None }
    }
}

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
    /// What it says. Together with `rulings`, it is what takes the decision back.
    pub version: String,
    /// How many decisions there are now.
    pub rulings: u64,
}

/// What became of a decision about several comments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DecideOutcome {
    /// What was decided.
    pub decided: Vec<Decided>,
    /// Comments that say something else than what was seen, or were not seen at all: they are not published.
    pub changed: Vec<CommentId>,
    /// Comments about which somebody else decided since, or which are gone: they stay as they are.
    pub overtaken: Vec<CommentId>,
}

/// What was once decided about a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRecord {
    /// The status that it was given.
    pub status: Status,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
}

impl DecisionRecord {
    /// Whether it is a moderator's decision, and not what became of an author's own change.
    pub fn is_ruling(&self) -> bool {
        self.by.via != Via::Author
    }
}

impl CommentDetail {
    /// How many decisions moderators have taken about the comment.
    pub fn rulings(&self) -> u64 {
        self.decisions.iter().filter(|past| past.is_ruling()).count() as u64
    }
}

impl Store {
    /// Takes comments down that cannot be published, and puts them before the moderators: `layer` says why. Those that are not approved any
    /// more stay as they are.
    pub fn hold_published(&self, ids: &[CommentId], layer: &str, actor: &Actor, now: Timestamp) -> Result<(), StoreError> {
        self.write(|connection| {
            for id in ids {
                let approved = comments::table.find(id.as_str()).filter(comments::status.eq(Status::Approved.as_str()));
                if approved.select(comments::id).first::<String>(connection).optional()?.is_some() {
                    decide_one(connection, &self.channels, id, Decision::Hold, (actor, now))?;
                    diesel::update(comments::table.find(id.as_str())).set(comments::layer.eq(layer)).execute(connection)?;
                    outbox::tell_pending(connection, &self.channels, id, now)?;
                }
            }
            Ok(())
        })
    }

    /// Applies a decision to comments as they were seen. If one does not exist, nothing is changed.
    ///
    /// In the same transaction, it adds a row of work for each article whose published file changes, and one for each recipient to be told.
    pub fn decide(&self, seen: &[SeenComment], decision: Decision, actor: &Actor, now: Timestamp) -> Result<DecideOutcome, StoreError> {
        self.write(|connection| {
            let mut outcome = DecideOutcome::default();
            for one in seen {
                match standing(connection, one, decision)? {
                    Standing::AsSeen => outcome.decided.push(decide_one(connection, &self.channels, &one.id, decision, (actor, now))?),
                    Standing::Changed => outcome.changed.push(one.id.clone()),
                    Standing::Overtaken => outcome.overtaken.push(one.id.clone()),
                }
            }
            Ok(outcome)
        })
    }
}

/// How a comment compares with what was seen of it.
enum Standing {
    AsSeen,
    Changed,
    Overtaken,
}

fn standing(connection: &mut Connection, seen: &SeenComment, decision: Decision) -> Result<Standing, StoreError> {
    let row = comments::table.find(seen.id.as_str()).select(CommentRow::as_select()).get_result::<CommentRow>(connection).optional()?;
    let Some(row) = row else {
        let gone = || StoreError::NoSuchComment(seen.id.to_string());
        return if seen.rulings.is_some() { Ok(Standing::Overtaken) } else { Err(gone()) };
    };
    // The article is no part of a version.
    let comment = row.into_comment(ArticlePath::from_stored(String::new()))?;
    if let Some(rulings) = seen.rulings
        && (comment.text.is_empty() || rulings != count_rulings(connection, &seen.id)?)
    {
        return Ok(Standing::Overtaken);
    }
    // A comment without a text is refused below, whatever was seen.
    let publishes = decision == Decision::Approve && comment.status != Status::Approved && !comment.text.is_empty();
    let is_as_seen = !publishes || seen.version.as_deref() == Some(comment.version().as_str());
    Ok(if is_as_seen { Standing::AsSeen } else { Standing::Changed })
}

fn count_rulings(connection: &mut Connection, id: &CommentId) -> Result<u64, StoreError> {
    let rulings = decisions::table.filter(decisions::comment_id.eq(id.as_str())).filter(decisions::via.ne(Via::Author.as_str()));
    Ok(rulings.count().get_result::<i64>(connection)?.unsigned_abs())
}

pub(crate) fn decide_one(
    connection: &mut Connection,
    channels: &Channels,
    id: &CommentId,
    decision: Decision,
    (actor, now): (&Actor, Timestamp),
) -> Result<Decided, StoreError> {
    let (article_id, path, row) = comments::table
        .inner_join(articles::table)
        .filter(comments::id.eq(id.as_str()))
        .select((comments::article_id, articles::path, CommentRow::as_select()))
        .first::<(i64, String, CommentRow)>(connection)
        .optional()?
        .ok_or_else(|| StoreError::NoSuchComment(id.to_string()))?;
    let comment = row.into_comment(ArticlePath::from_stored(path))?;
    let (before, after) = (comment.status, decision.status());
    if comment.text.is_empty() && after != Status::Deleted {
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
        crate::tables::articles::published_change(connection, article_id, by)?;
    }
    let (version, rulings) = (comment.version(), count_rulings(connection, id)?);
    Ok(Decided { id: comment.id, article: comment.article, before, after, version, rulings })
}

/// Writes down who is to hear of it, before it is among the decisions.
fn tell(
    connection: &mut Connection,
    channels: &Channels,
    id: &CommentId,
    after: Status,
    (actor, now): (&Actor, Timestamp),
) -> Result<(), StoreError> {
    if matches!(after, Status::Approved | Status::Pending) {
        subscribers::readmit(connection, id)?;
    }
    match after {
        // An approval that is taken back and given again tells nobody twice. But the mail to its author may have been dropped meanwhile.
        Status::Approved if was_approved(connection, id)? => {
            if channels.replies {
                subscribers::ask_to_confirm(connection, id, now)
            } else {
                Ok(())
            }
        }
        Status::Approved => outbox::tell_approved(connection, channels, id, now),
        // A moderator who puts it back knows of it.
        Status::Pending if actor.via == Via::Author => outbox::tell_pending(connection, channels, id, now),
        Status::Pending => Ok(()),
        Status::Rejected | Status::Spam | Status::Deleted => subscribers::dismiss(connection, id, now),
    }
}

fn was_approved(connection: &mut Connection, id: &CommentId) -> Result<bool, StoreError> {
    let approvals = decisions::table
        .filter(decisions::comment_id.eq(id.as_str()))
        .filter(decisions::status.eq(Status::Approved.as_str()))
        .select(decisions::id);
    Ok(approvals.first::<i64>(connection).optional()?.is_some())
}

pub(crate) fn of(connection: &mut Connection, id: &CommentId) -> Result<Vec<DecisionRecord>, StoreError> {
    let rows = decisions::table
        .filter(decisions::comment_id.eq(id.as_str()))
        .order(decisions::id)
        .select((decisions::status, decisions::decided_at, decisions::moderator, decisions::via))
        .load::<(String, i64, String, String)>(connection)?;
    let past = |(status, at, moderator, via): (String, i64, String, String)| {
        let by = Actor { moderator, via: via.parse().map_err(StoreError::Unreadable)? };
        Ok(DecisionRecord { status: status.parse().map_err(StoreError::Unreadable)?, at: Timestamp(at), by })
    };
    rows.into_iter().map(past).collect()
}
