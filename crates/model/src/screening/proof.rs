//! Holds a submission without a valid proof of work. Never more than that: a browser without scripts does no work.

use crate::screening::{Case, Suspicion};

pub(super) fn check(case: &Case<'_>) -> Option<Suspicion> {
    let bits = u32::from(case.policy.proof_bits);
    // Before the first challenge is published, no client can have worked on it.
    if bits == 0 || case.known.challenges.is_empty() {
        return None;
    }
    let counts = case
        .submission
        .proof()
        .is_some_and(|proof| proof.bits() >= bits && case.known.challenges.iter().any(|challenge| challenge == proof.challenge()));
    (!counts || case.facts.proof_is_spent).then_some(Suspicion::Hold)
}
