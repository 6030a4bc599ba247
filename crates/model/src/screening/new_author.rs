//! Holds comments of browsers with few approved comments. A name or an address proves nothing, because anyone can type it.

use crate::HoldPolicy;
use crate::screening::{CheckInput, Objection};

pub(super) fn check(input: &CheckInput<'_>) -> Option<Objection> {
    match input.policy.hold {
        HoldPolicy::NewAuthors { trusted_after } if input.facts.approved < u64::from(trusted_after) => Some(Objection::Hold),
        _ => None,
    }
}
