use ardoise_store::Edited;

use super::call::Call;
use super::comment::{self, Draft};
use super::door::Visitor;
use super::notice::Deed;
use super::reply::{Outcome, Refused, Reply};
use super::state::ModerationState;
use crate::audit_log;

/// `POST /moderation/comments/{id}/edit`: gives it another text, unless somebody else did so meanwhile; `base` says of which text the
/// form was made.
pub(crate) fn edit(state: &ModerationState, call: &Call, visitor: &Visitor) -> Outcome {
    let id = comment::id(call)?;
    let now = state.store.detail(&id)?.comment.text;
    if now.is_empty() {
        return Err(Refused::Erased(id.to_string()));
    }
    let typed = call.field("text");
    let not = |why: String| comment::show(state, call, visitor, &Draft::Edit(typed, why)).map(Reply::Refused);
    let text = match ardoise_model::checked_text(typed) {
        Ok(text) => text,
        Err(rule) => return not((call.words.refused)(&rule)),
    };
    if comment::base(&now) != call.field("base") && now != text {
        return not(call.words.changed_meanwhile.to_owned());
    }
    match state.store.edit(&id, &now, &text, &visitor.actor(), (state.clock)())? {
        Edited::Done => {
            audit_log::action("edited", &id, &visitor.actor());
            Ok(Reply::see(comment::there(call, &id, visitor, Deed::Edited)))
        }
        Edited::Same => Ok(Reply::see(comment::there(call, &id, visitor, Deed::Same))),
        Edited::Overtaken => not(call.words.changed_meanwhile.to_owned()),
    }
}
