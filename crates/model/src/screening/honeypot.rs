//! A field that people do not see was filled.

use crate::screening::{Content, Suspicion};

pub(super) fn check(content: &Content<'_>) -> Option<Suspicion> {
    (content.policy.honeypot && content.submission.is_trapped()).then_some(Suspicion::Spam)
}
