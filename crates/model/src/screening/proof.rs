//! Holds a submission without a valid proof of work. Never more than that: a browser without scripts does no work.

use crate::screening::{CheckInput, Objection};

pub(super) fn check(input: &CheckInput<'_>) -> Option<Objection> {
    let bits = u32::from(input.policy.proof_bits);
    // Before the first challenge is published, no client can have worked on it.
    if bits == 0 || input.known.challenges.is_empty() {
        return None;
    }
    let counts = input
        .submission
        .proof()
        .is_some_and(|proof| proof.bits() >= bits && input.known.challenges.iter().any(|challenge| challenge == proof.challenge()));
    (!counts || input.facts.proof_is_spent).then_some(Objection::Hold)
}
