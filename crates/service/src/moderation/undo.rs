use ardoise_model::{CommentId, Decision, Status};
use ardoise_store::SeenComment;
use url::form_urlencoded::Serializer;

use super::act;
use super::call::Call;
use super::door::Visitor;
use super::notice::{self, Before, Deed, Done};
use super::place::Place;
use super::queue::View;
use super::reply::{Outcome, Reply};
use super::state::ModerationState;
use crate::audit_log;

/// `POST /moderation/undo`: gives each comment that `was` names the status it had, unless somebody else decided since. A comment that is published
/// again says what it said when it was taken down.
pub(crate) fn undo(state: &ModerationState, call: &Call, visitor: &Visitor) -> Outcome {
    let before = Before::parse_all(call.field("was"));
    let now = (state.clock)();
    let (mut number, mut left, mut late) = (0, 0, 0);
    for status in Status::ALL {
        let seen = before.iter().filter(|before| before.status == status);
        let seen: Vec<SeenComment> = seen
            .map(|Before { id, version, rulings, .. }| SeenComment { id: id.clone(), version: version.clone(), rulings: *rulings })
            .collect();
        if !seen.is_empty() {
            let outcome = state.store.decide(&seen, Decision::towards(status), &visitor.actor(), now)?;
            audit_log::decided(&outcome.decided, &visitor.actor());
            number += outcome.decided.len();
            left += outcome.changed.len();
            late += outcome.overtaken.len();
        }
    }
    let view = View::sent(call);
    let undone: Vec<CommentId> = before.into_iter().map(|before| before.id).collect();
    let there = Place::at(state, &view, &undone)?;
    let mut query = Serializer::new(String::new());
    view.write(&mut query);
    let deed = match (number, left, late) {
        (0, 0, 1..) => Deed::Late,
        (0, 1.., _) => Deed::Left,
        _ => Deed::Undone,
    };
    let done = Done { deed, number, left, late, before: &[], ticked: &[] };
    Ok(Reply::see(notice::address("", query, visitor, &done) + &act::fragment(there.as_ref())))
}
