//! A field that people do not see was filled.

use crate::screening::{Case, Suspicion};

pub(super) fn check(case: &Case<'_>) -> Option<Suspicion> {
    (case.policy.honeypot && case.submission.is_trapped()).then_some(Suspicion::Spam)
}
