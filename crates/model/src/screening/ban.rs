//! A moderator has banned the browser or the network that it comes from.

use crate::screening::{Case, Suspicion};

pub(super) fn check(case: &Case<'_>) -> Option<Suspicion> {
    case.facts.is_banned.then_some(Suspicion::Spam)
}
