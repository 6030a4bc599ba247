//! Marks submissions from a banned browser or network as spam.

use crate::screening::{CheckInput, Objection};

pub(super) fn check(input: &CheckInput<'_>) -> Option<Objection> {
    input.facts.is_banned.then_some(Objection::Spam)
}
