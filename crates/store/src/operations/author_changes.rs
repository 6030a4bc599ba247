//! Changes by a comment's author, who can change or withdraw it with its edit token for some time.

use ardoise_model::{
    Actor, ArticlePath, Comment, CommentId, Decision, Facts, FactsQuery, Refusal, SenderHashes, Status, Submission, Timestamp, Verdict,
};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::consumers::Consumers;
use crate::engine::store::Store;
use crate::engine::tokens;
use crate::error::StoreError;
use crate::operations::decide::decide_one;
use crate::operations::edit::replace_text;
use crate::operations::erase;
use crate::operations::facts::{self, Subject};
use crate::schema::{articles as article_rows, comments};
use crate::tables::comments::set_layer;
use crate::tables::rows::CommentRow;
use crate::tables::{articles, edits, work};

/// How often an author may change the text of a comment. Each change stores the former text.
const MAX_CHANGES: i64 = 20;

/// The claim to be a comment's author.
#[derive(Debug, Clone)]
pub struct AuthorClaim {
    /// The comment.
    pub id: CommentId,
    /// The edit token from the comment's [`Receipt`](crate::Receipt).
    pub token: String,
    /// The author may no longer change comments from before this time.
    pub since: Timestamp,
}

/// The outcome of a change by the author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthorOutcome {
    /// The change is on disk. The comment as it is now.
    Done(Comment),
    /// The rules refused the change.
    Refused(Vec<Refusal>),
    /// The comment does not exist, or the token is wrong. The two are not distinguished, so that a client cannot probe for ids.
    NotYours,
    /// The token is right, but the time for changes is over.
    TooLate,
    /// The token is right, but the text was changed this number of times, which is the maximum.
    TooOften(i64),
}

impl Store {
    /// Changes a comment for its author. Its status becomes no better than before, and no better than the rules' verdict on the change.
    ///
    /// `wanted` makes a submission of the current comment, to which `rules` are applied as by [`Store::submit_screened`]. Both may be
    /// called twice.
    pub fn change_by_author(
        &self,
        claim: AuthorClaim,
        questions: FactsQuery,
        wanted: impl Fn(&Comment) -> Result<Submission, Vec<Refusal>> + Send + 'static,
        mut rules: impl FnMut(&Submission, &Facts) -> Result<Verdict, Vec<Refusal>> + Send + 'static,
        now: Timestamp,
        on_done: impl FnOnce(Result<AuthorOutcome, StoreError>) + Send + 'static,
    ) {
        let consumers = self.consumers.clone();
        let queries = move |connection: &mut Connection| {
            let OwnComment { comment, sender } = match find_claimed(connection, &claim)? {
                Ok(own) => own,
                Err(refused) => return Ok(refused),
            };
            let submission = match wanted(&comment) {
                Ok(submission) => submission,
                Err(refusals) => return Ok(AuthorOutcome::Refused(refusals)),
            };
            if comment.text != submission.text() && edits::count_by_author(connection, &comment.id)? >= MAX_CHANGES {
                return Ok(AuthorOutcome::TooOften(MAX_CHANGES));
            }
            let (_, facts) = facts::of_article(connection, &comment.article, comment.parent.as_ref())?;
            let subject = Subject { sender: &sender, fingerprint: submission.fingerprint(), before: now, excluded: Some(&comment.id) };
            let facts = facts::complete(connection, facts, &subject, questions)?;
            match rules(&submission, &facts) {
                Ok(verdict) => apply(connection, &consumers, comment, &submission, verdict, now).map(AuthorOutcome::Done),
                Err(refusals) => Ok(AuthorOutcome::Refused(refusals)),
            }
        };
        self.writer.write_then(queries, on_done);
    }

    /// Deletes a comment for its author. Its content is erased. If it was answered, its place in the thread stays.
    pub fn withdraw_by_author(
        &self,
        claim: AuthorClaim,
        now: Timestamp,
        on_done: impl FnOnce(Result<AuthorOutcome, StoreError>) + Send + 'static,
    ) {
        let consumers = self.consumers.clone();
        let queries = move |connection: &mut Connection| {
            let comment = match find_claimed(connection, &claim)? {
                Ok(own) => own.comment,
                Err(refused) => return Ok(refused),
            };
            decide_one(connection, &consumers, &comment.id, Decision::Delete, &Actor::AUTHOR, now)?;
            erase::erase(connection, comment.id.as_str())?;
            Ok(AuthorOutcome::Done(Comment { status: Status::Deleted, ..comment }))
        };
        self.writer.write_then(queries, on_done);
    }
}

/// A comment whose author has proved to be it.
struct OwnComment {
    comment: Comment,
    sender: SenderHashes,
}

/// Returns the comment if the claim is valid, and the outcome for the author if it is not.
fn find_claimed(connection: &mut Connection, claim: &AuthorClaim) -> Result<Result<OwnComment, AuthorOutcome>, StoreError> {
    let row = comments::table
        .inner_join(article_rows::table)
        .filter(comments::id.eq(claim.id.as_str()))
        .select((article_rows::path, CommentRow::as_select(), comments::edit_token_hash, comments::network, comments::author_key))
        .first::<(String, CommentRow, String, Option<String>, Option<String>)>(connection)
        .optional()?;
    let Some((path, row, hash, network, author_key)) = row else { return Ok(Err(AuthorOutcome::NotYours)) };
    if !tokens::is_hash_of(&hash, &claim.token) {
        return Ok(Err(AuthorOutcome::NotYours));
    }
    let comment = row.into_comment(ArticlePath::from_stored(path));
    if comment.created_at <= claim.since {
        return Ok(Err(AuthorOutcome::TooLate));
    }
    Ok(Ok(OwnComment { comment, sender: SenderHashes { network, author_key } }))
}

/// Gives a comment the text, name and site of `wanted`. Returns the changed comment.
fn apply(
    connection: &mut Connection,
    consumers: &Consumers,
    comment: Comment,
    wanted: &Submission,
    verdict: Verdict,
    now: Timestamp,
) -> Result<Comment, StoreError> {
    let id = &comment.id;
    let is_same = comment.text == wanted.text() && comment.author == wanted.author() && comment.site.as_deref() == wanted.site();
    if is_same {
        return Ok(comment);
    }
    let status = worse_status(comment.status, verdict.status);
    // The status is changed first, so that no unread text is published, not even for a moment.
    decide_one(connection, consumers, id, Decision::towards(status), &Actor::AUTHOR, now)?;
    let is_rewritten = replace_text(connection, id, wanted.text(), &Actor::AUTHOR, now)?;
    if !is_rewritten && !edits::is_changed_by_author(connection, id)? {
        // A new name or site has to be read before an approval as well. One row records that; more would only repeat the text.
        edits::add(connection, id, &comment.text, &Actor::AUTHOR, now)?;
    }
    diesel::update(comments::table.find(id.as_str()))
        .set((comments::author.eq(wanted.author()), comments::site.eq(wanted.site())))
        .execute(connection)?;
    if let Some(layer) = verdict.layer {
        set_layer(connection, id, layer)?;
    }
    // `replace_text` has a new text published; a new name or site needs a row of work of its own.
    if status == Status::Approved && !is_rewritten {
        let article = articles::find_or_add(connection, &comment.article)?;
        work::add(connection, article)?;
    }
    let (text, author, site) = (wanted.text().to_owned(), wanted.author().to_owned(), wanted.site().map(str::to_owned));
    Ok(Comment { status, text, author, site, ..comment })
}

/// Returns the status after a change. A comment that was held, rejected or called spam stays so, whatever the new text says: for another
/// verdict, its author has to send another comment.
fn worse_status(before: Status, verdict: Status) -> Status {
    match (before, verdict) {
        (Status::Approved, verdict) => verdict,
        (Status::Pending, Status::Spam) => Status::Spam,
        (before, _) => before,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_never_improves_a_status() {
        use Status::{Approved, Deleted, Pending, Rejected, Spam};
        for (before, verdict, after) in [
            (Approved, Pending, Pending),
            (Approved, Spam, Spam),
            (Approved, Approved, Approved),
            (Pending, Approved, Pending),
            (Pending, Spam, Spam),
            (Spam, Approved, Spam),
            (Rejected, Pending, Rejected),
            (Deleted, Pending, Deleted),
        ] {
            assert_eq!(worse_status(before, verdict), after, "{before} {verdict}");
        }
    }
}
