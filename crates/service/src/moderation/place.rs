//! Where a moderator is in a list, and where an act leaves them: on the next comment.

use ardoise_model::CommentId;

use super::call::Call;
use super::notice::Before;
use super::queue::{self, View};
use super::reply::Refused;
use super::state::ModerationState;

/// The list that a form was sent from, before the act: its comments in their order.
pub(crate) struct Place {
    view: View,
    order: Vec<CommentId>,
}

impl Place {
    /// A page of the list says itself what it showed. The page of one comment names its list, which is looked up.
    pub(crate) fn of(state: &ModerationState, call: &Call) -> Result<Self, Refused> {
        let view = View::sent(call);
        let shown: Vec<CommentId> = call.fields("seen").flat_map(Before::parse_all).map(|before| before.id).collect();
        let order = if shown.len() > 1 { shown } else { listed(state, &view)? };
        Ok(Self { view, order })
    }

    pub(crate) const fn view(&self) -> &View {
        &self.view
    }

    /// After an act on some of the comments: the next one that the list has, or the one before it at the end. None: the list is empty.
    pub(crate) fn after(&self, state: &ModerationState, acted: &[CommentId]) -> Result<Option<CommentId>, Refused> {
        Ok(next(&self.order, acted, &listed(state, &self.view)?))
    }

    /// Where one of these comments is, if the list's page has it.
    pub(crate) fn at(state: &ModerationState, view: &View, comments: &[CommentId]) -> Result<Option<CommentId>, Refused> {
        let now = listed(state, view)?;
        Ok(comments.iter().find(|id| now.contains(id)).cloned())
    }
}

fn listed(state: &ModerationState, view: &View) -> Result<Vec<CommentId>, Refused> {
    let (_, queue) = queue::listed(state, view)?;
    Ok(queue.comments.into_iter().map(|queued| queued.comment.id).collect())
}

/// `before` is the order in which comments were shown, `now` that of the page to which the act leads.
fn next(before: &[CommentId], acted: &[CommentId], now: &[CommentId]) -> Option<CommentId> {
    let last = before.iter().rposition(|id| acted.contains(id));
    let (above, below) = before.split_at(last.map_or(0, |last| last + 1));
    let is_left = |id: &&CommentId| now.contains(id) && !acted.contains(id);
    if let Some(below) = below.iter().find(is_left) {
        return Some(below.clone());
    }
    // The end of the page: another one may have moved up from the page behind it.
    let above = above.iter().rev().find(is_left)?;
    let moved_up = now.iter().skip_while(|id| *id != above).nth(1).filter(|id| !acted.contains(id));
    Some(moved_up.unwrap_or(above).clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(letters: &str) -> Vec<CommentId> {
        letters.chars().map(|letter| letter.to_string().repeat(10).parse().expect("an id")).collect()
    }

    #[test]
    fn an_act_leads_to_the_next_comment() {
        for (before, acted, now, expected) in [
            ("abcd", "b", "acd", "c"),
            ("abcd", "a", "bcd", "b"),
            ("abcd", "d", "abc", "c"),
            ("abcd", "d", "abce", "e"),
            ("abcd", "ac", "bd", "d"),
            ("abcd", "acd", "b", "b"),
            // A list of all statuses keeps what was decided.
            ("abcd", "b", "abcd", "c"),
            ("abcd", "d", "abcd", "c"),
            // Others came meanwhile.
            ("abcd", "b", "xyac", "c"),
            ("a", "a", "", ""),
            ("a", "a", "a", ""),
        ] {
            let found = next(&ids(before), &ids(acted), &ids(now));
            assert_eq!(found, ids(expected).pop(), "{before} {acted} {now}");
        }
    }
}
