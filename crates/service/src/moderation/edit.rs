use ardoise_store::Edited;

use super::call::Call;
use super::comment::{self, Draft};
use super::desk::Desk;
use super::door::Visitor;
use super::notice::Deed;
use super::reply::{Outcome, Refused, Reply};
use crate::trace;

/// `POST /moderation/comments/{id}/edit`: gives it another text, unless somebody else did so meanwhile; `base` says of which text the
/// form was made.
pub(crate) fn edit(desk: &Desk, call: &Call, visitor: &Visitor) -> Outcome {
    let id = comment::id(call)?;
    let now = desk.store.detail(&id)?.comment.text;
    if now.is_empty() {
        return Err(Refused::Erased(id.to_string()));
    }
    let typed = call.field("text");
    let not = |why: String| comment::show(desk, call, visitor, &Draft::Edit(typed, why)).map(Reply::Refused);
    let text = match ardoise_model::checked_text(typed) {
        Ok(text) => text,
        Err(rule) => return not((call.words.refused)(&rule)),
    };
    if comment::base(&now) != call.field("base") && now != text {
        return not(call.words.changed_meanwhile.to_owned());
    }
    match desk.store.edit(&id, &now, &text, &visitor.actor(), (desk.clock)())? {
        Edited::Done => {
            trace::done("edited", &id, &visitor.actor());
            Ok(Reply::see(comment::there(call, &id, visitor, Deed::Edited)))
        }
        Edited::Same => Ok(Reply::see(comment::there(call, &id, visitor, Deed::Same))),
        Edited::Overtaken => not(call.words.changed_meanwhile.to_owned()),
    }
}
