use ardoise_model::{CommentId, Decision, Status};
use ardoise_store::SeenComment;

use super::position;
use crate::audit_log;
use crate::moderation::list_query::ListQuery;
use crate::moderation::notice_kind::NoticeKind;
use crate::moderation::page_result::PageResult;
use crate::moderation::previous_status::PreviousStatus;
use crate::moderation::request::PageRequest;
use crate::moderation::session::CurrentModerator;
use crate::moderation::state::ModerationState;
use crate::moderation::views::notice::NoticeData;

/// `POST /moderation/undo`: restores the previous status of each comment in the form's field `was`, unless another moderator has decided
/// since. A comment is published again only in the version in which it was withdrawn.
pub(crate) fn undo(state: &ModerationState, request: &PageRequest, moderator: &CurrentModerator) -> PageResult {
    let previous = PreviousStatus::parse_all(request.form_field("was"));
    let now = (state.clock)();
    let (mut number, mut changed, mut overtaken) = (0, 0, 0);
    for status in Status::ALL {
        let seen: Vec<SeenComment> = previous
            .iter()
            .filter(|previous| previous.status == status)
            .map(|PreviousStatus { id, version, rulings, .. }| SeenComment { id: id.clone(), version: version.clone(), rulings: *rulings })
            .collect();
        if !seen.is_empty() {
            let outcome = state.store.decide(&seen, Decision::towards(status), &moderator.actor(), now)?;
            audit_log::decided(&outcome.decided, &moderator.actor());
            number += outcome.decided.len();
            changed += outcome.changed.len();
            overtaken += outcome.overtaken.len();
        }
    }
    let list = ListQuery::from_form(request);
    let undone: Vec<CommentId> = previous.into_iter().map(|previous| previous.id).collect();
    let target = position::on_page(state, &list, &undone)?;
    let kind = match (number, changed, overtaken) {
        (0, 0, 1..) => NoticeKind::Overtaken,
        (0, 1.., _) => NoticeKind::Changed,
        _ => NoticeKind::Undone,
    };
    let data = NoticeData { number, changed, overtaken, ..NoticeData::of(kind) };
    Ok(position::redirect(&list, target.as_ref(), moderator, &data))
}
