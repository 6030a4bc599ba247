//! Marks submissions from a banned browser or network as spam.

use crate::screening::{Case, Suspicion};

pub(super) fn check(case: &Case<'_>) -> Option<Suspicion> {
    case.facts.is_banned.then_some(Suspicion::Spam)
}
