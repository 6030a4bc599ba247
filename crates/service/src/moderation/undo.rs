use ardoise_model::{CommentId, Decision, Status};
use url::form_urlencoded::Serializer;

use super::call::Call;
use super::desk::Desk;
use super::door::Visitor;
use super::notice::{self, Before, Deed, Done};
use super::queue::View;
use super::reply::{Outcome, Reply};

/// `POST /moderation/undo`: gives each comment that `was` names the status it had.
pub(crate) fn undo(desk: &Desk, call: &Call, visitor: &Visitor) -> Outcome {
    let before = Before::parse_all(call.field("was"));
    let now = (desk.clock)();
    let mut number = 0;
    for status in Status::ALL {
        let ids: Vec<CommentId> = before.iter().filter(|before| before.status == status).map(|before| before.id.clone()).collect();
        if !ids.is_empty() {
            number += desk.store.decide(&ids, Decision::towards(status), &visitor.actor(), now)?.len();
        }
    }
    let mut query = Serializer::new(String::new());
    View::sent(call).write(&mut query);
    Ok(Reply::see(notice::address("", query, visitor, &Done::of(Deed::Undone, number))))
}
