//! Marks submissions that fill a field which people do not see as spam.

use crate::screening::{Content, Suspicion};

pub(super) fn check(content: &Content<'_>) -> Option<Suspicion> {
    (content.policy.honeypot && content.submission.is_trapped()).then_some(Suspicion::Spam)
}
