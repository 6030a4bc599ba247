//! A comment in its author's own hands: whoever has its edit token may change or withdraw it, for some time.

use ardoise_model::{
    Actor, ArticlePath, Comment, CommentId, Decision, Facts, Questions, Refusal, Sender, Status, Submission, Timestamp, Verdict,
};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::tokens;
use crate::operations::decide;
use crate::operations::erase;
use crate::operations::facts::{self, About};
use crate::schema::{articles as article_rows, comments};
use crate::tables::articles;
use crate::tables::comments::CommentRow;
use crate::tables::edits;
use crate::{Channels, Store, StoreError};

/// So many times an author may change the text of a comment: each change keeps the text before it.
const MOST_CHANGES: i64 = 20;

/// Somebody who says that a comment is his.
#[derive(Debug, Clone)]
pub struct AuthorClaim {
    /// The comment.
    pub id: CommentId,
    /// What he was given when it was taken in.
    pub token: String,
    /// Comments from before this moment are not his any more.
    pub since: Timestamp,
}

/// What became of an author's wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthorOutcome {
    /// It is on disk; the comment as it is now.
    Done(Comment),
    /// The rules refused the change.
    Refused(Vec<Refusal>),
    /// There is no such comment, or the token is not its token: nobody learns which.
    NotYours,
    /// It is his, and was for too long.
    TooLate,
    /// It is his, and he has changed it so many times, which is as often as he may.
    TooOften(i64),
}

impl Store {
    /// Gives a comment what its author wants it to say, and a status that is no better than before and no better than the rules say now.
    ///
    /// `wanted` makes a submission of the comment, and `rules` is asked about it, as by [`Store::submit_screened`]; both may be called twice.
    pub fn change_by_author(
        &self,
        claim: AuthorClaim,
        questions: Questions,
        wanted: impl Fn(&Comment) -> Result<Submission, Vec<Refusal>> + Send + 'static,
        mut rules: impl FnMut(&Submission, &Facts) -> Result<Verdict, Vec<Refusal>> + Send + 'static,
        now: Timestamp,
        told: impl FnOnce(Result<AuthorOutcome, StoreError>) + Send + 'static,
    ) {
        let channels = self.channels.clone();
        let queries = move |connection: &mut Connection| {
            let (comment, sender) = match claimed(connection, &claim)? {
                Ok(own) => own,
                Err(refused) => return Ok(refused),
            };
            let submission = match wanted(&comment) {
                Ok(submission) => submission,
                Err(refusals) => return Ok(AuthorOutcome::Refused(refusals)),
            };
            if comment.text != submission.text() && edits::count_by_author(connection, &comment.id)? >= MOST_CHANGES {
                return Ok(AuthorOutcome::TooOften(MOST_CHANGES));
            }
            let (_, facts) = articles::facts(connection, &comment.article, comment.parent.as_ref())?;
            let about = About { sender: &sender, fingerprint: submission.fingerprint(), before: now, itself: Some(&comment.id) };
            let facts = facts::ask(connection, facts, &about, questions)?;
            match rules(&submission, &facts) {
                Ok(verdict) => apply(connection, &channels, comment, &submission, (verdict, now)).map(AuthorOutcome::Done),
                Err(refusals) => Ok(AuthorOutcome::Refused(refusals)),
            }
        };
        self.writer.write_then(queries, told);
    }

    /// Deletes a comment for its author: what he wrote is gone, and what was answered keeps its place.
    pub fn withdraw_by_author(
        &self,
        claim: AuthorClaim,
        now: Timestamp,
        told: impl FnOnce(Result<AuthorOutcome, StoreError>) + Send + 'static,
    ) {
        let channels = self.channels.clone();
        let queries = move |connection: &mut Connection| {
            let comment = match claimed(connection, &claim)? {
                Ok((comment, _)) => comment,
                Err(refused) => return Ok(refused),
            };
            decide::decide_one(connection, &channels, &comment.id, Decision::Delete, (&Actor::AUTHOR, now))?;
            erase::one(connection, comment.id.as_str())?;
            Ok(AuthorOutcome::Done(Comment { status: Status::Deleted, ..comment }))
        };
        self.writer.write_then(queries, told);
    }
}

/// The comment and its sender, if the claim is good.
fn claimed(connection: &mut Connection, claim: &AuthorClaim) -> Result<Result<(Comment, Sender), AuthorOutcome>, StoreError> {
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
    let comment = row.into_comment(ArticlePath::from_stored(path))?;
    if comment.created_at <= claim.since {
        return Ok(Err(AuthorOutcome::TooLate));
    }
    Ok(Ok((comment, Sender { network, author_key })))
}

fn apply(
    connection: &mut Connection,
    channels: &Channels,
    comment: Comment,
    wanted: &Submission,
    (verdict, now): (Verdict, Timestamp),
) -> Result<Comment, StoreError> {
    let id = &comment.id;
    let same = comment.text == wanted.text() && comment.author == wanted.author() && comment.site.as_deref() == wanted.site();
    if same {
        return Ok(comment);
    }
    let status = worse(comment.status, verdict.status);
    // First of all: a text that nobody has looked at is not published, not even for a moment.
    decide::decide_one(connection, channels, id, Decision::towards(status), (&Actor::AUTHOR, now))?;
    let is_rewritten = edits::edit(connection, id, wanted.text(), &Actor::AUTHOR, now)?;
    if !is_rewritten && !edits::is_by_author(connection, id)? {
        // Another name or site is a change as well: it has to be read before it is approved. One row says so; more would only repeat the text.
        edits::keep(connection, id, &comment.text, &Actor::AUTHOR, now)?;
    }
    diesel::update(comments::table.find(id.as_str()))
        .set((comments::author.eq(wanted.author()), comments::site.eq(wanted.site())))
        .execute(connection)?;
    if let Some(layer) = verdict.layer {
        diesel::update(comments::table.find(id.as_str())).set(comments::layer.eq(layer)).execute(connection)?;
    }
    // Another text publishes itself.
    if status == Status::Approved && !is_rewritten {
        articles::touch(connection, &comment.article)?;
    }
    let (text, author, site) = (wanted.text().to_owned(), wanted.author().to_owned(), wanted.site().map(str::to_owned));
    Ok(Comment { status, text, author, site, ..comment })
}

/// What was held, refused or called spam stays so, whatever it says now: who wants another judgement sends another comment.
fn worse(before: Status, now: Status) -> Status {
    match (before, now) {
        (Status::Approved, now) => now,
        (Status::Pending, Status::Spam) => Status::Spam,
        (before, _) => before,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_never_makes_a_status_better() {
        use Status::{Approved, Deleted, Pending, Rejected, Spam};
        for (before, now, after) in [
            (Approved, Pending, Pending),
            (Approved, Spam, Spam),
            (Approved, Approved, Approved),
            (Pending, Approved, Pending),
            (Pending, Spam, Spam),
            (Spam, Approved, Spam),
            (Rejected, Pending, Rejected),
            (Deleted, Pending, Deleted),
        ] {
            assert_eq!(worse(before, now), after, "{before} {now}");
        }
    }
}
