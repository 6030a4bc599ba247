//! The facts that the rules need. A query runs only if a rule needs its answer, because all submissions that wait to be stored wait for it.

use ardoise_model::{ArticlePath, CommentId, Facts, FactsQuery, SenderHashes, Status, Timestamp};
use diesel::dsl::exists;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::error::StoreError;
use crate::schema::comments;
use crate::tables::rows::StatusColumn;
use crate::tables::{articles, bans};

/// The number of duplicates whose statuses are read.
const MAX_DUPLICATES: i64 = 20;

/// What the facts are about.
pub(crate) struct Subject<'a> {
    pub(crate) sender: &'a SenderHashes,
    /// The fingerprint of the text.
    pub(crate) fingerprint: &'a str,
    /// Only earlier comments count.
    pub(crate) before: Timestamp,
    /// The comment itself, which is not a duplicate of itself; `None` if it is not stored yet.
    pub(crate) excluded: Option<&'a CommentId>,
}

impl Store {
    /// Returns the facts about the article of a submission to `path` that answers `reply_to`.
    pub fn facts(&self, path: &ArticlePath, reply_to: Option<&CommentId>) -> Result<Facts, StoreError> {
        // A comment's article never changes, so the two queries need no common snapshot.
        self.read_one(|connection| of_article(connection, path, reply_to).map(|(_, facts)| facts))
    }
}

/// Returns the id of the row of `path`, if there is one, and the facts about the article.
pub(crate) fn of_article(
    connection: &mut Connection,
    path: &ArticlePath,
    reply_to: Option<&CommentId>,
) -> Result<(Option<i64>, Facts), StoreError> {
    let Some((id, row)) = articles::find(connection, path.as_str())? else { return Ok((None, Facts::default())) };
    let parent_known = match reply_to {
        Some(parent) => {
            let comment = comments::table.filter(comments::id.eq(parent.as_str())).filter(comments::article_id.eq(id));
            diesel::select(exists(comment)).get_result(connection)?
        }
        None => false,
    };
    Ok((Some(id), Facts { article: row.is_present.then(|| row.into_article()), parent_known, ..Facts::default() }))
}

/// Adds the answers to `questions` to known facts.
pub(crate) fn complete(
    connection: &mut Connection,
    known: Facts,
    subject: &Subject<'_>,
    questions: FactsQuery,
) -> Result<Facts, StoreError> {
    Ok(Facts {
        approved: if questions.approved { count_approved(connection, subject)? } else { 0 },
        same_before: match questions.same_since {
            Some(since) => status_of_duplicate(connection, subject, since)?,
            None => None,
        },
        is_banned: questions.bans && bans::is_sender_banned(connection, subject.sender)?,
        ..known
    })
}

/// Counts the approved comments from the sender's browser.
fn count_approved(connection: &mut Connection, subject: &Subject<'_>) -> Result<u64, StoreError> {
    let Some(key) = &subject.sender.author_key else { return Ok(0) };
    let of_key = comments::table.filter(comments::author_key.eq(key)).filter(comments::status.eq(Status::Approved.as_str()));
    let count: i64 = of_key.filter(comments::created_at.lt(subject.before.0)).count().get_result(connection)?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Returns the status of a comment with the same words: spam if one of them is spam, otherwise the newest one's.
fn status_of_duplicate(connection: &mut Connection, subject: &Subject<'_>, since: Timestamp) -> Result<Option<Status>, StoreError> {
    if subject.fingerprint.is_empty() {
        return Ok(None);
    }
    let duplicates = || {
        comments::table
            .filter(comments::fingerprint.eq(subject.fingerprint))
            .filter(comments::created_at.ge(since.0))
            .filter(comments::created_at.lt(subject.before.0))
            // No comment has an empty id.
            .filter(comments::id.ne(subject.excluded.map_or("", CommentId::as_str)))
    };
    // Duplicates are rare, and SQLite prepares a statement with a bound LIMIT anew each time.
    if !diesel::select(exists(duplicates())).get_result(connection)? {
        return Ok(None);
    }
    let newest = duplicates().order(comments::created_at.desc()).limit(MAX_DUPLICATES).select(comments::status);
    let statuses = newest.load::<StatusColumn>(connection)?.into_iter().map(|status| status.0).collect::<Vec<_>>();
    Ok(statuses.iter().copied().find(|status| *status == Status::Spam).or(statuses.first().copied()))
}
