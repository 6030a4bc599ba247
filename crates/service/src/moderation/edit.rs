use super::call::Call;
use super::comment::{self, Draft};
use super::desk::Desk;
use super::door::Visitor;
use super::notice::Deed;
use super::reply::{Outcome, Refused, Reply};

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
    let changed = desk.store.edit(&id, &text, &visitor.actor(), (desk.clock)())?;
    Ok(Reply::see(comment::there(&id, visitor, if changed { Deed::Edited } else { Deed::Same })))
}
