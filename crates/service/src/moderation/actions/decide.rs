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

/// `POST /moderation/decide`: the form's field `act` names the decision and optionally one comment. Without a comment, the decision
/// applies to the selected ones, in the fields `id`.
pub(crate) fn decide(state: &ModerationState, request: &PageRequest, moderator: &CurrentModerator) -> PageResult {
    let (word, single) = request.form_field("act").split_once(' ').unwrap_or((request.form_field("act"), ""));
    let decision: Decision = word.parse().map_err(|_| PageError::UnreadableForm)?;
    let ids: Vec<&str> = if single.is_empty() { request.form_fields("id").collect() } else { vec![single] };
    let ids: Vec<CommentId> = ids.into_iter().map(|id| id.parse().map_err(|_| PageError::NotFound)).collect::<Result<_, _>>()?;
    let position = ListPosition::of(state, request)?;
    let selected = request.form_fields("id").filter_map(|id| id.parse().ok());
    let selected: Vec<CommentId> = selected.filter(|id| !ids.contains(id)).collect();
    let seen: Vec<_> = ids.iter().map(|id| request.seen_comment(id.clone())).collect();
    let DecideOutcome { decided, changed, .. } = state.store.decide(&seen, decision, &moderator.actor(), (state.clock)())?;
    audit_log::decided(&decided, &moderator.actor());
    let shown: Vec<_> = request.form_fields("seen").flat_map(PreviousStatus::parse_all).collect();
    let kind = match (decided.is_empty(), changed.len()) {
        (true, 0) => NoticeKind::NothingSelected,
        (true, _) => NoticeKind::Changed,
        (false, _) => NoticeKind::Decided(decision.status()),
    };
    // A comment that was changed in the meantime has to be read again, so the page scrolls to it.
    let target = match changed.first() {
        Some(changed) => position::on_page(state, position.list(), std::slice::from_ref(changed))?,
        None if ids.is_empty() => None,
        None => position.after(state, &ids)?,
    };
    let previous = &PreviousStatus::of(&decided, &shown);
    let data = NoticeData { kind, number: decided.len(), changed: changed.len(), overtaken: 0, previous, selected: &selected };
    Ok(position::redirect(position.list(), target.as_ref(), moderator, &data))
}
