//! What the rules want to know of a submission, beside its article. Each question is asked where a rule needs its answer alone: all
//! who wait to be stored wait for it.

use ardoise_model::{CommentId, Facts, Questions, Sender, Status, Submission, Timestamp};
use diesel::dsl::exists;
use diesel::prelude::*;

use crate::StoreError;
use crate::engine::connection::Connection;
use crate::schema::{comments, proofs};
use crate::tables::bans;

/// As many comments with the same words are looked at.
const MOST_ALIKE: i64 = 20;

/// Of whom and of what it is asked.
pub(crate) struct About<'a> {
    pub(crate) sender: &'a Sender,
    /// Of the text.
    pub(crate) fingerprint: &'a str,
    /// Only what came earlier counts.
    pub(crate) before: Timestamp,
    /// The comment that is asked about, which is no duplicate of itself; none: it is not stored yet.
    pub(crate) itself: Option<&'a CommentId>,
}

/// Adds the answers to what is known already.
pub(crate) fn ask(connection: &mut Connection, facts: Facts, about: &About<'_>, questions: Questions) -> Result<Facts, StoreError> {
    Ok(Facts {
        approved: if questions.approved { approved(connection, about)? } else { 0 },
        same_before: match questions.same_since {
            Some(since) => same_before(connection, about, since)?,
            None => None,
        },
        is_banned: questions.bans && bans::is_banned(connection, about.sender)?,
        ..facts
    })
}

/// Takes note of the work that was shown: it counts once.
pub(crate) fn spend(connection: &mut Connection, submission: &Submission, facts: &Facts, questions: Questions) -> Result<(), StoreError> {
    if let (Some(proof), Some((bits, until)), false) = (submission.proof(), questions.proof, facts.proof_is_spent)
        // What is no work on this text may be on another.
        && proof.bits() >= u32::from(bits)
    {
        let row = (proofs::proof.eq(proof.as_str()), proofs::expires_at.eq(until.0));
        diesel::insert_into(proofs::table).values(row).execute(connection)?;
    }
    Ok(())
}

fn approved(connection: &mut Connection, about: &About<'_>) -> Result<u64, StoreError> {
    let Some(key) = &about.sender.author_key else { return Ok(0) };
    let of_key = comments::table.filter(comments::author_key.eq(key)).filter(comments::status.eq(Status::Approved.as_str()));
    let count: i64 = of_key.filter(comments::created_at.lt(about.before.0)).count().get_result(connection)?;
    Ok(u64::try_from(count).unwrap_or_default())
}

fn same_before(connection: &mut Connection, about: &About<'_>, since: Timestamp) -> Result<Option<Status>, StoreError> {
    if about.fingerprint.is_empty() {
        return Ok(None);
    }
    let alike = || {
        comments::table
            .filter(comments::fingerprint.eq(about.fingerprint))
            .filter(comments::created_at.ge(since.0))
            .filter(comments::created_at.lt(about.before.0))
            // No comment has an empty id.
            .filter(comments::id.ne(about.itself.map_or("", CommentId::as_str)))
    };
    // Few comments are like another, and SQLite prepares a statement with a bound LIMIT anew each time.
    if !diesel::select(exists(alike())).get_result(connection)? {
        return Ok(None);
    }
    let statuses = alike().order(comments::created_at.desc()).limit(MOST_ALIKE).select(comments::status).load::<String>(connection)?;
    let statuses = statuses.iter().map(|status| status.parse()).collect::<Result<Vec<Status>, _>>().map_err(StoreError::Unreadable)?;
    Ok(statuses.iter().copied().find(|status| *status == Status::Spam).or(statuses.first().copied()))
}

/// Whether the work that was shown was shown before.
pub(crate) fn is_spent(connection: &mut Connection, submission: &Submission) -> Result<bool, StoreError> {
    let Some(proof) = submission.proof() else { return Ok(false) };
    let spent = proofs::table.filter(proofs::proof.eq(proof.as_str()));
    Ok(diesel::select(exists(spent)).get_result(connection)?)
}
