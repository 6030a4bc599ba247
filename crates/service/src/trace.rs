//! What moderators do, in the log of `serve`: one line for each act, whichever way it came. Acts on the command line happen in another process,
//! which prints them; `ardoise log` lists both.

use ardoise_model::{Actor, CommentId};
use ardoise_store::Decided;

/// Decisions; what was that already is no act.
pub(crate) fn decided(decided: &[Decided], actor: &Actor) {
    for Decided { id, before, after, .. } in decided.iter().filter(|decided| decided.before != decided.after) {
        tracing::info!(%id, %before, status = %after, by = %actor, "decided");
    }
}

/// Another act on one comment, such as an edit.
pub(crate) fn done(act: &'static str, id: &CommentId, actor: &Actor) {
    tracing::info!(%id, by = %actor, "{act}");
}
