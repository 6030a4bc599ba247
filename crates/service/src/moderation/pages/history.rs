use ardoise_store::{CommentDetail, StoreError};

use crate::moderation::dates;
use crate::moderation::request::PageRequest;
use crate::moderation::state::ModerationState;

/// The number of edits shown from the beginning and from the end. Each may be as long as a comment.
const FIRST_EDITS: u32 = 3;
const LAST_EDITS: u32 = 7;

/// An event in a comment's history.
pub(crate) struct HistoryEvent {
    at: i64,
    pub(crate) exact_date: String,
    pub(crate) text: String,
    /// The text before an edit.
    pub(crate) former_text: Option<String>,
}

/// Returns a comment's history, oldest event first. It begins when the comment was received.
pub(crate) fn of(state: &ModerationState, request: &PageRequest, detail: &CommentDetail) -> Result<Vec<HistoryEvent>, StoreError> {
    let words = request.words;
    let received_at = detail.comment.created_at;
    let mut events =
        vec![HistoryEvent { at: received_at.0, exact_date: dates::exact(received_at), text: words.received.to_owned(), former_text: None }];
    events.extend(detail.decisions.iter().map(|past| HistoryEvent {
        at: past.at.0,
        exact_date: dates::exact(past.at),
        text: (words.decided)(past.status, &(words.actor)(&past.by)),
        former_text: None,
    }));
    let (edits, between) = state.store.edits_at_both_ends(&detail.comment.id, FIRST_EDITS, LAST_EDITS)?;
    for (n, edit) in (0..).zip(edits) {
        if n == FIRST_EDITS && between > 0 {
            let text = (words.edits_between)(between);
            events.push(HistoryEvent { at: edit.at.0, exact_date: String::new(), text, former_text: None });
        }
        let text = (words.edited)(&(words.actor)(&edit.by));
        events.push(HistoryEvent { at: edit.at.0, exact_date: dates::exact(edit.at), text, former_text: Some(edit.text) });
    }
    events.extend(state.store.other_actions(&detail.comment.id)?.into_iter().map(|entry| HistoryEvent {
        at: entry.at.0,
        exact_date: dates::exact(entry.at),
        text: (words.action)(entry.action, &(words.actor)(&entry.by)),
        former_text: None,
    }));
    events.sort_by_key(|event| event.at);
    Ok(events)
}
