//! It was written faster than anybody writes. Who does not say how long he took is not suspected: his browser runs no script.

use crate::screening::{Content, Suspicion};

pub(super) fn check(content: &Content<'_>) -> Option<Suspicion> {
    let took = content.submission.elapsed()?;
    (took < u64::from(content.policy.least_seconds)).then_some(Suspicion::Hold)
}
