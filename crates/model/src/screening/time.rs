//! It was written faster than anybody writes. Who does not say how long he took is not suspected: his browser runs no script.

use crate::screening::{Case, Suspicion};

pub(super) fn check(case: &Case<'_>) -> Option<Suspicion> {
    let took = case.submission.elapsed()?;
    (took < u64::from(case.policy.least_seconds)).then_some(Suspicion::Hold)
}
