//! Holds comments of browsers with few approved comments. A name or an address proves nothing, because anyone can type it.

use crate::Hold;
use crate::screening::{Case, Suspicion};

pub(super) fn check(case: &Case<'_>) -> Option<Suspicion> {
    match case.policy.hold {
        Hold::NewAuthors { trusted_after } if case.facts.approved < u64::from(trusted_after) => Some(Suspicion::Hold),
        _ => None,
    }
}
