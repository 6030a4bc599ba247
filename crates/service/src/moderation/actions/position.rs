//! The moderator's position in a list. After an action, the page scrolls to the next comment.

use ardoise_model::CommentId;
use ardoise_store::StoreError;
use url::form_urlencoded::Serializer;

use crate::moderation::list_query::ListQuery;
use crate::moderation::page_result::PageResponse;
use crate::moderation::pages::queue;
use crate::moderation::previous_status::PreviousStatus;
use crate::moderation::request::PageRequest;
use crate::moderation::session::CurrentModerator;
use crate::moderation::state::ModerationState;
use crate::moderation::views::notice::{self, NoticeData};

/// The list that a form was sent from, and the order of its comments before the action.
pub(crate) struct ListPosition {
    list: ListQuery,
    order: Vec<CommentId>,
}

impl ListPosition {
    /// Reads the order from the form if it was sent from a list. The page of one comment only names its list, which is queried.
    pub(crate) fn of(state: &ModerationState, request: &PageRequest) -> Result<Self, StoreError> {
        let list = ListQuery::from_form(request);
        let shown: Vec<CommentId> = request.form_fields("seen").flat_map(PreviousStatus::parse_all).map(|previous| previous.id).collect();
        let order = if shown.len() > 1 { shown } else { ids(state, &list)? };
        Ok(Self { list, order })
    }

    pub(crate) const fn list(&self) -> &ListQuery {
        &self.list
    }

    /// Returns the comment to scroll to after an action on some comments: the next one in the list, or the previous one at its end.
    /// `None`: the list is empty.
    pub(crate) fn after(&self, state: &ModerationState, concerned: &[CommentId]) -> Result<Option<CommentId>, StoreError> {
        Ok(next(&self.order, concerned, &ids(state, &self.list)?))
    }
}

/// Returns the first of these comments that is on the list's page.
pub(crate) fn on_page(state: &ModerationState, list: &ListQuery, comments: &[CommentId]) -> Result<Option<CommentId>, StoreError> {
    let page = ids(state, list)?;
    Ok(comments.iter().find(|id| page.contains(id)).cloned())
}

/// Redirects to a list, with a notice, and scrolls to a comment.
pub(crate) fn redirect(list: &ListQuery, target: Option<&CommentId>, moderator: &CurrentModerator, data: &NoticeData<'_>) -> PageResponse {
    let mut query = Serializer::new(String::new());
    list.append_to(&mut query);
    let fragment = target.map(|id| format!("#c-{id}")).unwrap_or_default();
    PageResponse::redirect(notice::url("", query, moderator, data) + &fragment)
}

fn ids(state: &ModerationState, list: &ListQuery) -> Result<Vec<CommentId>, StoreError> {
    let (_, page) = queue::fetch(state, list)?;
    Ok(page.comments.into_iter().map(|queued| queued.comment.id).collect())
}

/// `before` is the order in which the comments were shown, `now` the order on the page that the action leads to.
fn next(before: &[CommentId], concerned: &[CommentId], now: &[CommentId]) -> Option<CommentId> {
    let last = before.iter().rposition(|id| concerned.contains(id));
    let (above, below) = before.split_at(last.map_or(0, |last| last + 1));
    let is_left = |id: &&CommentId| now.contains(id) && !concerned.contains(id);
    if let Some(below) = below.iter().find(is_left) {
        return Some(below.clone());
    }
    // At the end of the page, another comment may have moved up from the following page.
    let above = above.iter().rev().find(is_left)?;
    let moved_up = now.iter().skip_while(|id| *id != above).nth(1).filter(|id| !concerned.contains(id));
    Some(moved_up.unwrap_or(above).clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comments(letters: &str) -> Vec<CommentId> {
        letters.chars().map(|letter| letter.to_string().repeat(10).parse().expect("an id")).collect()
    }

    #[test]
    fn an_action_leads_to_the_next_comment() {
        for (before, concerned, now, expected) in [
            ("abcd", "b", "acd", "c"),
            ("abcd", "a", "bcd", "b"),
            ("abcd", "d", "abc", "c"),
            ("abcd", "d", "abce", "e"),
            ("abcd", "ac", "bd", "d"),
            ("abcd", "acd", "b", "b"),
            // The list of all statuses keeps comments after a decision.
            ("abcd", "b", "abcd", "c"),
            ("abcd", "d", "abcd", "c"),
            // New comments arrived in the meantime.
            ("abcd", "b", "xyac", "c"),
            ("a", "a", "", ""),
            ("a", "a", "a", ""),
        ] {
            let found = next(&comments(before), &comments(concerned), &comments(now));
            assert_eq!(found, comments(expected).pop(), "{before} {concerned} {now}");
        }
    }
}
