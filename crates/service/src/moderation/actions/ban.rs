use crate::audit_log;
use crate::moderation::notice_kind::NoticeKind;
use crate::moderation::page_result::PageResult;
use crate::moderation::pages::comment;
use crate::moderation::request::PageRequest;
use crate::moderation::session::CurrentModerator;
use crate::moderation::state::ModerationState;

/// `POST /moderation/comments/{id}/ban`: bans the comment's sender.
pub(crate) fn ban(state: &ModerationState, request: &PageRequest, moderator: &CurrentModerator) -> PageResult {
    let id = comment::id(request)?;
    let is_known = state.store.ban(&id, &moderator.actor(), (state.clock)())?;
    if is_known {
        audit_log::action("banned its sender", &id, &moderator.actor());
    }
    let kind = if is_known { NoticeKind::Banned } else { NoticeKind::UnknownSender };
    Ok(comment::redirect(request, &id, moderator, kind))
}

/// `POST /moderation/comments/{id}/unban`
pub(crate) fn unban(state: &ModerationState, request: &PageRequest, moderator: &CurrentModerator) -> PageResult {
    let id = comment::id(request)?;
    let actor = moderator.actor();
    if state.store.unban(&id, &actor, (state.clock)())? {
        audit_log::action("lifted the ban on its sender", &id, &actor);
    }
    Ok(comment::redirect(request, &id, moderator, NoticeKind::Unbanned))
}
