//! What the rules want to know of a submission, beside its article. Each question is asked where a rule needs its answer alone: all
//! who wait to be stored wait for it.

use ardoise_model::{Facts, Questions, Sender, Status, Submission, Timestamp};
use diesel::prelude::*;

use crate::connection::Connection;
use crate::schema::{comments, proofs};
use crate::{StoreError, bans};

/// Whatever was stored before this submission.
const EVER: Timestamp = Timestamp(i64::MAX);
/// As many comments with the same words are looked at.
const MOST_ALIKE: i64 = 20;

pub(crate) fn ask(
    connection: &mut Connection,
    facts: Facts,
    submission: &Submission,
    sender: &Sender,
    questions: Questions,
) -> Result<Facts, StoreError> {
    let facts = ask_of_sender(connection, facts, sender, questions)?;
    Ok(Facts {
        same_before: match questions.same_since {
            Some(since) => same_before(connection, &submission.fingerprint(), since, EVER)?,
            None => None,
        },
        proof_is_spent: questions.proof.is_some() && is_spent(connection, submission)?,
        ..facts
    })
}

/// Of the questions those that a comment's text has no part in.
pub(crate) fn ask_of_sender(connection: &mut Connection, facts: Facts, sender: &Sender, questions: Questions) -> Result<Facts, StoreError> {
    let approved = if questions.approved { approved(connection, sender, EVER)? } else { 0 };
    Ok(Facts { approved, is_banned: questions.bans && is_banned(connection, sender)?, ..facts })
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

/// Of those that came before a moment.
pub(crate) fn approved(connection: &mut Connection, sender: &Sender, before: Timestamp) -> Result<u64, StoreError> {
    let Some(key) = &sender.author_key else { return Ok(0) };
    let of_key = comments::table.filter(comments::author_key.eq(key)).filter(comments::status.eq(Status::Approved.as_str()));
    let count: i64 = of_key.filter(comments::created_at.lt(before.0)).count().get_result(connection)?;
    Ok(u64::try_from(count).unwrap_or_default())
}

pub(crate) fn same_before(
    connection: &mut Connection,
    fingerprint: &str,
    since: Timestamp,
    before: Timestamp,
) -> Result<Option<Status>, StoreError> {
    if fingerprint.is_empty() {
        return Ok(None);
    }
    let statuses = comments::table
        .filter(comments::fingerprint.eq(fingerprint))
        .filter(comments::created_at.ge(since.0))
        .filter(comments::created_at.lt(before.0))
        .order(comments::created_at.desc())
        .limit(MOST_ALIKE)
        .select(comments::status)
        .load::<String>(connection)?;
    let statuses = statuses.iter().map(|status| status.parse()).collect::<Result<Vec<Status>, _>>().map_err(StoreError::Unreadable)?;
    Ok(statuses.iter().copied().find(|status| *status == Status::Spam).or(statuses.first().copied()))
}

pub(crate) fn is_banned(connection: &mut Connection, sender: &Sender) -> Result<bool, StoreError> {
    for (kind, value) in [("network", &sender.network), ("author", &sender.author_key)] {
        if let Some(value) = value
            && bans::is_listed(connection, kind, value)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_spent(connection: &mut Connection, submission: &Submission) -> Result<bool, StoreError> {
    let Some(proof) = submission.proof() else { return Ok(false) };
    let spent = proofs::table.filter(proofs::proof.eq(proof.as_str())).select(proofs::id);
    Ok(spent.first::<i64>(connection).optional()?.is_some())
}
