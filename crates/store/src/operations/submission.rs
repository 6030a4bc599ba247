//! Submissions: storing a new comment, counting it and announcing it.

use ardoise_model::{Actor, CommentId, Facts, FactsQuery, Refusal, SenderHashes, Status, Submission, Timestamp, Verdict};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::consumers::Consumers;
use crate::engine::store::Store;
use crate::engine::tokens;
use crate::error::StoreError;
use crate::operations::announcements::{announce_approved, announce_pending};
use crate::operations::facts::{self, Subject};
use crate::schema::comments;
use crate::tables::comments::unused_id;
use crate::tables::moderation_log::{self, Action};
use crate::tables::{articles, proofs, subscribers};

/// Later than any stored comment.
const END_OF_TIME: Timestamp = Timestamp(i64::MAX);

/// The receipt of a stored submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The new comment's id.
    pub id: CommentId,
    /// Its status.
    pub status: Status,
    /// The check that found it suspicious. It is not shown to the author.
    pub layer: Option<&'static str>,
    /// The token with which the author can change or withdraw the comment. Only its hash is stored.
    pub edit_token: String,
}

/// The outcome of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubmitOutcome {
    /// It is on disk.
    Stored(Receipt),
    /// The rules refused it.
    Refused(Vec<Refusal>),
}

/// A comment that is to be stored.
struct NewComment<'a> {
    /// The article's row.
    article: i64,
    submission: &'a Submission,
    sender: &'a SenderHashes,
    is_by_owner: bool,
    verdict: Verdict,
    created_at: Timestamp,
}

impl Store {
    /// Stores a submission with `status`, without asking the rules. When this returns, it is on disk.
    pub fn submit(&self, submission: Submission, status: Status, now: Timestamp) -> Result<Receipt, StoreError> {
        let (consumers, created_at) = (self.consumers.clone(), self.row_time(now));
        self.writer.write(move |connection| {
            let (article, sender) = (articles::find_or_add(connection, submission.article())?, &SenderHashes::default());
            let comment = NewComment { article, submission: &submission, sender, is_by_owner: false, verdict: status.into(), created_at };
            add(connection, &consumers, &comment)
        })
    }

    /// Stores and publishes a comment of the site's owner.
    pub fn submit_as_owner(&self, submission: Submission, actor: &Actor, now: Timestamp) -> Result<Receipt, StoreError> {
        let (consumers, actor, created_at) = (self.consumers.clone(), actor.clone(), self.row_time(now));
        self.writer.write(move |connection| {
            let (article, sender) = (articles::find_or_add(connection, submission.article())?, &SenderHashes::default());
            let verdict = Status::Approved.into();
            let comment = NewComment { article, submission: &submission, sender, is_by_owner: true, verdict, created_at };
            let receipt = add(connection, &consumers, &comment)?;
            moderation_log::add(connection, Action::Replied, Some(&receipt.id), &actor, created_at)?;
            Ok(receipt)
        })
    }

    /// Applies the rules to a submission, and stores it if they accept it. Both happen in one transaction, so that the facts which the
    /// rules were given still hold. The transaction is shared with other submissions that wait. Returns at once.
    ///
    /// `questions` are the facts that the rules need. The others have their default. `rules` may be called twice.
    ///
    /// `on_done` is called when the submission is on disk or was refused; or with [`StoreError::Unavailable`], under high load or if the
    /// database does not respond in time: nothing was stored then. It must return soon, because other submissions wait for it.
    pub fn submit_screened(
        &self,
        submission: Submission,
        sender: SenderHashes,
        questions: FactsQuery,
        mut rules: impl FnMut(&Submission, &Facts) -> Result<Verdict, Vec<Refusal>> + Send + 'static,
        now: Timestamp,
        on_done: impl FnOnce(Result<SubmitOutcome, StoreError>) + Send + 'static,
    ) {
        let (consumers, created_at) = (self.consumers.clone(), self.row_time(now));
        let queries = move |connection: &mut Connection| {
            let (article, facts) = facts::of_article(connection, submission.article(), submission.reply_to())?;
            let subject = Subject { sender: &sender, fingerprint: submission.fingerprint(), before: END_OF_TIME, excluded: None };
            let proof_is_spent = questions.proof.is_some() && proofs::is_spent(connection, &submission)?;
            let facts = Facts { proof_is_spent, ..facts::complete(connection, facts, &subject, questions)? };
            let verdict = match rules(&submission, &facts) {
                Ok(verdict) => verdict,
                Err(refusals) => return Ok(SubmitOutcome::Refused(refusals)),
            };
            let article = article.map_or_else(|| articles::add(connection, submission.article()), Ok)?;
            proofs::spend(connection, &submission, &facts, questions)?;
            let comment = NewComment { article, submission: &submission, sender: &sender, is_by_owner: false, verdict, created_at };
            add(connection, &consumers, &comment).map(SubmitOutcome::Stored)
        };
        self.writer.write_then(queries, on_done);
    }
}

/// Stores, counts and announces a comment.
fn add(connection: &mut Connection, consumers: &Consumers, comment: &NewComment<'_>) -> Result<Receipt, StoreError> {
    let receipt = store(connection, comment)?;
    count(connection, comment)?;
    announce(connection, consumers, comment, &receipt.id)?;
    Ok(receipt)
}

/// Inserts the comment's row.
fn store(connection: &mut Connection, comment: &NewComment<'_>) -> Result<Receipt, StoreError> {
    let NewComment { submission, sender, verdict, .. } = comment;
    let edit_token = tokens::random_token()?;
    let id = unused_id(connection)?;
    let row = (
        comments::id.eq(id.as_str()),
        comments::article_id.eq(comment.article),
        comments::parent_id.eq(submission.reply_to().map(CommentId::as_str)),
        comments::status.eq(verdict.status.as_str()),
        comments::author.eq(submission.author()),
        comments::site.eq(submission.site()),
        comments::text.eq(submission.text()),
        comments::edit_token_hash.eq(tokens::hash(&edit_token)),
        comments::created_at.eq(comment.created_at.0),
        comments::by_owner.eq(comment.is_by_owner),
        comments::layer.eq(verdict.layer),
        comments::network.eq(sender.network.as_deref()),
        comments::author_key.eq(sender.author_key.as_deref()),
        comments::fingerprint.eq(submission.fingerprint()),
    );
    diesel::insert_into(comments::table).values(row).execute(connection)?;
    Ok(Receipt { id, status: verdict.status, layer: verdict.layer, edit_token })
}

/// Counts the comment if it is approved, and has its article published.
fn count(connection: &mut Connection, comment: &NewComment<'_>) -> Result<(), StoreError> {
    if comment.verdict.status == Status::Approved {
        articles::record_published_change(connection, comment.article, 1)?;
    }
    Ok(())
}

/// Subscribes the author if they asked for it, and adds the jobs that report the comment.
fn announce(connection: &mut Connection, consumers: &Consumers, comment: &NewComment<'_>, id: &CommentId) -> Result<(), StoreError> {
    let (status, now) = (comment.verdict.status, comment.created_at);
    // No address is stored for a comment that is spam at once.
    if let (Some(email), true) = (comment.submission.email(), consumers.replies && status != Status::Spam) {
        subscribers::subscribe(connection, email, id, now)?;
    }
    match status {
        Status::Approved => announce_approved(connection, consumers, id, now),
        Status::Pending => announce_pending(connection, consumers, id, now),
        Status::Rejected | Status::Spam | Status::Deleted => Ok(()),
    }
}
