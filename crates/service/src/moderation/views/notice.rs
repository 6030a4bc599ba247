//! The notice about the last action. It travels in the URL that the action redirects to, and the page offers an undo with it.

use ardoise_model::CommentId;
use ardoise_store::StoreError;
use url::form_urlencoded::Serializer;

use crate::moderation::csrf;
use crate::moderation::notice_kind::NoticeKind;
use crate::moderation::previous_status::PreviousStatus;
use crate::moderation::request::PageRequest;
use crate::moderation::session::CurrentModerator;
use crate::moderation::state::ModerationState;

/// The fields of a notice in a URL, in the order in which they are signed.
const FIELDS: [&str; 6] = ["done", "number", "left", "late", "was", "ticked"];

/// A notice as a page shows it.
pub(crate) struct Notice {
    pub(crate) text: String,
    /// Sentences about comments that others have changed or decided about in the meantime.
    pub(crate) surprises: Vec<String>,
    /// The previous statuses, as the undo form sends them. Empty if there is nothing to undo.
    pub(crate) undo: String,
    /// The comments that stay selected.
    pub(crate) selected: Vec<CommentId>,
}

/// The result of an action, as it is written into a URL.
pub(crate) struct NoticeData<'a> {
    pub(crate) kind: NoticeKind,
    /// The number of comments that the action changed.
    pub(crate) number: usize,
    /// The number of comments left alone because they were changed since the moderator read them.
    pub(crate) changed: usize,
    /// The number of comments left alone because another moderator has decided about them since.
    pub(crate) overtaken: usize,
    pub(crate) previous: &'a [PreviousStatus],
    /// The selected comments that the action did not concern. They stay selected.
    pub(crate) selected: &'a [CommentId],
}

impl NoticeData<'_> {
    /// A notice without numbers.
    pub(crate) fn of(kind: NoticeKind) -> Self {
        Self { kind, number: 0, changed: 0, overtaken: 0, previous: &[], selected: &[] }
    }
}

/// Returns the URL of a page with a notice. The notice is signed for the session: a link in a comment must neither claim an action that
/// was not taken nor offer an "undo" of its author's choice.
pub(crate) fn url(page: &str, mut query: Serializer<'_, String>, moderator: &CurrentModerator, data: &NoticeData<'_>) -> String {
    let count = |number: usize| if number > 0 { number.to_string() } else { String::new() };
    let values = [
        data.kind.as_str().to_owned(),
        count(data.number),
        count(data.changed),
        count(data.overtaken),
        PreviousStatus::write_all(data.previous),
        data.selected.iter().map(CommentId::as_str).collect::<Vec<_>>().join(" "),
    ];
    for (name, value) in FIELDS.iter().zip(&values).filter(|(_, value)| !value.is_empty()) {
        query.append_pair(name, value);
    }
    query.append_pair("seal", &csrf::sign(&moderator.csrf_token, &values.join("\n")));
    format!("{page}?{}", query.finish())
}

/// Returns the notice in the request's URL, if it is signed for this session.
pub(crate) fn read(state: &ModerationState, request: &PageRequest, moderator: &CurrentModerator) -> Result<Option<Notice>, StoreError> {
    let words = request.words;
    let values = FIELDS.map(|name| request.query_field(name));
    if !csrf::is_signed(&moderator.csrf_token, &values.join("\n"), request.query_field("seal")) {
        return Ok(None);
    }
    let [kind, number, changed, overtaken, previous, selected] = values;
    let Some(kind) = NoticeKind::parse(kind) else { return Ok(None) };
    let [number, changed, overtaken] = [number, changed, overtaken].map(|number| number.parse::<usize>().unwrap_or_default());
    let number = match kind {
        NoticeKind::Changed => changed,
        NoticeKind::Overtaken => overtaken,
        _ => number,
    };
    let left_alone = [(NoticeKind::Changed, changed), (NoticeKind::Overtaken, overtaken)];
    let others = left_alone.into_iter().filter(|(other, number)| *number > 0 && *other != kind);
    let mut surprises: Vec<String> = others.map(|(other, number)| (words.notice)(other, number)).collect();
    let previous = PreviousStatus::parse_all(previous);
    for surprise in previous.iter().filter(|previous| previous.is_surprise) {
        surprises.extend(surprise_text(state, request, surprise)?);
    }
    let undo = if matches!(kind, NoticeKind::Decided(_)) { PreviousStatus::write_all(&previous) } else { String::new() };
    let selected = selected.split_whitespace().filter_map(|id| id.parse().ok()).collect();
    Ok(Some(Notice { text: (words.notice)(kind, number), surprises, undo, selected }))
}

/// Returns a sentence about who had decided before. `None` if the comment was deleted since.
fn surprise_text(
    state: &ModerationState,
    request: &PageRequest,
    PreviousStatus { id, status, .. }: &PreviousStatus,
) -> Result<Option<String>, StoreError> {
    let detail = match state.store.detail(id) {
        Ok(detail) => detail,
        Err(StoreError::NoSuchComment(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let by = detail.decisions.iter().rev().find(|past| past.status == *status).map(|past| (request.words.actor)(&past.by));
    Ok(Some((request.words.decided_meanwhile)(&detail.comment.author, *status, &by.unwrap_or_default())))
}
