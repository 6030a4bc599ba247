use ardoise_store::Edited;

use crate::audit_log;
use crate::moderation::notice_kind::NoticeKind;
use crate::moderation::page_result::{PageError, PageResponse, PageResult};
use crate::moderation::pages::comment::{self, RejectedForm};
use crate::moderation::request::PageRequest;
use crate::moderation::session::CurrentModerator;
use crate::moderation::state::ModerationState;

/// `POST /moderation/comments/{id}/edit`: replaces the comment's text, unless it was changed since the form was made. The form's field
/// `base` is the hash of the text that it was made from.
pub(crate) fn edit(state: &ModerationState, request: &PageRequest, moderator: &CurrentModerator) -> PageResult {
    let id = comment::id(request)?;
    let current = state.store.detail(&id)?.comment.text;
    if current.is_empty() {
        return Err(PageError::Erased(id.to_string()));
    }
    let typed = request.form_field("text");
    let reject = |error: String| comment::render(state, request, moderator, &RejectedForm::Edit(typed, error)).map(PageResponse::Conflict);
    let text = match ardoise_model::checked_text(typed) {
        Ok(text) => text,
        Err(rule) => return reject((request.words.text_refused)(&rule)),
    };
    if comment::text_hash(&current) != request.form_field("base") && current != text {
        return reject(request.words.changed_meanwhile.to_owned());
    }
    match state.store.edit(&id, &current, &text, &moderator.actor(), (state.clock)())? {
        Edited::Done => {
            audit_log::action("edited", &id, &moderator.actor());
            Ok(comment::redirect(request, &id, moderator, NoticeKind::Edited))
        }
        Edited::Same => Ok(comment::redirect(request, &id, moderator, NoticeKind::Unchanged)),
        Edited::Overtaken => reject(request.words.changed_meanwhile.to_owned()),
    }
}
