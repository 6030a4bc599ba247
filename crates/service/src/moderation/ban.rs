use super::call::Call;
use super::comment::{id, there};
use super::desk::Desk;
use super::door::Visitor;
use super::notice::Deed;
use super::reply::{Outcome, Reply};
use crate::trace;

/// `POST /moderation/comments/{id}/ban`: whoever sent it is recognised from now on.
pub(crate) fn ban(desk: &Desk, call: &Call, visitor: &Visitor) -> Outcome {
    let id = id(call)?;
    let known = desk.store.ban(&id, &visitor.actor(), (desk.clock)())?;
    if known {
        trace::done("banned its sender", &id, &visitor.actor());
    }
    Ok(Reply::see(there(call, &id, visitor, if known { Deed::Banned } else { Deed::Stranger })))
}

/// `POST /moderation/comments/{id}/unban`
pub(crate) fn unban(desk: &Desk, call: &Call, visitor: &Visitor) -> Outcome {
    let id = id(call)?;
    let actor = visitor.actor();
    if desk.store.unban(&id, &actor, (desk.clock)())? {
        trace::done("lifted the ban on its sender", &id, &actor);
    }
    Ok(Reply::see(there(call, &id, visitor, Deed::Unbanned)))
}
