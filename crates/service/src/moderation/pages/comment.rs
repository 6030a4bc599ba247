//! The page of one comment: its thread, its history, and the forms to answer, edit and ban.

use ardoise_model::{Comment, CommentId, Decision, Status};
use ardoise_store::CommentDetail;
use askama::Template;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use url::form_urlencoded::Serializer;

use super::history::{self, HistoryEvent};
use crate::moderation::list_query::ListQuery;
use crate::moderation::notice_kind::NoticeKind;
use crate::moderation::page_result::{PageError, PageResponse, PageResult};
use crate::moderation::request::PageRequest;
use crate::moderation::session::CurrentModerator;
use crate::moderation::state::ModerationState;
use crate::moderation::views::card::{Card, Choice, Mention};
use crate::moderation::views::frame::Frame;
use crate::moderation::views::notice::{self, Notice, NoticeData};

#[derive(Template)]
#[template(path = "moderation/comment.html")]
struct CommentPage<'a> {
    frame: Frame<'a>,
    /// The list that the page was opened from.
    list: ListQuery,
    notice: Option<Notice>,
    card: Card,
    ancestors: Vec<Mention>,
    answers: Vec<Mention>,
    history: Vec<HistoryEvent>,
    edit: TextForm<'a>,
    reply: TextForm<'a>,
    /// The hash of the text that the edit form contains.
    text_hash: String,
    reply_as: String,
    /// Whether an answer would be hidden, because readers do not see this comment.
    is_hidden: bool,
    hold: Option<Choice>,
    is_banned: bool,
}

/// The state of a form with a text.
struct TextForm<'a> {
    text: &'a str,
    error: Option<String>,
}

/// A form that was sent and not accepted: its text and its error. The page shows it again.
pub(crate) enum RejectedForm<'a> {
    None,
    Edit(&'a str, String),
    Reply(&'a str, String),
}

/// Parses the id in the route's path. Only whole ids are accepted, because a prefix may match another comment.
pub(crate) fn id(request: &PageRequest) -> Result<CommentId, PageError> {
    request.path_parameter.parse().map_err(|_| PageError::NotFound)
}

/// Returns the hash by which an edit form identifies the text that it was made from.
pub(crate) fn text_hash(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

/// Returns the list that the page was opened from, as the form or the URL names it, or else the list of the comment's status.
fn list_query(request: &PageRequest, status: Status) -> ListQuery {
    if !request.form_field("list").is_empty() {
        return ListQuery::from_form(request);
    }
    if request.query_field("list").is_empty() { ListQuery::of_status(status) } else { ListQuery::from_query(request) }
}

/// `GET /moderation/comments/{id}`
pub(crate) fn show(state: &ModerationState, request: &PageRequest, moderator: &CurrentModerator) -> PageResult {
    render(state, request, moderator, &RejectedForm::None).map(PageResponse::Page)
}

/// Returns the page's HTML, with a form that was not accepted.
pub(crate) fn render(
    state: &ModerationState,
    request: &PageRequest,
    moderator: &CurrentModerator,
    rejected: &RejectedForm<'_>,
) -> Result<String, PageError> {
    let (words, now) = (request.words, (state.clock)());
    let detail = state.store.detail(&id(request)?)?;
    let thread = state.store.thread_context(&detail.comment)?;
    let history = history::of(state, request, &detail)?;
    let CommentDetail { comment, article, .. } = detail;
    let mentions = |comments: &[Comment]| comments.iter().map(|comment| Mention::new(words, comment)).collect();
    let form = |text, error| TextForm { text, error };
    let (edit, reply) = match rejected {
        RejectedForm::None => (form(&comment.text, None), form("", None)),
        RejectedForm::Edit(text, error) => (form(text, Some(error.clone())), form("", None)),
        RejectedForm::Reply(text, error) => (form(&comment.text, None), form(text, Some(error.clone()))),
    };
    let page = CommentPage {
        frame: Frame::new(request, Some(moderator)),
        list: list_query(request, comment.status),
        notice: notice::read(state, request, moderator)?,
        ancestors: mentions(&thread.above),
        answers: mentions(&thread.below),
        history,
        edit,
        reply,
        text_hash: text_hash(&comment.text),
        reply_as: (words.reply_as)(owner(state, moderator)),
        is_hidden: comment.status != Status::Approved,
        hold: (comment.status != Status::Pending && !comment.text.is_empty()).then(|| Choice::new(words, Decision::Hold)),
        is_banned: state.store.is_banned(&comment.id)?,
        card: Card::new(state, words, comment.clone(), &article.title, None, now),
    };
    Ok(page.render()?)
}

/// Redirects to the page of a comment, with a notice.
pub(crate) fn redirect(request: &PageRequest, id: &CommentId, moderator: &CurrentModerator, kind: NoticeKind) -> PageResponse {
    let mut query = Serializer::new(String::new());
    if !request.form_field("list").is_empty() {
        ListQuery::from_form(request).append_to(&mut query);
    }
    PageResponse::redirect(notice::url(&format!("/comments/{id}"), query, moderator, &NoticeData::of(kind)))
}

/// Returns the name that answers are signed with.
pub(crate) fn owner<'a>(state: &'a ModerationState, moderator: &'a CurrentModerator) -> &'a str {
    if state.owner.is_empty() { &moderator.name } else { &state.owner }
}
