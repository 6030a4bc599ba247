//! Logs what moderators do: one line for each action, from the pages or from a link in a mail. The command line runs in another process,
//! which prints its actions. `ardoise log` lists both.

use ardoise_model::{Actor, CommentId};
use ardoise_store::Decided;

/// Logs decisions, except those that changed nothing.
pub(crate) fn decided(decided: &[Decided], actor: &Actor) {
    for Decided { id, before, after, .. } in decided.iter().filter(|decided| decided.before != decided.after) {
        tracing::info!(%id, %before, status = %after, by = %actor, "decided");
    }
}

/// Logs another action on one comment, such as an edit.
pub(crate) fn action(action: &'static str, id: &CommentId, actor: &Actor) {
    tracing::info!(%id, by = %actor, "{action}");
}
