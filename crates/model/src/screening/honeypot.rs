//! Marks submissions that fill a field which people do not see as spam.

use crate::screening::{ContentInput, Objection};

pub(super) fn check(input: &ContentInput<'_>) -> Option<Objection> {
    (input.policy.honeypot && input.submission.is_trapped()).then_some(Objection::Spam)
}
