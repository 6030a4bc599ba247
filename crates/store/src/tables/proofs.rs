//! Proofs of work that were used: each is accepted once.

use ardoise_model::{Facts, FactsQuery, Submission};
use diesel::dsl::exists;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::error::StoreError;
use crate::schema::proofs;

/// Whether the submission's proof was used before.
pub(crate) fn is_spent(connection: &mut Connection, submission: &Submission) -> Result<bool, StoreError> {
    let Some(proof) = submission.proof() else { return Ok(false) };
    let spent = proofs::table.filter(proofs::proof.eq(proof.as_str()));
    Ok(diesel::select(exists(spent)).get_result(connection)?)
}

/// Records the use of the submission's proof.
pub(crate) fn spend(connection: &mut Connection, submission: &Submission, facts: &Facts, questions: FactsQuery) -> Result<(), StoreError> {
    if let (Some(proof), Some((bits, until)), false) = (submission.proof(), questions.proof, facts.proof_is_spent)
        // A value that is too weak for this text may be a proof for another.
        && proof.bits() >= u32::from(bits)
    {
        let row = (proofs::proof.eq(proof.as_str()), proofs::expires_at.eq(until.0));
        diesel::insert_into(proofs::table).values(row).execute(connection)?;
    }
    Ok(())
}
