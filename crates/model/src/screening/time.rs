//! Holds a submission that was written faster than a person can. Without a reported time it passes, because the browser may run no scripts.

use crate::screening::{Content, Suspicion};

pub(super) fn check(content: &Content<'_>) -> Option<Suspicion> {
    let took = content.submission.elapsed()?;
    (took < u64::from(content.policy.least_seconds)).then_some(Suspicion::Hold)
}
