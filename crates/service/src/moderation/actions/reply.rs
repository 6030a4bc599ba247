use ardoise_model::{Decision, Rule, Status};
use ardoise_notify::{OwnerReply, OwnerReplyError};

use crate::audit_log;
use crate::moderation::notice_kind::NoticeKind;
use crate::moderation::page_result::{PageResponse, PageResult};
use crate::moderation::pages::comment::{self, RejectedForm};
use crate::moderation::request::PageRequest;
use crate::moderation::session::CurrentModerator;
use crate::moderation::state::ModerationState;

/// `POST /moderation/comments/{id}/reply`: publishes an answer in the owner's name. The form's field `approve` approves the comment
/// first.
pub(crate) fn reply(state: &ModerationState, request: &PageRequest, moderator: &CurrentModerator) -> PageResult {
    let (words, now) = (request.words, (state.clock)());
    let comment = state.store.detail(&comment::id(request)?)?.comment;
    let text = request.form_field("text");
    let reject = |reason: String| {
        let rejected = RejectedForm::Reply(text, (words.not_published)(&reason));
        comment::render(state, request, moderator, &rejected).map(PageResponse::Conflict)
    };
    // Before the approval: an answer that cannot be published must not publish the comment.
    if let Err(rule) = ardoise_model::checked_text(text) {
        return reject((words.text_refused)(&rule));
    }
    if comment.status != Status::Approved && !request.form_field("approve").is_empty() {
        let seen = request.seen_comment(comment.id.clone());
        let outcome = state.store.decide(&[seen], Decision::Approve, &moderator.actor(), now)?;
        audit_log::decided(&outcome.decided, &moderator.actor());
        if !outcome.changed.is_empty() {
            return reject((words.notice)(NoticeKind::Changed, 1));
        }
    }
    let (author, by) = (comment::owner(state, moderator), &moderator.actor());
    let answer = OwnerReply { to: comment.id.as_str(), author, text, known_articles_only: state.known_articles_only, by };
    match ardoise_notify::publish_owner_reply(&state.store, &state.site, answer, now) {
        Ok((_, receipt)) => {
            audit_log::action("answered in the owner's name", &receipt.id, by);
            Ok(comment::redirect(request, &comment.id, moderator, NoticeKind::Replied))
        }
        Err(OwnerReplyError::Hidden(..)) => reject(words.parent_hidden.to_owned()),
        Err(OwnerReplyError::Refused(refusals)) => {
            let rules: Vec<&Rule> = refusals.iter().map(|refusal| &refusal.rule).collect();
            reject(rules.into_iter().map(|rule| (words.rule)(rule)).collect::<Vec<_>>().join("; "))
        }
        Err(OwnerReplyError::Store(error)) => Err(error.into()),
    }
}
