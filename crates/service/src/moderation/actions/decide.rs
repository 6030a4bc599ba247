use ardoise_model::{CommentId, Decision};
use ardoise_store::DecideOutcome;

use super::position::{self, ListPosition};
use crate::audit_log;
use crate::moderation::notice_kind::NoticeKind;
use crate::moderation::page_result::{PageError, PageResult};
use crate::moderation::previous_status::PreviousStatus;
use crate::moderation::request::PageRequest;
use crate::moderation::session::CurrentModerator;
use crate::moderation::state::ModerationState;
use crate::moderation::views::notice::NoticeData;

/// `POST /moderation/decide`. The form field `act` is "<decision>" or "<decision> <comment id>". Without an id, the decision applies to the
/// ticked comments, whose ids are in the fields `id`.
pub(crate) fn decide(state: &ModerationState, request: &PageRequest, moderator: &CurrentModerator) -> PageResult {
    let (decision_word, single_id) = request.form_field("act").split_once(' ').unwrap_or((request.form_field("act"), ""));
    let decision: Decision = decision_word.parse().map_err(|_| PageError::UnreadableForm)?;
    let ids: Vec<&str> = if single_id.is_empty() { request.form_fields("id").collect() } else { vec![single_id] };
    let ids: Vec<CommentId> = ids.into_iter().map(|id| id.parse().map_err(|_| PageError::NotFound)).collect::<Result<_, _>>()?;
    let position = ListPosition::of(state, request)?;
    // If the decision is about one comment, the ticked ones stay selected.
    let ticked = request.form_fields("id").filter_map(|id| id.parse().ok());
    let still_selected: Vec<CommentId> = ticked.filter(|id| !ids.contains(id)).collect();
    let read_versions: Vec<_> = ids.iter().map(|id| request.seen_comment(id.clone())).collect();
    let DecideOutcome { decided, changed: changed_since_read, .. } =
        state.store.decide(&read_versions, decision, &moderator.actor(), (state.clock)())?;
    audit_log::decided(&decided, &moderator.actor());
    let shown_statuses: Vec<_> = request.form_fields("seen").flat_map(PreviousStatus::parse_all).collect();
    let kind = match (decided.is_empty(), changed_since_read.len()) {
        (true, 0) => NoticeKind::NothingSelected,
        (true, _) => NoticeKind::Changed,
        (false, _) => NoticeKind::Decided(decision.status()),
    };
    // A comment that was changed in the meantime has to be read again, so the page scrolls to it.
    let target = match changed_since_read.first() {
        Some(changed) => position::on_page(state, position.list(), std::slice::from_ref(changed))?,
        None if ids.is_empty() => None,
        None => position.after(state, &ids)?,
    };
    let previous = &PreviousStatus::of(&decided, &shown_statuses);
    // A decision in the queue replaces another moderator's, so no comment is overtaken. Only Undo and mail links give way.
    let (number, changed) = (decided.len(), changed_since_read.len());
    let data = NoticeData { kind, number, changed, overtaken: 0, previous, selected: &still_selected };
    Ok(position::redirect(position.list(), target.as_ref(), moderator, &data))
}
