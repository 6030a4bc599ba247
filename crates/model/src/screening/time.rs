//! Holds a submission that was written faster than a person can. Without a reported time it passes, because the browser may run no scripts.

use crate::screening::{ContentInput, Objection};

pub(super) fn check(input: &ContentInput<'_>) -> Option<Objection> {
    let took = input.submission.elapsed()?;
    (took < u64::from(input.policy.least_seconds)).then_some(Objection::Hold)
}
