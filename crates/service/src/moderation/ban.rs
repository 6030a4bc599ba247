use super::call::Call;
use super::comment::{id, there};
use super::door::Visitor;
use super::notice::Deed;
use super::reply::{Outcome, Reply};
use super::state::ModerationState;
use crate::audit_log;

/// `POST /moderation/comments/{id}/ban`: whoever sent it is recognised from now on.
pub(crate) fn ban(state: &ModerationState, call: &Call, visitor: &Visitor) -> Outcome {
    let id = id(call)?;
    let known = state.store.ban(&id, &visitor.actor(), (state.clock)())?;
    if known {
        audit_log::action("banned its sender", &id, &visitor.actor());
    }
    Ok(Reply::see(there(call, &id, visitor, if known { Deed::Banned } else { Deed::Stranger })))
}

/// `POST /moderation/comments/{id}/unban`
pub(crate) fn unban(state: &ModerationState, call: &Call, visitor: &Visitor) -> Outcome {
    let id = id(call)?;
    let actor = visitor.actor();
    if state.store.unban(&id, &actor, (state.clock)())? {
        audit_log::action("lifted the ban on its sender", &id, &actor);
    }
    Ok(Reply::see(there(call, &id, visitor, Deed::Unbanned)))
}
